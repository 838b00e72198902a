//! Kubeconfig files, as clusters hand them out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use crate::pki::KeyedCertificate;

pub struct Kubeconfig<'a> {
    pub cluster: &'a str,
    pub user: &'a str,
    pub server: &'a str,
    pub ca_certificate_pem: &'a str,
    pub client: &'a KeyedCertificate,
}

impl Kubeconfig<'_> {
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
