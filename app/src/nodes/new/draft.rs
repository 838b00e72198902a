//! An order as it stands in the form. All but the scripts fits into an address, so that nothing typed is lost on the way
//! round by the sign-in; with the scripts it fits into one that a plain form is sent back to.

use domain::node::catalogue::AcceleratorSummary;
use domain::node::order::NodeOrderInput;
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

use crate::ordering::{hours, split_place};
use crate::routes;

/// The form's fields, each as its control has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// As typed.
    pub name: String,
    /// `tenant/environment`, by their slugs.
    pub place: String,
    /// [`OWN_TASK`], or empty: a machine by the form's fields.
    pub kind: String,
    /// The accelerator of the card that is chosen; empty: none, or another one.
    pub accelerator: String,
    /// The accelerator that is typed because it has no card.
    pub other_accelerator: String,
    /// How many accelerators.
    pub count: String,
    /// `cloud/region` or `cloud`; empty: wherever it is cheapest.
    pub location: String,
    /// `true`, or empty: on demand.
    pub spot: String,
    /// GiB; empty: as SkyPilot has it.
    pub disk_gib: String,
    /// A machine image.
    pub image: String,
    /// Commands that set it up.
    pub setup: String,
    /// Commands to run.
    pub run: String,
    /// A SkyPilot task in YAML; counts with [`OWN_TASK`] only.
    pub task: String,
    /// Minutes; empty: it never stops by itself.
    pub idle_minutes: String,
    /// `stop` or `take_down`.
    pub idle_action: String,
    /// Hours; `none`: until it is taken down.
    pub time_to_live_hours: String,
}

/// The kind of order that brings its own YAML.
pub const OWN_TASK: &str = "task";

/// What stands in the address for no idle minutes, because an empty parameter means “as proposed”.
pub const NEVER: &str = "never";

/// The fields that have many lines and do not fit into an address that others hand on.
pub const SCRIPTS: [&str; 3] = ["setup", "run", "task"];

impl Draft {
    /// What the address asks for; what is not asked for stays empty.
    pub fn from_address(query: &ParamsMap) -> Self {
        let mut asked = Self::default();
        for (name, field) in asked.fields_mut() {
            *field = query.get(name).unwrap_or_default();
        }
        let get = |name: &str| query.get(name).unwrap_or_default();
        asked.location = match (get("cloud"), get("region")) {
            (cloud, region) if region.is_empty() => cloud,
            (cloud, region) => format!("{cloud}/{region}"),
        };
        asked
    }

    /// The accelerator asked for; empty: none yet.
    pub fn accelerator_name(&self) -> &str {
        if self.accelerator.is_empty() {
            self.other_accelerator.trim()
        } else {
            &self.accelerator
        }
    }

    /// The cloud and the region asked for.
    pub fn cloud_and_region(&self) -> (Option<&str>, Option<&str>) {
        let (cloud, region) = self
            .location
            .split_once('/')
            .unwrap_or((&self.location, ""));
        let some = |text| Some(text).filter(|text: &&str| !text.is_empty());
        (some(cloud), some(region))
    }

    /// Whether the YAML is the person's own.
    pub fn is_own_task(&self) -> bool {
        self.kind == OWN_TASK
    }

    /// Whether it may be taken away for a lower price.
    pub fn is_spot(&self) -> bool {
        self.spot == "true"
    }

    /// The form's address without the scripts.
    pub fn short_address(&self) -> String {
        self.address_with(|name| !SCRIPTS.contains(&name))
    }

    /// The form's address with the fields that go along.
    pub fn address_with(&self, goes_along: impl Fn(&str) -> bool) -> String {
        let (cloud, region) = self.cloud_and_region();
        let parameters = self.fields().into_iter().filter_map(|(name, value)| {
            let value = match name {
                "accelerator" => self.accelerator_name(),
                "other_accelerator" | "location" => return None,
                "idle_minutes" if value.trim().is_empty() => NEVER,
                _ => value,
            };
            goes_along(name).then_some((name, value))
        });
        let place = [
            ("cloud", cloud.unwrap_or("")),
            ("region", region.unwrap_or("")),
        ];
        routes::with_query(routes::NEW_NODE, parameters.chain(place))
    }

    /// The order that the portal is asked for. It does the checking.
    pub fn to_input(&self) -> NodeOrderInput {
        let (tenant, environment) = split_place(&self.place);
        let terms = NodeOrderInput {
            name: self.name.clone(),
            tenant: tenant.to_owned(),
            environment: environment.to_owned(),
            idle_minutes: number(&self.idle_minutes),
            idle_action: self.idle_action.clone(),
            time_to_live_hours: hours(&self.time_to_live_hours),
            ..NodeOrderInput::default()
        };
        if self.is_own_task() {
            return NodeOrderInput {
                task: Some(self.task.clone()),
                ..terms
            };
        }
        let (cloud, region) = self.cloud_and_region();
        NodeOrderInput {
            accelerator: self.accelerator_name().to_owned(),
            count: number(&self.count),
            cloud: cloud.map(str::to_owned),
            region: region.map(str::to_owned),
            spot: self.is_spot(),
            disk_gib: number(&self.disk_gib),
            image: Some(self.image.trim().to_owned()).filter(|image| !image.is_empty()),
            setup: self.setup.clone(),
            run: self.run.clone(),
            ..terms
        }
    }

    /// What a control has.
    pub fn get(&self, name: &str) -> &str {
        self.fields()
            .into_iter()
            .find(|(found, _)| *found == name)
            .map_or("", |(_, value)| value)
    }

    /// What a control has from now on.
    pub fn set(&mut self, name: &str, value: String) {
        let field = self
            .fields_mut()
            .into_iter()
            .find(|(found, _)| *found == name);
        if let Some((_, field)) = field {
            *field = value;
        }
    }

    /// Every field by the name of its control.
    pub fn fields(&self) -> [(&'static str, &str); 16] {
        [
            ("name", &self.name),
            ("place", &self.place),
            ("kind", &self.kind),
            ("accelerator", &self.accelerator),
            ("other_accelerator", &self.other_accelerator),
            ("count", &self.count),
            ("location", &self.location),
            ("spot", &self.spot),
            ("disk_gib", &self.disk_gib),
            ("image", &self.image),
            ("setup", &self.setup),
            ("run", &self.run),
            ("task", &self.task),
            ("idle_minutes", &self.idle_minutes),
            ("idle_action", &self.idle_action),
            ("time_to_live_hours", &self.time_to_live_hours),
        ]
    }

    /// The same, to be changed.
    pub fn fields_mut(&mut self) -> [(&'static str, &mut String); 16] {
        [
            ("name", &mut self.name),
            ("place", &mut self.place),
            ("kind", &mut self.kind),
            ("accelerator", &mut self.accelerator),
            ("other_accelerator", &mut self.other_accelerator),
            ("count", &mut self.count),
            ("location", &mut self.location),
            ("spot", &mut self.spot),
            ("disk_gib", &mut self.disk_gib),
            ("image", &mut self.image),
            ("setup", &mut self.setup),
            ("run", &mut self.run),
            ("task", &mut self.task),
            ("idle_minutes", &mut self.idle_minutes),
            ("idle_action", &mut self.idle_action),
            ("time_to_live_hours", &mut self.time_to_live_hours),
        ]
    }
}

/// The accelerator of this name, however it is capitalised.
pub fn find<'a>(
    accelerators: &'a [AcceleratorSummary],
    name: &str,
) -> Option<&'a AcceleratorSummary> {
    accelerators
        .iter()
        .find(|accelerator| accelerator.name.eq_ignore_ascii_case(name.trim()))
}

/// A number as a request has it; empty: none. What is not a number is refused like one that is too small.
fn number(text: &str) -> Option<i64> {
    match text.trim() {
        "" => None,
        text => Some(text.parse().unwrap_or(0)),
    }
}
