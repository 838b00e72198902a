//! Credentials of the tenant `vision`.

use domain::{
    audit::AuditAction,
    caller::Caller,
    credential::{Credential, CredentialInput, CredentialScope, Provider, SecretText},
};

use jiff::Timestamp;
use persistence::audit_records::AuditEntry;

use super::{SECRET_KEY, TestPortal};

impl TestPortal {
    /// Adds training (AWS, in dev, accepted) and spare (Lambda, in all environments, never checked).
    pub async fn with_credentials(self) -> Self {
        let admin = self.tenant_admin().caller.unwrap();
        let credentials = &self.core.credentials;
        let secret = |name: &str, value: &str| -> (String, SecretText) {
            (name.to_owned(), value.to_owned().into())
        };
        let input = |provider, name: &str, environment: Option<&str>| CredentialInput {
            scope: CredentialScope {
                tenant: "vision".into(),
                environment: environment.map(str::to_owned),
            },
            provider,
            name: name.into(),
            chosen: false,
            fields: match provider {
                Provider::Aws => [
                    secret("access_key_id", "AKIAIOSFODNN7EXAMPLE"),
                    secret("secret_access_key", SECRET_KEY),
                ]
                .into(),
                _ => [secret(
                    "api_key",
                    "secret_lambda_0123456789abcdef0123456789abcdef",
                )]
                .into(),
            },
        };
        let training = credentials.create(&admin, input(Provider::Aws, "training", Some("dev")));
        let training = training.await.unwrap().id;
        credentials.check(&admin, training).await.unwrap();
        let fingerprint = self.credential("training").await.fingerprint;
        for _ in 0..12 {
            let (now, action) = (Timestamp::now(), AuditAction::UseCredential);
            let target = format!("credential/{training}");
            let audit = AuditEntry::by(&Caller::portal(), action, now, target, "training");
            let used = self
                .core
                .database
                .credentials()
                .note_use(training, &fingerprint, audit);
            assert!(used.await.unwrap());
        }
        let first = credentials.create(&admin, input(Provider::Lambda, "usual", None));
        first.await.unwrap();
        let spare = credentials.create(&admin, input(Provider::Lambda, "spare", None));
        spare.await.unwrap();
        self
    }

    /// A credential by its name.
    pub async fn credential(&self, name: &str) -> Credential {
        let credentials = &self.core.credentials;
        let listed = credentials.list(&self.admin_caller(), "vision").await;
        let mut listed = listed.unwrap().into_iter();
        listed.find(|found| found.name == name).unwrap()
    }
}
