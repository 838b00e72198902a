//! Which machines a task may become. SkyPilot's `resources` name one machine or several to choose from, in many
//! spellings; what the portal does not understand has no price, so that it never counts as free.

use crate::bounded_yaml::{Kind, Node};
use domain::{
    money::MicroDollars,
    node::{catalogue::Offer, order::NodeSpec},
};

/// One kind of machine that a task may become.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Candidate {
    /// Name and count; a count that is no whole number is in no price list.
    accelerator: Option<(String, Option<u32>)>,
    instance_type: Option<String>,
    cloud: Option<String>,
    region: Option<String>,
    pub(super) spot: bool,
    /// The task's own limit.
    max_hourly_cost: Option<f64>,
}

/// Reads `resources`. `any_of` and `ordered` hold what differs from the rest; several accelerators are as many machines
/// to choose from.
///
/// # Errors
/// A sentence with the line if it is not a mapping.
pub(super) fn candidates(resources: Option<&Node>) -> Result<Vec<Candidate>, String> {
    let Some(resources) = resources.filter(|node| !is_null(node)) else {
        return Ok(vec![Candidate::default()]);
    };
    if !matches!(resources.kind, Kind::Mapping(_)) {
        return Err(format!(
            "Line {}: resources is a mapping, such as `accelerators: H100:8`; several machines to choose from go under any_of.",
            resources.line
        ));
    }
    let choices = ["any_of", "ordered"]
        .into_iter()
        .filter_map(|key| resources.get(key))
        .find(|node| !is_null(node));
    let Some(choices) = choices else {
        return Ok(of(&[resources]));
    };
    let Kind::Sequence(choices) = &choices.kind else {
        return Err(format!(
            "Line {}: any_of and ordered are lists of resources.",
            choices.line
        ));
    };
    Ok(choices
        .iter()
        .flat_map(|choice| of(&[choice, resources]))
        .collect())
}

/// What a task's machines have in common, for people to see.
pub(super) fn spec(resources: Option<&Node>, candidates: &[Candidate]) -> NodeSpec {
    fn common<T: PartialEq>(
        candidates: &[Candidate],
        of: impl Fn(&Candidate) -> Option<T>,
    ) -> Option<T> {
        let first = of(candidates.first()?)?;
        candidates
            .iter()
            .all(|other| of(other).as_ref() == Some(&first))
            .then_some(first)
    }
    let accelerator = common(candidates, |candidate| {
        let (name, count) = candidate.accelerator.clone()?;
        Some((name, count?))
    });
    NodeSpec {
        count: accelerator.as_ref().map_or(0, |(_, count)| *count),
        accelerator: accelerator.map(|(name, _)| name),
        cloud: common(candidates, |candidate| candidate.cloud.clone()),
        region: common(candidates, |candidate| candidate.region.clone()),
        spot: candidates.iter().all(|candidate| candidate.spot),
        disk_gib: text(&resources.into_iter().collect::<Vec<_>>(), "disk_size")
            .and_then(|size| size.parse().ok()),
        image: text(&resources.into_iter().collect::<Vec<_>>(), "image_id"),
        setup: String::new(),
        run: String::new(),
        own_task: true,
    }
}

/// The machines of one set of resources. Of `layers` the first that has a key decides it.
fn of(layers: &[&Node]) -> Vec<Candidate> {
    let infra = text(layers, "infra");
    let mut infra = infra.as_deref().unwrap_or("").split('/').map(named);
    let (cloud, region) = (infra.next().flatten(), infra.next().flatten());
    let one = Candidate {
        accelerator: None,
        instance_type: text(layers, "instance_type"),
        cloud: cloud
            .or_else(|| text(layers, "cloud"))
            .map(|cloud| cloud.to_lowercase())
            .map(|cloud| {
                if cloud == "k8s" {
                    "kubernetes".to_owned()
                } else {
                    cloud
                }
            }),
        region: region.or_else(|| text(layers, "region")),
        spot: value(layers, "use_spot").is_some_and(is_true),
        max_hourly_cost: text(layers, "max_hourly_cost").and_then(|cost| cost.parse().ok()),
    };
    // `gpus` is another name of `accelerators`.
    let accelerators = layers
        .iter()
        .find_map(|layer| layer.get("accelerators").or_else(|| layer.get("gpus")))
        .map(accelerators)
        .unwrap_or_default();
    if accelerators.is_empty() {
        return vec![one];
    }
    accelerators
        .into_iter()
        .map(|accelerator| Candidate {
            accelerator: Some(accelerator),
            ..one.clone()
        })
        .collect()
}

/// `H100:8`, `H100`, lists of those, `{H100: 8, A100: 4}` and `{H100:8, A100:4}`.
fn accelerators(node: &Node) -> Vec<(String, Option<u32>)> {
    match &node.kind {
        Kind::Scalar(text) | Kind::Plain(text) if text.is_empty() => Vec::new(),
        Kind::Scalar(text) | Kind::Plain(text) => vec![accelerator(text)],
        Kind::Sequence(items) => items.iter().flat_map(accelerators).collect(),
        Kind::Mapping(entries) => entries
            .iter()
            .map(|(name, _, count)| match count.scalar() {
                _ if is_null(count) => accelerator(name),
                Some(count) => accelerator(&format!("{name}:{count}")),
                None => (name.clone(), None),
            })
            .collect(),
    }
}

fn accelerator(text: &str) -> (String, Option<u32>) {
    let (name, count) = text.split_once(':').unwrap_or((text, "1"));
    // A whole number may be written as 8.0.
    let count = count.trim();
    let count = count.strip_suffix(".0").unwrap_or(count);
    (
        name.trim().to_owned(),
        count.parse().ok().filter(|count| *count > 0),
    )
}

impl Candidate {
    /// Whether `offer` is such a machine, at a known price.
    pub(super) fn takes(&self, offer: &Offer) -> bool {
        self.matches(offer) && self.price(offer).is_some()
    }

    /// The most that such a machine may cost; `None` if that is not known.
    pub(super) fn max_price(&self, offers: &[Offer]) -> Option<MicroDollars> {
        let mut highest = None;
        for offer in offers.iter().filter(|offer| self.matches(offer)) {
            match self.price(offer) {
                Some(price) => highest = highest.max(Some(price)),
                // Not offered as spot, or dearer than the task allows.
                None if self.spot || offer.price(false).is_some_and(|price| price.0 > 0) => {}
                None => return None,
            }
        }
        highest
    }

    /// Whether `offer` is such a machine. Without an accelerator or a machine type none is: the price lists hold
    /// machines with accelerators only.
    fn matches(&self, offer: &Offer) -> bool {
        let accelerator = self.accelerator.as_ref().is_none_or(|(name, count)| {
            name.eq_ignore_ascii_case(&offer.accelerator) && *count == Some(offer.count)
        });
        let same = |wanted: &Option<String>, found: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == found)
        };
        (self.accelerator.is_some() || self.instance_type.is_some())
            && accelerator
            && same(&self.instance_type, &offer.instance_type)
            && same(&self.cloud, &offer.cloud)
            && same(&self.region, &offer.region)
    }

    fn price(&self, offer: &Offer) -> Option<MicroDollars> {
        let price = offer.price(self.spot).filter(|price| price.0 > 0)?;
        #[allow(clippy::cast_precision_loss, reason = "far below 2^52 micro-dollars")]
        let dollars = price.0 as f64 / 1e6;
        self.max_hourly_cost
            .is_none_or(|limit| dollars <= limit)
            .then_some(price)
    }
}

/// The first layer's value of a key that has one.
fn value<'a>(layers: &[&'a Node], key: &str) -> Option<&'a Node> {
    layers
        .iter()
        .find_map(|layer| layer.get(key))
        .filter(|node| !is_null(node))
}

fn text(layers: &[&Node], key: &str) -> Option<String> {
    value(layers, key)?.scalar().map(str::to_owned)
}

/// A part of `infra`; `*` is any.
fn named(part: &str) -> Option<String> {
    (!part.is_empty() && part != "*").then(|| part.to_owned())
}

fn is_null(node: &Node) -> bool {
    matches!(&node.kind, Kind::Plain(text) if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
}

/// As PyYAML reads it.
fn is_true(node: &Node) -> bool {
    matches!(&node.kind, Kind::Plain(text) if matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "on"))
}
