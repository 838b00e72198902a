//! Price, cheapest locations, and the task that SkyPilot will get. Stays in view beside the form.

use domain::node::catalogue::{Offer, cloud_title};
use domain::node::order::Quote;
use domain::problem::Problem;
use leptos::prelude::*;

use super::draft::Draft;
use crate::nodes::quantity::per_hour;
use crate::resource::form::{CopyAsCurl, hours};
use crate::routes;
use crate::ui::{Card, Code, Fact, Facts};

const OFFERS: usize = 3;
const NO_PRICE: &str = "Price unknown";

/// What the node costs, or why that is not known.
#[derive(Clone, Debug)]
pub struct Price {
    pub amount: String,
    note: String,
    spot: bool,
}

impl Price {
    pub fn of(quoted: &Result<Quote, Problem>, draft: &Draft) -> Self {
        let quote = match quoted {
            Ok(quote) => quote,
            Err(problem) => {
                return Self {
                    amount: NO_PRICE.to_owned(),
                    note: problem.detail.clone(),
                    spot: false,
                };
            }
        };
        let cheapest = quote.offers.first();
        let spot = if draft.is_own_task() {
            // Only the task's YAML says whether it is a spot machine.
            cheapest.is_some_and(|offer| quote.price_per_hour == offer.spot_price_per_hour)
        } else {
            draft.is_spot()
        };
        let kind = if spot { "spot" } else { "on demand" };
        let (amount, note) = match (quote.price_per_hour, cheapest) {
            (Some(price), Some(offer)) => {
                let place = format!("{} {}", cloud_title(&offer.cloud), offer.region);
                let machine = offer.accelerators();
                // The price counts up to the most expensive offer, which SkyPilot uses if the others have no capacity.
                match offer.price(spot).filter(|lowest| *lowest < price) {
                    Some(lowest) => (
                        format!("up to {price}/h"),
                        format!("{machine}, {kind}, from {lowest}/h in {place}"),
                    ),
                    None => (
                        format!("{price}/h"),
                        format!("{machine}, {kind}, cheapest in {place}"),
                    ),
                }
            }
            (Some(price), None) => (
                format!("{price}/h"),
                "for the resources of your task".to_owned(),
            ),
            (None, Some(offer)) => (
                NO_PRICE.to_owned(),
                format!("The cloud publishes no price for {}.", offer.accelerators()),
            ),
            (None, None) if draft.is_own_task() => (
                NO_PRICE.to_owned(),
                "No offer in the catalogue matches the task.".to_owned(),
            ),
            (None, None) => (
                "—".to_owned(),
                "Choose an accelerator and a location that offers it.".to_owned(),
            ),
        };
        Self { amount, note, spot }
    }
}

#[component]
pub fn Summary(
    quote: Quote,
    draft: Draft,
    price: Price,
    /// The usage of the environment's limits with this node in it.
    usage_after: Option<String>,
    /// The same request as a command.
    curl: Option<String>,
    /// The buttons.
    children: Children,
) -> impl IntoView {
    let lifetime = match (hours::<u32>(&draft.time_to_live_hours), quote.until_end) {
        (Some(hours), Some(amount)) => format!("{amount} for {hours} hours"),
        (Some(_), None) => "—".to_owned(),
        (None, _) => "runs until deleted".to_owned(),
    };
    let month = quote
        .per_month
        .map_or_else(|| "—".to_owned(), |amount| amount.to_string());
    let usage_after = usage_after.map(|usage| view! { <Fact name="Usage after">{usage}</Fact> });
    let offers = (!quote.offers.is_empty()).then(|| {
        view! { <Offers offers=quote.offers spot=price.spot /> }
    });
    let task = match quote.task_yaml {
        Some(yaml) => view! { <Code label="Task YAML" text=yaml capped=true /> }.into_any(),
        None => view! {
            <p class="text-muted">"The task is shown when every field is valid."</p>
        }
        .into_any(),
    };
    let curl = curl.map(|command| view! { <CopyAsCurl command=command /> });
    view! {
        <div id="summary" class="grid grid-cols-1 gap-3.5 min-w-0 scroll-mt-16 lg:sticky lg:top-5">
            <Card title="Summary">
                <p class="text-figure font-semibold tabular-nums" aria-live="polite" data-testid="price">
                    {price.amount}
                </p>
                <p class="text-muted">{price.note}</p>
                <hr class="border-t border-line my-3" />
                <Facts>
                    <Fact name="Lifetime">{lifetime}</Fact>
                    <Fact name="Per month (730 h)">{month}</Fact>
                    {usage_after}
                </Facts>
                {offers}
                <hr class="border-t border-line my-3" />
                {children()}
            </Card>
            <Card title="SkyPilot task">{task} {curl}</Card>
        </div>
    }
    .into_any()
}

/// The price at the bottom of a screen that is too narrow for the summary beside the form.
#[component]
pub fn PriceBar(price: String) -> impl IntoView {
    view! {
        <p class="flex items-center justify-between gap-3 sticky bottom-0 -mx-4 px-4 py-2.5 bg-surface border-t border-line lg:hidden">
            <span class="font-semibold tabular-nums">{price}</span>
            <a href="#summary" class="link whitespace-nowrap">
                "Summary"
            </a>
        </p>
    }
}

#[component]
fn Offers(offers: Vec<Offer>, spot: bool) -> impl IntoView {
    let all = offers.get(OFFERS).map(|offer| {
        let count = offer.count.to_string();
        let query = [
            ("accelerator", offer.accelerator.as_str()),
            ("count", &count),
        ];
        let href = routes::with_query(routes::CATALOGUE, query);
        view! {
            <p class="text-small mt-1.5">
                // In a new tab: what is typed here stays.
                <a class="link" href=href target="_blank">
                    "Show all in the catalogue"
                </a>
            </p>
        }
    });
    let row = |offer: Offer| {
        let price = per_hour(offer.price(spot));
        view! {
            <li class="flex justify-between gap-4">
                <span class="min-w-0 break-words">
                    {format!("{} {} ", cloud_title(&offer.cloud), offer.region)}
                    <small class="text-faint">{offer.instance_type}</small>
                </span>
                <span class="tabular-nums whitespace-nowrap">{price}</span>
            </li>
        }
    };
    view! {
        <hr class="border-t border-line my-3" />
        <p class="font-semibold mb-1.5">"Cheapest offers"</p>
        <ol class="grid gap-1.5" aria-label="Cheapest offers">
            {offers.into_iter().take(OFFERS).map(row).collect_view()}
        </ol>
        {all}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::problem::ProblemKind;

    #[test]
    fn a_price_that_is_not_known_is_not_zero() {
        let failed = Err(Problem::new(ProblemKind::Unavailable, "No prices yet."));
        let price = Price::of(&failed, &Draft::default());
        assert_eq!(
            (price.amount.as_str(), price.note.as_str()),
            (NO_PRICE, "No prices yet.")
        );
        let nothing_chosen = Price::of(&Ok(Quote::default()), &Draft::default());
        assert!(!nothing_chosen.amount.contains('0'));
    }
}
