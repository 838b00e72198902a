//! Certificate authorities of the sandbox: one for the host cluster, one for each vCluster, as real clusters have, so that
//! kubeconfigs carry a CA and client certificates that really are verified.

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use time::{Duration, OffsetDateTime};

use crate::data_directory::DataDirectory;

const BACKDATED: Duration = Duration::hours(1);
const CA_LIFETIME: Duration = Duration::days(3650);
const LEAF_LIFETIME: Duration = Duration::days(365);

pub struct CertificateAuthority {
    certificate_pem: String,
    key_pem: String,
    issuer: Issuer<'static, KeyPair>,
}

#[derive(Clone)]
pub struct KeyedCertificate {
    pub certificate_pem: String,
    pub key_pem: String,
}

impl CertificateAuthority {
    pub fn new(common_name: &str) -> Result<Self> {
        let key = KeyPair::generate().context("cannot make a CA key")?;
        let mut params = CertificateParams::default();
        set_lifetime(&mut params, CA_LIFETIME);
        params.distinguished_name = name(common_name, None);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::CrlSign,
            KeyUsagePurpose::DigitalSignature,
        ];
        let certificate_pem = params
            .self_signed(&key)
            .context("cannot sign the CA certificate")?
            .pem();
        Ok(Self {
            certificate_pem,
            key_pem: key.serialize_pem(),
            issuer: Issuer::new(params, key),
        })
    }

    pub fn from_pem(certificate_pem: &str, key_pem: &str) -> Result<Self> {
        let key = KeyPair::from_pem(key_pem).context("the CA key is not a usable private key")?;
        let issuer = Issuer::from_ca_cert_pem(certificate_pem, key)
            .context("the CA certificate cannot be read")?;
        Ok(Self {
            certificate_pem: certificate_pem.to_owned(),
            key_pem: key_pem.to_owned(),
            issuer,
        })
    }

    /// The authority kept under this name, or a new one that is kept from now on.
    pub fn load_or_create(data: &DataDirectory, file: &str, common_name: &str) -> Result<Self> {
        let (certificate, key) = (format!("{file}.crt"), format!("{file}.key"));
        if let (Some(certificate_pem), Some(key_pem)) =
            (data.read_text(&certificate)?, data.read_text(&key)?)
        {
            return Self::from_pem(&certificate_pem, &key_pem)
                .with_context(|| format!("{certificate} and {key} do not fit; remove both"));
        }
        let authority = Self::new(common_name)?;
        data.write(&key, authority.key_pem.as_bytes())?;
        data.write(&certificate, authority.certificate_pem.as_bytes())?;
        Ok(authority)
    }

    /// What clients must trust.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// The private key, to be kept where only the cluster reads it.
    pub fn key_pem(&self) -> &str {
        &self.key_pem
    }

    /// A certificate for a server that answers under these DNS names and IP addresses.
    pub fn issue_server(
        &self,
        common_name: &str,
        subject_alt_names: &[String],
    ) -> Result<KeyedCertificate> {
        let mut params = CertificateParams::new(subject_alt_names)
            .context("a subject alternative name is neither a DNS name nor an IP address")?;
        params.distinguished_name = name(common_name, None);
        self.issue(params, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// A certificate for a client; Kubernetes reads the user from CN and a group from O.
    pub fn issue_client(&self, user: &str, group: Option<&str>) -> Result<KeyedCertificate> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name(user, group);
        self.issue(params, ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn issue(
        &self,
        mut params: CertificateParams,
        purpose: ExtendedKeyUsagePurpose,
    ) -> Result<KeyedCertificate> {
        let key = KeyPair::generate().context("cannot make a key")?;
        set_lifetime(&mut params, LEAF_LIFETIME);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![purpose];
        params.use_authority_key_identifier_extension = true;
        let certificate = params
            .signed_by(&key, &self.issuer)
            .context("cannot sign a certificate")?;
        Ok(KeyedCertificate {
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
        })
    }
}

fn set_lifetime(params: &mut CertificateParams, lifetime: Duration) {
    let now = OffsetDateTime::now_utc();
    params.not_before = now - BACKDATED;
    params.not_after = now + lifetime;
}

fn name(common_name: &str, organization: Option<&str>) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    if let Some(organization) = organization {
        name.push(DnType::OrganizationName, organization);
    }
    name.push(DnType::CommonName, common_name);
    name
}
