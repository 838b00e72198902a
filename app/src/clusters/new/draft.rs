//! An order as it stands in the form. It fits into an address, so that nothing typed is lost on the way round by a plain
//! form or the sign-in.

use domain::order::{OrderInput, OrderOptions};
use domain::time_to_live::TimeToLive;
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

use crate::ordering::{first_place, hours, split_place};
use crate::routes;

/// The form's fields, each as its control has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// As typed.
    pub name: String,
    /// `tenant/environment`, by their slugs.
    pub place: String,
    /// The plan's name.
    pub plan: String,
    /// `v1.36.0`.
    pub kubernetes_version: String,
    /// `load_balancer` and so on.
    pub exposure: String,
    /// Counts with `ingress` only; may be filled in all the same.
    pub ingress_host: String,
    /// Hours; empty: until it is deleted.
    pub time_to_live_hours: String,
}

impl Draft {
    /// What the form proposes, with what the address asks for.
    pub fn proposed(options: &OrderOptions, query: &ParamsMap) -> Self {
        let asked = |name: &str, proposal: Option<String>| {
            query
                .get(name)
                .filter(|value| !value.is_empty())
                .or(proposal)
                .unwrap_or_default()
        };
        Self {
            name: asked("name", None),
            place: asked("place", first_place(&options.tenants)),
            plan: asked("plan", options.plans.first().map(|plan| plan.name.clone())),
            kubernetes_version: asked(
                "kubernetes_version",
                options.kubernetes_versions.first().map(ToString::to_string),
            ),
            exposure: asked(
                "exposure",
                options
                    .exposures
                    .first()
                    .map(|kind| kind.as_str().to_owned()),
            ),
            ingress_host: asked("ingress_host", None),
            time_to_live_hours: asked(
                "time_to_live_hours",
                Some(TimeToLive::DEFAULT.hours().to_string()),
            ),
        }
    }

    /// The form's address with everything filled in.
    pub fn address(&self) -> String {
        routes::with_query(
            routes::NEW_CLUSTER,
            [
                ("name", self.name.as_str()),
                ("place", &self.place),
                ("plan", &self.plan),
                ("kubernetes_version", &self.kubernetes_version),
                ("exposure", &self.exposure),
                ("ingress_host", &self.ingress_host),
                ("time_to_live_hours", &self.time_to_live_hours),
            ],
        )
    }

    /// The order that the portal is asked for. It does the checking.
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

    /// The life time in hours, if it has an end.
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

    #[test]
    fn everything_typed_is_in_the_address() {
        let address = draft().address();
        for part in ["name=payments-ci", "place=vision%2Fdev", "hours=24"] {
            assert!(address.contains(part), "{part} is missing in {address}");
        }
    }
}
