//! AWS keys that lay in sealed files of the data directory before there was a vault in the database: found, opened and
//! removed here, so that they can be taken over.
//!
//! `<folder>/<tenant's id>/tenant.aws.json`, `<folder>/<tenant's id>/<environment's id>.aws.json`

use domain::ids::{CredentialId, EnvironmentId, TenantId};
use jiff::Timestamp;
use provisioning::ports::{
    cloud_credentials::{AwsKeys, AwsRole, CredentialError},
    sealing::{SealError, Sealed, Sealer, SecretOwner},
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::Arc,
};
use uuid::Uuid;

const ENDING: &str = ".aws.json";
const WHOLE_TENANT: &str = "tenant";

/// The files.
pub struct EarlierCredentials {
    folder: PathBuf,
    sealer: Arc<dyn Sealer>,
}

/// One of them, not opened.
#[derive(Clone, Debug)]
pub struct EarlierFile {
    /// Where it is.
    pub path: PathBuf,
    /// The same for the same content, and another for any other.
    pub id: CredentialId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The one environment it is for.
    pub environment: Option<EnvironmentId>,
    /// When it was written.
    pub stored_at: Timestamp,
    sealed: Sealed,
}

/// What is in a file.
#[derive(Deserialize)]
struct StoredFile {
    stored_at: Timestamp,
    #[serde(flatten)]
    sealed: Sealed,
}

/// The sealed text, in JSON.
#[derive(Deserialize)]
struct StoredAws<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    region: Option<String>,
    role_arn: Option<String>,
    external_id: Option<String>,
}

impl EarlierCredentials {
    /// Those in `folder`, which need not be there.
    pub fn new(folder: impl Into<PathBuf>, sealer: Arc<dyn Sealer>) -> Self {
        Self {
            folder: folder.into(),
            sealer,
        }
    }

    /// Every file there is, of whatever tenant.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn list(&self) -> Result<Vec<EarlierFile>, CredentialError> {
        let mut found = Vec::new();
        for folder in entries(&self.folder)? {
            let Some(tenant) = name(&folder).and_then(|name| name.parse().ok()) else {
                continue;
            };
            for path in entries(&folder)? {
                if let Some(environment) = name(&path).and_then(environment) {
                    found.push(read(path, tenant, environment)?);
                }
            }
        }
        Ok(found)
    }

    /// The keys of a file.
    ///
    /// # Errors
    /// If they do not open.
    pub async fn open(&self, file: &EarlierFile) -> Result<AwsKeys, CredentialError> {
        let stem = match file.environment {
            Some(id) => id.to_string(),
            None => WHOLE_TENANT.to_owned(),
        };
        let owner = SecretOwner {
            tenant_id: file.tenant,
            place: format!("credentials/{stem}/aws"),
        };
        let not_opened = |error: SealError| CredentialError {
            message: format!("the credential in {} cannot be opened", file.path.display()),
            may_pass: error.may_pass(),
            source: Some(error.into()),
        };
        let text = self
            .sealer
            .open(&owner, &file.sealed)
            .await
            .map_err(not_opened)?;
        keys(&text).ok_or_else(|| not_opened(SealError::NotAuthentic))
    }

    /// Removes a file. One that is gone already is fine.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn remove(&self, file: &EarlierFile) -> Result<(), CredentialError> {
        match fs::remove_file(&file.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(failed("removed", &file.path, error))
            }
            _ => Ok(()),
        }
    }
}

fn keys(text: &SecretString) -> Option<AwsKeys> {
    let stored: StoredAws = serde_json::from_str(text.expose_secret()).ok()?;
    let external_id = stored.external_id;
    Some(AwsKeys {
        access_key_id: stored.access_key_id.to_owned(),
        secret_access_key: stored.secret_access_key.into(),
        region: stored.region,
        role: stored.role_arn.map(|arn| AwsRole { arn, external_id }),
    })
}

/// `None`: not a file of ours.
fn environment(file: &str) -> Option<Option<EnvironmentId>> {
    match file.strip_suffix(ENDING)? {
        WHOLE_TENANT => Some(None),
        id => Some(Some(id.parse().ok()?)),
    }
}

fn read(
    path: PathBuf,
    tenant: TenantId,
    environment: Option<EnvironmentId>,
) -> Result<EarlierFile, CredentialError> {
    let content = fs::read(&path).map_err(|error| failed("read", &path, error))?;
    let file: StoredFile =
        serde_json::from_slice(&content).map_err(|error| failed("read", &path, error.into()))?;
    let mut digest = Sha256::new();
    digest.update(path.file_name().unwrap_or_default().as_encoded_bytes());
    digest.update(file.sealed.ciphertext.as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&digest.finalize()[..16]);
    Ok(EarlierFile {
        path,
        id: Uuid::new_v8(id).into(),
        tenant,
        environment,
        stored_at: file.stored_at,
        sealed: file.sealed,
    })
}

/// What is in a folder, by name; nothing if it is not there.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, CredentialError> {
    let listed = fs::read_dir(folder).and_then(|entries| {
        entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()
    });
    match listed {
        Ok(mut paths) => {
            paths.sort();
            Ok(paths)
        }
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(Vec::new())
        }
        Err(error) => Err(failed("read", folder, error)),
    }
}

fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

fn failed(done: &str, path: &Path, error: io::Error) -> CredentialError {
    CredentialError {
        message: format!("the credential in {} cannot be {done}", path.display()),
        may_pass: false,
        source: Some(error.into()),
    }
}
