//! The portal's user on the server.

use super::{Answer, Identity, SkyPilot, call::Call, fields};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// All permissions.
    Admin,
    /// All permissions on clusters in workspaces that are open to the user.
    User,
    /// Read-only.
    Viewer,
    /// A role that SkyPilot 0.14.1 does not have.
    #[serde(other)]
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct User {
    /// Eight hexadecimal digits, or `sa-…` for a service account. Empty: anonymous.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub id: String,
    #[serde(default, deserialize_with = "fields::or_default")]
    pub name: String,
    #[serde(default)]
    pub role: Option<Role>,
}

impl SkyPilot {
    /// The user and role of `identity` on the server.
    pub async fn who_am_i(&self, identity: &Identity) -> Answer<User> {
        let call = Call::get("users/role", "return the portal's user");
        self.answer(identity, &call).await
    }
}
