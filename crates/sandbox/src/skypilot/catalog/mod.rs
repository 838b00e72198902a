//! What the clouds sell and for how much. The table `machines.csv` is made up for the sandbox: real names, sizes and regions,
//! with prices as they were to be expected late in 2026. It is nobody's price list.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

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
    /// Dollars for an hour.
    pub price: f64,
    /// Dollars for an hour as long as nobody else wants it.
    pub spot_price: Option<f64>,
    pub region: &'static str,
}

impl Offer {
    /// Dollars for an hour; none if it is not sold so.
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

    fn row(&self) -> Value {
        let (name, count) = self.accelerator.unwrap_or_default();
        json!([
            self.cloud.name(),
            self.instance_type,
            name,
            count,
            self.vcpus,
            // The real catalogues of these two do not tell.
            (!matches!(self.cloud, Cloud::Gcp | Cloud::Azure))
                .then_some(self.device_memory)
                .flatten(),
            self.memory,
            self.price,
            self.spot_price,
            self.region,
        ])
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
    let &[
        cloud,
        instance_type,
        accelerator,
        count,
        vcpus,
        device_memory,
        memory,
        price,
        spot,
        region,
    ] = fields.as_slice()
    else {
        return None;
    };
    Some(Offer {
        cloud: Cloud::named(cloud)?,
        instance_type,
        accelerator: count.parse().ok().map(|count| (accelerator, count)),
        vcpus: vcpus.parse().ok()?,
        device_memory: device_memory.parse().ok(),
        memory: memory.parse().ok()?,
        price: price.parse().ok()?,
        spot_price: spot.parse().ok(),
        region,
    })
}

#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub name: Option<String>,
    pub region: Option<String>,
    pub quantity: Option<f64>,
    /// Only these clouds.
    pub clouds: Option<Vec<Cloud>>,
    /// Each region by itself, not only the cheapest.
    pub all_regions: bool,
    pub case_sensitive: bool,
}

impl Filter {
    fn accepts(&self, offer: &Offer) -> bool {
        let Some((name, count)) = offer.accelerator else {
            return false;
        };
        let fits = |pattern: &Option<String>, text: &str| {
            pattern
                .as_deref()
                .is_none_or(|pattern| contains(pattern, text, self.case_sensitive))
        };
        fits(&self.name, name)
            && fits(&self.region, offer.region)
            && self.quantity.is_none_or(|quantity| quantity == count)
            && self
                .clouds
                .as_ref()
                .is_none_or(|clouds| clouds.contains(&offer.cloud))
    }
}

pub fn accelerators(filter: &Filter) -> Value {
    let mut found: BTreeMap<&str, Vec<&Offer>> = BTreeMap::new();
    for offer in OFFERS.iter().filter(|offer| filter.accepts(offer)) {
        let (name, _) = offer.accelerator.unwrap_or_default();
        found.entry(name).or_default().push(offer);
    }
    for offers in found.values_mut() {
        offers.sort_by(|a, b| {
            let key = |offer: &Offer| {
                let count = offer.accelerator.map_or(0.0, |(_, count)| count);
                (offer.cloud, count, offer.instance_type)
            };
            let ((a_cloud, a_count, a_type), (b_cloud, b_count, b_type)) = (key(a), key(b));
            a_cloud
                .cmp(&b_cloud)
                .then(a_count.total_cmp(&b_count))
                .then(a_type.cmp(b_type))
                .then(a.price.total_cmp(&b.price))
                .then(a.region.cmp(b.region))
        });
        if !filter.all_regions {
            // Sorted by price, so the first of each type is the cheapest.
            offers.dedup_by_key(|offer| (offer.cloud, offer.instance_type));
        }
    }
    let rows = found.into_iter().map(|(name, offers)| {
        let rows: Vec<_> = offers.into_iter().map(Offer::row).collect();
        (name, rows)
    });
    json!(rows.collect::<BTreeMap<_, _>>())
}

pub fn cheapest(accelerator: &str) -> Option<&'static Offer> {
    let offers = OFFERS
        .iter()
        .filter(|offer| offer.accelerator == Some((accelerator, 1.0)));
    offers.min_by(|a, b| a.price.total_cmp(&b.price))
}

pub fn accelerator_names() -> BTreeSet<&'static str> {
    let names = OFFERS.iter().filter_map(|offer| offer.accelerator);
    names.map(|(name, _)| name).collect()
}

/// Whether a pattern is found in a text. Of regular expressions it knows `|` and, at the ends, `^` and `$`, and otherwise
/// takes each character for itself: accelerators' and regions' names have no others.
fn contains(pattern: &str, text: &str, case_sensitive: bool) -> bool {
    let (pattern, text) = if case_sensitive {
        (pattern.to_owned(), text.to_owned())
    } else {
        (pattern.to_lowercase(), text.to_lowercase())
    };
    pattern.split('|').any(|one| {
        let from_start = one.strip_prefix('^');
        let rest = from_start.unwrap_or(one);
        let to_end = rest.strip_suffix('$');
        let rest = to_end.unwrap_or(rest);
        match (from_start.is_some(), to_end.is_some()) {
            (true, true) => text == rest,
            (true, false) => text.starts_with(rest),
            (false, true) => text.ends_with(rest),
            (false, false) => text.contains(rest),
        }
    })
}
