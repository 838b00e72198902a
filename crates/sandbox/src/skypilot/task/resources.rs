//! `resources:`: on what a task may run.

use std::fmt;

use serde_norway::{Mapping, Value};

use super::accelerators;
use super::schema::{self, Kind, RESOURCES, invalid, shown};
use crate::skypilot::clouds::Cloud;
use crate::skypilot::clusters::{DEFAULT_DISK_SIZE, WaitFor};
use crate::skypilot::exception::Exception;
use crate::skypilot::python::{self, repr, repr_list};

const PREFIX: &str = "Invalid resources YAML: ";

/// Clouds that SkyPilot knows and the sandbox does not have: a task may name them, but they are never enabled.
const OTHER_CLOUDS: [&str; 17] = [
    "cudo",
    "do",
    "fluidstack",
    "hyperbolic",
    "ibm",
    "kubernetes",
    "mithril",
    "paperspace",
    "primeintellect",
    "scp",
    "seeweb",
    "shadeform",
    "slurm",
    "ssh",
    "vast",
    "verda",
    "vsphere",
];

/// A place, as precise as it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Infra {
    pub cloud: Option<Cloud>,
    /// A cloud that the sandbox does not have.
    pub other_cloud: Option<String>,
    pub region: Option<String>,
    pub zone: Option<String>,
}

/// An amount, or at least as much.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    pub amount: f64,
    pub or_more: bool,
    /// As it was written.
    written: String,
}

impl Quantity {
    /// Whether a machine has it.
    pub fn accepts(&self, amount: f64) -> bool {
        if self.or_more {
            amount >= self.amount
        } else {
            (amount - self.amount).abs() < f64::EPSILON
        }
    }
}

/// When to stop or to take down by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AutostopWish {
    /// Negative: never.
    pub idle_minutes: i64,
    pub down: bool,
    pub wait_for: Option<WaitFor>,
}

/// One kind of machine that will do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    pub infra: Infra,
    /// Name and count.
    pub accelerator: Option<(String, f64)>,
    pub instance_type: Option<String>,
    pub cpus: Option<Quantity>,
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
        let mut parts = String::new();
        if let Some(instance_type) = &self.instance_type {
            parts.push_str(instance_type);
        }
        if self.spot {
            parts.push_str("[Spot]");
        }
        if let Some(cpus) = &self.cpus {
            parts.push_str(&format!(", cpus={}", cpus.written));
        }
        if let Some(memory) = &self.memory {
            parts.push_str(&format!(", mem={}", memory.written));
        }
        if let Some((name, count)) = &self.accelerator {
            parts.push_str(&format!(", {{{}: {}}}", repr(name), python::count(*count)));
        }
        if let Some(image) = &self.image_id {
            parts.push_str(&format!(", image_id={image}"));
        }
        if let Some(size) = self.disk_size.filter(|size| *size != DEFAULT_DISK_SIZE) {
            parts.push_str(&format!(", disk_size={size}"));
        }
        if let Some(cost) = self.max_hourly_cost {
            parts.push_str(&format!(", max_cost=${cost}/hr"));
        }
        if !self.ports.is_empty() {
            let ports = repr_list(self.ports.iter().map(String::as_str));
            parts.push_str(&format!(", ports={ports}"));
        }
        let cloud = self.infra.cloud.map_or("<Cloud>", Cloud::name);
        let cloud = self.infra.other_cloud.as_deref().unwrap_or(cloud);
        write!(f, "{cloud}({})", parts.trim_start_matches([',', ' ']))
    }
}

/// The alternatives, and whether their order counts.
pub fn read(config: Option<&Value>) -> Result<(Vec<Wanted>, bool), Exception> {
    let Some(Value::Mapping(config)) = config else {
        return Ok((vec![Wanted::default()], false));
    };
    check(config, &RESOURCES)?;
    let any_of = config.get("any_of").and_then(Value::as_sequence);
    let ordered = config.get("ordered").and_then(Value::as_sequence);
    if any_of.is_some() && ordered.is_some() {
        return Err(Exception::value(
            "Cannot specify both \"any_of\" and \"ordered\" in resources.",
        ));
    }
    let mut base = config.clone();
    base.remove("any_of");
    base.remove("ordered");
    let Some(alternatives) = any_of.or(ordered) else {
        return Ok((expand(&base)?, false));
    };
    let mut wanted = Vec::new();
    for alternative in alternatives {
        let Value::Mapping(alternative) = alternative else {
            return Err(invalid(format!(
                "{PREFIX}{} is not of type 'dict'. Check problematic field(s): $.any_of",
                shown(alternative)
            )));
        };
        // Alternatives have none of their own.
        check(alternative, &RESOURCES[..RESOURCES.len() - 2])?;
        let mut merged = base.clone();
        merged.extend(alternative.clone());
        wanted.extend(expand(&merged)?);
    }
    if wanted
        .windows(2)
        .any(|two| two[0].autostop != two[1].autostop)
    {
        return Err(Exception::value(
            "All resources must have the same autostop config.",
        ));
    }
    Ok((wanted, ordered.is_some()))
}

fn check(config: &Mapping, known: &[&str]) -> Result<(), Exception> {
    schema::check_fields(config, known, PREFIX)?;
    for (field, kind) in [
        ("cloud", Kind::Text),
        ("region", Kind::Text),
        ("zone", Kind::Text),
        ("infra", Kind::Text),
        ("cpus", Kind::TextOrNumber),
        ("memory", Kind::TextOrNumber),
        ("instance_type", Kind::Text),
        ("use_spot", Kind::Boolean),
        ("disk_size", Kind::TextOrInteger),
        ("disk_tier", Kind::Text),
        ("max_hourly_cost", Kind::Number),
        ("labels", Kind::Mapping),
        ("any_of", Kind::List),
        ("ordered", Kind::List),
    ] {
        if let Some(value) = config.get(field) {
            schema::check_kind(value, kind, PREFIX, &format!("$.{field}"))?;
        }
    }
    Ok(())
}

/// One alternative for each accelerator that is named.
fn expand(config: &Mapping) -> Result<Vec<Wanted>, Exception> {
    let wanted = single(config)?;
    let named = accelerators::read(config.get("accelerators"))?;
    if named.is_empty() {
        return Ok(vec![wanted]);
    }
    Ok(named
        .into_iter()
        .map(|accelerator| Wanted {
            accelerator: Some(accelerator),
            ..wanted.clone()
        })
        .collect())
}

fn single(config: &Mapping) -> Result<Wanted, Exception> {
    let text = |field: &str| {
        let value = config.get(field).and_then(Value::as_str);
        value.map(str::to_owned)
    };
    let disk_size = config.get("disk_size").map(gigabytes).transpose()?;
    let image_id = match config.get("image_id") {
        Some(Value::Mapping(images)) => images.values().next().and_then(super::scalar),
        other => other.and_then(super::scalar),
    };
    Ok(Wanted {
        infra: infra(config)?,
        accelerator: None,
        instance_type: text("instance_type"),
        cpus: quantity(config, "cpus")?,
        memory: quantity(config, "memory")?,
        spot: config.get("use_spot") == Some(&Value::Bool(true)),
        disk_size,
        image_id: image_id.map(|image| image.trim().to_owned()),
        ports: ports(config.get("ports"))?,
        autostop: config.get("autostop").map(autostop).transpose()?.flatten(),
        max_hourly_cost: config.get("max_hourly_cost").and_then(Value::as_f64),
    })
}

fn infra(config: &Mapping) -> Result<Infra, Exception> {
    let text = |field: &str| config.get(field).and_then(Value::as_str);
    let written = text("infra");
    let (cloud, region, zone) = (text("cloud"), text("region"), text("zone"));
    let Some(infra) = written else {
        return Ok(Infra {
            region: region.map(str::to_owned),
            zone: zone.map(str::to_owned),
            ..named_cloud(cloud, "cloud")?
        });
    };
    if cloud.or(region).or(zone).is_some() {
        let shown = |value: Option<&str>| value.unwrap_or("None").to_owned();
        return Err(Exception::value(format!(
            "Cannot specify both `infra` and `cloud`, `region`, or `zone` parameters. Got: infra={infra}, cloud={}, \
             region={}, zone={}",
            shown(cloud),
            shown(region),
            shown(zone)
        )));
    }
    let mut parts = infra.trim().trim_matches('/').splitn(2, '/');
    let cloud = parts.next().filter(|cloud| *cloud != "*");
    let of_cloud = named_cloud(cloud, "infra")?;
    let rest = parts.next().unwrap_or_default();
    if of_cloud.other_cloud.is_some() {
        // A context may have slashes in it.
        return Ok(Infra {
            region: (!rest.is_empty()).then(|| rest.to_owned()),
            ..of_cloud
        });
    }
    let mut places = rest
        .split('/')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let mut next = || {
        places
            .next()
            .filter(|place| *place != "*")
            .map(str::to_owned)
    };
    let found = Infra {
        region: next(),
        zone: next(),
        ..of_cloud
    };
    if places.next().is_some() {
        return Err(Exception::value(format!(
            "Invalid infra format: {infra}. Expected format is \"cloud\", \"cloud/region\", or \"cloud/region/zone\"."
        )));
    }
    Ok(found)
}

fn named_cloud(name: Option<&str>, field: &str) -> Result<Infra, Exception> {
    let Some(name) = name else {
        return Ok(Infra::default());
    };
    let name = match name.to_ascii_lowercase().as_str() {
        "k8s" => "kubernetes".to_owned(),
        lower => lower.to_owned(),
    };
    if let Some(cloud) = Cloud::named(&name) {
        return Ok(Infra {
            cloud: Some(cloud),
            ..Infra::default()
        });
    }
    if OTHER_CLOUDS.contains(&name.as_str()) {
        return Ok(Infra {
            other_cloud: Some(name),
            ..Infra::default()
        });
    }
    let rule = if field == "infra" {
        "does not match the format cloud[/region[/zone]] with a cloud that SkyPilot knows"
    } else {
        "is not the name of a cloud that SkyPilot knows"
    };
    Err(invalid(format!(
        "{PREFIX}{} {rule}. Check problematic field(s): $.{field}",
        repr(&name)
    )))
}

fn quantity(config: &Mapping, field: &str) -> Result<Option<Quantity>, Exception> {
    let Some(value) = config.get(field) else {
        return Ok(None);
    };
    let written = super::scalar(value).unwrap_or_default();
    let or_more = written.ends_with('+');
    let number = written.trim_end_matches('+');
    let number = number
        .strip_suffix("GB")
        .or_else(|| number.strip_suffix("gb"))
        .unwrap_or(number);
    let amount: f64 = number.trim().parse().map_err(|_| {
        Exception::value(format!(
            "The \"{field}\" field should be either a number or a string \"<number>+\". Found: {}",
            repr(&written)
        ))
    })?;
    if amount.is_nan() || amount <= 0.0 {
        return Err(Exception::value(format!(
            "The \"{field}\" field should be positive. Found: {}",
            shown(value)
        )));
    }
    Ok(Some(Quantity {
        amount,
        or_more,
        written,
    }))
}

fn gigabytes(value: &Value) -> Result<i64, Exception> {
    let written = super::scalar(value).unwrap_or_default();
    let digits = written.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match written[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "G" | "GB" | "GI" => 1,
        "T" | "TB" | "TI" => 1024,
        _ => 0,
    };
    let size = digits.parse::<i64>().unwrap_or(0).saturating_mul(factor);
    if size <= 0 {
        return Err(Exception::value(format!(
            "\"disk_size\" must be a positive integer (in GB). Got: {}.",
            shown(value)
        )));
    }
    Ok(size)
}

fn ports(value: Option<&Value>) -> Result<Vec<String>, Exception> {
    let written: Vec<String> = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Sequence(list)) => list.iter().filter_map(super::scalar).collect(),
        Some(one) => super::scalar(one).into_iter().collect(),
    };
    let mut ports = Vec::new();
    for port in written.iter().flat_map(|ports| ports.split(',')) {
        let port = port.trim();
        let ends: Vec<_> = port.split('-').map(str::parse::<u16>).collect();
        let good = match ends.as_slice() {
            [Ok(one)] => *one > 0,
            [Ok(from), Ok(to)] => *from > 0 && from <= to,
            _ => false,
        };
        if !good {
            return Err(Exception::value(format!(
                "Invalid port {port}. Please use a port number between 1 and 65535."
            )));
        }
        ports.push(port.to_owned());
    }
    Ok(ports)
}

fn autostop(value: &Value) -> Result<Option<AutostopWish>, Exception> {
    let never = AutostopWish {
        idle_minutes: -1,
        down: false,
        wait_for: None,
    };
    let minutes = |idle_minutes| AutostopWish {
        idle_minutes,
        ..never
    };
    match value {
        Value::Null => Ok(None),
        Value::Bool(false) => Ok(Some(never)),
        Value::Bool(true) => Ok(Some(minutes(0))),
        Value::Number(number) if number.is_i64() => Ok(number.as_i64().map(minutes)),
        Value::String(text) => time(text).map(|found| Some(minutes(found))),
        Value::Mapping(fields) => {
            let known = ["idle_minutes", "down", "wait_for", "hook", "hook_timeout"];
            schema::check_fields(fields, &known, PREFIX)?;
            let idle_minutes = match fields.get("idle_minutes") {
                None => 0,
                Some(value) => match value.as_i64() {
                    Some(minutes) if minutes >= 0 => minutes,
                    Some(minutes) => {
                        return Err(invalid(format!(
                            "{PREFIX}{minutes} is less than the minimum of 0. Check problematic field(s): \
                             $.autostop.idle_minutes"
                        )));
                    }
                    None => {
                        return Err(invalid(format!(
                            "{PREFIX}{} is not of type 'integer'. Check problematic field(s): $.autostop.idle_minutes",
                            shown(value)
                        )));
                    }
                },
            };
            if let Some(down) = fields.get("down") {
                schema::check_kind(down, Kind::Boolean, PREFIX, "$.autostop.down")?;
            }
            let wait_for = match fields.get("wait_for").and_then(Value::as_str) {
                None => None,
                Some(name) => Some(WaitFor::named(name).ok_or_else(|| {
                    invalid(format!(
                        "{PREFIX}{} is not one of ['jobs_and_ssh', 'jobs', 'none']. Check problematic field(s): \
                         $.autostop.wait_for",
                        repr(name)
                    ))
                })?),
            };
            Ok(Some(AutostopWish {
                idle_minutes,
                down: fields.get("down") == Some(&Value::Bool(true)),
                wait_for,
            }))
        }
        other => Err(invalid(format!(
            "{PREFIX}{} is not valid under any of the given schemas. Check problematic field(s): $.autostop",
            shown(other)
        ))),
    }
}

/// `10`, `10m`, `2h`, `1d`, `1w`, in minutes.
fn time(text: &str) -> Result<i64, Exception> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "m" => 1,
        "h" => 60,
        "d" => 24 * 60,
        "w" => 7 * 24 * 60,
        _ => 0,
    };
    let minutes = digits.parse::<i64>().ok().filter(|_| factor > 0);
    minutes.map(|minutes| minutes.saturating_mul(factor)).ok_or_else(|| {
        invalid(format!(
            "{PREFIX}{} does not match '^[0-9]+(m|h|d|w)?$'. Check problematic field(s): $.autostop",
            repr(text)
        ))
    })
}
