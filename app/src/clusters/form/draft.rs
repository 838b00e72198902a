//! The fields of the form as typed.

use domain::order::{OrderInput, OrderOptions};
use domain::time_to_live::TimeToLive;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::form::FormState;
use crate::resource::form::{first_place, hours, split_place};

/// Every field as its control sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub name: String,
    /// `tenant/environment`, by their slugs.
    pub place: String,
    pub plan: String,
    pub kubernetes_version: String,
    /// `load_balancer` and so on.
    pub exposure: String,
    /// Used with the exposure `ingress` only.
    pub ingress_host: String,
    /// Hours; empty: no end.
    pub time_to_live_hours: String,
}

impl Draft {
    /// Values as typed, else from the address, else as the portal proposes them.
    pub fn proposed(options: &OrderOptions, form: &FormState, address: &Address) -> Self {
        let field = |name: &str, proposal: Option<String>| {
            let requested = address.get(name).map(str::to_owned);
            form.value(name, requested.or(proposal).unwrap_or_default())
        };
        Self {
            name: field("name", None),
            place: field("place", first_place(&options.tenants)),
            plan: field("plan", options.plans.first().map(|plan| plan.name.clone())),
            kubernetes_version: field(
                "kubernetes_version",
                options.kubernetes_versions.first().map(ToString::to_string),
            ),
            exposure: field(
                "exposure",
                options
                    .exposures
                    .first()
                    .map(|kind| kind.as_str().to_owned()),
            ),
            ingress_host: field("ingress_host", None),
            time_to_live_hours: field(
                "time_to_live_hours",
                Some(TimeToLive::DEFAULT.hours().to_string()),
            ),
        }
    }

    /// The request; the core validates it.
    pub fn to_input(&self) -> OrderInput {
        let (tenant, environment) = split_place(&self.place);
        let host = self.ingress_host.trim();
        OrderInput {
            name: self.name.clone(),
            tenant: tenant.to_owned(),
            environment: environment.to_owned(),
            plan: self.plan.clone(),
            kubernetes_version: self.kubernetes_version.clone(),
            exposure: self.exposure.clone(),
            ingress_host: (self.exposure == "ingress").then(|| host.to_owned()),
            time_to_live_hours: hours(&self.time_to_live_hours),
        }
    }

    /// The lifetime in hours, if it is limited.
    pub fn hours(&self) -> Option<u32> {
        self.time_to_live_hours.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            name: "payments-ci".into(),
            place: "vision/dev".into(),
            plan: "small".into(),
            kubernetes_version: "v1.36.0".into(),
            exposure: "node_port".into(),
            ingress_host: "ci.example.com".into(),
            time_to_live_hours: "24".into(),
        }
    }

    #[test]
    fn a_host_name_goes_along_with_an_ingress_only() {
        assert_eq!(draft().to_input().ingress_host, None);
        let ingress = Draft {
            exposure: "ingress".into(),
            ..draft()
        };
        assert_eq!(
            ingress.to_input().ingress_host.as_deref(),
            Some("ci.example.com")
        );
    }

    #[test]
    fn no_end_and_nonsense_are_not_the_same() {
        let hours = |text: &str| {
            Draft {
                time_to_live_hours: text.into(),
                ..draft()
            }
            .to_input()
            .time_to_live_hours
        };
        assert_eq!(hours("none"), None);
        assert_eq!(hours("72"), Some(72));
        assert_eq!(hours("soon"), Some(0));
    }
}
