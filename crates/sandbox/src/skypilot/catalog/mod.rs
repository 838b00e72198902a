//! The machines on offer and their prices. The table `machines.csv` is made for the sandbox: real names, sizes and regions
//! with plausible prices for late 2026.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::clouds::Cloud;

#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub cloud: Cloud,
    pub instance_type: &'static str,
    pub accelerator: Option<(&'static str, f64)>,
    pub vcpus: f64,
    /// Of one accelerator, in GiB.
    pub device_memory: Option<f64>,
    /// In GiB.
    pub memory: f64,
    /// Dollars an hour.
    pub price: f64,
    /// Dollars an hour; `None`: not offered as spot.
    pub spot_price: Option<f64>,
    pub region: &'static str,
}

impl Offer {
    /// Dollars an hour.
    pub fn hourly(&self, spot: bool) -> Option<f64> {
        if spot {
            self.spot_price
        } else {
            Some(self.price)
        }
    }

    pub fn zone(&self) -> Option<String> {
        match self.cloud {
            Cloud::Aws => Some(format!("{}a", self.region)),
            Cloud::Gcp => Some(format!("{}-a", self.region)),
            _ => None,
        }
    }
}

pub static OFFERS: LazyLock<Vec<Offer>> = LazyLock::new(|| {
    include_str!("machines.csv")
        .lines()
        .skip(1)
        .filter_map(parse)
        .collect()
});

fn parse(line: &'static str) -> Option<Offer> {
    let fields: Vec<_> = line.split(',').collect();
    let number = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some(Offer {
        cloud: Cloud::named(fields.first()?)?,
        instance_type: fields.get(1)?,
        accelerator: number(3).map(|count| (fields[2], count)),
        vcpus: number(4)?,
        device_memory: number(5),
        memory: number(6)?,
        price: number(7)?,
        spot_price: number(8),
        region: fields.get(9)?,
    })
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filter {
    name_filter: Option<String>,
    region_filter: Option<String>,
    clouds: Option<Vec<String>>,
}

/// The offers by accelerator, in the rows of SkyPilot's `list_accelerators`.
pub fn accelerators(filter: &Filter) -> Value {
    let contains = |pattern: &Option<String>, text: &str| {
        pattern
            .as_ref()
            .is_none_or(|pattern| text.contains(pattern))
    };
    let clouds = filter.clouds.as_ref();
    let mut rows: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for offer in OFFERS.iter() {
        let Some((name, count)) = offer.accelerator else {
            continue;
        };
        let in_clouds = clouds.is_none_or(|clouds| {
            let mut clouds = clouds.iter().filter_map(|cloud| Cloud::named(cloud));
            clouds.any(|cloud| cloud == offer.cloud)
        });
        if in_clouds
            && contains(&filter.name_filter, name)
            && contains(&filter.region_filter, offer.region)
        {
            rows.entry(name).or_default().push(json!([
                offer.cloud.name(),
                offer.instance_type,
                name,
                count,
                offer.vcpus,
                // Unknown in the real catalogs of these two clouds.
                (!matches!(offer.cloud, Cloud::Gcp | Cloud::Azure))
                    .then_some(offer.device_memory)
                    .flatten(),
                offer.memory,
                offer.price,
                offer.spot_price,
                offer.region,
            ]));
        }
    }
    json!(rows)
}

/// The catalog's spelling of an accelerator's name.
pub fn accelerator_named(name: &str) -> Option<&'static str> {
    let mut names = OFFERS.iter().filter_map(|offer| offer.accelerator);
    names
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(known, _)| known)
}
