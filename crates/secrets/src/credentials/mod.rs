//! Tenants' cloud credentials, each in a sealed file of its own. One for a whole tenant goes for all
//! its environments that have none of their own.
//!
//! `<folder>/<tenant's id>/tenant.aws.json`, `<folder>/<tenant's id>/<environment's id>.aws.json`

mod stored;

use crate::private_file::write_private;
use async_trait::async_trait;
use domain::ids::{EnvironmentId, TenantId};
use jiff::Timestamp;
use provisioning::ports::{
    cloud_credentials::{AwsKeys, CredentialError, CredentialSource},
    sealing::{SealError, Sealer, SecretOwner},
};
use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::Arc,
};
use stored::{StoredFile, from_text, to_text};

const ENDING: &str = ".aws.json";
const WHOLE_TENANT: &str = "tenant";

/// What a credential is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every environment of the tenant without one of its own.
    Tenant(TenantId),
    /// One environment.
    Environment(TenantId, EnvironmentId),
}

impl Scope {
    fn tenant(self) -> TenantId {
        match self {
            Self::Tenant(tenant) | Self::Environment(tenant, _) => tenant,
        }
    }

    fn stem(self) -> String {
        match self {
            Self::Tenant(_) => WHOLE_TENANT.to_owned(),
            Self::Environment(_, environment) => environment.to_string(),
        }
    }

    fn owner(self) -> SecretOwner {
        SecretOwner {
            tenant_id: self.tenant(),
            place: format!("credentials/{}/aws", self.stem()),
        }
    }
}

/// A credential as lists show it: nothing of its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialSummary {
    /// What it is for.
    pub scope: Scope,
    /// When it was stored.
    pub stored_at: Timestamp,
    /// The key-encryption key it is under.
    pub key_id: String,
}

/// The sealed files.
pub struct SealedCredentials {
    folder: PathBuf,
    sealer: Arc<dyn Sealer>,
}

impl SealedCredentials {
    /// Those in `folder`, which is made when the first is stored.
    pub fn new(folder: impl Into<PathBuf>, sealer: Arc<dyn Sealer>) -> Self {
        Self {
            folder: folder.into(),
            sealer,
        }
    }

    /// Stores keys, in place of those before.
    ///
    /// # Errors
    /// If they cannot be sealed or written; those before are then still there.
    pub async fn store_aws(
        &self,
        scope: Scope,
        keys: &AwsKeys,
        now: Timestamp,
    ) -> Result<(), CredentialError> {
        let sealed = self
            .sealer
            .seal(&scope.owner(), &to_text(keys))
            .await
            .map_err(not_sealed)?;
        let file = StoredFile {
            stored_at: now,
            sealed,
        };
        let path = self.path(scope);
        serde_json::to_vec_pretty(&file)
            .map_err(io::Error::from)
            .and_then(|content| write_private(&path, &content))
            .map_err(|error| file_error("written", &path, error))
    }

    /// The keys of exactly this scope.
    ///
    /// # Errors
    /// If the file cannot be read or does not open.
    pub async fn aws(&self, scope: Scope) -> Result<Option<AwsKeys>, CredentialError> {
        let path = self.path(scope);
        let Some(file) = read(&path)? else {
            return Ok(None);
        };
        let text = self
            .sealer
            .open(&scope.owner(), &file.sealed)
            .await
            .map_err(|error| not_opened(&path, error))?;
        from_text(&text)
            .map(Some)
            .ok_or_else(|| not_opened(&path, SealError::NotAuthentic))
    }

    /// Removes a credential. `false`: there was none.
    ///
    /// # Errors
    /// If the file cannot be removed.
    pub fn remove_aws(&self, scope: Scope) -> Result<bool, CredentialError> {
        let path = self.path(scope);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(file_error("removed", &path, error)),
        }
    }

    /// Every credential there is, of whatever tenant.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn list(&self) -> Result<Vec<CredentialSummary>, CredentialError> {
        let mut found = Vec::new();
        for tenant in entries(&self.folder)? {
            let Some(tenant_id) = name(&tenant).and_then(|name| name.parse().ok()) else {
                continue;
            };
            for path in entries(&tenant)? {
                let Some(scope) = name(&path).and_then(|name| scope_of(tenant_id, name)) else {
                    continue;
                };
                if let Some(file) = read(&path)? {
                    found.push(CredentialSummary {
                        scope,
                        stored_at: file.stored_at,
                        key_id: file.sealed.key_id,
                    });
                }
            }
        }
        Ok(found)
    }

    fn path(&self, scope: Scope) -> PathBuf {
        self.folder
            .join(scope.tenant().to_string())
            .join(format!("{}{ENDING}", scope.stem()))
    }
}

#[async_trait]
impl CredentialSource for SealedCredentials {
    async fn aws_keys(
        &self,
        tenant: TenantId,
        environment: EnvironmentId,
    ) -> Result<Option<AwsKeys>, CredentialError> {
        match self.aws(Scope::Environment(tenant, environment)).await? {
            Some(keys) => Ok(Some(keys)),
            None => self.aws(Scope::Tenant(tenant)).await,
        }
    }
}

fn scope_of(tenant: TenantId, file: &str) -> Option<Scope> {
    match file.strip_suffix(ENDING)? {
        WHOLE_TENANT => Some(Scope::Tenant(tenant)),
        environment => Some(Scope::Environment(tenant, environment.parse().ok()?)),
    }
}

fn read(path: &Path) -> Result<Option<StoredFile>, CredentialError> {
    let content = match fs::read(path) {
        Ok(content) => content,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(file_error("read", path, error)),
    };
    serde_json::from_slice(&content)
        .map(Some)
        .map_err(|error| file_error("read", path, error.into()))
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
        Err(error) => Err(file_error("read", folder, error)),
    }
}

fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

fn file_error(done: &str, path: &Path, error: io::Error) -> CredentialError {
    CredentialError {
        message: format!("the credential in {} cannot be {done}", path.display()),
        may_pass: false,
        source: Some(error.into()),
    }
}

fn not_sealed(error: SealError) -> CredentialError {
    CredentialError {
        message: "the credential cannot be sealed".to_owned(),
        may_pass: matches!(error, SealError::KeyService(_)),
        source: Some(error.into()),
    }
}

fn not_opened(path: &Path, error: SealError) -> CredentialError {
    CredentialError {
        message: format!("the credential in {} cannot be opened", path.display()),
        may_pass: matches!(error, SealError::KeyService(_)),
        source: Some(error.into()),
    }
}
