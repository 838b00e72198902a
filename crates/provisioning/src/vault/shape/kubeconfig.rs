//! Kubernetes: a kubeconfig with everything inside. What it could make the portal do (run programs, read files, talk to
//! proxies) is refused.

use super::{Faults, Fields, fact};
use crate::{
    kubeconfig::{Kubeconfig, Section},
    pem::{self, PemError},
    ports::cloud_credentials::KubernetesAccess,
};
use domain::{credential::CredentialFact, outside_text::readable};
use url::Host;

const FIELD: &str = "kubeconfig";
const NO_FILE: &str = "is a path to a file of another machine. `kubectl config view --minify --flatten` prints the kubeconfig with the file's content in its place";
const NO_SIGN_IN: &str = "is a kind of sign-in that Kubernetes has removed. Use a token";
const NO_IMPERSONATION: &str = "impersonates another account. Use that account's own token";

/// Keys that are refused, and why.
const OF_CLUSTER: [(&str, &str); 1] = [(
    "proxy-url",
    "leads through a proxy, and the portal connects to clusters of tenants only directly. Use an address that the portal reaches without it",
)];
const OF_USER: [(&str, &str); 9] = [
    (
        "exec",
        "runs a program, which the portal does not do. Use a token or a client certificate",
    ),
    (
        "auth-provider",
        "gets credentials elsewhere, which the portal does not do. Use a token or a client certificate",
    ),
    ("tokenFile", NO_FILE),
    ("username", NO_SIGN_IN),
    ("password", NO_SIGN_IN),
    ("as", NO_IMPERSONATION),
    ("as-uid", NO_IMPERSONATION),
    ("as-groups", NO_IMPERSONATION),
    ("as-user-extra", NO_IMPERSONATION),
];

pub(super) fn check(fields: &Fields, faults: &mut Faults) -> Vec<CredentialFact> {
    let Some(text) = fields.get(FIELD) else {
        return Vec::new();
    };
    let found = Kubeconfig::read(text, None)
        .and_then(|kubeconfig| Ok((access(&kubeconfig)?, kubeconfig.context)));
    match found {
        Ok((access, context)) => vec![
            fact("Server", access.server.as_str().trim_end_matches('/')),
            fact("Context", &readable(&context, 253)),
        ],
        Err(message) => {
            faults.add(FIELD, message);
            Vec::new()
        }
    }
}

/// What a tenant's kubeconfig opens.
///
/// # Errors
/// A sentence with the line; nothing of what stands there, apart from names of keys.
pub(in crate::vault) fn read(text: &str) -> Result<KubernetesAccess, String> {
    access(&Kubeconfig::read(text, None)?)
}

fn access(kubeconfig: &Kubeconfig) -> Result<KubernetesAccess, String> {
    let (cluster, user) = (&kubeconfig.cluster, &kubeconfig.user);
    refuse(cluster, &OF_CLUSTER)?;
    refuse(user, &OF_USER)?;
    if kubeconfig.skips_verification()? {
        return Err(cluster.fault(
            "insecure-skip-tls-verify",
            "would let any server pass for the cluster. Use its certificate authority instead",
        ));
    }
    let server = kubeconfig.server()?;
    if server.scheme() != "https" {
        return Err(cluster.fault("server", "must begin with https://"));
    }
    let server_name = cluster.text("tls-server-name").map(str::to_owned);
    if server_name
        .as_deref()
        .is_some_and(|name| Host::parse(name).is_err())
    {
        return Err(cluster.fault("tls-server-name", "must be the name of a host"));
    }
    let certificate = pem_of(user, "client-certificate", |text| {
        pem::certificates(text).map(drop)
    })?;
    let key = pem_of(user, "client-key", |text| pem::private_key(text).map(drop))?;
    if certificate.is_some() != key.is_some() {
        return Err(user.fault_of_all(
            "has only one of “client-certificate-data” and “client-key-data”. They go together",
        ));
    }
    let access = KubernetesAccess {
        server,
        server_name,
        ca_pem: pem_of(cluster, "certificate-authority", |text| {
            pem::certificates(text).map(drop)
        })?,
        token: kubeconfig.token()?.map(Into::into),
        client_certificate_pem: certificate,
        client_key_pem: key.map(Into::into),
    };
    if access.token.is_none() && access.client_key_pem.is_none() {
        return Err(user.fault_of_all("has neither a token nor a client certificate inside"));
    }
    Ok(access)
}

fn refuse(section: &Section, keys: &[(&str, &str)]) -> Result<(), String> {
    match keys.iter().find(|(key, _)| section.line(key).is_some()) {
        Some((key, reason)) => Err(section.fault(key, reason)),
        None => Ok(()),
    }
}

/// The PEM at `KEY-data`, which goes before a file at `KEY`.
fn pem_of(
    section: &Section,
    key: &str,
    check: impl Fn(&str) -> Result<(), PemError>,
) -> Result<Option<String>, String> {
    let data = format!("{key}-data");
    match section.pem(&data)? {
        Some(text) => match check(&text) {
            Ok(()) => Ok(Some(text)),
            Err(error) => Err(section.fault(&data, error)),
        },
        None if section.line(key).is_some() => Err(section.fault(key, NO_FILE)),
        None => Ok(None),
    }
}
