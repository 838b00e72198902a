//! Who credentials are for, and the fields that each provider's form has.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A cloud, or something like it, that a credential opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure.
    Azure,
    /// Google Cloud.
    Gcp,
    /// Lambda.
    Lambda,
    /// RunPod.
    Runpod,
    /// Oracle Cloud Infrastructure.
    Oci,
    /// Nebius.
    Nebius,
    /// A Kubernetes cluster of one's own.
    Kubernetes,
}

/// How a field is typed in and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretFieldKind {
    /// One line that may be shown afterwards.
    Plain,
    /// One line that is never shown.
    Secret,
    /// Several lines (PEM, JSON, YAML) that are never shown.
    SecretLines,
}

/// A field of a provider's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretField {
    /// Its name in requests: `access_key_id`.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What to type, as an example or a sentence; `""`: nothing to say.
    pub hint: &'static str,
    /// How it is typed in.
    pub kind: SecretFieldKind,
    /// Whether it may be left empty.
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
    /// Every provider.
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

    /// The word in requests and in the database, and what SkyPilot calls it.
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

    /// What people call it.
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

    /// The fields of its form, in order.
    pub fn fields(self) -> Vec<SecretField> {
        use SecretFieldKind::{Plain, Secret, SecretLines};
        match self {
            Self::Aws => vec![
                optional(field(
                    "access_key_id",
                    "Access key id",
                    "AKIA…, of a user; leave both keys empty to assume a role with the portal's own identity",
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
                    "What the role's trust policy asks for",
                    Plain,
                )),
                optional(field("region", "Region", "us-east-1", Plain)),
            ],
            Self::Azure => vec![
                field("directory_id", "Directory (tenant) id", "A UUID", Plain),
                field("client_id", "Application (client) id", "A UUID", Plain),
                field(
                    "client_secret",
                    "Client secret",
                    "The secret's value, not its id",
                    Secret,
                ),
                field("subscription_id", "Subscription id", "A UUID", Plain),
            ],
            Self::Gcp => vec![field(
                "service_account_json",
                "Service account key",
                "The JSON file that Google Cloud gives for a service account's key",
                SecretLines,
            )],
            Self::Lambda => vec![field(
                "api_key",
                "API key",
                "From Cloud API keys in Lambda's console",
                Secret,
            )],
            Self::Runpod => vec![field(
                "api_key",
                "API key",
                "rpa_…, from Settings in RunPod's console",
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
                    "12:34:…, sixteen pairs",
                    Plain,
                ),
                field("region", "Region", "eu-frankfurt-1", Plain),
                field(
                    "private_key",
                    "Private key",
                    "PEM, without a passphrase",
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
                "YAML with the cluster's address, its certificate authority and a token or client certificate inside; exec, auth-provider and paths to files are refused",
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
                format!("Choose one of {}.", known.join(", "))
            })
    }
}
