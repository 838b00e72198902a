//! SSH keys of clusters: Ed25519, written as OpenSSH writes private keys.

use anyhow::{Result, anyhow};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

const TYPE: &[u8] = b"ssh-ed25519";
const MAGIC: &[u8] = b"openssh-key-v1\0";
const LINE: usize = 70;
const BLOCK: usize = 8;

pub struct SshKey {
    pub private: String,
    /// As in `authorized_keys`, without comment.
    pub public: String,
}

impl SshKey {
    pub fn generate(comment: &str) -> Result<Self> {
        let mut seed = [0; 32];
        SystemRandom::new()
            .fill(&mut seed)
            .map_err(|_| anyhow!("no random numbers"))?;
        let pair =
            Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| anyhow!("no Ed25519 key"))?;
        let public = pair.public_key().as_ref();
        let blob = public_blob(public);
        Ok(Self {
            private: private_file(&seed, public, comment),
            public: format!("ssh-ed25519 {}", BASE64.encode(blob)),
        })
    }
}

fn public_blob(public: &[u8]) -> Vec<u8> {
    let mut blob = Vec::new();
    string(&mut blob, TYPE);
    string(&mut blob, public);
    blob
}

fn private_file(seed: &[u8], public: &[u8], comment: &str) -> String {
    let mut secret = Vec::new();
    // Twice the same number, so that a wrong passphrase would show.
    let check = rand::random::<u32>().to_be_bytes();
    secret.extend(check);
    secret.extend(check);
    string(&mut secret, TYPE);
    string(&mut secret, public);
    string(&mut secret, &[seed, public].concat());
    string(&mut secret, comment.as_bytes());
    for padding in 1_u8.. {
        if secret.len() % BLOCK == 0 {
            break;
        }
        secret.push(padding);
    }
    let mut file = MAGIC.to_vec();
    string(&mut file, b"none");
    string(&mut file, b"none");
    string(&mut file, b"");
    file.extend(1_u32.to_be_bytes());
    string(&mut file, &public_blob(public));
    string(&mut file, &secret);

    let encoded = BASE64.encode(file);
    let mut text = String::from("-----BEGIN OPENSSH PRIVATE KEY-----\n");
    let mut rest = encoded.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(LINE));
        text.push_str(line);
        text.push('\n');
        rest = more;
    }
    text.push_str("-----END OPENSSH PRIVATE KEY-----\n");
    text
}

fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    // Keys and names are far from four gigabytes.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend(bytes);
}
