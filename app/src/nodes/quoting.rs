//! The server's side of the order form: what a draft would come to, and the way back to the form.

use domain::caller::Caller;
use domain::node::catalogue::{Offer, OfferQuery, OfferSort};
use domain::node::order::NodeOrderInput;
use domain::problem::{Problem, ProblemKind};
use provisioning::nodes::Nodes;

use super::api::{Place, Quoted};
use super::new::Draft;

/// As much as an address may have: `http` takes 65,534 bytes, and proxies rather less.
const LONGEST_ADDRESS: usize = 60_000;

/// What `draft` would come to, and the places that have the same machine.
pub async fn quote(nodes: &Nodes, caller: &Caller, draft: &Draft) -> Result<Quoted, Problem> {
    if let Some(error) = draft.missing() {
        let mut quoted = Quoted::default();
        quoted.quote.errors.push(error);
        return Ok(quoted);
    }
    let input = draft.to_input();
    let places = if draft.is_own_task() {
        Vec::new()
    } else {
        places(nodes, caller, &input).await.unwrap_or_default()
    };
    Ok(Quoted {
        quote: nodes.quote(caller, input).await?,
        places,
    })
}

/// Each place that has as many of the accelerator, with its cheapest prices. They are a proposal: where they cannot be
/// had, the quote says why.
async fn places(
    nodes: &Nodes,
    caller: &Caller,
    input: &NodeOrderInput,
) -> Result<Vec<Place>, Problem> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let query = OfferQuery {
        search: String::new(),
        accelerator: some(&input.accelerator),
        cloud: None,
        count: input.count.and_then(|count| u32::try_from(count).ok()),
        tenant: some(&input.tenant),
        environment: some(&input.environment),
        sort: OfferSort::Price,
        descending: false,
        page: 1,
        per_page: 200,
    };
    if query.accelerator.is_none() {
        return Ok(Vec::new());
    }
    let page = nodes.catalogue(caller, query.clone()).await?;
    // The catalogue takes a name as it is; people capitalise as they like.
    let named = page
        .accelerators
        .iter()
        .find(|accelerator| accelerator.name.eq_ignore_ascii_case(&input.accelerator));
    let items = match named {
        Some(named) if named.name != input.accelerator => {
            let query = OfferQuery {
                accelerator: Some(named.name.clone()),
                ..query
            };
            nodes.catalogue(caller, query).await?.items
        }
        _ => page.items,
    };
    Ok(by_place(items))
}

/// Offers come cheapest first, so the first of a place has its cheapest price on demand.
fn by_place(offers: Vec<Offer>) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for offer in offers {
        let known = places
            .iter_mut()
            .find(|place| place.cloud == offer.cloud && place.region == offer.region);
        match known {
            Some(place) => {
                let spot = place.spot_price_per_hour.into_iter();
                place.spot_price_per_hour = spot.chain(offer.spot_price_per_hour).min();
            }
            None => places.push(Place {
                cloud: offer.cloud,
                region: offer.region,
                price_per_hour: offer.price_per_hour,
                spot_price_per_hour: offer.spot_price_per_hour,
            }),
        }
    }
    places
}

/// The address of the form with what was typed. What has to go round by the sign-in, or is longer than addresses may
/// be, leaves the scripts behind, and `problem` says so.
pub fn way_back(draft: &Draft, problem: Option<&mut Problem>) -> String {
    let address = draft.address();
    let signed_out = problem
        .as_ref()
        .is_some_and(|problem| problem.kind == ProblemKind::Unauthenticated);
    if !signed_out && address.len() <= LONGEST_ADDRESS {
        return address;
    }
    if let (Some(problem), false) = (problem, signed_out) {
        problem.next_step = Some(
            "Your commands are too long to be sent back here without a script. Go back in your \
             browser: there they are still in the form."
                .to_owned(),
        );
    }
    draft.short_address()
}
