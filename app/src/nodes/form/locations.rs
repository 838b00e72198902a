//! Where the chosen machine is offered, and at what price.

use domain::caller::Caller;
use domain::node::catalogue::{Offer, OfferQueryInput, cloud_title};
use domain::node::order::NodeOrderOptions;
use provisioning::nodes::Nodes;

use super::accelerators::{clouds, find};
use super::draft::Draft;
use crate::nodes::quantity::per_hour;
use crate::resource::form::split_place;
use crate::ui::Choice;

/// An offer for every region that has the machine in `draft`, cheapest first. Empty if the catalogue cannot be read; the
/// quote has the reason.
pub async fn locations(
    nodes: &Nodes,
    caller: &Caller,
    options: &NodeOrderOptions,
    draft: &Draft,
) -> Vec<Offer> {
    let accelerator = find(&options.accelerators, draft.accelerator_name());
    let (Some(accelerator), false) = (accelerator, draft.is_own_task()) else {
        return Vec::new();
    };
    let (tenant, environment) = split_place(&draft.place);
    let query = OfferQueryInput {
        accelerator: Some(accelerator.name.clone()),
        count: Some(draft.count.clone()),
        tenant: Some(tenant.to_owned()),
        environment: Some(environment.to_owned()),
        per_page: Some("200".to_owned()),
        ..OfferQueryInput::default()
    };
    let Ok(query) = query.validate() else {
        return Vec::new();
    };
    let page = nodes.catalogue(caller, query).await;
    page.map(|page| by_region(page.items)).unwrap_or_default()
}

/// Offers come cheapest first: of each region the first one stays, with the lowest spot price of all.
fn by_region(offers: Vec<Offer>) -> Vec<Offer> {
    let mut regions: Vec<Offer> = Vec::new();
    for offer in offers {
        match regions
            .iter_mut()
            .find(|found| value(found) == value(&offer))
        {
            Some(found) => {
                let prices = found.spot_price_per_hour.into_iter();
                found.spot_price_per_hour = prices.chain(offer.spot_price_per_hour).min();
            }
            None => regions.push(offer),
        }
    }
    regions
}

/// The value of a region in the form.
fn value(offer: &Offer) -> String {
    format!("{}/{}", offer.cloud, offer.region)
}

/// Whether an offer is in a location of the form: anywhere, a cloud, or a region.
pub fn is_in(offer: &Offer, location: &str) -> bool {
    location.is_empty() || location == offer.cloud || location == value(offer)
}

/// The choices: the cheapest location, each cloud, each of its regions. A location from the address can always be
/// chosen; the quote validates it.
pub fn choices(locations: &[Offer], options: &NodeOrderOptions, draft: &Draft) -> Vec<Choice> {
    let mut offered: Vec<String> = Vec::new();
    for location in locations {
        if !offered.contains(&location.cloud) {
            offered.push(location.cloud.clone());
        }
    }
    if offered.is_empty() {
        offered = clouds(&options.accelerators, draft.accelerator_name());
    }
    let spot = draft.is_spot();
    let mut choices = vec![Choice::new("", "Cheapest location")];
    for cloud in offered {
        let title = cloud_title(&cloud);
        let mut add = |value: String, label: String| {
            let group = Some(title.clone());
            choices.push(Choice {
                value,
                label,
                group,
            });
        };
        add(cloud.clone(), format!("{title}, cheapest region"));
        for offer in locations.iter().filter(|offer| offer.cloud == cloud) {
            let price = match offer.price(spot) {
                None if spot => "no spot".to_owned(),
                price => per_hour(price),
            };
            add(value(offer), format!("{title} {} · {price}", offer.region));
        }
    }
    if !choices.iter().any(|choice| choice.value == draft.location) {
        let (cloud, region) = draft
            .location
            .split_once('/')
            .unwrap_or((&draft.location, ""));
        let label = format!("{} {region}", cloud_title(cloud));
        choices.push(Choice::new(&draft.location, label));
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::MicroDollars;
    use jiff::Timestamp;

    fn location(cloud: &str, region: &str, spot: Option<i64>) -> Offer {
        Offer {
            accelerator: "H100".into(),
            count: 1,
            device_memory_gib: None,
            cloud: cloud.into(),
            region: region.into(),
            instance_type: "m".into(),
            vcpus: None,
            memory_gib: None,
            price_per_hour: Some(MicroDollars(2_990_000)),
            spot_price_per_hour: spot.map(MicroDollars),
        }
    }

    fn shown(locations: &[Offer], draft: Draft) -> Vec<(String, String)> {
        let options = NodeOrderOptions {
            tenants: Vec::new(),
            quotas: Vec::new(),
            accelerators: Vec::new(),
            read_at: None,
            now: Timestamp::UNIX_EPOCH,
            idempotency_key: String::new(),
        };
        let choices = choices(locations, &options, &draft);
        let pair = |choice: Choice| (choice.value, choice.label);
        choices.into_iter().map(pair).collect()
    }

    #[test]
    fn regions_follow_their_cloud_with_the_price_that_counts() {
        let locations = [
            location("lambda", "us-south-1", None),
            location("aws", "us-east-1", Some(1_000_000)),
            location("lambda", "us-west-1", None),
        ];
        let draft = Draft {
            spot: "true".into(),
            ..Draft::default()
        };
        let shown = shown(&locations, draft);
        let values: Vec<_> = shown.iter().map(|(value, _)| value.as_str()).collect();
        let expected = [
            "",
            "lambda",
            "lambda/us-south-1",
            "lambda/us-west-1",
            "aws",
            "aws/us-east-1",
        ];
        assert_eq!(values, expected);
        assert!(shown[2].1.ends_with("no spot"), "{}", shown[2].1);
        assert!(shown[5].1.ends_with("$1.00/h"), "{}", shown[5].1);
    }

    #[test]
    fn a_region_that_the_address_asks_for_can_be_chosen() {
        let draft = Draft {
            location: "aws/mars-1".into(),
            ..Draft::default()
        };
        let shown = shown(&[location("aws", "us-east-1", None)], draft);
        assert_eq!(shown.last().unwrap().0, "aws/mars-1");
    }

    #[test]
    fn a_region_has_the_lowest_spot_price_of_its_offers() {
        let offers = [None, Some(2), Some(1)].map(|spot| location("aws", "us-east-1", spot));
        let regions = by_region(offers.to_vec());
        assert_eq!(regions.len(), 1);
        assert_eq!(regions[0].spot_price_per_hour, Some(MicroDollars(1)));
    }
}
