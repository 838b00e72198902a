//! Tasks in SkyPilot's YAML, as far as the portal writes them, with the real server's errors for unknown fields and
//! wrong values.

use std::collections::BTreeMap;
use std::fmt;

use serde_norway::{Mapping, Value};

use super::catalog::accelerator_named;
use super::clouds::Cloud;
use super::clusters::{DEFAULT_DISK_SIZE, Resources};
use super::exception::Exception;
use super::python::{self, repr, repr_list};

const TASK_FIELDS: [&str; 9] = [
    "name",
    "workdir",
    "num_nodes",
    "resources",
    "file_mounts",
    "setup",
    "run",
    "envs",
    "secrets",
];
const RESOURCE_FIELDS: [&str; 18] = [
    "cloud",
    "region",
    "zone",
    "infra",
    "cpus",
    "memory",
    "accelerators",
    "instance_type",
    "use_spot",
    "disk_size",
    "disk_tier",
    "ports",
    "labels",
    "image_id",
    "autostop",
    "max_hourly_cost",
    "any_of",
    "ordered",
];

#[derive(Clone, Debug)]
pub struct Task {
    pub name: Option<String>,
    pub setup: Option<String>,
    pub run: Option<String>,
    pub envs: BTreeMap<String, String>,
    /// Alternatives.
    pub resources: Vec<Wanted>,
    /// Whether the first available alternative is taken instead of the cheapest.
    pub ordered: bool,
    /// The YAML it was read from, as SkyPilot writes it.
    pub yaml: String,
}

/// `8+` or `16`, of CPUs or GiB.
#[derive(Clone, Debug, PartialEq)]
pub struct Amount {
    pub number: f64,
    pub or_more: bool,
}

impl Amount {
    pub fn accepts(&self, number: f64) -> bool {
        number == self.number || self.or_more && number > self.number
    }
}

/// Requested resources. `None` and empty: any.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    pub cloud: Option<Cloud>,
    pub region: Option<String>,
    pub zone: Option<String>,
    pub accelerator: Option<(String, f64)>,
    pub instance_type: Option<String>,
    pub cpus: Option<Amount>,
    /// In GiB.
    pub memory: Option<Amount>,
    pub spot: bool,
    /// In dollars.
    pub max_hourly_cost: Option<f64>,
    /// In GB.
    pub disk_size: Option<i64>,
    pub image_id: Option<String>,
    pub ports: Vec<String>,
    /// Idle minutes, and whether the cluster is terminated then.
    pub autostop: Option<(i64, bool)>,
}

impl Wanted {
    /// Whether a cluster has these resources.
    pub fn fits(&self, has: &Resources) -> bool {
        let accelerator = match (&self.accelerator, &has.accelerator) {
            (None, _) => true,
            (Some((name, count)), Some((has, has_count))) => name == has && count <= has_count,
            (Some(_), None) => false,
        };
        accelerator
            && self.cloud.is_none_or(|cloud| cloud == has.cloud)
            && self.region.as_ref().is_none_or(|name| *name == has.region)
            && (self.instance_type.as_ref()).is_none_or(|name| *name == has.instance_type)
            && (has.spot || !self.spot)
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self.instance_type.iter().cloned().collect();
        if let Some((name, count)) = &self.accelerator {
            parts.push(format!("{{{}: {}}}", repr(name), python::count(*count)));
        }
        if let Some(size) = self.disk_size.filter(|size| *size != DEFAULT_DISK_SIZE) {
            parts.push(format!("disk_size={size}"));
        }
        if !self.ports.is_empty() {
            let ports = repr_list(self.ports.iter().map(String::as_str));
            parts.push(format!("ports={ports}"));
        }
        let spot = if self.spot { "[Spot]" } else { "" };
        let cloud = self.cloud.map_or("<Cloud>", Cloud::name);
        write!(f, "{cloud}({spot}{})", parts.join(", "))
    }
}

impl Task {
    pub fn read(text: &str) -> Result<Self, Exception> {
        let config: Value = serde_norway::from_str(text)
            .map_err(|error| Exception::new("ParserError", error.to_string()))?;
        match config {
            Value::Null => Self::of(&Mapping::new()),
            Value::Mapping(config) => Self::of(&config),
            _ => Err(Exception::new("AttributeError", "a task is a mapping")),
        }
    }

    fn of(config: &Mapping) -> Result<Self, Exception> {
        check_fields(config, &TASK_FIELDS, "task")?;
        let envs = config.get("envs").and_then(Value::as_mapping);
        let envs = envs.into_iter().flatten();
        let (resources, ordered) = alternatives(config.get("resources"))?;
        Ok(Self {
            name: text(config, "name"),
            setup: text(config, "setup"),
            run: text(config, "run"),
            envs: envs
                .filter_map(|(name, value)| Some((scalar(name)?, scalar(value)?)))
                .collect(),
            resources,
            ordered,
            yaml: serde_norway::to_string(config).unwrap_or_default(),
        })
    }

    /// The requested resources in messages, where the first alternative stands for all.
    pub fn resources_text(&self) -> String {
        self.resources
            .first()
            .map_or_else(String::new, ToString::to_string)
    }

    pub fn all_resources_text(&self) -> String {
        let all: Vec<_> = self.resources.iter().map(ToString::to_string).collect();
        all.join(", ")
    }
}

fn check_fields(config: &Mapping, known: &[&str], what: &str) -> Result<(), Exception> {
    let unknown = config
        .keys()
        .filter_map(scalar)
        .find(|key| !known.contains(&key.as_str()));
    match unknown {
        Some(key) => Err(Exception::new(
            "InvalidSkyPilotConfigError",
            format!(
                "Invalid {what} YAML: Found unsupported field {}.",
                repr(&key)
            ),
        )),
        None => Ok(()),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(if *flag { "True" } else { "False" }.to_owned()),
        _ => None,
    }
}

fn text(config: &Mapping, field: &str) -> Option<String> {
    config.get(field).and_then(scalar)
}

/// The alternatives, and whether their order counts.
fn alternatives(config: Option<&Value>) -> Result<(Vec<Wanted>, bool), Exception> {
    let Some(Value::Mapping(config)) = config else {
        return Ok((vec![Wanted::default()], false));
    };
    let mut base = config.clone();
    let (any_of, ordered) = (base.remove("any_of"), base.remove("ordered"));
    let is_ordered = ordered.is_some();
    let Some(Value::Sequence(alternatives)) = any_of.or(ordered) else {
        return Ok((wanted(&base)?, false));
    };
    let mut all = Vec::new();
    for alternative in &alternatives {
        let mut merged = base.clone();
        merged.extend(alternative.as_mapping().cloned().unwrap_or_default());
        all.extend(wanted(&merged)?);
    }
    Ok((all, is_ordered))
}

fn wanted(config: &Mapping) -> Result<Vec<Wanted>, Exception> {
    check_fields(config, &RESOURCE_FIELDS, "resources")?;
    let ports = match config.get("ports") {
        Some(Value::Sequence(list)) => list.iter().filter_map(scalar).collect(),
        other => other.and_then(scalar).into_iter().collect(),
    };
    let infra = text(config, "infra").unwrap_or_default();
    let mut infra = infra
        .split('/')
        .map(|part| (!matches!(part, "" | "*")).then(|| part.to_owned()));
    let mut place = |field: &str| infra.next().flatten().or_else(|| text(config, field));
    let cloud = place("cloud").map(|name| {
        Cloud::named(&name)
            .ok_or_else(|| Exception::value(format!("Cloud {} is not a valid cloud.", repr(&name))))
    });
    let one = Wanted {
        cloud: cloud.transpose()?,
        region: place("region"),
        zone: place("zone"),
        accelerator: None,
        instance_type: text(config, "instance_type"),
        cpus: amount(config, "cpus")?,
        memory: amount(config, "memory")?,
        spot: config.get("use_spot") == Some(&Value::Bool(true)),
        max_hourly_cost: config.get("max_hourly_cost").and_then(Value::as_f64),
        disk_size: text(config, "disk_size").and_then(|size| without_unit(&size).parse().ok()),
        image_id: text(config, "image_id"),
        ports,
        autostop: config.get("autostop").and_then(autostop),
    };
    let accelerators = accelerators(config.get("accelerators"))?;
    if accelerators.is_empty() {
        return Ok(vec![one]);
    }
    let with = |accelerator| Wanted {
        accelerator: Some(accelerator),
        ..one.clone()
    };
    Ok(accelerators.into_iter().map(with).collect())
}

fn without_unit(text: &str) -> &str {
    text.trim_end_matches(|c: char| c.is_ascii_alphabetic())
}

fn amount(config: &Mapping, field: &str) -> Result<Option<Amount>, Exception> {
    let Some(written) = text(config, field) else {
        return Ok(None);
    };
    let (digits, or_more) = match written.strip_suffix('+') {
        Some(digits) => (digits, true),
        None => (written.as_str(), false),
    };
    let number = without_unit(digits).parse().map_err(|_| {
        Exception::value(format!(
            "The \"{field}\" field should be either a number or a string \"<number>+\". Found: {}",
            repr(&written)
        ))
    })?;
    Ok(Some(Amount { number, or_more }))
}

/// `H100`, `H100:8`, `{H100: 8, A100: 8}` or a list.
fn accelerators(value: Option<&Value>) -> Result<Vec<(String, f64)>, Exception> {
    let texts: Vec<String> = match value {
        Some(Value::Sequence(list)) => list.iter().filter_map(scalar).collect(),
        Some(Value::Mapping(counts)) => counts
            .iter()
            .filter_map(|(name, count)| Some(format!("{}:{}", scalar(name)?, scalar(count)?)))
            .collect(),
        other => other.and_then(scalar).into_iter().collect(),
    };
    let accelerator = |text: String| {
        let (name, count) = text.split_once(':').unwrap_or((&text, "1"));
        let number: Option<f64> = count.trim().parse().ok();
        match number.filter(|number| *number > 0.0) {
            Some(number) => {
                let name = name.trim();
                Ok((accelerator_named(name).unwrap_or(name).to_owned(), number))
            }
            None => Err(Exception::value(format!(
                "The \"accelerators\" field as a str should be <name> or <name>:<cnt>. Found: {}",
                repr(&text)
            ))),
        }
    };
    texts.into_iter().map(accelerator).collect()
}

/// `10` or `{idle_minutes: 10, down: true}`.
fn autostop(value: &Value) -> Option<(i64, bool)> {
    let fields = match value {
        Value::Mapping(fields) => fields,
        other => return Some((other.as_i64()?, false)),
    };
    let minutes = fields.get("idle_minutes").and_then(Value::as_i64);
    Some((
        minutes.unwrap_or(0),
        fields.get("down") == Some(&Value::Bool(true)),
    ))
}
