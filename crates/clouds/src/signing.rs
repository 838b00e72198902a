//! Signatures with the RSA keys of service accounts and users: RS256 of JWTs (RFC 7518, 3.3), and `rsa-sha256` of HTTP
//! signatures, which is the same.

use crate::provider::unusable;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use provisioning::{pem, ports::cloud_credentials::CredentialError};
use rustls_pki_types::PrivateKeyDer;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

pub struct SigningKey(RsaKeyPair);

impl SigningKey {
    /// # Errors
    /// The text is not a private key, or the key is not an RSA key of at least 2048 bits.
    pub fn read(pem: &SecretString) -> Result<Self, CredentialError> {
        let key = pem::private_key(pem.expose_secret())
            .map_err(|error| unusable(format!("the private key {error}")))?;
        let pair = match &key {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok(),
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok(),
            _ => None,
        };
        pair.map(Self)
            .ok_or_else(|| unusable("the private key must be an RSA key of 2048 to 8192 bits"))
    }

    pub fn sign(&self, text: &str) -> Result<Vec<u8>, CredentialError> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                text.as_bytes(),
                &mut signature,
            )
            .map_err(|_| unusable("the private key does not sign"))?;
        Ok(signature)
    }

    /// A signed JWT (RFC 7519).
    pub fn jwt(&self, key_id: Option<&str>, claims: &Value) -> Result<String, CredentialError> {
        let mut header = json!({"alg": "RS256", "typ": "JWT"});
        if let Some(key_id) = key_id {
            header["kid"] = key_id.into();
        }
        let encoded = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let text = format!("{}.{}", encoded(&header), encoded(claims));
        let signature = URL_SAFE_NO_PAD.encode(self.sign(&text)?);
        Ok(format!("{text}.{signature}"))
    }
}

/// The claims of a JWT, which is not verified: it came over TLS from its issuer.
pub fn claims(jwt: &str) -> Option<Value> {
    let part = jwt.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
