//! The broker's own certificate authority. Its certificates are for the broker and for admitted API servers only.

use anyhow::{Context as _, Result};
use aws_lc_rs::digest::{SHA256, digest};
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject as _};
use secrets::write_private_first;
use std::{fs, io::ErrorKind, path::Path};
use time::OffsetDateTime;

/// In the broker's folder: certificate and key in one file, so that neither exists without the other.
const FILE: &str = "authority.pem";
/// Tolerates clocks of other machines that are slightly behind.
const BACKDATED: SignedDuration = SignedDuration::from_hours(1);
const LIFE: SignedDuration = days(3650);
/// ClientCertificate again at each start.
const SERVER_LIFE: SignedDuration = days(825);
const CLIENT_LIFE: SignedDuration = days(398);

pub struct Authority {
    certificate_pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A client certificate of an API server.
pub struct ClientCertificate {
    /// Its key, its certificate and the authority's certificate, in PEM.
    pub pem: String,
    /// Identifies the certificate in the list of API servers.
    pub fingerprint: Fingerprint,
    pub ends_at: Timestamp,
}

/// SHA-256 of a certificate, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    pub fn of(certificate: &CertificateDer<'_>) -> Self {
        let digest = digest(&SHA256, certificate);
        Self(
            digest
                .as_ref()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }
}

impl Authority {
    /// Reads the authority from the folder, or creates it.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        if let Some(found) = Self::read(&path)? {
            return Ok(found);
        }
        let made = Self::make().context("cannot create the broker's certificate authority")?;
        let written = write_private_first(&path, made.as_bytes());
        if written.with_context(|| format!("cannot write {}", path.display()))? {
            tracing::info!(file = %path.display(), "created the broker's certificate authority");
        }
        Self::read(&path)?.with_context(|| format!("{} was deleted meanwhile", path.display()))
    }

    fn read(path: &Path) -> Result<Option<Self>> {
        let pem = match fs::read_to_string(path) {
            Ok(pem) => pem,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        Self::from_pem(&pem)
            .with_context(|| {
                format!(
                    "{} does not contain the broker's certificate authority; restore the file",
                    path.display()
                )
            })
            .map(Some)
    }

    fn from_pem(pem: &str) -> Result<Self> {
        let key = KeyPair::from_pem(pem)?;
        let begin = pem
            .find("-----BEGIN CERTIFICATE")
            .context("the file contains no certificate")?;
        let certificate_pem = pem[begin..].to_owned();
        let issuer = Issuer::from_ca_cert_pem(&certificate_pem, key)?;
        Ok(Self {
            certificate_pem,
            issuer,
        })
    }

    fn make() -> Result<String> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        set_life(&mut params, LIFE)?;
        params.distinguished_name = name("Hangar credential broker's authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key)?.pem();
        Ok(format!("{}{certificate}", key.serialize_pem()))
    }

    /// The authority's certificate, for clients to trust.
    pub fn certificate(&self) -> Result<CertificateDer<'static>> {
        Ok(CertificateDer::from_pem_slice(
            self.certificate_pem.as_bytes(),
        )?)
    }

    /// A certificate and key for the broker with these host names and addresses. Fails if a name cannot be in a
    /// certificate.
    pub fn issue_server(
        &self,
        names: &[String],
    ) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>)> {
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = name("Hangar credential broker");
        let (certificate, key) =
            self.issue(params, ExtendedKeyUsagePurpose::ServerAuth, SERVER_LIFE)?;
        Ok((
            certificate.der().clone(),
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        ))
    }

    /// A client certificate for the API server of this name.
    pub fn issue_client(&self, server: &str) -> Result<ClientCertificate> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name(server);
        let (certificate, key) =
            self.issue(params, ExtendedKeyUsagePurpose::ClientAuth, CLIENT_LIFE)?;
        Ok(ClientCertificate {
            pem: format!(
                "{}{}{}",
                key.serialize_pem(),
                certificate.pem(),
                self.certificate_pem
            ),
            fingerprint: Fingerprint::of(certificate.der()),
            ends_at: Timestamp::now() + CLIENT_LIFE,
        })
    }

    fn issue(
        &self,
        mut params: CertificateParams,
        purpose: ExtendedKeyUsagePurpose,
        life: SignedDuration,
    ) -> Result<(rcgen::Certificate, KeyPair)> {
        let key = KeyPair::generate()?;
        set_life(&mut params, life)?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![purpose];
        params.use_authority_key_identifier_extension = true;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .context("cannot sign a certificate")?;
        Ok((certificate, key))
    }
}

const fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn set_life(params: &mut CertificateParams, life: SignedDuration) -> Result<()> {
    let now = Timestamp::now();
    params.not_before = OffsetDateTime::from_unix_timestamp((now - BACKDATED).as_second())?;
    params.not_after = OffsetDateTime::from_unix_timestamp((now + life).as_second())?;
    Ok(())
}

fn name(common_name: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_authority_is_made_once_and_kept_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (
            Authority::open(folder.path()).unwrap(),
            Authority::open(folder.path()).unwrap(),
        );
        assert_eq!(first.certificate().unwrap(), second.certificate().unwrap());
        let file = fs::metadata(folder.path().join(FILE)).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_authority_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "canary").unwrap();
        let error = Authority::open(folder.path()).map(|_| ()).unwrap_err();
        assert!(!format!("{error:?}").contains("canary"));
        assert_eq!(
            fs::read_to_string(folder.path().join(FILE)).unwrap(),
            "canary"
        );
    }

    #[test]
    fn each_certificate_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::open(folder.path()).unwrap();
        let (one, two) = (
            authority.issue_client("a").unwrap(),
            authority.issue_client("a").unwrap(),
        );
        assert_ne!(one.fingerprint, two.fingerprint);
        assert!(one.ends_at > Timestamp::now() + days(365));
    }
}
