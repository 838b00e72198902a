//! Clouds and clusters of tenants that answer what a test sets.

use async_trait::async_trait;
use provisioning::ports::{
    cloud_credentials::{
        AwsKeys, AwsSession, CloudIdentity, ClusterReview, CredentialError, KubernetesAccess,
        SecurityTokens,
    },
    cloud_review::{CloudAccess, CloudReview},
};
use secrecy::ExposeSecret;
use std::sync::Mutex;

/// Every cloud and cluster of a tenant, whose answer a test sets.
#[derive(Default)]
pub struct ScriptedProviders {
    /// `None`: accepted; otherwise whether waiting may help.
    pub refuses: Mutex<Option<bool>>,
    pub asked: Mutex<Vec<String>>,
}

impl ScriptedProviders {
    fn answer(&self, asked: String) -> Result<CloudIdentity, CredentialError> {
        self.asked.lock().unwrap().push(asked);
        match *self.refuses.lock().unwrap() {
            None => Ok(CloudIdentity {
                account: Some("123456789012".into()),
                identity: Some("arn:aws:iam::123456789012:user/hangar".into()),
            }),
            Some(may_pass) => Err(CredentialError {
                message: "the provider is not amused".into(),
                may_pass,
                source: None,
            }),
        }
    }
}

#[async_trait]
impl SecurityTokens for ScriptedProviders {
    async fn session(&self, _: &AwsKeys, _: &str) -> Result<AwsSession, CredentialError> {
        unreachable!("a check makes no session of its own")
    }

    async fn identity(&self, keys: &AwsKeys, _: &str) -> Result<CloudIdentity, CredentialError> {
        let role = keys.role.as_ref().map_or("", |role| &role.arn);
        self.answer(format!("{} {role}", keys.access_key_id))
    }
}

#[async_trait]
impl ClusterReview for ScriptedProviders {
    async fn who_am_i(&self, access: &KubernetesAccess) -> Result<CloudIdentity, CredentialError> {
        let token = access.token.as_ref().unwrap().expose_secret();
        self.answer(format!("{} {token}", access.server))
    }
}

#[async_trait]
impl CloudReview for ScriptedProviders {
    async fn who_am_i(&self, access: &CloudAccess) -> Result<CloudIdentity, CredentialError> {
        self.answer(match access {
            CloudAccess::Azure(access) => format!(
                "{} {} {} {}",
                access.directory_id,
                access.client_id,
                access.client_secret.expose_secret(),
                access.subscription_id
            ),
            CloudAccess::Gcp(access) => format!(
                "{} {} {}",
                access.service_account,
                access.key_id.as_deref().unwrap_or_default(),
                access.private_key_pem.expose_secret()
            ),
            CloudAccess::Nebius(access) => format!(
                "{} {} {}",
                access.service_account,
                access.key_id,
                access.private_key_pem.expose_secret()
            ),
            CloudAccess::Oci(access) => format!(
                "{} {} {} {} {}",
                access.user_ocid,
                access.tenancy_ocid,
                access.fingerprint,
                access.region,
                access.private_key_pem.expose_secret()
            ),
            CloudAccess::Lambda(api_key) | CloudAccess::Runpod(api_key) => {
                api_key.expose_secret().to_owned()
            }
        })
    }
}
