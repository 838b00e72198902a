//! How a cluster's API is exposed outside the host cluster.

use crate::problem::FieldError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExposureKind {
    /// A separate address from the host cluster's load balancer.
    LoadBalancer,
    /// A port on the host cluster's nodes.
    NodePort,
    /// A host name on an ingress controller that passes TLS through.
    Ingress,
    /// Not exposed: `kubectl port-forward` on the host cluster.
    PortForward,
}

impl ExposureKind {
    /// In the order of the form.
    pub const ALL: [Self; 4] = [
        Self::LoadBalancer,
        Self::NodePort,
        Self::Ingress,
        Self::PortForward,
    ];

    /// As written in requests: `load_balancer`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LoadBalancer => "load_balancer",
            Self::NodePort => "node_port",
            Self::Ingress => "ingress",
            Self::PortForward => "port_forward",
        }
    }

    /// The display name.
    pub fn title(self) -> &'static str {
        match self {
            Self::LoadBalancer => "LoadBalancer",
            Self::NodePort => "NodePort",
            Self::Ingress => "Ingress host",
            Self::PortForward => "Port-forward",
        }
    }

    /// One line of advice for the form.
    pub fn hint(self) -> &'static str {
        match self {
            Self::LoadBalancer => {
                "A separate address that works wherever the load balancer is reachable."
            }
            Self::NodePort => {
                "A port on the host's nodes that works wherever the nodes are reachable."
            }
            Self::Ingress => "A host name that resolves to the host's ingress.",
            Self::PortForward => "Not exposed. For users with access to the host cluster.",
        }
    }
}

impl FromStr for ExposureKind {
    type Err = FieldError;
    fn from_str(text: &str) -> Result<Self, FieldError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| {
                FieldError::new(
                    "exposure",
                    "Exposure must be load_balancer, node_port, ingress or port_forward.",
                )
            })
    }
}

/// An exposure with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Exposure {
    /// See [`ExposureKind::LoadBalancer`].
    LoadBalancer,
    /// See [`ExposureKind::NodePort`].
    NodePort,
    /// See [`ExposureKind::Ingress`].
    Ingress {
        /// The host name of the API.
        host: HostName,
    },
    /// See [`ExposureKind::PortForward`].
    PortForward,
}

impl Exposure {
    pub fn kind(&self) -> ExposureKind {
        match self {
            Self::LoadBalancer => ExposureKind::LoadBalancer,
            Self::NodePort => ExposureKind::NodePort,
            Self::Ingress { .. } => ExposureKind::Ingress,
            Self::PortForward => ExposureKind::PortForward,
        }
    }

    /// `LoadBalancer`, `Ingress ci.example.com`.
    pub fn title(&self) -> String {
        match self {
            Self::Ingress { host } => format!("Ingress {host}"),
            other => other.kind().title().to_owned(),
        }
    }
}

/// A DNS name of at least two labels, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct HostName(String);

impl HostName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = FieldError;
    fn from_str(text: &str) -> Result<Self, FieldError> {
        let refuse = |message: &str| Err(FieldError::new("ingress_host", message));
        if text.is_empty() {
            return refuse("Host name is required for an ingress.");
        }
        if text.len() > 253 {
            return refuse("Host name must have at most 253 characters.");
        }
        let labels: Vec<_> = text.split('.').collect();
        if labels.len() < 2 {
            return refuse("Use a full host name, such as ci.clusters.example.com.");
        }
        let valid = |label: &&str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .chars()
                    .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
        };
        if !labels.iter().all(valid) {
            return refuse(
                "Use lowercase letters, digits and hyphens between dots, without scheme or port.",
            );
        }
        if labels.iter().all(|label| label.parse::<u32>().is_ok()) {
            return refuse("Use a host name instead of an IP address.");
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for HostName {
    type Error = FieldError;
    fn try_from(text: String) -> Result<Self, FieldError> {
        text.parse()
    }
}

impl From<HostName> for String {
    fn from(name: HostName) -> Self {
        name.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_dns_names_without_scheme_or_port() {
        assert!("ci.clusters.example.com".parse::<HostName>().is_ok());
        for bad in [
            "",
            "localhost",
            "https://a.b",
            "a.b:443",
            "A.b",
            "-a.b",
            "a..b",
            "10.0.0.1",
            "a_b.c",
        ] {
            assert!(bad.parse::<HostName>().is_err(), "{bad}");
        }
    }
}
