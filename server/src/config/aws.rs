//! The portal's own identity in AWS: with it, it administers user pools and assumes roles that trust it.

use super::{
    address,
    fault::Faults,
    secret::{self, Secret},
};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use url::Url;

/// `[aws]` as written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwsSection {
    /// The id of the access key.
    access_key_id: String,
    /// Its secret.
    secret_access_key: Option<Secret>,
    /// A file that holds the secret.
    secret_access_key_file: Option<PathBuf>,
    /// The region for what has none of its own.
    region: Option<String>,
    /// In place of AWS's own addresses.
    endpoint: Option<String>,
}

/// The portal's own identity.
#[derive(Clone, Debug)]
pub struct AwsSettings {
    /// The id of the access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Secret,
    /// The region for what has none of its own; `None`: `us-east-1`.
    pub region: Option<String>,
    /// In place of AWS's own addresses, for every service.
    pub endpoint: Option<Url>,
}

impl AwsSection {
    /// Reads the file, which is relative to `folder`, and checks everything.
    pub fn read(self, folder: &Path, faults: &mut Faults) -> Option<AwsSettings> {
        if self.access_key_id.trim().is_empty() {
            faults.add("aws.access_key_id", "must not be empty");
        }
        let secret_access_key = secret::resolve(
            "aws.secret_access_key",
            self.secret_access_key,
            self.secret_access_key_file.as_ref(),
            folder,
            faults,
        );
        let endpoint = match self.endpoint {
            Some(text) => address::of_service("aws.endpoint", &text, faults),
            None => None,
        };
        let Some(secret_access_key) = secret_access_key else {
            return faults.none(
                "aws.secret_access_key",
                "is missing; give it, or secret_access_key_file",
            );
        };
        Some(AwsSettings {
            access_key_id: self.access_key_id,
            secret_access_key,
            region: self.region,
            endpoint,
        })
    }
}
