//! The Kubernetes versions a vCluster can run.

use crate::problem::FieldError;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};

/// A version for which vCluster publishes a distribution image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct KubernetesVersion(&'static str);

impl KubernetesVersion {
    /// Newest first: the tags of `ghcr.io/loft-sh/kubernetes` for vCluster 0.36.
    pub const ALL: [Self; 7] = [
        Self("v1.36.0"),
        Self("v1.35.0"),
        Self("v1.34.0"),
        Self("v1.33.4"),
        Self("v1.32.1"),
        Self("v1.31.1"),
        Self("v1.30.2"),
    ];

    /// The image tag: `v1.36.0`.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl FromStr for KubernetesVersion {
    type Err = FieldError;
    fn from_str(text: &str) -> Result<Self, FieldError> {
        Self::ALL
            .into_iter()
            .find(|version| version.0 == text)
            .ok_or_else(|| {
                let known: Vec<_> = Self::ALL.iter().map(|version| version.0).collect();
                FieldError::new(
                    "kubernetes_version",
                    format!("Kubernetes version must be one of {}.", known.join(", ")),
                )
            })
    }
}

// Derived code would require the input to outlive the static text.
impl Serialize for KubernetesVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for KubernetesVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(|error: FieldError| D::Error::custom(error.message))
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
