//! What is sent to be stored.

use super::Provider;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// Text that is shown by nothing but what takes it out on purpose.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = Password))]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// The text itself.
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

/// Which part of a tenant a credential goes for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CredentialScope {
    /// The slug of the tenant.
    pub tenant: String,
    /// The slug of one environment; `None`: every environment without one of its own.
    #[serde(default)]
    pub environment: Option<String>,
}

/// A request to store a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CredentialInput {
    /// What it goes for.
    #[serde(flatten)]
    pub scope: CredentialScope,
    /// Who it is for.
    pub provider: Provider,
    /// What people call it, unique among those of the tenant and provider.
    pub name: String,
    /// Whether it is taken from now on, in place of the one that is taken now.
    #[serde(default)]
    pub chosen: bool,
    /// The fields of [`Provider::fields`], by name.
    pub fields: BTreeMap<String, SecretText>,
}
