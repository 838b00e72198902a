//! Where: the cheapest place, a cloud, or a region of it. One choice, so that no pair can be chosen that does not exist.

use domain::node::catalogue::{AcceleratorSummary, cloud_title};
use leptos::prelude::*;

use super::draft::find;
use super::state::OrderState;
use crate::nodes::api::Place;
use crate::nodes::words::per_hour;
use crate::ui::Field;

/// A cloud and its places as the select shows them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    cloud: String,
    /// Value and label.
    regions: Vec<(String, String)>,
}

/// A select with the regions grouped by cloud, each with its price.
#[component]
pub fn LocationField(state: OrderState, accelerators: Vec<AcceleratorSummary>) -> impl IntoView {
    let accelerators = StoredValue::new(accelerators);
    let asked = state.now("location");
    let groups = Memo::new(move |_| {
        let (name, spot) = state
            .draft
            .with(|draft| (draft.accelerator_name().to_owned(), draft.is_spot()));
        let places = state.quoted.with(|answer| {
            answer
                .said
                .as_ref()
                .map(|quoted| quoted.places.clone())
                .unwrap_or_default()
        });
        let clouds = accelerators.with_value(|all| clouds(all, &name));
        with_asked(groups(&places, &clouds, spot), &asked)
    });
    let options = move || {
        // Options that are made anew know what is chosen; a choice alone makes none anew.
        let chosen = state.now("location");
        let option = move |value: String, label: String, chosen: &str| {
            let selected = value == chosen;
            view! {
                <option value=value selected=selected>
                    {label}
                </option>
            }
        };
        let groups = groups.get().into_iter().map(|group| {
            let title = cloud_title(&group.cloud);
            let whole = option(
                group.cloud,
                format!("{title}, wherever it is cheapest there"),
                &chosen,
            );
            let regions = group
                .regions
                .into_iter()
                .map(|(value, label)| option(value, label, &chosen))
                .collect_view();
            view! { <optgroup label=title>{whole} {regions}</optgroup> }
        });
        groups.collect_view()
    };
    let anywhere = state.now("location").is_empty();
    let error = state.error("location");
    view! {
        <Field
            id="location"
            label="Where"
            hint=|| "Your tenant's clouds. When a place has none left, the next cheapest is tried."
            error=error
        >
            <select
                id="location"
                name="draft[location]"
                class="control"
                aria-describedby="location-hint location-message"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                on:change=move |event| state.set("location", event_target_value(&event))
            >
                <option value="" selected=anywhere>
                    "Cheapest, wherever that is"
                </option>
                {options}
            </select>
        </Field>
    }
    .into_any()
}

/// Places by cloud, the cloud with the cheapest first. Where places are not known, the clouds alone.
fn groups(places: &[Place], clouds: &[String], spot: bool) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for place in places {
        let price = if spot {
            place.spot_price_per_hour
        } else {
            place.price_per_hour
        };
        let title = cloud_title(&place.cloud);
        let label = match price {
            None if spot => format!("{title} {} · not as spot", place.region),
            price => format!("{title} {} · {}", place.region, per_hour(price)),
        };
        let region = (format!("{}/{}", place.cloud, place.region), label);
        match groups.iter_mut().find(|group| group.cloud == place.cloud) {
            Some(group) => group.regions.push(region),
            None => groups.push(Group {
                cloud: place.cloud.clone(),
                regions: vec![region],
            }),
        }
    }
    if groups.is_empty() {
        groups = clouds
            .iter()
            .map(|cloud| Group {
                cloud: cloud.clone(),
                regions: Vec::new(),
            })
            .collect();
    }
    groups
}

/// What the address asks for can be chosen in any case, to be judged.
fn with_asked(mut groups: Vec<Group>, asked: &str) -> Vec<Group> {
    if asked.is_empty() {
        return groups;
    }
    let (cloud, region) = asked.split_once('/').unwrap_or((asked, ""));
    let at = groups.iter().position(|group| group.cloud == cloud);
    let at = at.unwrap_or_else(|| {
        groups.push(Group {
            cloud: cloud.to_owned(),
            regions: Vec::new(),
        });
        groups.len() - 1
    });
    let regions = &mut groups[at].regions;
    if !region.is_empty() && !regions.iter().any(|(value, _)| value == asked) {
        regions.push((asked.to_owned(), region.to_owned()));
    }
    groups
}

fn clouds(accelerators: &[AcceleratorSummary], name: &str) -> Vec<String> {
    let mut clouds: Vec<String> = match find(accelerators, name) {
        Some(accelerator) => accelerator.clouds.clone(),
        None => accelerators
            .iter()
            .flat_map(|accelerator| accelerator.clouds.iter().cloned())
            .collect(),
    };
    clouds.sort_unstable();
    clouds.dedup();
    clouds
}

#[cfg(test)]
mod tests {
    use domain::money::MicroDollars;

    use super::*;

    fn place(cloud: &str, region: &str, spot: Option<i64>) -> Place {
        Place {
            cloud: cloud.into(),
            region: region.into(),
            price_per_hour: Some(MicroDollars(2_990_000)),
            spot_price_per_hour: spot.map(MicroDollars),
        }
    }

    #[test]
    fn places_stand_under_their_cloud_with_the_price_that_counts() {
        let places = [
            place("lambda", "us-south-1", None),
            place("aws", "us-east-1", Some(1_000_000)),
            place("lambda", "us-west-1", None),
        ];
        let groups = groups(&places, &[], true);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].regions[1].0, "lambda/us-west-1");
        assert_eq!(groups[0].regions[0].1, "Lambda us-south-1 · not as spot");
        assert_eq!(groups[1].regions[0].1, "AWS us-east-1 · $1.00/h");
    }

    #[test]
    fn a_region_that_the_address_asks_for_is_there_to_be_judged() {
        let groups = with_asked(
            groups(&[place("aws", "us-east-1", None)], &[], false),
            "aws/mars-1",
        );
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].regions[1].0, "aws/mars-1");
    }
}
