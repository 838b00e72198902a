//! Kubeconfig files, as clusters hand them out.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use crate::pki::KeyedCertificate;

/// How one user reaches one cluster.
pub struct Kubeconfig<'a> {
    /// What the cluster is called in the file.
    pub cluster: &'a str,
    /// What the user is called in the file.
    pub user: &'a str,
    /// The server's URL.
    pub server: &'a str,
    /// What to trust.
    pub ca_certificate_pem: &'a str,
    /// Who one is.
    pub client: &'a KeyedCertificate,
}

impl Kubeconfig<'_> {
    /// The file's text.
    pub fn to_yaml(&self) -> anyhow::Result<String> {
        let context = format!("{}@{}", self.user, self.cluster);
        Ok(serde_norway::to_string(&json!({
            "apiVersion": "v1",
            "kind": "Config",
            "preferences": {},
            "clusters": [{
                "name": self.cluster,
                "cluster": {
                    "server": self.server,
                    "certificate-authority-data": BASE64.encode(self.ca_certificate_pem),
                },
            }],
            "users": [{
                "name": self.user,
                "user": {
                    "client-certificate-data": BASE64.encode(&self.client.certificate_pem),
                    "client-key-data": BASE64.encode(&self.client.key_pem),
                },
            }],
            "contexts": [{
                "name": context,
                "context": {"cluster": self.cluster, "user": self.user},
            }],
            "current-context": context,
        }))?)
    }
}

impl fmt::Debug for Kubeconfig<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kubeconfig")
            .field("cluster", &self.cluster)
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}
