//! Service accounts, each with one token.

use super::{Acting, Answer, Role, SkyPilot, call::Call, fields};
use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::json;

/// A new or renewed token, which is shown only once.
#[derive(Clone, Debug, Deserialize)]
pub struct IssuedToken {
    /// The id for renewing and deleting.
    pub token_id: String,
    pub token_name: String,
    /// For example `sky_…`.
    #[serde(deserialize_with = "fields::secret")]
    pub token: SecretString,
    /// The service account's user: `sa-…`.
    pub service_account_user_id: String,
    /// `None`: never.
    #[serde(default, deserialize_with = "fields::time")]
    pub expires_at: Option<Timestamp>,
}

/// A token in the list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ServiceAccountToken {
    /// The id for renewing and deleting.
    pub token_id: String,
    pub token_name: String,
    /// The service account's user: `sa-…`.
    pub service_account_user_id: String,
    #[serde(default, deserialize_with = "fields::or_default")]
    pub service_account_roles: Vec<Role>,
    #[serde(default, deserialize_with = "fields::time")]
    pub created_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "fields::time")]
    pub last_used_at: Option<Timestamp>,
    /// `None`: never.
    #[serde(default, deserialize_with = "fields::time")]
    pub expires_at: Option<Timestamp>,
}

const TOKENS: &str = "users/service-account-tokens";

impl SkyPilot {
    /// Creates a service account and its token; `expires_in_days` 0: never expires. Not retried. Fails with
    /// [`AlreadyExists`](super::ErrorKind::AlreadyExists) if the name is in use; that token can be renewed.
    pub async fn create_service_account(
        &self,
        acting: Acting<'_>,
        name: &str,
        role: Role,
        expires_in_days: u32,
    ) -> Answer<IssuedToken> {
        let body = json!({"token_name": name, "role": role, "expires_in_days": expires_in_days});
        let call = Call::post(TOKENS, "create a service account", &acting, body).never_repeated();
        self.answer(acting.identity, &call).await
    }

    pub async fn service_accounts(&self, acting: Acting<'_>) -> Answer<Vec<ServiceAccountToken>> {
        let call = Call::get(TOKENS, "list the service accounts");
        self.answer(acting.identity, &call).await
    }

    /// Renews a token; the previous one is revoked immediately. `expires_in_days` 0: never expires.
    pub async fn rotate_service_account(
        &self,
        acting: Acting<'_>,
        token_id: &str,
        expires_in_days: u32,
    ) -> Answer<IssuedToken> {
        let body = json!({"token_id": token_id, "expires_in_days": expires_in_days});
        let path = "users/service-account-tokens/rotate";
        let call = Call::post(path, "renew a service account's token", &acting, body);
        self.answer(acting.identity, &call).await
    }

    /// Revokes a token and deletes its service account. The server refuses while it owns clusters.
    pub async fn delete_service_account(&self, acting: Acting<'_>, token_id: &str) -> Answer<()> {
        let body = json!({"token_id": token_id});
        let path = "users/service-account-tokens/delete";
        let call = Call::post(path, "delete a service account", &acting, body);
        self.answer::<IgnoredAny>(acting.identity, &call).await?;
        Ok(())
    }

    /// Changes the role of a service account.
    pub async fn set_service_account_role(
        &self,
        acting: Acting<'_>,
        token_id: &str,
        role: Role,
    ) -> Answer<()> {
        let body = json!({"token_id": token_id, "role": role});
        let path = "users/service-account-tokens/update-role";
        let call = Call::post(path, "change a service account's role", &acting, body);
        self.answer::<IgnoredAny>(acting.identity, &call).await?;
        Ok(())
    }
}
