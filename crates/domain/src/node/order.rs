//! Ordering a node: what is sent, what it must look like, and what the form needs to know.

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

/// What happens to a node that has had nothing to do for a while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IdleAction {
    /// It stops: the disk stays and costs little.
    Stop,
    /// It is taken down, disk and all.
    #[default]
    Delete,
}

impl IdleAction {
    /// The word in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Delete => "delete",
        }
    }
}

/// When a node stops or goes down by itself. SkyPilot counts as idle: no job runs and nobody is
/// signed in by SSH.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Autostop {
    /// Minutes without work, 1 to 10080 (a week).
    pub idle_minutes: u32,
    /// What happens then.
    pub then: IdleAction,
}

impl Autostop {
    /// The most idle minutes: a week.
    pub const MAX_MINUTES: i64 = 10_080;

    /// Checks what was typed; `None` for minutes: never.
    ///
    /// # Errors
    /// A [`FieldError`] at `idle_minutes` or `idle_action`.
    pub fn validate(minutes: Option<i64>, action: &str) -> Result<Option<Self>, FieldError> {
        let then = match action.trim() {
            "" | "delete" => IdleAction::Delete,
            "stop" => IdleAction::Stop,
            _ => {
                return Err(FieldError::new("idle_action", "Choose stop or delete."));
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
                    "Choose between 1 and {} minutes, or leave it empty for never.",
                    Self::MAX_MINUTES
                ),
            )),
        }
    }

    /// In words: `stops after 30 idle minutes`.
    pub fn words(self) -> String {
        let verb = match self.then {
            IdleAction::Stop => "stops",
            IdleAction::Delete => "is taken down",
        };
        match self.idle_minutes {
            1 => format!("{verb} after an idle minute"),
            minutes => format!("{verb} after {minutes} idle minutes"),
        }
    }
}

/// What kind of machine, as ordered and kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeSpec {
    /// The accelerator: `H100`; `None`: a task of one's own that asks for none, or for several kinds.
    pub accelerator: Option<String>,
    /// How many of them.
    pub count: u32,
    /// The cloud; `None`: wherever it is cheapest.
    pub cloud: Option<String>,
    /// The region; `None`: wherever in the cloud it is cheapest.
    pub region: Option<String>,
    /// Whether it may be taken away by the cloud at any moment, for a lower price.
    pub spot: bool,
    /// The disk, in GiB; `None`: SkyPilot's default of 256.
    pub disk_gib: Option<u32>,
    /// A machine image or `docker:IMAGE`.
    pub image: Option<String>,
    /// Commands that set the machine up, once.
    pub setup: String,
    /// Commands to run after that.
    pub run: String,
    /// Whether it came as a task of one's own instead of by the form.
    pub own_task: bool,
}

impl NodeSpec {
    /// In words: `8× H100 · spot`.
    pub fn words(&self) -> String {
        let mut words = match &self.accelerator {
            Some(name) => super::catalogue::accelerators(name, self.count),
            None => "Own task".to_owned(),
        };
        if self.spot {
            words.push_str(" · spot");
        }
        words
    }
}

/// An order as it arrives, from the form or over REST.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NodeOrderInput {
    /// The name: at most 30 of `a-z`, `0-9` and `-`, beginning with a letter.
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
    /// How many accelerators; without it 1.
    #[serde(default)]
    pub count: Option<i64>,
    /// The cloud: `aws`; without it wherever it is cheapest. Not with `task`.
    #[serde(default)]
    pub cloud: Option<String>,
    /// A region of the cloud; without it wherever it is cheapest. Not with `task`.
    #[serde(default)]
    pub region: Option<String>,
    /// Whether the cloud may take it away at any moment, for a lower price. Not with `task`.
    #[serde(default)]
    pub spot: bool,
    /// The disk in GiB, 30 to 16384; without it 256. Not with `task`.
    #[serde(default)]
    pub disk_gib: Option<i64>,
    /// A machine image of the cloud, or `docker:IMAGE`. Not with `task`.
    #[serde(default)]
    pub image: Option<String>,
    /// Shell commands that set the machine up, once. Not with `task`.
    #[serde(default)]
    pub setup: String,
    /// Shell commands to run after that. Not with `task`.
    #[serde(default)]
    pub run: String,
    /// A SkyPilot task of one's own (YAML) instead of the fields above.
    #[serde(default)]
    pub task: Option<String>,
    /// Minutes without work until it stops or goes down, 1 to 10080; without it never.
    #[serde(default)]
    pub idle_minutes: Option<i64>,
    /// `stop` or `delete`; without it `delete`.
    #[serde(default)]
    pub idle_action: String,
    /// Life time in hours, 1 to 720; without it the node lives until it is taken down.
    #[serde(default)]
    pub time_to_live_hours: Option<i64>,
}

/// What is valid of an order whatever kind of machine it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeTerms {
    /// The name.
    pub name: NodeName,
    /// When it stops by itself.
    pub autostop: Option<Autostop>,
    /// How long it lives.
    pub time_to_live: Option<TimeToLive>,
}

/// A machine asked for by the form's fields, and what it can be.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineChoice {
    /// What was asked for.
    pub spec: NodeSpec,
    /// The offers that fit, cheapest first.
    pub offers: Vec<Offer>,
}

impl NodeOrderInput {
    /// The smallest disk, in GiB.
    pub const MIN_DISK_GIB: i64 = 30;
    /// The largest disk, in GiB.
    pub const MAX_DISK_GIB: i64 = 16_384;
    /// The most accelerators that are asked for at once.
    pub const MAX_COUNT: i64 = 64;

    /// The pasted task, if there is one.
    pub fn own_task(&self) -> Option<&str> {
        self.task.as_deref().filter(|task| !task.trim().is_empty())
    }

    /// Checks name, idle minutes and life time.
    ///
    /// # Errors
    /// One [`FieldError`] for each field at fault.
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

    /// Checks the form's fields about the machine against what is offered (to the tenant).
    ///
    /// # Errors
    /// One [`FieldError`] for each field at fault.
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
                        "Choose between {} and {} GiB.",
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
                "A machine image's id or docker:IMAGE, at most 256 characters without spaces.",
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

    /// The offers that fit, cheapest first; what does not fit is explained at the first field that
    /// rules everything out.
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
            return refuse("accelerator", "Choose an accelerator.".into());
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
                format!("Choose between 1 and {}.", Self::MAX_COUNT),
            );
        }
        let counts = distinct(left.iter().map(|offer| offer.count));
        left.retain(|offer| i64::from(offer.count) == count);
        if left.is_empty() {
            return refuse(
                "count",
                format!("Machines have {} of {wanted}.", listed(&counts)),
            );
        }
        if let Some(cloud) = cloud {
            let clouds = distinct(left.iter().map(|offer| offer.cloud.clone()));
            left.retain(|offer| offer.cloud == cloud);
            if left.is_empty() {
                return refuse(
                    "cloud",
                    format!(
                        "{cloud} does not have it; it is to be had from {}.",
                        listed(&clouds)
                    ),
                );
            }
        }
        if let Some(region) = region {
            if cloud.is_none() {
                return refuse("region", "Choose the cloud first, then its region.".into());
            }
            let regions = distinct(left.iter().map(|offer| offer.region.clone()));
            left.retain(|offer| offer.region == region);
            if left.is_empty() {
                return refuse(
                    "region",
                    format!("Not in {region}; to be had in {}.", listed(&regions)),
                );
            }
        }
        if self.spot {
            left.retain(|offer| offer.spot_price_per_hour.is_some());
            if left.is_empty() {
                return refuse("spot", "It is not to be had as spot there.".into());
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

/// Why a machine there cannot be stopped; `None`: it can. From SkyPilot's own table of what each
/// cloud lacks (`sky/clouds/*.py` of 0.14.1).
pub fn cannot_stop(cloud: Option<&str>, spot: bool) -> Option<&'static str> {
    match cloud {
        Some("lambda" | "runpod" | "kubernetes" | "fluidstack" | "cudo") => {
            Some("Machines of this cloud cannot be stopped; choose to take it down.")
        }
        // Google's spot machines can be stopped; nobody else's.
        Some("gcp") => None,
        _ if spot => Some("Spot machines cannot be stopped; choose to take it down."),
        _ => None,
    }
}

/// The longest script, in bytes.
pub const MAX_SCRIPT: usize = 64 * 1024;

/// Checks shell commands: length, and no control characters but line ends and tabs.
pub(crate) fn check_script(script: &str) -> Result<(), String> {
    if script.len() > MAX_SCRIPT {
        return Err(format!("At most {} KiB.", MAX_SCRIPT / 1024));
    }
    if script
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err("Control characters are not allowed.".into());
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
        format!("No cloud of this tenant offers “{wanted}”. The catalogue lists what there is.")
    } else {
        format!(
            "“{wanted}” is not offered; did you mean {}?",
            listed(&close)
        )
    }
}

/// What the form needs to know before anything is typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeOrderOptions {
    /// Tenants (with environments) the caller may order in.
    pub tenants: Vec<Tenant>,
    /// Of their environments those with limits, and what is in them.
    #[serde(default)]
    pub quotas: Vec<QuotaUsage>,
    /// Every accelerator there is.
    pub accelerators: Vec<AcceleratorSummary>,
    /// When the prices were read; `None`: not yet.
    pub read_at: Option<Timestamp>,
    /// The server's time.
    pub now: Timestamp,
    /// A fresh key for this form: sending it twice orders once.
    pub idempotency_key: String,
}

/// What an order would come to: shown while it is typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// What is wrong with it, field by field.
    pub errors: Vec<FieldError>,
    /// The SkyPilot YAML that would be sent; `None` while something is wrong.
    pub task_yaml: Option<String>,
    /// The offers that fit, cheapest first (at most 50).
    pub offers: Vec<Offer>,
    /// The price of the cheapest.
    pub price_per_hour: Option<MicroDollars>,
    /// What it costs until its end, if it has one.
    pub until_end: Option<MicroDollars>,
    /// What it would cost in a month of 730 hours.
    pub per_month: Option<MicroDollars>,
}

/// A change of when a node stops by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AutostopInput {
    /// Minutes without work, 1 to 10080; without it never.
    #[serde(default)]
    pub idle_minutes: Option<i64>,
    /// `stop` or `delete`; without it `delete`.
    #[serde(default)]
    pub idle_action: String,
}

#[cfg(test)]
#[path = "order_tests.rs"]
mod tests;
