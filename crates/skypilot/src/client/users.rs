//! The users that the server knows.

use super::{Acting, Answer, Identity, SkyPilot, call::Call, fields};
use serde::{Deserialize, Serialize};

/// What a user may do on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Admin,
    /// Everything with clusters in the workspaces that are open to it.
    User,
    /// Look.
    Viewer,
    /// A role that SkyPilot 0.14.1 does not have.
    #[serde(other)]
    Unknown,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct User {
    /// Its id: eight hexadecimal digits, or `sa-…` of a service account. Empty: nobody in particular.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub id: String,
    /// Its name.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub name: String,
    /// What it may do.
    #[serde(default)]
    pub role: Option<Role>,
}

impl SkyPilot {
    /// Every user.
    pub async fn users(&self, acting: Acting<'_>) -> Answer<Vec<User>> {
        self.answer(acting.identity, &Call::get("users", "list the users"))
            .await
    }

    /// Who the server takes `identity` for, and what that one may do.
    pub async fn who_am_i(&self, identity: &Identity) -> Answer<User> {
        let call = Call::get("users/role", "say who the portal is to it");
        self.answer(identity, &call).await
    }
}
