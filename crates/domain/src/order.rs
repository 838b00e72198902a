//! Creating a cluster: the request, its validation, and the form's options.

use crate::{
    cluster_name::ClusterName,
    exposure::{Exposure, ExposureKind},
    kubernetes_version::KubernetesVersion,
    plan::Plan,
    problem::FieldError,
    quota::QuotaUsage,
    tenancy::Tenant,
    time_to_live::TimeToLive,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A request to create a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderInput {
    /// The name: a DNS label of at most 48 characters that starts with a letter.
    #[serde(default)]
    pub name: String,
    /// The tenant's slug.
    #[serde(default)]
    pub tenant: String,
    /// The environment's slug.
    #[serde(default)]
    pub environment: String,
    /// The plan's name.
    #[serde(default)]
    pub plan: String,
    /// An offered version, such as `v1.36.0`.
    #[serde(default)]
    pub kubernetes_version: String,
    /// `load_balancer`, `node_port`, `ingress` or `port_forward`.
    #[serde(default)]
    pub exposure: String,
    /// The host name; only with `ingress`.
    #[serde(default)]
    pub ingress_host: Option<String>,
    /// Lifetime in hours, 1 to 720; by default until the cluster is deleted.
    #[serde(default)]
    pub time_to_live_hours: Option<u32>,
}

/// A request whose fields are valid by themselves. Whether tenant and environment exist and the name is available is
/// checked in the core.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterOrder {
    pub name: ClusterName,
    pub plan: Plan,
    pub kubernetes_version: KubernetesVersion,
    pub exposure: Exposure,
    pub time_to_live: Option<TimeToLive>,
}

impl OrderInput {
    /// Checks every field against its rule and the offered values; one [`FieldError`] per invalid field.
    pub fn validate(
        &self,
        plans: &[Plan],
        exposures: &[ExposureKind],
    ) -> Result<ClusterOrder, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut keep = |error: FieldError| errors.push(error);

        let name = self.name.parse::<ClusterName>().map_err(&mut keep).ok();
        let plan = plans.iter().find(|plan| plan.name == self.plan);
        if plan.is_none() {
            let names: Vec<_> = plans.iter().map(|plan| plan.name.as_str()).collect();
            keep(FieldError::new(
                "plan",
                format!("Plan must be one of {}.", names.join(", ")),
            ));
        }
        let version = self.kubernetes_version.parse().map_err(&mut keep).ok();
        let exposure = self.validate_exposure(exposures).map_err(&mut keep).ok();
        let time_to_live = self
            .time_to_live_hours
            .map(TimeToLive::try_from)
            .transpose()
            .map_err(&mut keep)
            .ok();

        match (name, plan, version, exposure, time_to_live) {
            (Some(name), Some(plan), Some(kubernetes_version), Some(exposure), Some(ttl)) => {
                Ok(ClusterOrder {
                    name,
                    plan: plan.clone(),
                    kubernetes_version,
                    exposure,
                    time_to_live: ttl,
                })
            }
            _ => Err(errors),
        }
    }

    fn validate_exposure(&self, offered: &[ExposureKind]) -> Result<Exposure, FieldError> {
        let kind: ExposureKind = self.exposure.parse()?;
        if !offered.contains(&kind) {
            return Err(FieldError::new(
                "exposure",
                format!(
                    "{} is not offered on this host. Choose another exposure.",
                    kind.title()
                ),
            ));
        }
        let host = self.ingress_host.as_deref().unwrap_or("").trim();
        match kind {
            ExposureKind::Ingress => Ok(Exposure::Ingress {
                host: host.parse()?,
            }),
            _ if !host.is_empty() => Err(FieldError::new(
                "ingress_host",
                "Host name is only used with the exposure “ingress”. Leave it empty.",
            )),
            ExposureKind::LoadBalancer => Ok(Exposure::LoadBalancer),
            ExposureKind::NodePort => Ok(Exposure::NodePort),
            ExposureKind::PortForward => Ok(Exposure::PortForward),
        }
    }
}

/// The options of the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderOptions {
    /// Tenants, with environments, in which the caller may create clusters.
    pub tenants: Vec<Tenant>,
    /// The usage of environments with limits.
    #[serde(default)]
    pub quotas: Vec<QuotaUsage>,
    pub plans: Vec<Plan>,
    /// Newest first.
    pub kubernetes_versions: Vec<KubernetesVersion>,
    /// The exposures that the host cluster offers.
    pub exposures: Vec<ExposureKind>,
    /// A domain that resolves to the host's ingress, for suggested host names.
    pub ingress_domain: Option<String>,
    /// The host cluster for the new cluster.
    pub host: String,
    pub now: Timestamp,
    /// A new idempotency key for this form.
    pub idempotency_key: String,
}

/// The result of checking a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameCheck {
    /// Valid and available.
    Free,
    /// Valid, but already in use.
    Taken {
        /// A similar name that is available.
        suggestion: Option<String>,
    },
    /// Invalid; the message names the rule.
    Invalid(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> OrderInput {
        OrderInput {
            name: "payments-ci".into(),
            tenant: "vision".into(),
            environment: "dev".into(),
            plan: "small".into(),
            kubernetes_version: "v1.36.0".into(),
            exposure: "load_balancer".into(),
            ingress_host: None,
            time_to_live_hours: Some(24),
        }
    }

    fn errors(input: &OrderInput) -> Vec<String> {
        input
            .validate(&Plan::defaults(), &ExposureKind::ALL)
            .unwrap_err()
            .into_iter()
            .map(|error| error.field)
            .collect()
    }

    #[test]
    fn a_good_order_passes() {
        let order = input()
            .validate(&Plan::defaults(), &ExposureKind::ALL)
            .unwrap();
        assert_eq!(order.plan.name, "small");
        assert_eq!(order.exposure, Exposure::LoadBalancer);
    }

    #[test]
    fn every_field_at_fault_is_named_at_once() {
        let bad = OrderInput {
            name: "Bad Name".into(),
            plan: "huge".into(),
            kubernetes_version: "v9".into(),
            exposure: "pigeon".into(),
            time_to_live_hours: Some(0),
            ..input()
        };
        assert_eq!(
            errors(&bad),
            [
                "name",
                "plan",
                "kubernetes_version",
                "exposure",
                "time_to_live_hours"
            ]
        );
    }

    #[test]
    fn an_ingress_needs_a_host_name_and_nothing_else_takes_one() {
        let with = |exposure: &str, host: Option<&str>| OrderInput {
            exposure: exposure.into(),
            ingress_host: host.map(Into::into),
            ..input()
        };
        assert_eq!(errors(&with("ingress", None)), ["ingress_host"]);
        assert_eq!(errors(&with("node_port", Some("a.b"))), ["ingress_host"]);
        assert!(
            with("ingress", Some("ci.example.com"))
                .validate(&Plan::defaults(), &ExposureKind::ALL)
                .is_ok()
        );
    }

    #[test]
    fn a_way_the_host_does_not_offer_is_refused() {
        let refused = input().validate(&Plan::defaults(), &[ExposureKind::NodePort]);
        assert_eq!(refused.unwrap_err()[0].field, "exposure");
    }
}
