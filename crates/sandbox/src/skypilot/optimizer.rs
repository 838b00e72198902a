//! Chooses among the machines on sale: what fits the task, the cheapest first.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::catalog::{OFFERS, Offer};
use super::clouds::Cloud;
use super::clusters::Resources;
use super::exception::Exception;
use super::python::{self, repr, repr_list};
use super::task::{Task, Wanted};

const DEFAULT_VCPUS: f64 = 8.0;

#[derive(Clone, Debug)]
pub struct Candidate {
    pub offer: &'static Offer,
    pub wanted: Wanted,
}

impl Candidate {
    /// Dollars for an hour.
    pub fn price(&self) -> f64 {
        self.offer
            .hourly(self.wanted.spot)
            .unwrap_or(self.offer.price)
    }

    pub fn resources(&self) -> Resources {
        let wanted = &self.wanted;
        let mut resources = Resources::of(self.offer, wanted.spot);
        if let Some(size) = wanted.disk_size {
            resources.disk_size = size;
        }
        resources.zone = wanted.infra.zone.clone().or(resources.zone);
        resources.image_id.clone_from(&wanted.image_id);
        resources.ports.clone_from(&wanted.ports);
        resources
    }
}

/// The candidates as SkyPilot shows them before it tries the first: the cheapest of each kind of machine.
pub fn table(candidates: &[Candidate]) -> Vec<String> {
    const TITLES: [&str; 7] = [
        "INFRA", "INSTANCE", "vCPUs", "Mem(GB)", "GPUS", "COST ($)", "CHOSEN",
    ];
    const CHOSEN: &str = "   ✔";
    let mut rows = vec![TITLES.map(str::to_owned)];
    let mut kinds = BTreeSet::new();
    for candidate in candidates {
        let offer = candidate.offer;
        if !kinds.insert((offer.cloud, offer.instance_type)) {
            continue;
        }
        let gpus = offer.accelerator.map_or_else(
            || "-".to_owned(),
            |(name, count)| format!("{name}:{}", python::count(count)),
        );
        let chosen = if rows.len() == 1 { CHOSEN } else { "" };
        rows.push([
            format!("{} ({})", offer.cloud.name(), offer.region),
            offer.instance_type.to_owned(),
            python::count(offer.vcpus),
            python::count(offer.memory),
            gpus,
            format!("{:.2}", candidate.price()),
            chosen.to_owned(),
        ]);
    }
    let widths: Vec<usize> = (0..TITLES.len())
        .map(|column| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or_default() + 3
        })
        .collect();
    let line = "-".repeat(widths.iter().sum::<usize>() + 1);
    let shown = |row: &[String; 7]| {
        let cells = row.iter().zip(&widths);
        let text = cells.fold(String::from(" "), |text, (cell, width)| {
            format!("{text}{cell:<width$}")
        });
        text.replace(CHOSEN, &format!("\u{1b}[32m{CHOSEN}\u{1b}[0m"))
    };
    let mut lines = vec!["Considered resources (1 node):".to_owned(), line.clone()];
    lines.push(shown(&rows[0]));
    lines.push(line.clone());
    lines.extend(rows[1..].iter().map(shown));
    lines.push(line);
    lines
}

/// Everything that fits, in the order in which it is to be tried.
pub fn candidates(task: &Task, enabled: &BTreeSet<Cloud>) -> Result<Vec<Candidate>, Exception> {
    if enabled.is_empty() {
        return Err(Exception::new(
            "NoCloudAccessError",
            "Cloud access is not set up. Run: \u{1b}[1msky check\u{1b}[0m",
        ));
    }
    check_clouds(task, enabled)?;
    for wanted in &task.resources {
        check_place(wanted, enabled)?;
    }
    let mut found = Vec::new();
    for wanted in &task.resources {
        let mut fitting: Vec<_> = OFFERS
            .iter()
            .filter(|offer| enabled.contains(&offer.cloud) && fits(offer, wanted))
            .map(|offer| Candidate {
                offer,
                wanted: wanted.clone(),
            })
            .collect();
        keep_best_types(&mut fitting);
        if task.ordered {
            fitting.sort_by(by_price);
        }
        found.extend(fitting);
    }
    if !task.ordered {
        found.sort_by(by_price);
    }
    if found.is_empty() {
        return Err(nothing_fits(task, enabled));
    }
    Ok(found)
}

fn by_price(a: &Candidate, b: &Candidate) -> Ordering {
    a.price()
        .total_cmp(&b.price())
        .then(a.offer.cloud.cmp(&b.offer.cloud))
        .then(a.offer.region.cmp(b.offer.region))
}

/// In each place the real server considers only the cheapest type of machine that fits.
fn keep_best_types(candidates: &mut Vec<Candidate>) {
    candidates.sort_by(by_price);
    let mut seen = BTreeSet::new();
    candidates.retain(|candidate| seen.insert((candidate.offer.cloud, candidate.offer.region)));
}

fn fits(offer: &Offer, wanted: &Wanted) -> bool {
    let infra = &wanted.infra;
    let place = infra.other_cloud.is_none()
        && infra.cloud.is_none_or(|cloud| cloud == offer.cloud)
        && infra
            .region
            .as_deref()
            .is_none_or(|region| region == offer.region);
    let accelerator = match (&wanted.accelerator, &wanted.instance_type) {
        (Some((name, count)), _) => offer.accelerator == Some((name.as_str(), *count)),
        (None, Some(_)) => true,
        // Nobody pays for accelerators without asking for them.
        (None, None) => offer.accelerator.is_none(),
    };
    let price = offer.hourly(wanted.spot);
    // Whoever says nothing about the size gets eight of them.
    let says_nothing = wanted.accelerator.is_none()
        && wanted.instance_type.is_none()
        && wanted.cpus.is_none()
        && wanted.memory.is_none();
    place
        && (!says_nothing || offer.vcpus >= DEFAULT_VCPUS)
        && accelerator
        && wanted
            .instance_type
            .as_deref()
            .is_none_or(|name| name == offer.instance_type)
        && wanted
            .cpus
            .as_ref()
            .is_none_or(|cpus| cpus.accepts(offer.vcpus))
        && wanted
            .memory
            .as_ref()
            .is_none_or(|memory| memory.accepts(offer.memory))
        && price.is_some_and(|price| wanted.max_hourly_cost.is_none_or(|most| price <= most))
}

fn check_clouds(task: &Task, enabled: &BTreeSet<Cloud>) -> Result<(), Exception> {
    let is_disabled = |wanted: &Wanted| {
        wanted.infra.other_cloud.is_some()
            || wanted
                .infra
                .cloud
                .is_some_and(|cloud| !enabled.contains(&cloud))
    };
    if !task.resources.iter().all(is_disabled) {
        return Ok(());
    }
    let names: BTreeSet<_> = task
        .resources
        .iter()
        .filter_map(|wanted| {
            let other = wanted.infra.other_cloud.clone();
            other.or_else(|| wanted.infra.cloud.map(|cloud| cloud.id().to_owned()))
        })
        .collect();
    let names: Vec<_> = names.into_iter().collect();
    let of_task = task
        .name
        .as_deref()
        .map_or_else(String::new, |name| format!(" {}", repr(name)));
    Err(Exception::new(
        "ResourcesUnavailableError",
        format!(
            "Task{of_task} requires {} which {} not enabled. To enable access, change the task cloud requirement or run: \
             \u{1b}[1msky check {}\u{1b}[0m",
            names.join(", "),
            if names.len() == 1 { "is" } else { "are" },
            names.join(" ")
        ),
    ))
}

/// Whether the places and types of machine that a task names exist, in clouds that are enabled or not.
pub fn check_places(task: &Task) -> Result<(), Exception> {
    let all = Cloud::ALL.into();
    let mut wanted = task.resources.iter();
    wanted.try_for_each(|wanted| check_place(wanted, &all))
}

/// Whether regions, zones and types of machine exist that are named.
fn check_place(wanted: &Wanted, enabled: &BTreeSet<Cloud>) -> Result<(), Exception> {
    let infra = &wanted.infra;
    if infra.other_cloud.is_some() {
        return Ok(());
    }
    let clouds: Vec<_> = match infra.cloud {
        Some(cloud) => vec![cloud],
        None => enabled.iter().copied().collect(),
    };
    let names: Vec<_> = clouds.iter().map(|cloud| cloud.name()).collect();
    let any = format!("for any cloud among [{}]", names.join(", "));
    if let Some(region) = infra.region.as_deref() {
        let has_region = |cloud: &Cloud| {
            OFFERS
                .iter()
                .any(|offer| offer.cloud == *cloud && offer.region == region)
        };
        if !clouds.iter().any(has_region) {
            return Err(Exception::value(match infra.cloud {
                Some(cloud) => unknown_region(region, cloud),
                None => format!(
                    "Invalid (region {}, zone None) {any}. Details:\nno enabled cloud has a region of that name",
                    repr(region)
                ),
            }));
        }
    }
    if let (Some(zone), Some(region)) = (&infra.zone, &infra.region)
        && !zone.starts_with(region.as_str())
    {
        return Err(Exception::value(format!(
            "Invalid zone {} for region {}",
            repr(zone),
            repr(region)
        )));
    }
    if let Some(name) = wanted.instance_type.as_deref() {
        let sold = |cloud: &Cloud| {
            OFFERS
                .iter()
                .any(|offer| offer.cloud == *cloud && offer.instance_type == name)
        };
        if !clouds.iter().any(sold) {
            return Err(Exception::value(match infra.cloud {
                Some(cloud) => format!(
                    "Invalid instance type {} for cloud {}.",
                    repr(name),
                    cloud.name()
                ),
                None => format!("Invalid instance type {} {any}.", repr(name)),
            }));
        }
    }
    check_size(wanted)?;
    Ok(())
}

/// Whether a type of machine that is named has what is asked of it besides.
fn check_size(wanted: &Wanted) -> Result<(), Exception> {
    let Some(name) = wanted.instance_type.as_deref() else {
        return Ok(());
    };
    let Some(offer) = OFFERS.iter().find(|offer| offer.instance_type == name) else {
        return Ok(());
    };
    let (cpus, memory) = (wanted.cpus.as_ref(), wanted.memory.as_ref());
    if let Some(cpus) = cpus.filter(|cpus| !cpus.accepts(offer.vcpus)) {
        let lacks = if cpus.or_more {
            "enough vCPUs"
        } else {
            "the requested number of vCPUs"
        };
        return Err(Exception::value(format!(
            "{name} does not have {lacks}. {name} has {} vCPUs, but {} is requested.",
            python::float(offer.vcpus),
            cpus.written
        )));
    }
    if let Some(memory) = memory.filter(|memory| !memory.accepts(offer.memory)) {
        let lacks = if memory.or_more {
            "enough memory"
        } else {
            "the requested memory"
        };
        return Err(Exception::value(format!(
            "{name} does not have {lacks}. {name} has {} GB memory, but {} is requested.",
            python::float(offer.memory),
            memory.written
        )));
    }
    Ok(())
}

fn unknown_region(region: &str, cloud: Cloud) -> String {
    let regions: BTreeSet<_> = OFFERS
        .iter()
        .filter(|offer| offer.cloud == cloud)
        .map(|offer| offer.region)
        .collect();
    format!(
        "Invalid region {}\nList of supported {} regions: {}",
        repr(region),
        cloud.id(),
        repr(&regions.into_iter().collect::<Vec<_>>().join(", "))
    )
}

fn nothing_fits(task: &Task, enabled: &BTreeSet<Cloud>) -> Exception {
    let alike: BTreeSet<_> = task
        .resources
        .iter()
        .filter_map(|wanted| wanted.accelerator.as_ref())
        .flat_map(|(name, _)| {
            OFFERS
                .iter()
                .filter(|offer| enabled.contains(&offer.cloud))
                .filter_map(|offer| offer.accelerator)
                .filter(move |(known, _)| known.to_lowercase().contains(&name.to_lowercase()))
                .map(|(known, count)| format!("{known}:{}", python::count(count)))
        })
        .collect();
    let alike = if alike.is_empty() {
        String::new()
    } else {
        format!(
            "\nTry one of these offered accelerators: \u{1b}[36m{}\u{1b}[0m",
            repr_list(alike.iter().map(String::as_str))
        )
    };
    let wanted: Vec<_> = task.resources.iter().map(ToString::to_string).collect();
    Exception::new(
        "ResourcesUnavailableError",
        format!(
            "Catalog does not contain any instances satisfying the request: {}x {}.\nTo fix: relax or change the resource \
             requirements.{alike}\n\nHint: \u{1b}[1msky gpus list\u{1b}[0m to list available accelerators.\n      \u{1b}[1msky \
             check\u{1b}[0m to check the enabled clouds.\n",
            task.num_nodes,
            wanted.join(", "),
        ),
    )
}
