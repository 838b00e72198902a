//! The API servers that the broker admits, in a file that is read on each request: a removed name is refused
//! immediately, even with a valid certificate.

use super::authority::{ClientCertificate, Fingerprint};
use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use provisioning::broker::WorkspaceScope;
use secrets::{write_private, write_private_first};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

/// The file. Changes lock it.
const FILE: &str = "api-servers.json";
const LOCK: &str = "api-servers.lock";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The slugs of the tenants whose credentials it can fetch; empty: all tenants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenants: Vec<String>,
    /// Several while an old one is being replaced.
    pub certificates: Vec<IssuedCertificate>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedCertificate {
    pub fingerprint: Fingerprint,
    pub ends_at: Timestamp,
}

impl Identity {
    /// The tenants whose workspaces it can fetch credentials for.
    pub fn scope(&self) -> WorkspaceScope {
        if self.tenants.is_empty() {
            WorkspaceScope::Everything
        } else {
            WorkspaceScope::Tenants(self.tenants.clone())
        }
    }
}

#[derive(Clone, Debug)]
pub struct Identities {
    folder: PathBuf,
}

type IdentitiesByName = BTreeMap<String, Identity>;

impl Identities {
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Every API server, by name.
    pub fn all(&self) -> Result<IdentitiesByName> {
        let path = self.folder.join(FILE);
        match fs::read(&path) {
            Ok(content) => serde_json::from_slice(&content).with_context(|| {
                format!(
                    "{} is damaged; restore the file, or delete it and issue new identities",
                    path.display()
                )
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(IdentitiesByName::new()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// The API server with this certificate. An error means that no API server is admitted.
    pub fn holder(&self, fingerprint: &Fingerprint) -> Result<Option<(String, Identity)>> {
        let all = self.all()?;
        Ok(all.into_iter().find(|(_, identity)| {
            identity
                .certificates
                .iter()
                .any(|certificate| certificate.fingerprint == *fingerprint)
        }))
    }

    /// Admits an API server with one more certificate, for `tenants` from now on.
    pub fn add(
        &self,
        name: &str,
        tenants: &[String],
        issued: &ClientCertificate,
        now: Timestamp,
    ) -> Result<()> {
        self.change(|all| {
            let identity = all.entry(name.to_owned()).or_insert_with(|| Identity {
                tenants: Vec::new(),
                certificates: Vec::new(),
            });
            identity.tenants = tenants.to_vec();
            identity
                .certificates
                .retain(|certificate| now < certificate.ends_at);
            identity.certificates.push(IssuedCertificate {
                fingerprint: issued.fingerprint.clone(),
                ends_at: issued.ends_at,
            });
            Ok(())
        })
    }

    /// Revokes an API server's access.
    pub fn revoke(&self, name: &str) -> Result<()> {
        self.change(|all| {
            if all.remove(name).is_some() {
                return Ok(());
            }
            let names: Vec<_> = all.keys().map(String::as_str).collect();
            match names.as_slice() {
                [] => bail!("API server {name} does not exist: no API server is admitted"),
                names => bail!(
                    "API server {name} does not exist; admitted are {}",
                    names.join(", ")
                ),
            }
        })
    }

    /// One change at a time, across processes.
    fn change(&self, change: impl FnOnce(&mut IdentitiesByName) -> Result<()>) -> Result<()> {
        let path = self.folder.join(LOCK);
        let _held = Self::lock(&path).with_context(|| format!("cannot lock {}", path.display()))?;
        let mut all = self.all()?;
        change(&mut all)?;
        let path = self.folder.join(FILE);
        write_private(&path, &serde_json::to_vec_pretty(&all)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Locked as long as the returned file is open.
    fn lock(path: &Path) -> io::Result<File> {
        write_private_first(path, b"")?;
        let file = File::open(path)?;
        file.lock()?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broker::authority::Authority;

    fn issued(authority: &Authority) -> ClientCertificate {
        authority.issue_client("gpu-1").unwrap()
    }

    #[test]
    fn a_revoked_server_is_unknown_from_then_on_and_its_certificate_stays_so() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::open(folder.path()).unwrap();
        let identities = Identities::new(folder.path());
        let (first, now) = (issued(&authority), Timestamp::now());
        identities
            .add("gpu-1", &["vision".into()], &first, now)
            .unwrap();
        let (name, identity) = identities.holder(&first.fingerprint).unwrap().unwrap();
        assert_eq!(name, "gpu-1");
        assert_eq!(
            identity.scope(),
            WorkspaceScope::Tenants(vec!["vision".into()])
        );

        identities.revoke("gpu-1").unwrap();
        assert!(identities.holder(&first.fingerprint).unwrap().is_none());
        let second = issued(&authority);
        identities.add("gpu-1", &[], &second, now).unwrap();
        assert!(identities.holder(&first.fingerprint).unwrap().is_none());
        let (_, identity) = identities.holder(&second.fingerprint).unwrap().unwrap();
        assert_eq!(identity.scope(), WorkspaceScope::Everything);
    }

    #[test]
    fn an_old_certificate_goes_on_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::open(folder.path()).unwrap();
        let identities = Identities::new(folder.path());
        let (first, second) = (issued(&authority), issued(&authority));
        let now = Timestamp::now();
        identities.add("gpu-1", &[], &first, now).unwrap();
        identities.add("gpu-1", &[], &second, now).unwrap();
        assert!(identities.holder(&first.fingerprint).unwrap().is_some());
        let later = first.ends_at.max(second.ends_at);
        identities
            .add("gpu-1", &[], &issued(&authority), later)
            .unwrap();
        assert!(identities.holder(&first.fingerprint).unwrap().is_none());
    }

    #[test]
    fn revoking_a_name_that_is_not_there_says_which_are() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::open(folder.path()).unwrap();
        let identities = Identities::new(folder.path());
        assert!(identities.revoke("gpu-2").is_err());
        identities
            .add("gpu-1", &[], &issued(&authority), Timestamp::now())
            .unwrap();
        let said = identities.revoke("gpu-2").unwrap_err().to_string();
        assert!(said.contains("gpu-1"), "{said}");
    }

    #[test]
    fn a_damaged_file_lets_nobody_in() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::open(folder.path()).unwrap();
        fs::write(folder.path().join(FILE), "{").unwrap();
        let identities = Identities::new(folder.path());
        assert!(identities.holder(&issued(&authority).fingerprint).is_err());
    }
}
