//! The fields of the form as typed.

use domain::node::order::{IdleAction, NodeOrderInput, NodeOrderOptions, cannot_stop};
use domain::problem::FieldError;
use domain::time_to_live::TimeToLive;
use serde::{Deserialize, Serialize};

use super::accelerators::{counts, find, with_cards};
use crate::address::Address;
use crate::form::FormState;
use crate::resource::form::{first_place, hours, split_place};

/// The value of `kind` for a machine described by the other fields.
pub const MACHINE: &str = "machine";
/// The value of `kind` for the user's own SkyPilot task.
pub const OWN_TASK: &str = "task";
/// The value of `accelerator` for one without a card.
pub const OTHER: &str = "other";

const IDLE_MINUTES: &str = "60";

/// Every field as its control sends it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    pub name: String,
    /// `tenant/environment`, by their slugs.
    pub place: String,
    /// [`MACHINE`] or [`OWN_TASK`].
    pub kind: String,
    /// The accelerator of the chosen card, or [`OTHER`].
    pub accelerator: String,
    /// The name of an accelerator without a card.
    pub other_accelerator: String,
    pub count: String,
    /// `cloud/region` or `cloud`; empty: wherever the machine is cheapest.
    pub location: String,
    /// `true` or `false`.
    pub spot: String,
    /// GiB; empty: SkyPilot's default.
    pub disk_gib: String,
    pub image: String,
    pub setup: String,
    pub run: String,
    /// SkyPilot YAML; used with [`OWN_TASK`] only.
    pub task: String,
    /// Empty: the node never stops by itself.
    pub idle_minutes: String,
    pub idle_action: String,
    /// Hours; `none`: until the node is deleted.
    pub time_to_live_hours: String,
}

impl Draft {
    /// Values as typed, else from the address, else as the portal proposes them.
    pub fn proposed(options: &NodeOrderOptions, form: &FormState, address: &Address) -> Self {
        let requested = |name: &str| address.get(name).unwrap_or_default();
        let field =
            |name: &str, proposal: &str| form.value(name, address.get(name).unwrap_or(proposal));
        let location = match (requested("cloud"), requested("region")) {
            (cloud, "") => cloud.to_owned(),
            (cloud, region) => format!("{cloud}/{region}"),
        };
        // After a sign-in the address has every field but empty ones: then no minutes are a choice of the user.
        let idle_minutes = if requested("idle_action").is_empty() {
            IDLE_MINUTES
        } else {
            ""
        };
        let mut draft = Self {
            name: field("name", ""),
            place: field("place", &first_place(&options.tenants).unwrap_or_default()),
            kind: field("kind", MACHINE),
            accelerator: field("accelerator", ""),
            other_accelerator: field("other_accelerator", ""),
            count: field("count", ""),
            location: field("location", &location),
            spot: field("spot", "false"),
            disk_gib: field("disk_gib", ""),
            image: field("image", ""),
            setup: field("setup", ""),
            run: field("run", ""),
            task: field("task", ""),
            idle_minutes: field("idle_minutes", idle_minutes),
            idle_action: field("idle_action", IdleAction::default().as_str()),
            time_to_live_hours: field(
                "time_to_live_hours",
                &TimeToLive::DEFAULT.hours().to_string(),
            ),
        };
        draft.choose_card(options);
        let is_preview = form.was_sent() && form.problem().is_none();
        draft.choose_count(options, is_preview);
        draft
    }

    fn choose_card(&mut self, options: &NodeOrderOptions) {
        if self.accelerator.is_empty() || self.accelerator == OTHER {
            return;
        }
        let cards = with_cards(&options.accelerators);
        let mut cards = cards.iter();
        match cards.find(|card| card.name.eq_ignore_ascii_case(&self.accelerator)) {
            Some(card) => self.accelerator.clone_from(&card.name),
            None => self.other_accelerator = std::mem::replace(&mut self.accelerator, OTHER.into()),
        }
    }

    /// Another accelerator may not be available in the same number. A number from the address stays, so that its error
    /// is shown.
    fn choose_count(&mut self, options: &NodeOrderOptions, is_preview: bool) {
        let name = self.accelerator_name();
        let counts = counts(&options.accelerators, name);
        let is_offered = counts.iter().any(|count| count.to_string() == self.count);
        let is_known = find(&options.accelerators, name).is_some();
        if self.count.is_empty() || (is_preview && is_known && !is_offered) {
            self.count = counts.first().unwrap_or(&1).to_string();
        }
    }

    /// The name of the accelerator; empty: none yet.
    pub fn accelerator_name(&self) -> &str {
        if self.accelerator == OTHER {
            self.other_accelerator.trim()
        } else {
            &self.accelerator
        }
    }

    pub fn is_own_task(&self) -> bool {
        self.kind == OWN_TASK
    }

    pub fn is_spot(&self) -> bool {
        self.spot == "true"
    }

    /// Why such a machine cannot be stopped; `None` if it can, or if that depends on the task.
    pub fn why_not_stop(&self) -> Option<&'static str> {
        let cloud = self
            .location
            .split('/')
            .next()
            .filter(|cloud| !cloud.is_empty());
        (!self.is_own_task())
            .then(|| cannot_stop(cloud, self.is_spot()))
            .flatten()
    }

    /// Whether nothing is typed yet in a required field.
    pub fn is_blank(&self, field: &str) -> bool {
        match field {
            "name" => self.name.trim().is_empty(),
            "accelerator" => self.accelerator_name().is_empty(),
            "task" => self.task.trim().is_empty(),
            _ => false,
        }
    }

    /// The request; the core validates it. An empty task is rejected here, because to the core it is a machine.
    pub fn to_input(&self) -> Result<NodeOrderInput, FieldError> {
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
        if self.is_own_task() && self.is_blank("task") {
            let message = "Paste the YAML of a SkyPilot task, or choose “Machine” above.";
            return Err(FieldError::new("task", message));
        }
        if self.is_own_task() {
            return Ok(NodeOrderInput {
                task: Some(self.task.clone()),
                ..terms
            });
        }
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let (cloud, region) = self
            .location
            .split_once('/')
            .unwrap_or((&self.location, ""));
        Ok(NodeOrderInput {
            accelerator: self.accelerator_name().to_owned(),
            count: number(&self.count),
            cloud: some(cloud),
            region: some(region),
            spot: self.is_spot(),
            disk_gib: number(&self.disk_gib),
            image: some(&self.image),
            setup: self.setup.clone(),
            run: self.run.clone(),
            ..terms
        })
    }
}

/// A number as a request has it; empty: none. Text that is not a number is rejected like 0.
fn number(text: &str) -> Option<i64> {
    match text.trim() {
        "" => None,
        text => Some(text.parse().unwrap_or(0)),
    }
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
