//! The clouds of the sandbox.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cloud {
    Aws,
    Gcp,
    Azure,
    Lambda,
    RunPod,
    Nebius,
    Oci,
}

impl Cloud {
    pub const ALL: [Self; 7] = [
        Self::Aws,
        Self::Gcp,
        Self::Azure,
        Self::Lambda,
        Self::RunPod,
        Self::Nebius,
        Self::Oci,
    ];

    pub fn id(self) -> String {
        self.name().to_lowercase()
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Gcp => "GCP",
            Self::Azure => "Azure",
            Self::Lambda => "Lambda",
            Self::RunPod => "RunPod",
            Self::Nebius => "Nebius",
            Self::Oci => "OCI",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|cloud| cloud.name().eq_ignore_ascii_case(name))
    }

    pub fn capabilities(self) -> &'static [&'static str] {
        match self {
            Self::Lambda | Self::RunPod => &["compute"],
            _ => &["compute", "storage"],
        }
    }

    pub fn ssh_user(self) -> &'static str {
        match self {
            Self::Gcp => "gcpuser",
            Self::Azure => "azureuser",
            Self::RunPod => "root",
            _ => "ubuntu",
        }
    }

    pub fn can_stop(self) -> bool {
        !matches!(self, Self::Lambda | Self::RunPod)
    }
}
