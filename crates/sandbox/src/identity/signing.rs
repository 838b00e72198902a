//! The provider's RSA keys: they sign tokens and can be rotated.

use anyhow::{Context, Result};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::data_directory::DataDirectory;

const FILE: &str = "identity-signing-key.der";

/// The current key and the one before, so that tokens signed just before a rotation stay verifiable.
pub struct SigningKeys {
    current: SigningKey,
    previous: Option<SigningKey>,
    data: DataDirectory,
}

impl SigningKeys {
    pub fn load_or_create(data: &DataDirectory) -> Result<Self> {
        let current = match data.read(FILE)? {
            Some(der) => SigningKey::from_pkcs8(&der)
                .with_context(|| format!("{FILE} is not an RSA key; remove it"))?,
            None => SigningKey::create_and_keep(data)?,
        };
        Ok(Self {
            current,
            previous: None,
            data: data.clone(),
        })
    }

    pub fn rotate(&mut self) -> Result<()> {
        let fresh = SigningKey::create_and_keep(&self.data)?;
        self.previous = Some(std::mem::replace(&mut self.current, fresh));
        Ok(())
    }

    pub fn current(&self) -> &SigningKey {
        &self.current
    }

    /// The published set (RFC 7517).
    pub fn jwks(&self) -> Value {
        let keys: Vec<_> = self.published().map(SigningKey::jwk).collect();
        json!({ "keys": keys })
    }

    fn published(&self) -> impl Iterator<Item = &SigningKey> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

pub struct SigningKey {
    id: String,
    pair: RsaKeyPair,
}

impl SigningKey {
    pub fn generate() -> Result<Self> {
        Self::new(
            RsaKeyPair::generate(KeySize::Rsa2048)
                .ok()
                .context("cannot make an RSA key")?,
        )
    }

    fn create_and_keep(data: &DataDirectory) -> Result<Self> {
        let key = Self::generate()?;
        let der = key.pair.as_der().ok().context("cannot export an RSA key")?;
        data.write(FILE, der.as_ref())?;
        Ok(key)
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self> {
        Self::new(RsaKeyPair::from_pkcs8(der).map_err(|error| anyhow::anyhow!("{error}"))?)
    }

    fn new(pair: RsaKeyPair) -> Result<Self> {
        let digest = Sha256::digest(pair.public_key().as_ref());
        Ok(Self {
            id: BASE64URL.encode(&digest[..12]),
            pair,
        })
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// A compact JWS (RFC 7515) over the claims, with RS256 and this key's id.
    pub fn sign(&self, claims: &Value) -> Result<String> {
        self.sign_as(&self.id, claims)
    }

    pub fn sign_as(&self, key_id: &str, claims: &Value) -> Result<String> {
        let signed = signing_input(
            &json!({"alg": "RS256", "typ": "JWT", "kid": key_id}),
            claims,
        );
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .ok()
            .context("cannot sign a token")?;
        Ok(format!("{signed}.{}", BASE64URL.encode(signature)))
    }

    fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        json!({
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.id,
            "n": BASE64URL.encode(public.modulus().big_endian_without_leading_zero()),
            "e": BASE64URL.encode(public.exponent().big_endian_without_leading_zero()),
        })
    }
}

pub fn unsigned(claims: &Value) -> String {
    format!(
        "{}.",
        signing_input(&json!({"alg": "none", "typ": "JWT"}), claims)
    )
}

fn signing_input(header: &Value, claims: &Value) -> String {
    format!(
        "{}.{}",
        BASE64URL.encode(header.to_string()),
        BASE64URL.encode(claims.to_string())
    )
}
