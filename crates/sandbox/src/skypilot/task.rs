//! Tasks: what is written in SkyPilot's YAML, as far as the portal writes it and its users do, with the real server's
//! words for the mistakes that users make most.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize as _;
use serde_norway::{Deserializer, Mapping, Value};

use super::catalog::accelerator_names;
use super::clouds::Cloud;
use super::clusters::{DEFAULT_DISK_SIZE, WaitFor};
use super::exception::Exception;
use super::python::{self, repr, repr_list};

const TASK_FIELDS: [&str; 11] = [
    "name",
    "workdir",
    "num_nodes",
    "resources",
    "file_mounts",
    "setup",
    "run",
    "envs",
    "secrets",
    "volumes",
    "config",
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
/// Clouds that SkyPilot knows and the sandbox does not have.
const OTHER_CLOUDS: [&str; 6] = ["kubernetes", "k8s", "ssh", "ibm", "vast", "do"];

#[derive(Clone, Debug)]
pub struct Task {
    pub name: Option<String>,
    pub setup: Option<String>,
    pub run: Option<String>,
    pub envs: BTreeMap<String, String>,
    pub num_nodes: i64,
    pub resources: Vec<Wanted>,
    /// Whether the first that can be had is to be taken instead of the cheapest.
    pub ordered: bool,
    /// The text it was read from, in SkyPilot's own order.
    pub yaml: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AutostopWish {
    /// Negative: never.
    pub idle_minutes: i64,
    pub down: bool,
    pub wait_for: Option<WaitFor>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Infra {
    pub cloud: Option<Cloud>,
    /// A cloud that the sandbox does not have.
    pub other_cloud: Option<String>,
    pub region: Option<String>,
    pub zone: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    pub amount: f64,
    pub or_more: bool,
    pub written: String,
}

impl Quantity {
    pub fn accepts(&self, amount: f64) -> bool {
        if self.or_more {
            amount >= self.amount
        } else {
            (amount - self.amount).abs() < f64::EPSILON
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    pub infra: Infra,
    pub accelerator: Option<(String, f64)>,
    pub instance_type: Option<String>,
    pub cpus: Option<Quantity>,
    /// In GiB.
    pub memory: Option<Quantity>,
    pub spot: bool,
    /// In GB.
    pub disk_size: Option<i64>,
    pub image_id: Option<String>,
    pub ports: Vec<String>,
    pub autostop: Option<AutostopWish>,
    /// Dollars for an hour.
    pub max_hourly_cost: Option<f64>,
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        let spot = if self.spot { "[Spot]" } else { "" };
        parts.push(format!(
            "{}{spot}",
            self.instance_type.as_deref().unwrap_or_default()
        ));
        if let Some(cpus) = &self.cpus {
            parts.push(format!("cpus={}", cpus.written));
        }
        if let Some(memory) = &self.memory {
            parts.push(format!("mem={}", memory.written));
        }
        if let Some((name, count)) = &self.accelerator {
            parts.push(format!("{{{}: {}}}", repr(name), python::count(*count)));
        }
        if let Some(image) = &self.image_id {
            parts.push(format!("image_id={image}"));
        }
        if let Some(size) = self.disk_size.filter(|size| *size != DEFAULT_DISK_SIZE) {
            parts.push(format!("disk_size={size}"));
        }
        if !self.ports.is_empty() {
            let ports = repr_list(self.ports.iter().map(String::as_str));
            parts.push(format!("ports={ports}"));
        }
        let cloud = self.infra.cloud.map_or("<Cloud>", Cloud::name);
        let cloud = self.infra.other_cloud.as_deref().unwrap_or(cloud);
        let parts = parts.join(", ");
        write!(f, "{cloud}({})", parts.trim_start_matches([',', ' ']))
    }
}

impl Task {
    pub fn read(text: &str) -> Result<Self, Exception> {
        let config = Deserializer::from_str(text)
            .next()
            .map(Value::deserialize)
            .transpose()
            .map_err(|error| Exception::new("ParserError", error.to_string()))?;
        match config {
            None | Some(Value::Null) => Self::of(&Mapping::new()),
            Some(Value::Mapping(config)) => Self::of(&config),
            Some(_) => Err(Exception::new("AttributeError", "a task is a mapping")),
        }
    }

    fn of(config: &Mapping) -> Result<Self, Exception> {
        const PREFIX: &str = "Invalid task YAML: ";
        check_fields(config, &TASK_FIELDS, PREFIX)?;
        for field in ["name", "setup", "run"] {
            check(config, field, Value::is_string, "string", PREFIX)?;
        }
        for field in ["envs", "file_mounts", "resources"] {
            check(config, field, Value::is_mapping, "dict", PREFIX)?;
        }
        check(config, "num_nodes", Value::is_i64, "integer", PREFIX)?;
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
            num_nodes: config.get("num_nodes").and_then(Value::as_i64).unwrap_or(1),
            resources,
            ordered,
            yaml: serde_norway::to_string(config).unwrap_or_default(),
        })
    }

    /// What its resources are called in messages: the first of them stands for all.
    pub fn wanted(&self) -> String {
        self.resources
            .first()
            .map_or_else(String::new, ToString::to_string)
    }

    pub fn wanted_set(&self) -> String {
        let all: Vec<_> = self.resources.iter().map(ToString::to_string).collect();
        format!("{{{}}}", all.join(", "))
    }
}

fn invalid(message: String) -> Exception {
    Exception::new("InvalidSkyPilotConfigError", message)
}

fn check_fields(config: &Mapping, known: &[&str], prefix: &str) -> Result<(), Exception> {
    let unknown = config
        .keys()
        .filter_map(scalar)
        .find(|key| !known.contains(&key.as_str()));
    match unknown {
        Some(key) => Err(invalid(format!(
            "{prefix}Found unsupported field {}.",
            repr(&key)
        ))),
        None => Ok(()),
    }
}

fn check(
    config: &Mapping,
    field: &str,
    holds: impl Fn(&Value) -> bool,
    kind: &str,
    prefix: &str,
) -> Result<(), Exception> {
    match config
        .get(field)
        .filter(|value| !value.is_null() && !holds(value))
    {
        Some(value) => Err(invalid(format!(
            "{prefix}{} is not of type '{kind}'. Check problematic field(s): $.{field}",
            shown(value)
        ))),
        None => Ok(()),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => repr(text),
        other => scalar(other).unwrap_or_else(|| format!("{other:?}")),
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

/// What will do, and whether the order counts.
fn alternatives(config: Option<&Value>) -> Result<(Vec<Wanted>, bool), Exception> {
    let Some(Value::Mapping(config)) = config else {
        return Ok((vec![Wanted::default()], false));
    };
    let mut base = config.clone();
    let any_of = base.remove("any_of");
    let ordered = base.remove("ordered");
    let is_ordered = ordered.is_some();
    let Some(alternatives) = any_of.or(ordered) else {
        return Ok((wanted(&base)?, false));
    };
    let mut all = Vec::new();
    for alternative in alternatives.as_sequence().into_iter().flatten() {
        let mut merged = base.clone();
        merged.extend(alternative.as_mapping().cloned().unwrap_or_default());
        all.extend(wanted(&merged)?);
    }
    Ok((all, is_ordered))
}

fn wanted(config: &Mapping) -> Result<Vec<Wanted>, Exception> {
    const PREFIX: &str = "Invalid resources YAML: ";
    check_fields(config, &RESOURCE_FIELDS, PREFIX)?;
    for field in ["cloud", "region", "zone", "infra", "instance_type"] {
        check(config, field, Value::is_string, "string", PREFIX)?;
    }
    check(config, "use_spot", Value::is_bool, "boolean", PREFIX)?;
    let ports = match config.get("ports") {
        Some(Value::Sequence(list)) => list.iter().filter_map(scalar).collect(),
        other => other.and_then(scalar).into_iter().collect(),
    };
    let one = Wanted {
        infra: infra(config)?,
        accelerator: None,
        instance_type: text(config, "instance_type"),
        cpus: quantity(config, "cpus")?,
        memory: quantity(config, "memory")?,
        spot: config.get("use_spot") == Some(&Value::Bool(true)),
        disk_size: text(config, "disk_size").and_then(|size| {
            size.trim_end_matches(|c: char| c.is_ascii_alphabetic())
                .parse()
                .ok()
        }),
        image_id: text(config, "image_id"),
        ports,
        autostop: config.get("autostop").and_then(autostop),
        max_hourly_cost: config.get("max_hourly_cost").and_then(Value::as_f64),
    };
    let named = accelerators(config.get("accelerators"))?;
    if named.is_empty() {
        return Ok(vec![one]);
    }
    let with = |accelerator| Wanted {
        accelerator: Some(accelerator),
        ..one.clone()
    };
    Ok(named.into_iter().map(with).collect())
}

/// `cpus: 8+`, and `memory: 16GB` in GiB.
fn quantity(config: &Mapping, field: &str) -> Result<Option<Quantity>, Exception> {
    let Some(written) = text(config, field) else {
        return Ok(None);
    };
    let (digits, or_more) = match written.strip_suffix('+') {
        Some(digits) => (digits, true),
        None => (written.as_str(), false),
    };
    let digits = digits.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let amount: f64 = digits.parse().map_err(|_| {
        Exception::value(format!(
            "The \"{field}\" field should be either a number or a string \"<number>+\". Found: {}",
            repr(&written)
        ))
    })?;
    if amount <= 0.0 {
        return Err(Exception::value(format!(
            "The \"{field}\" field should be positive. Found: {}",
            repr(&written)
        )));
    }
    let plus = if or_more { "+" } else { "" };
    let written = match field {
        "memory" => format!("{amount:?}{plus}"),
        _ => written,
    };
    Ok(Some(Quantity {
        amount,
        or_more,
        written,
    }))
}

fn accelerators(value: Option<&Value>) -> Result<Vec<(String, f64)>, Exception> {
    match value {
        Some(Value::Sequence(list)) => list
            .iter()
            .filter_map(scalar)
            .map(|text| accelerator(&text))
            .collect(),
        Some(Value::Mapping(counts)) => counts
            .iter()
            .map(|(name, count)| {
                let count = count.as_f64().unwrap_or(1.0);
                accelerator(&format!("{}:{count}", scalar(name).unwrap_or_default()))
            })
            .collect(),
        other => other
            .and_then(scalar)
            .map(|text| accelerator(&text))
            .into_iter()
            .collect(),
    }
}

fn accelerator(text: &str) -> Result<(String, f64), Exception> {
    let (name, count) = text.split_once(':').unwrap_or((text, "1"));
    let number: f64 = count.trim().parse().map_err(|_| {
        Exception::value(format!(
            "The \"accelerators\" field as a str should be <name> or <name>:<cnt>. Found: {}",
            repr(text)
        ))
    })?;
    if number <= 0.0 {
        return Err(Exception::value(format!(
            "Accelerator count must be a positive number. Got: {}: {}.",
            repr(name),
            python::count(number)
        )));
    }
    // As the catalogue writes it; another name stays as it is.
    let known = accelerator_names()
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name.trim()));
    Ok((known.unwrap_or(name.trim()).to_owned(), number))
}

fn infra(config: &Mapping) -> Result<Infra, Exception> {
    let Some(infra) = text(config, "infra") else {
        let found = text(config, "cloud")
            .map(|cloud| place(&cloud))
            .transpose()?;
        return Ok(Infra {
            region: text(config, "region"),
            zone: text(config, "zone"),
            ..found.unwrap_or_default()
        });
    };
    let mut parts = infra.split('/');
    let found = place(parts.next().unwrap_or_default())?;
    let mut part = || parts.next().filter(|part| *part != "*").map(str::to_owned);
    Ok(Infra {
        region: part(),
        zone: part(),
        ..found
    })
}

fn place(cloud: &str) -> Result<Infra, Exception> {
    let name = cloud.to_ascii_lowercase();
    let other = OTHER_CLOUDS.contains(&name.as_str());
    match Cloud::named(&name) {
        None if !other && name != "*" => Err(invalid(format!(
            "Invalid resources YAML: {} is not a known cloud. Check problematic field(s): $.infra",
            repr(cloud)
        ))),
        found => Ok(Infra {
            cloud: found,
            other_cloud: other.then_some(name),
            ..Infra::default()
        }),
    }
}

/// `true`, `10`, `2h` or `{idle_minutes: 10, down: true, wait_for: jobs}`.
fn autostop(value: &Value) -> Option<AutostopWish> {
    let minutes = |idle_minutes| AutostopWish {
        idle_minutes,
        down: false,
        wait_for: None,
    };
    match value {
        Value::Bool(on) => Some(minutes(if *on { 0 } else { -1 })),
        Value::Number(number) => number.as_i64().map(minutes),
        Value::String(text) => {
            let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let factor = match &text[digits.len()..] {
                "h" => 60,
                "d" => 24 * 60,
                _ => 1,
            };
            Some(minutes(digits.parse::<i64>().ok()?.saturating_mul(factor)))
        }
        Value::Mapping(fields) => Some(AutostopWish {
            idle_minutes: fields
                .get("idle_minutes")
                .and_then(Value::as_i64)
                .unwrap_or(0),
            down: fields.get("down") == Some(&Value::Bool(true)),
            wait_for: text(fields, "wait_for").and_then(|word| WaitFor::named(&word)),
        }),
        _ => None,
    }
}
