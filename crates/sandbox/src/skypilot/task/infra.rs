//! `infra:`, or `cloud:`, `region:` and `zone:`: where a task may run.

use serde_norway::{Mapping, Value};

use super::schema::invalid;
use crate::skypilot::clouds::Cloud;
use crate::skypilot::exception::Exception;
use crate::skypilot::python::{repr, repr_list};

/// The clouds that SkyPilot knows, in its own order. Those that the sandbox does not have may be named, but are never
/// enabled.
const KNOWN: [&str; 25] = [
    "aws",
    "azure",
    "gcp",
    "ibm",
    "lambda",
    "scp",
    "oci",
    "kubernetes",
    "runpod",
    "vast",
    "vsphere",
    "cudo",
    "fluidstack",
    "paperspace",
    "primeintellect",
    "do",
    "nebius",
    "ssh",
    "slurm",
    "hyperbolic",
    "seeweb",
    "shadeform",
    "yotta",
    "mithril",
    "verda",
];
/// Another name for one of them.
const K8S: &str = "k8s";

/// A place, as precise as it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Infra {
    pub cloud: Option<Cloud>,
    /// A cloud that the sandbox does not have.
    pub other_cloud: Option<String>,
    pub region: Option<String>,
    pub zone: Option<String>,
}

/// The place that resources name.
pub fn read(config: &Mapping, prefix: &str) -> Result<Infra, Exception> {
    let text = |field: &str| config.get(field).and_then(Value::as_str);
    let (cloud, region, zone) = (text("cloud"), text("region"), text("zone"));
    let found = match cloud {
        Some(name) => named(name).ok_or_else(|| {
            invalid(format!(
                "{prefix}{} is not one of {}. Check problematic field(s): $.cloud",
                repr(name),
                repr_list(KNOWN)
            ))
        })?,
        None => Infra::default(),
    };
    let Some(infra) = text("infra") else {
        return Ok(Infra {
            region: region.map(str::to_owned),
            zone: zone.map(str::to_owned),
            ..found
        });
    };
    let place = parse(infra).ok_or_else(|| {
        invalid(format!(
            "{prefix}{} does not match {}. Check problematic field(s): $.infra",
            repr(infra),
            pattern()
        ))
    })?;
    if cloud.or(region).or(zone).is_some() {
        let shown = |value: Option<&str>| value.unwrap_or("None").to_owned();
        return Err(Exception::value(format!(
            "Cannot specify both `infra` and `cloud`, `region`, or `zone` parameters. Got: infra={infra}, cloud={}, \
             region={}, zone={}",
            shown(
                found
                    .cloud
                    .map(Cloud::name)
                    .or(found.other_cloud.as_deref())
            ),
            shown(region),
            shown(zone)
        )));
    }
    Ok(place)
}

fn parse(infra: &str) -> Option<Infra> {
    let (cloud, rest) = infra.split_once('/').unwrap_or((infra, ""));
    let found = if cloud == "*" {
        Infra::default()
    } else {
        named(cloud)?
    };
    if found.other_cloud.as_deref() == Some("kubernetes") {
        // A context may have slashes in it.
        let region = (!rest.is_empty()).then(|| rest.to_owned());
        let good = region.is_some() || !infra.contains('/');
        return good.then_some(Infra { region, ..found });
    }
    let places: Vec<_> = infra.split('/').skip(1).collect();
    if places.len() > 2 || places.iter().any(|place| place.is_empty()) {
        return None;
    }
    let place = |at: usize| {
        let place = places.get(at).map(|place| place.trim());
        place.filter(|place| *place != "*").map(str::to_owned)
    };
    Some(Infra {
        region: place(0),
        zone: place(1),
        ..found
    })
}

fn named(name: &str) -> Option<Infra> {
    let name = name.to_ascii_lowercase();
    if let Some(cloud) = Cloud::named(&name) {
        return Some(Infra {
            cloud: Some(cloud),
            ..Infra::default()
        });
    }
    let name = if name == K8S { "kubernetes" } else { &name };
    KNOWN.contains(&name).then(|| Infra {
        other_cloud: Some(name.to_owned()),
        ..Infra::default()
    })
}

/// The pattern of the real server's schema, as Python shows it.
fn pattern() -> String {
    let clouds: Vec<_> = KNOWN
        .into_iter()
        .filter(|cloud| *cloud != "kubernetes")
        .collect();
    format!(
        "'^(?:(?i:({}))(?:/[^/]+(?:/[^/]+)?)?|\\\\*(?:/[^/]+(?:/[^/]+)?)?|(?i:kubernetes|k8s)(?:/.+)?)$'",
        clouds.join("|")
    )
}
