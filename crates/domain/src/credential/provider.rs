//! Cloud providers and the fields of their credentials.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A cloud provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    Aws,
    Azure,
    Gcp,
    Lambda,
    Runpod,
    /// Oracle Cloud Infrastructure.
    Oci,
    Nebius,
    /// A Kubernetes cluster of the tenant.
    Kubernetes,
}

/// How a field is entered and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretFieldKind {
    /// One line that may be shown later.
    Plain,
    /// One line that is never shown.
    Secret,
    /// Several lines (PEM, JSON, YAML) that are never shown.
    SecretLines,
}

/// A field of a provider's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretField {
    /// The name in requests: `access_key_id`.
    pub name: &'static str,
    pub label: &'static str,
    /// What to enter, as an example or a sentence; may be empty.
    pub hint: &'static str,
    pub kind: SecretFieldKind,
    pub optional: bool,
}

const fn field(
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    kind: SecretFieldKind,
) -> SecretField {
    SecretField {
        name,
        label,
        hint,
        kind,
        optional: false,
    }
}

const fn optional(mut field: SecretField) -> SecretField {
    field.optional = true;
    field
}

impl Provider {
    pub const ALL: [Self; 8] = [
        Self::Aws,
        Self::Azure,
        Self::Gcp,
        Self::Lambda,
        Self::Runpod,
        Self::Oci,
        Self::Nebius,
        Self::Kubernetes,
    ];

    /// As stored, as written in requests, and as SkyPilot calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Azure => "azure",
            Self::Gcp => "gcp",
            Self::Lambda => "lambda",
            Self::Runpod => "runpod",
            Self::Oci => "oci",
            Self::Nebius => "nebius",
            Self::Kubernetes => "kubernetes",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Azure => "Azure",
            Self::Gcp => "Google Cloud",
            Self::Lambda => "Lambda",
            Self::Runpod => "RunPod",
            Self::Oci => "Oracle Cloud",
            Self::Nebius => "Nebius",
            Self::Kubernetes => "Kubernetes",
        }
    }

    pub fn fields(self) -> Vec<SecretField> {
        use SecretFieldKind::{Plain, Secret, SecretLines};
        match self {
            Self::Aws => vec![
                optional(field(
                    "access_key_id",
                    "Access key id",
                    "The key of an IAM user (AKIA…). Leave both key fields empty to assume a role with the portal's own identity",
                    Plain,
                )),
                optional(field(
                    "secret_access_key",
                    "Secret access key",
                    "40 characters",
                    Secret,
                )),
                optional(field(
                    "role_arn",
                    "Role to assume",
                    "arn:aws:iam::123456789012:role/hangar",
                    Plain,
                )),
                optional(field(
                    "external_id",
                    "External id",
                    "The external id that the role's trust policy requires",
                    Plain,
                )),
                optional(field(
                    "region",
                    "Region",
                    "Of AWS STS, for example eu-central-1. By default that of the role's partition, or us-east-1",
                    Plain,
                )),
            ],
            Self::Azure => vec![
                field("directory_id", "Directory (tenant) id", "A UUID", Plain),
                field("client_id", "Application (client) id", "A UUID", Plain),
                field(
                    "client_secret",
                    "Client secret",
                    "The value of the secret, not its id",
                    Secret,
                ),
                field("subscription_id", "Subscription id", "A UUID", Plain),
            ],
            Self::Gcp => vec![field(
                "service_account_json",
                "Service account key",
                "The JSON key file of a service account",
                SecretLines,
            )],
            Self::Lambda => vec![field(
                "api_key",
                "API key",
                "From “Cloud API keys” in the Lambda console",
                Secret,
            )],
            Self::Runpod => vec![field(
                "api_key",
                "API key",
                "rpa_…, from “Settings” in the RunPod console",
                Secret,
            )],
            Self::Oci => vec![
                field("user_ocid", "User OCID", "ocid1.user.oc1..…", Plain),
                field(
                    "tenancy_ocid",
                    "Tenancy OCID",
                    "ocid1.tenancy.oc1..…",
                    Plain,
                ),
                field(
                    "fingerprint",
                    "Fingerprint of the API key",
                    "16 hexadecimal pairs: 12:34:…",
                    Plain,
                ),
                field("region", "Region", "eu-frankfurt-1", Plain),
                field(
                    "private_key",
                    "Private key",
                    "PEM format, without a passphrase",
                    SecretLines,
                ),
            ],
            Self::Nebius => vec![
                field("project_id", "Project id", "project-…", Plain),
                field(
                    "service_account_json",
                    "Service account credentials",
                    "The JSON file that `nebius iam auth-public-key generate` writes",
                    SecretLines,
                ),
            ],
            Self::Kubernetes => vec![field(
                "kubeconfig",
                "Kubeconfig",
                "With a token or client certificate inside, as `kubectl config view --minify --flatten` prints it. Exec, auth-provider, proxies and file paths are not supported",
                SecretLines,
            )],
        }
    }
}

impl FromStr for Provider {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|provider| provider.as_str() == text)
            .ok_or_else(|| {
                let known: Vec<_> = Self::ALL.map(Self::as_str).into();
                format!("Provider must be one of {}.", known.join(", "))
            })
    }
}
