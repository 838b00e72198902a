//! Creating a node: the request, its validation, and the form's options.

use super::{
    catalogue::{AcceleratorSummary, Offer},
    name::NodeName,
};
use crate::{
    money::MicroDollars, problem::FieldError, quota::QuotaUsage, tenancy::Tenant,
    time_to_live::TimeToLive,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What happens to an idle node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IdleAction {
    /// The machine is stopped; its disk stays and costs little.
    Stop,
    /// The machine is deleted with its disk.
    #[default]
    Delete,
}

impl IdleAction {
    /// As written in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Delete => "delete",
        }
    }
}

/// When an idle node stops or is deleted. For SkyPilot a node is idle if no job runs and no user is connected by SSH.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Autostop {
    /// 1 to 10080 (a week).
    pub idle_minutes: u32,
    pub then: IdleAction,
}

impl Autostop {
    /// A week.
    pub const MAX_MINUTES: i64 = 10_080;

    /// Checks the input; `None` minutes means never. Fails at `idle_minutes` or `idle_action`.
    pub fn validate(minutes: Option<i64>, action: &str) -> Result<Option<Self>, FieldError> {
        let then = match action.trim() {
            "" | "delete" => IdleAction::Delete,
            "stop" => IdleAction::Stop,
            _ => {
                return Err(FieldError::new(
                    "idle_action",
                    "Idle action must be stop or delete.",
                ));
            }
        };
        match minutes {
            None => Ok(None),
            Some(minutes) if (1..=Self::MAX_MINUTES).contains(&minutes) => Ok(Some(Self {
                idle_minutes: u32::try_from(minutes).unwrap_or(u32::MAX),
                then,
            })),
            Some(_) => Err(FieldError::new(
                "idle_minutes",
                format!(
                    "Idle minutes must be between 1 and {}, or empty for never.",
                    Self::MAX_MINUTES
                ),
            )),
        }
    }

    /// `stops after 30 idle minutes`.
    pub fn summary(self) -> String {
        let verb = match self.then {
            IdleAction::Stop => "stops",
            IdleAction::Delete => "is deleted",
        };
        match self.idle_minutes {
            1 => format!("{verb} after 1 idle minute"),
            minutes => format!("{verb} after {minutes} idle minutes"),
        }
    }
}

/// The kind of machine that was requested.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeSpec {
    /// For example `H100`; `None`: a custom task without an accelerator, or with several kinds.
    pub accelerator: Option<String>,
    pub count: u32,
    /// `None`: the cheapest cloud.
    pub cloud: Option<String>,
    /// `None`: the cheapest region of the cloud.
    pub region: Option<String>,
    /// Whether the cloud may reclaim the machine at any time, for a lower price.
    pub spot: bool,
    /// In GiB; `None`: SkyPilot's default of 256.
    pub disk_gib: Option<u32>,
    /// A machine image or `docker:IMAGE`.
    pub image: Option<String>,
    /// Commands that set up the machine once.
    pub setup: String,
    pub run: String,
    /// Whether the request contained a custom task.
    pub own_task: bool,
}

impl NodeSpec {
    /// `8× H100 · spot`.
    pub fn summary(&self) -> String {
        let mut words = self.size();
        if self.spot {
            words.push_str(" · spot");
        }
        words
    }

    /// In the usage ledger: `8× H100`, without how it was bought.
    pub fn size(&self) -> String {
        match &self.accelerator {
            Some(name) => super::catalogue::accelerators(name, self.count),
            None => "Custom task".to_owned(),
        }
    }
}

/// A request to create a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NodeOrderInput {
    /// At most 30 characters of `a-z`, `0-9` and `-`, starting with a letter.
    #[serde(default)]
    pub name: String,
    /// The tenant's slug.
    #[serde(default)]
    pub tenant: String,
    /// The environment's slug.
    #[serde(default)]
    pub environment: String,
    /// The accelerator: `H100`. Not with `task`.
    #[serde(default)]
    pub accelerator: String,
    /// The number of accelerators; by default 1.
    #[serde(default)]
    pub count: Option<i64>,
    /// The cloud: `aws`; by default the cheapest. Not with `task`.
    #[serde(default)]
    pub cloud: Option<String>,
    /// A region of the cloud; by default the cheapest. Not with `task`.
    #[serde(default)]
    pub region: Option<String>,
    /// Whether the cloud may reclaim the machine at any time, for a lower price. Not with `task`.
    #[serde(default)]
    pub spot: bool,
    /// The disk in GiB, 30 to 16384; by default 256. Not with `task`.
    #[serde(default)]
    pub disk_gib: Option<i64>,
    /// A machine image of the cloud, or `docker:IMAGE`. Not with `task`.
    #[serde(default)]
    pub image: Option<String>,
    /// Shell commands that set up the machine once. Not with `task`.
    #[serde(default)]
    pub setup: String,
    /// Shell commands to run after the setup. Not with `task`.
    #[serde(default)]
    pub run: String,
    /// A custom SkyPilot task (YAML) instead of the fields above.
    #[serde(default)]
    pub task: Option<String>,
    /// Idle minutes until the node stops or is deleted, 1 to 10080; by default never.
    #[serde(default)]
    pub idle_minutes: Option<i64>,
    /// `stop` or `delete`; by default `delete`.
    #[serde(default)]
    pub idle_action: String,
    /// Lifetime in hours, 1 to 720; by default until the node is deleted.
    #[serde(default)]
    pub time_to_live_hours: Option<i64>,
}

/// The valid fields that do not depend on the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeTerms {
    pub name: NodeName,
    pub autostop: Option<Autostop>,
    pub time_to_live: Option<TimeToLive>,
}

/// A machine selected by the form's fields, with its offers.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineChoice {
    pub spec: NodeSpec,
    /// The matching offers, cheapest first.
    pub offers: Vec<Offer>,
}

impl NodeOrderInput {
    /// In GiB.
    pub const MIN_DISK_GIB: i64 = 30;
    /// In GiB.
    pub const MAX_DISK_GIB: i64 = 16_384;
    pub const MAX_COUNT: i64 = 64;

    /// The custom task, if there is one.
    pub fn own_task(&self) -> Option<&str> {
        self.task.as_deref().filter(|task| !task.trim().is_empty())
    }

    /// Checks name, idle minutes and lifetime; one [`FieldError`] per invalid field.
    pub fn validate_terms(&self) -> Result<NodeTerms, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut keep = |error: FieldError| errors.push(error);
        let name = self.name.parse().map_err(&mut keep).ok();
        let autostop = Autostop::validate(self.idle_minutes, &self.idle_action)
            .map_err(&mut keep)
            .ok();
        let time_to_live = self
            .time_to_live_hours
            .map(|hours| TimeToLive::try_from(u32::try_from(hours).unwrap_or(0)))
            .transpose()
            .map_err(&mut keep)
            .ok();
        match (name, autostop, time_to_live) {
            (Some(name), Some(autostop), Some(time_to_live)) => Ok(NodeTerms {
                name,
                autostop,
                time_to_live,
            }),
            _ => Err(errors),
        }
    }

    /// Checks the machine's fields against the tenant's offers; one [`FieldError`] per invalid field.
    pub fn validate_machine(&self, offers: &[Offer]) -> Result<MachineChoice, Vec<FieldError>> {
        let mut errors = Vec::new();
        let cloud = trimmed(&self.cloud);
        let region = trimmed(&self.region);
        let image = trimmed(&self.image);
        let count = self.count.unwrap_or(1);
        let fitting = self.fitting(offers, count, cloud, region, &mut errors);

        let disk_gib = match self.disk_gib {
            None => None,
            Some(gib) if (Self::MIN_DISK_GIB..=Self::MAX_DISK_GIB).contains(&gib) => {
                u32::try_from(gib).ok()
            }
            Some(_) => {
                errors.push(FieldError::new(
                    "disk_gib",
                    format!(
                        "Disk must be between {} and {} GiB.",
                        Self::MIN_DISK_GIB,
                        Self::MAX_DISK_GIB
                    ),
                ));
                None
            }
        };
        if let Some(image) = image
            && (image.len() > 256 || !image.bytes().all(|byte| byte.is_ascii_graphic()))
        {
            errors.push(FieldError::new(
                "image",
                "Image must be a machine image's id or docker:IMAGE, at most 256 characters without spaces.",
            ));
        }
        for (field, script) in [("setup", &self.setup), ("run", &self.run)] {
            if let Err(message) = check_script(script) {
                errors.push(FieldError::new(field, message));
            }
        }
        if let Ok(Some(autostop)) = Autostop::validate(self.idle_minutes, &self.idle_action)
            && autostop.then == IdleAction::Stop
            && let Some(why) = cannot_stop(cloud, self.spot)
        {
            errors.push(FieldError::new("idle_action", why));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(MachineChoice {
            spec: NodeSpec {
                accelerator: Some(fitting.first().map_or_else(
                    || self.accelerator.clone(),
                    |offer| offer.accelerator.clone(),
                )),
                count: u32::try_from(count).unwrap_or(1),
                cloud: cloud.map(str::to_owned),
                region: region.map(str::to_owned),
                spot: self.spot,
                disk_gib,
                image: image.map(str::to_owned),
                setup: self.setup.clone(),
                run: self.run.clone(),
                own_task: false,
            },
            offers: fitting,
        })
    }

    /// The matching offers, cheapest first; an error names the first field that excludes all offers.
    fn fitting(
        &self,
        offers: &[Offer],
        count: i64,
        cloud: Option<&str>,
        region: Option<&str>,
        errors: &mut Vec<FieldError>,
    ) -> Vec<Offer> {
        let mut refuse = |field: &str, message: String| {
            errors.push(FieldError::new(field, message));
            Vec::new()
        };
        let wanted = self.accelerator.trim();
        if wanted.is_empty() {
            return refuse("accelerator", "Accelerator is required.".into());
        }
        let mut left: Vec<&Offer> = offers
            .iter()
            .filter(|offer| offer.accelerator.eq_ignore_ascii_case(wanted))
            .collect();
        if left.is_empty() {
            return refuse("accelerator", unknown_accelerator(wanted, offers));
        }
        if !(1..=Self::MAX_COUNT).contains(&count) {
            return refuse(
                "count",
                format!("Count must be between 1 and {}.", Self::MAX_COUNT),
            );
        }
        let counts = distinct(left.iter().map(|offer| offer.count));
        left.retain(|offer| i64::from(offer.count) == count);
        if left.is_empty() {
            return refuse(
                "count",
                format!("{wanted} is offered {} per machine.", listed(&counts)),
            );
        }
        if let Some(cloud) = cloud {
            let clouds = distinct(left.iter().map(|offer| offer.cloud.clone()));
            left.retain(|offer| offer.cloud == cloud);
            if left.is_empty() {
                return refuse(
                    "cloud",
                    format!(
                        "{cloud} does not offer this machine. Choose {}.",
                        listed(&clouds)
                    ),
                );
            }
        }
        if let Some(region) = region {
            if cloud.is_none() {
                return refuse("region", "Cloud is required when a region is set.".into());
            }
            let regions = distinct(left.iter().map(|offer| offer.region.clone()));
            left.retain(|offer| offer.region == region);
            if left.is_empty() {
                return refuse(
                    "region",
                    format!(
                        "{region} does not offer this machine. Choose {}.",
                        listed(&regions)
                    ),
                );
            }
        }
        if self.spot {
            left.retain(|offer| offer.spot_price_per_hour.is_some());
            if left.is_empty() {
                return refuse("spot", "Spot capacity is not offered for this machine. Turn off spot, or choose another cloud or region.".into());
            }
        }
        let mut fitting: Vec<Offer> = left.into_iter().cloned().collect();
        fitting.sort_by_key(|offer| {
            offer
                .price(self.spot)
                .map_or((true, MicroDollars(0)), |price| (false, price))
        });
        fitting
    }
}

/// Why a machine cannot be stopped; `None`: it can. From SkyPilot's table of unsupported features per cloud
/// (`sky/clouds/*.py` of 0.14.1).
pub fn cannot_stop(cloud: Option<&str>, spot: bool) -> Option<&'static str> {
    match cloud {
        Some("lambda" | "runpod" | "kubernetes" | "fluidstack" | "cudo") => {
            Some("This cloud does not support stopping machines. Choose delete instead.")
        }
        // Spot machines of Google Cloud can be stopped.
        Some("gcp") => None,
        _ if spot => Some("Spot machines cannot be stopped. Choose delete instead."),
        _ => None,
    }
}

/// In bytes.
pub const MAX_SCRIPT: usize = 64 * 1024;

/// Checks the length of shell commands, and that line breaks and tabs are the only control characters.
pub(crate) fn check_script(script: &str) -> Result<(), String> {
    if script.len() > MAX_SCRIPT {
        return Err(format!(
            "Script must have at most {} KiB.",
            MAX_SCRIPT / 1024
        ));
    }
    if script
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err("Script must not contain control characters.".into());
    }
    Ok(())
}

fn trimmed(value: &Option<String>) -> Option<&str> {
    value
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// `1, 2, 4 or 8`.
fn listed<T: ToString>(values: &[T]) -> String {
    const SHOWN: usize = 8;
    let mut words: Vec<String> = values.iter().take(SHOWN).map(ToString::to_string).collect();
    if values.len() > SHOWN {
        words.push(format!("{} more", values.len() - SHOWN));
    }
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.join(""),
    }
}

fn unknown_accelerator(wanted: &str, offers: &[Offer]) -> String {
    let names = distinct(offers.iter().map(|offer| offer.accelerator.as_str()));
    let wanted_folded = wanted.to_ascii_lowercase();
    let close: Vec<&str> = names
        .into_iter()
        .filter(|name| {
            let name = name.to_ascii_lowercase();
            name.starts_with(&wanted_folded) || wanted_folded.starts_with(&name)
        })
        .collect();
    if close.is_empty() {
        format!(
            "No cloud of this tenant offers “{wanted}”. Choose an accelerator of the catalogue."
        )
    } else {
        format!(
            "“{wanted}” is not offered. Did you mean {}?",
            listed(&close)
        )
    }
}

/// The options of the form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeOrderOptions {
    /// Tenants, with environments, in which the caller may create nodes.
    pub tenants: Vec<Tenant>,
    /// The usage of environments with limits.
    #[serde(default)]
    pub quotas: Vec<QuotaUsage>,
    pub accelerators: Vec<AcceleratorSummary>,
    /// When the prices were read; `None`: not yet.
    pub read_at: Option<Timestamp>,
    pub now: Timestamp,
    /// A new idempotency key for this form.
    pub idempotency_key: String,
}

/// A quote for a request, shown while the user types.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// One error per invalid field.
    pub errors: Vec<FieldError>,
    /// The SkyPilot YAML; `None` if a field is invalid.
    pub task_yaml: Option<String>,
    /// The matching offers, cheapest first (at most 50).
    pub offers: Vec<Offer>,
    /// The price of the cheapest offer.
    pub price_per_hour: Option<MicroDollars>,
    /// The price until the end time, if there is one.
    pub until_end: Option<MicroDollars>,
    /// The price of 730 hours.
    pub per_month: Option<MicroDollars>,
}

/// A request to change a node's autostop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AutostopInput {
    /// Idle minutes, 1 to 10080; by default never.
    #[serde(default)]
    pub idle_minutes: Option<i64>,
    /// `stop` or `delete`; by default `delete`.
    #[serde(default)]
    pub idle_action: String,
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
