//! `resources:`: on what a task may run.

use std::fmt;

use serde_norway::{Mapping, Value};

use super::autostop::{self, AutostopWish};
use super::infra::{self, Infra};
use super::quantity::{self, Quantity};
use super::schema::{self, Kind, RESOURCES, invalid, shown};
use super::{accelerators, scalar};
use crate::skypilot::clouds::Cloud;
use crate::skypilot::clusters::DEFAULT_DISK_SIZE;
use crate::skypilot::exception::Exception;
use crate::skypilot::python::{self, repr, repr_list};

const PREFIX: &str = "Invalid resources YAML: ";

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
            // It looks for a field in it before it looks at what it is.
            return Err(Exception::new(
                "TypeError",
                format!(
                    "argument of type '{}' is not iterable",
                    schema::type_name(alternative)
                ),
            ));
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
    if let Some(image) = config.get("image_id")
        && !(image.is_string() || image.is_mapping() || image.is_null())
    {
        return Err(invalid(format!(
            "{PREFIX}{} is not valid under any of the given schemas. Check problematic field(s): $.image_id",
            shown(image)
        )));
    }
    if let Some(cost) = config.get("max_hourly_cost")
        && cost.as_f64().is_some_and(|cost| cost <= 0.0)
    {
        return Err(invalid(format!(
            "{PREFIX}{} is less than or equal to the minimum of 0. Check problematic field(s): $.max_hourly_cost",
            shown(cost)
        )));
    }
    if let Some(Value::Mapping(labels)) = config.get("labels") {
        for (name, value) in labels {
            let path = format!("$.labels.{}", scalar(name).unwrap_or_default());
            schema::check_kind(value, Kind::Text, PREFIX, &path)?;
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
    let image_id = match config.get("image_id") {
        Some(Value::Mapping(images)) => images.values().next().and_then(scalar),
        other => other.and_then(scalar),
    };
    Ok(Wanted {
        infra: infra::read(config, PREFIX)?,
        accelerator: None,
        instance_type: text("instance_type"),
        cpus: quantity::cpus(config)?,
        memory: quantity::memory(config)?,
        spot: config.get("use_spot") == Some(&Value::Bool(true)),
        disk_size: quantity::disk_size(config, PREFIX)?,
        image_id: image_id.map(|image| image.trim().to_owned()),
        ports: ports(config.get("ports"))?,
        autostop: match config.get("autostop") {
            Some(value) => autostop::read(value, PREFIX)?,
            None => None,
        },
        max_hourly_cost: config.get("max_hourly_cost").and_then(Value::as_f64),
    })
}

fn ports(value: Option<&Value>) -> Result<Vec<String>, Exception> {
    let written: Vec<String> = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Sequence(list)) => list.iter().filter_map(scalar).collect(),
        Some(one) => scalar(one).into_iter().collect(),
    };
    let mut ports = Vec::new();
    for port in written.iter().flat_map(|ports| ports.split(',')) {
        let port = port.trim();
        check_port(port)?;
        ports.push(port.to_owned());
    }
    Ok(ports)
}

fn check_port(port: &str) -> Result<(), Exception> {
    if let Ok(number) = port.parse::<i64>() {
        return if (1..=65535).contains(&number) {
            Ok(())
        } else {
            Err(Exception::value(format!(
                "Invalid port {port}. Please use a port number between 1 and 65535."
            )))
        };
    }
    let ends = port
        .split_once('-')
        .map(|(from, to)| (from.parse::<u16>(), to.parse::<u16>()));
    match ends {
        Some((Ok(from), Ok(to))) if from > 0 && from <= to => Ok(()),
        _ => Err(Exception::value(format!(
            "Invalid port range {port}. Please use the format \"from-to\", in which from <= to. e.g. \"1-3\"."
        ))),
    }
}
