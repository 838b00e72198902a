//! Requests to store a credential.

use super::Provider;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// Text that is only readable by an explicit call.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = Password))]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// The part of a tenant that a credential is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CredentialScope {
    /// The slug of the tenant.
    pub tenant: String,
    /// The slug of one environment; `None`: every environment without a credential of its own.
    #[serde(default)]
    pub environment: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CredentialInput {
    #[serde(flatten)]
    pub scope: CredentialScope,
    pub provider: Provider,
    /// The name, unique per tenant and provider.
    pub name: String,
    /// Whether the credential becomes the default.
    #[serde(default)]
    pub chosen: bool,
    /// The fields of [`Provider::fields`], by name.
    pub fields: BTreeMap<String, SecretText>,
}
