//! How a credential is written: what is in the file, and what is in the sealed text.

use jiff::Timestamp;
use provisioning::ports::{
    cloud_credentials::{AwsKeys, AwsRole},
    sealing::Sealed,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The file.
#[derive(Serialize, Deserialize)]
pub struct StoredFile {
    /// When it was written.
    pub stored_at: Timestamp,
    /// The credential.
    #[serde(flatten)]
    pub sealed: Sealed,
}

/// The sealed text, in JSON.
#[derive(Serialize, Deserialize)]
struct StoredAws<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role_arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
}

/// Keys as text to be sealed.
pub fn to_text(keys: &AwsKeys) -> SecretString {
    let stored = StoredAws {
        access_key_id: &keys.access_key_id,
        secret_access_key: keys.secret_access_key.expose_secret(),
        region: keys.region.clone(),
        role_arn: keys.role.as_ref().map(|role| role.arn.clone()),
        external_id: keys.role.as_ref().and_then(|role| role.external_id.clone()),
    };
    // Strings in a structure always become JSON.
    let text = Zeroizing::new(serde_json::to_string(&stored).unwrap_or_default());
    SecretString::from(text.as_str())
}

/// Keys out of what was sealed.
pub fn from_text(text: &SecretString) -> Option<AwsKeys> {
    let stored: StoredAws = serde_json::from_str(text.expose_secret()).ok()?;
    let external_id = stored.external_id;
    Some(AwsKeys {
        access_key_id: stored.access_key_id.to_owned(),
        secret_access_key: stored.secret_access_key.into(),
        region: stored.region,
        role: stored.role_arn.map(|arn| AwsRole { arn, external_id }),
    })
}
