//! The portal's own AWS identity, with which it manages user pools and assumes roles that trust it.

use super::{
    address,
    fault::Faults,
    secret::{self, Secret},
};
use domain::aws::Region;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use url::Url;

/// `[aws]` in the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwsSection {
    access_key_id: String,
    secret_access_key: Option<Secret>,
    secret_access_key_file: Option<PathBuf>,
    /// The region of calls that have none of their own.
    region: Option<String>,
    /// Replaces AWS's own endpoints.
    endpoint: Option<String>,
}

#[derive(Clone, Debug)]
pub struct AwsSettings {
    pub access_key_id: String,
    pub secret_access_key: Secret,
    /// The region of calls that have none of their own.
    pub region: Region,
    /// Replaces AWS's own endpoints for every service.
    pub endpoint: Option<Url>,
}

impl AwsSection {
    /// Reads the file, which is relative to `folder`, and validates the section.
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
        let region = match self.region.as_deref().map(str::parse::<Region>) {
            None => Region::default(),
            Some(Ok(region)) => region,
            Some(Err(rule)) => return faults.none("aws.region", rule),
        };
        let endpoint = match self.endpoint {
            Some(text) => address::of_service("aws.endpoint", &text, faults),
            None => None,
        };
        let Some(secret_access_key) = secret_access_key else {
            return faults.none(
                "aws.secret_access_key",
                "is missing; set it, or secret_access_key_file",
            );
        };
        Some(AwsSettings {
            access_key_id: self.access_key_id,
            secret_access_key,
            region,
            endpoint,
        })
    }
}
