//! Chooses among the machines on offer: those that fit the task, the cheapest first.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::catalog::{OFFERS, Offer};
use super::clouds::Cloud;
use super::clusters::Resources;
use super::exception::Exception;
use super::python::repr;
use super::task::{Amount, Task, Wanted};

/// Of a task that says nothing about its size.
const DEFAULT_VCPUS: f64 = 8.0;

#[derive(Clone, Debug)]
pub struct Candidate {
    pub offer: &'static Offer,
    pub wanted: Wanted,
}

impl Candidate {
    /// Dollars an hour.
    fn price(&self) -> f64 {
        let spot = self.wanted.spot;
        self.offer.hourly(spot).unwrap_or(self.offer.price)
    }

    pub fn resources(&self) -> Resources {
        let wanted = self.wanted.clone();
        let offered = Resources::of(self.offer, wanted.spot);
        Resources {
            disk_size: wanted.disk_size.unwrap_or(offered.disk_size),
            zone: wanted.zone.or(offered.zone),
            image_id: wanted.image_id,
            ports: wanted.ports,
            ..offered
        }
    }
}

/// Everything that fits, in the order in which launches try it.
pub fn candidates(task: &Task, enabled: &BTreeSet<Cloud>) -> Result<Vec<Candidate>, Exception> {
    if enabled.is_empty() {
        return Err(Exception::new(
            "NoCloudAccessError",
            "Cloud access is not set up. Run: \u{1b}[1msky check\u{1b}[0m",
        ));
    }
    check_clouds(task, enabled)?;
    let mut found = Vec::new();
    for wanted in &task.resources {
        check_names(wanted)?;
        let mut fitting: Vec<_> = OFFERS
            .iter()
            .filter(|offer| enabled.contains(&offer.cloud) && fits(offer, wanted))
            .map(|offer| Candidate {
                offer,
                wanted: wanted.clone(),
            })
            .collect();
        // In each region the real server considers only the cheapest instance type that fits.
        fitting.sort_by(by_price);
        let mut seen = BTreeSet::new();
        fitting.retain(|candidate| seen.insert((candidate.offer.cloud, candidate.offer.region)));
        found.extend(fitting);
    }
    if !task.ordered {
        found.sort_by(by_price);
    }
    if found.is_empty() {
        return Err(Exception::new(
            "ResourcesUnavailableError",
            format!(
                "Catalog does not contain any instances satisfying the request: 1x {}.\nTo fix: relax or change the resource \
                 requirements.",
                task.all_resources_text()
            ),
        ));
    }
    Ok(found)
}

fn by_price(a: &Candidate, b: &Candidate) -> Ordering {
    a.price()
        .total_cmp(&b.price())
        .then(a.offer.cloud.cmp(&b.offer.cloud))
        .then(a.offer.region.cmp(b.offer.region))
}

fn fits(offer: &Offer, wanted: &Wanted) -> bool {
    let is = |name: &Option<String>, offered: &str| name.as_ref().is_none_or(|n| n == offered);
    let accepts = |amount: &Option<Amount>, offered: f64| {
        amount.as_ref().is_none_or(|amount| amount.accepts(offered))
    };
    let size = match (&wanted.accelerator, &wanted.instance_type) {
        (Some((name, count)), _) => offer.accelerator == Some((name.as_str(), *count)),
        (None, Some(_)) => true,
        // Without a request for accelerators no machine with accelerators is chosen.
        (None, None) => {
            let has_size = wanted.cpus.is_some() || wanted.memory.is_some();
            offer.accelerator.is_none() && (has_size || offer.vcpus >= DEFAULT_VCPUS)
        }
    };
    let price = offer.hourly(wanted.spot);
    let cheap = |price: f64| wanted.max_hourly_cost.is_none_or(|most| price <= most);
    size && wanted.cloud.is_none_or(|cloud| cloud == offer.cloud)
        && is(&wanted.region, offer.region)
        && is(&wanted.instance_type, offer.instance_type)
        && accepts(&wanted.cpus, offer.vcpus)
        && accepts(&wanted.memory, offer.memory)
        && price.is_some_and(cheap)
}

fn check_clouds(task: &Task, enabled: &BTreeSet<Cloud>) -> Result<(), Exception> {
    let disabled: Option<BTreeSet<String>> = task
        .resources
        .iter()
        .map(|wanted| wanted.cloud.filter(|cloud| !enabled.contains(cloud)))
        .map(|cloud| cloud.map(Cloud::id))
        .collect();
    let Some(disabled) = disabled else {
        return Ok(());
    };
    let names: Vec<_> = disabled.into_iter().collect();
    Err(Exception::new(
        "ResourcesUnavailableError",
        format!(
            "Task requires {} which is not enabled. To enable access, change the task cloud requirement or run: \
             \u{1b}[1msky check {}\u{1b}[0m",
            names.join(", "),
            names.join(" ")
        ),
    ))
}

/// Checks that the regions and instance types of a task exist, in enabled clouds or not.
pub fn check_offers(task: &Task) -> Result<(), Exception> {
    task.resources.iter().try_for_each(check_names)
}

fn check_names(wanted: &Wanted) -> Result<(), Exception> {
    let of_cloud = || {
        OFFERS
            .iter()
            .filter(|offer| wanted.cloud.is_none_or(|cloud| cloud == offer.cloud))
    };
    let check = |what: &str, name: &Option<String>, field: fn(&Offer) -> &str| match name {
        Some(name) if !of_cloud().any(|offer| field(offer) == name) => {
            let cloud = wanted
                .cloud
                .map_or_else(|| "any cloud".to_owned(), Cloud::id);
            Err(Exception::value(format!(
                "Invalid {what} {} for {cloud}.",
                repr(name)
            )))
        }
        _ => Ok(()),
    };
    check("region", &wanted.region, |offer| offer.region)?;
    check("instance type", &wanted.instance_type, |offer| {
        offer.instance_type
    })
}
