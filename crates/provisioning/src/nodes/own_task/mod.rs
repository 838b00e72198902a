//! A SkyPilot task of one's own: what is refused in it, and what is added to it. A task runs on
//! behalf of the portal's service account, and SkyPilot reads paths in it from the API server's own
//! disk; so it is taken apart here before the server sees it.

mod resources;
mod rules;

use crate::bounded_yaml::{self, Bounds, Node};
use domain::{
    money::MicroDollars,
    node::{
        catalogue::Offer,
        name::NodeName,
        order::{Autostop, NodeOrderInput, NodeSpec},
        task::{autostop_yaml, hourly_cost},
    },
    problem::FieldError,
    yaml::Yaml,
};
use resources::Candidate;

/// A task that may be sent.
#[derive(Debug)]
pub(super) struct Prepared {
    /// What it asks for, as far as its machines have it in common.
    pub(super) spec: NodeSpec,
    task: Yaml,
    candidates: Vec<Candidate>,
}

impl Prepared {
    /// The YAML to send. SkyPilot does not choose a machine for more than `max_price`.
    pub(super) fn yaml(&self, max_price: Option<MicroDollars>) -> String {
        let mut task = self.task.clone();
        if let Some(price) = max_price
            && let Some(resources) = task.get("resources")
        {
            let mut resources = resources.clone();
            resources.set("max_hourly_cost", hourly_cost(price));
            task.set("resources", resources);
        }
        task.to_string()
    }

    /// The offers that the task may become, the cheapest first.
    pub(super) fn offers(&self, offers: &[Offer]) -> Vec<Offer> {
        let mut fitting: Vec<(MicroDollars, &Offer)> = offers
            .iter()
            .filter_map(|offer| {
                let fits = |candidate: &&Candidate| candidate.takes(offer);
                let candidate = self.candidates.iter().find(fits)?;
                Some((offer.price(candidate.spot)?, offer))
            })
            .collect();
        fitting.sort_by_key(|(price, _)| *price);
        fitting
            .into_iter()
            .map(|(_, offer)| offer.clone())
            .collect()
    }

    /// The most that the task may cost an hour: SkyPilot takes the next machine where the cheapest is not available.
    /// `None` if any machine that it may become has no known price.
    pub(super) fn max_price(&self, offers: &[Offer]) -> Option<MicroDollars> {
        let prices: Option<Vec<_>> = self
            .candidates
            .iter()
            .map(|candidate| candidate.max_price(offers))
            .collect();
        prices?.into_iter().max()
    }
}

/// The form's fields about the machine must be empty beside a task of one's own.
pub(super) fn fields_besides(input: &NodeOrderInput) -> Vec<FieldError> {
    let text =
        |value: &Option<String>| value.as_deref().is_some_and(|text| !text.trim().is_empty());
    [
        ("accelerator", !input.accelerator.trim().is_empty()),
        ("count", input.count.is_some_and(|count| count != 1)),
        ("cloud", text(&input.cloud)),
        ("region", text(&input.region)),
        ("spot", input.spot),
        ("disk_gib", input.disk_gib.is_some()),
        ("image", text(&input.image)),
        ("setup", !input.setup.trim().is_empty()),
        ("run", !input.run.trim().is_empty()),
    ]
    .into_iter()
    .filter(|(_, given)| *given)
    .map(|(field, _)| {
        FieldError::new(
            field,
            "Leave this empty: a task of your own says it in its YAML.",
        )
    })
    .collect()
}

const BOUNDS: Bounds = Bounds {
    bytes: 64 * 1024,
    values: 5_000,
    aliases: false,
};

/// Checks a task and adds what the portal needs in it: its name, the port that makes its address
/// known, and when it stops by itself.
///
/// # Errors
/// A sentence that names the line and the rule.
pub(super) fn prepare(
    text: &str,
    name: Option<&NodeName>,
    autostop: Option<Autostop>,
) -> Result<Prepared, String> {
    let document = bounded_yaml::scan(text, BOUNDS)?;
    rules::check(&document, name)?;
    let asked = document.get("resources");
    let candidates = resources::candidates(asked)?;
    let spec = resources::spec(asked, &candidates);
    let mut task = Yaml::from(&document);
    if let Some(name) = name {
        task.set("name", name.as_str());
    }
    let mut resources = match task.get("resources") {
        Some(resources @ Yaml::Mapping(_)) => resources.clone(),
        _ => Yaml::Mapping(Vec::new()),
    };
    resources.set(
        "ports",
        with_ssh(asked.and_then(|asked| asked.get("ports"))),
    );
    if let Some(rule) = autostop {
        resources.set("autostop", autostop_yaml(rule));
    }
    task.set("resources", resources);
    Ok(Prepared {
        spec,
        task,
        candidates,
    })
}

/// The ports that are asked for, and 22.
fn with_ssh(ports: Option<&Node>) -> Yaml {
    let mut ports = match ports.map(Yaml::from) {
        None => Vec::new(),
        Some(Yaml::Sequence(ports)) => ports,
        Some(one) if one == Yaml::Plain(String::new()) => Vec::new(),
        Some(one) => vec![one],
    };
    let ssh = |port: &Yaml| matches!(port, Yaml::Plain(text) | Yaml::Text(text) if text == "22");
    if !ports.iter().any(ssh) {
        ports.push(22.into());
    }
    Yaml::Sequence(ports)
}

#[cfg(test)]
mod tests;
