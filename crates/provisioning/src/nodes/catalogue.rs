//! What can be launched: kept in memory as last read, searched and sorted here. No request waits
//! for the SkyPilot API server, whose own answer takes seconds.

use domain::{
    money::MicroDollars,
    node::{
        catalogue::{AcceleratorSummary, Offer, OfferPage, OfferQuery, OfferSort},
        order::NodeSpec,
        view::Placement,
    },
};
use jiff::Timestamp;
use std::{
    cmp::Ordering,
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

#[derive(Clone, Debug, Default)]
pub struct Offers {
    pub offers: Vec<Offer>,
    /// When they were read; `None`: not yet.
    pub read_at: Option<Timestamp>,
}

/// The catalogue in memory.
#[derive(Default)]
pub struct Catalogue {
    current: RwLock<Arc<Offers>>,
}

impl Catalogue {
    pub fn current(&self) -> Arc<Offers> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts newly read offers in place.
    pub fn replace(&self, offers: Vec<Offer>, read_at: Timestamp) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Offers {
            offers,
            read_at: Some(read_at),
        });
    }
}

impl Offers {
    /// The offers in these clouds; `None`: in all of them.
    pub(crate) fn of_clouds(&self, clouds: Option<&[String]>) -> Vec<Offer> {
        self.offers
            .iter()
            .filter(|offer| clouds.is_none_or(|clouds| clouds.contains(&offer.cloud)))
            .cloned()
            .collect()
    }

    /// What an hour costs of what was ordered, where it turned out to be.
    pub(crate) fn price(&self, spec: &NodeSpec, placement: &Placement) -> Option<MicroDollars> {
        self.offers
            .iter()
            .filter(|offer| {
                offer.cloud == placement.cloud
                    && offer.region == placement.region
                    && match &placement.instance_type {
                        Some(kind) => &offer.instance_type == kind,
                        None => {
                            spec.accelerator.as_deref() == Some(&*offer.accelerator)
                                && spec.count == offer.count
                        }
                    }
            })
            .filter_map(|offer| offer.price(spec.spot))
            .min()
    }
}

/// One page of `offers`.
pub(super) fn page(
    offers: &[Offer],
    query: &OfferQuery,
    read_at: Option<Timestamp>,
    now: Timestamp,
) -> OfferPage {
    let words: Vec<String> = query
        .search
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    let mut found: Vec<&Offer> = offers
        .iter()
        .filter(|offer| {
            query
                .accelerator
                .as_ref()
                .is_none_or(|wanted| wanted == &offer.accelerator)
                && query
                    .cloud
                    .as_ref()
                    .is_none_or(|wanted| wanted == &offer.cloud)
                && query.count.is_none_or(|wanted| wanted == offer.count)
                && words.iter().all(|word| mentions(offer, word))
        })
        .collect();
    found.sort_by(|one, other| in_order(one, other, query.sort, query.descending));
    let first = (query.page as usize - 1).saturating_mul(query.per_page as usize);
    OfferPage {
        items: found
            .iter()
            .skip(first)
            .take(query.per_page as usize)
            .map(|offer| (*offer).clone())
            .collect(),
        total: found.len() as u64,
        page: query.page,
        per_page: query.per_page,
        accelerators: summaries(offers),
        clouds: clouds(offers),
        read_at,
        now,
    }
}

fn mentions(offer: &Offer, word: &str) -> bool {
    [
        &offer.accelerator,
        &offer.cloud,
        &offer.region,
        &offer.instance_type,
    ]
    .into_iter()
    .any(|text| text.to_lowercase().contains(word))
}

/// Unknown prices come last, whichever way round.
fn in_order(one: &Offer, other: &Offer, sort: OfferSort, descending: bool) -> Ordering {
    let turned = |order: Ordering| if descending { order.reverse() } else { order };
    let by_price = |price: fn(&Offer) -> Option<MicroDollars>| match (price(one), price(other)) {
        (Some(one), Some(other)) => turned(one.cmp(&other)),
        (one, other) => other.is_some().cmp(&one.is_some()),
    };
    let memory = |offer: &Offer| offer.device_memory_gib.unwrap_or(0.0) * offer.count as f32;
    match sort {
        OfferSort::Price => by_price(|offer| offer.price_per_hour),
        OfferSort::SpotPrice => by_price(|offer| offer.spot_price_per_hour),
        OfferSort::Accelerator => {
            turned((&one.accelerator, one.count).cmp(&(&other.accelerator, other.count)))
        }
        OfferSort::Memory => turned(memory(one).total_cmp(&memory(other))),
        OfferSort::Cloud => turned((&one.cloud, &one.region).cmp(&(&other.cloud, &other.region))),
    }
    .then_with(|| one.price_per_hour.cmp(&other.price_per_hour))
    .then_with(|| {
        let place = |offer: &Offer| {
            (
                offer.accelerator.clone(),
                offer.cloud.clone(),
                offer.region.clone(),
                offer.instance_type.clone(),
            )
        };
        place(one).cmp(&place(other))
    })
}

/// Every accelerator of `offers`, by name.
pub(super) fn summaries(offers: &[Offer]) -> Vec<AcceleratorSummary> {
    let mut by_name: BTreeMap<&str, Vec<&Offer>> = BTreeMap::new();
    for offer in offers {
        by_name.entry(&offer.accelerator).or_default().push(offer);
    }
    by_name
        .into_iter()
        .map(|(name, offers)| {
            let mut counts: Vec<u32> = offers.iter().map(|offer| offer.count).collect();
            counts.sort_unstable();
            counts.dedup();
            let least = counts.first().copied().unwrap_or(1);
            let cheapest = |spot| {
                offers
                    .iter()
                    .filter(|offer| offer.count == least)
                    .filter_map(|offer| offer.price(spot))
                    .min()
            };
            let mut clouds: Vec<String> = offers.iter().map(|offer| offer.cloud.clone()).collect();
            clouds.sort_unstable();
            clouds.dedup();
            AcceleratorSummary {
                name: name.to_owned(),
                device_memory_gib: offers.iter().find_map(|offer| offer.device_memory_gib),
                cheapest: cheapest(false),
                cheapest_spot: cheapest(true),
                counts,
                clouds,
            }
        })
        .collect()
}

fn clouds(offers: &[Offer]) -> Vec<String> {
    let mut clouds: Vec<String> = offers.iter().map(|offer| offer.cloud.clone()).collect();
    clouds.sort_unstable();
    clouds.dedup();
    clouds
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::node::catalogue::OfferQueryInput;

    fn offer(accelerator: &str, cloud: &str, price: Option<i64>) -> Offer {
        Offer {
            accelerator: accelerator.into(),
            count: 1,
            device_memory_gib: Some(80.0),
            cloud: cloud.into(),
            region: "r-1".into(),
            instance_type: "m".into(),
            vcpus: None,
            memory_gib: None,
            price_per_hour: price.map(MicroDollars),
            spot_price_per_hour: None,
        }
    }

    fn shown(input: OfferQueryInput) -> Vec<String> {
        let offers = [
            offer("H100", "aws", Some(6_000_000)),
            offer("H100", "lambda", Some(3_000_000)),
            offer("L4", "gcp", None),
            offer("H100", "gcp", None),
        ];
        page(
            &offers,
            &input.validate().unwrap(),
            None,
            Timestamp::UNIX_EPOCH,
        )
        .items
        .into_iter()
        .map(|offer| format!("{} {}", offer.accelerator, offer.cloud))
        .collect()
    }

    #[test]
    fn the_cheapest_comes_first_and_unknown_prices_last_whichever_way_round() {
        let all = |sort: &str| {
            shown(OfferQueryInput {
                accelerator: Some("H100".into()),
                sort: Some(sort.into()),
                ..Default::default()
            })
        };
        assert_eq!(all("price"), ["H100 lambda", "H100 aws", "H100 gcp"]);
        assert_eq!(all("-price"), ["H100 aws", "H100 lambda", "H100 gcp"]);
    }

    #[test]
    fn every_word_of_a_search_has_to_be_found() {
        let search = |text: &str| {
            shown(OfferQueryInput {
                search: Some(text.into()),
                ..Default::default()
            })
        };
        assert_eq!(search("h100 LAMBDA"), ["H100 lambda"]);
        assert!(search("h100 mars").is_empty());
    }
}
