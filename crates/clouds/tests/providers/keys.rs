//! An RSA key, and what a cloud does with its public half.

use aws_lc_rs::{
    encoding::AsDer,
    rsa::KeySize,
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::Value;
use std::sync::LazyLock;

pub struct TestKey {
    /// PKCS#8.
    pub pem: String,
    public: Vec<u8>,
}

pub static KEY: LazyLock<TestKey> = LazyLock::new(|| {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = STANDARD.encode(pair.as_der().unwrap().as_ref());
    let lines: Vec<&str> = der
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    TestKey {
        pem: format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.join("\n")
        ),
        public: pair.public_key().as_ref().to_vec(),
    }
});

impl TestKey {
    pub fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public)
            .verify(text.as_bytes(), signature)
            .is_ok()
    }

    /// Header and claims of a JWT whose signature is of this key.
    pub fn read_jwt(&self, jwt: &str) -> (Value, Value) {
        let (text, signature) = jwt.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        assert!(self.verifies(text, &signature), "{jwt}");
        let (header, claims) = text.split_once('.').unwrap();
        let read = |part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        (read(header), read(claims))
    }
}
