//! What one gets: the price, where it is cheapest, and the task that will be sent. Stays in view beside the form.

use domain::node::catalogue::{Offer, cloud_title};
use domain::node::order::Quote;
use domain::time_to_live::TimeToLive;
use leptos::prelude::*;

use super::state::OrderState;
use crate::nodes::words::per_hour;
use crate::routes;
use crate::ui::{Card, Code, Fact, Facts};

/// Where the summary is on the page.
const SUMMARY: &str = "summary";

/// As many offers as are worth comparing.
const OFFERS: usize = 3;

/// Follows the quote. The children are the button and what belongs to it.
#[component]
pub fn Summary(
    state: OrderState,
    /// Whether another quote is on its way.
    asking: ReadSignal<bool>,
    /// The same order as a command.
    curl: Signal<String>,
    children: Children,
) -> impl IntoView {
    let quote = Memo::new(move |_| {
        state
            .quoted
            .with(|answer| answer.said.clone().map(|quoted| quoted.quote))
            .unwrap_or_default()
    });
    let spot = move || state.quoted.with(|answer| answer.draft.is_spot());
    let price = move || per_hour(quote.read().price_per_hour);
    let note = move || {
        state.quoted.with(|answer| match &answer.said {
            Ok(quoted) => note(&quoted.quote, answer.draft.is_own_task(), spot()),
            Err(problem) => problem.detail.clone(),
        })
    };
    let until_end = move || {
        let hours = state
            .quoted
            .with(|answer| answer.draft.to_input().time_to_live_hours);
        let amount = quote.read().until_end;
        match (amount, hours) {
            (Some(amount), Some(hours)) => format!("{amount} for {}", hours_words(hours)),
            (None, None) => "no end".to_owned(),
            _ => "—".to_owned(),
        }
    };
    let per_month = move || {
        let amount = quote.read().per_month;
        amount.map_or_else(|| "—".to_owned(), |amount| amount.to_string())
    };
    let offers = move || {
        let offers = quote.read().offers.clone();
        (!offers.is_empty()).then(|| view! { <Offers offers=offers spot=spot() /> })
    };
    view! {
        <div id=SUMMARY class="grid grid-cols-1 gap-3.5 min-w-0 scroll-mt-16 lg:sticky lg:top-5">
            <Card title="What you get">
                <div aria-busy=move || asking.get().to_string()>
                    <p
                        id="price"
                        class="text-figure font-semibold tabular-nums"
                        aria-live="polite"
                    >
                        {price}
                    </p>
                    <p class="text-muted">{note}</p>
                    <hr class="border-t border-line my-3" />
                    <Facts>
                        <Fact name="Until its end">{until_end}</Fact>
                        <Fact name="In a month">{per_month}</Fact>
                    </Facts>
                    {offers}
                </div>
                <hr class="border-t border-line my-3" />
                {children()}
            </Card>
            <Card title="What SkyPilot will be sent">
                {move || match quote.read().task_yaml.clone() {
                    Some(yaml) => {
                        view! { <Code label="Task in YAML" text=yaml capped=true /> }.into_any()
                    }
                    None => {
                        view! {
                            <p class="text-muted">"Its task is here once nothing is missing and nothing wrong."</p>
                        }
                            .into_any()
                    }
                }}
                <details class="mt-2.5">
                    <summary class="text-muted hover:text-text">"Copy as curl"</summary>
                    <div class="mt-2">
                        <Code label="Request" text=curl capped=true />
                    </div>
                </details>
            </Card>
        </div>
    }
    .into_any()
}

/// The price at the foot of a screen that is too narrow to have the summary beside the form.
#[component]
pub fn PriceBar(state: OrderState) -> impl IntoView {
    let words = move || {
        state.quoted.with(|answer| match &answer.said {
            Ok(quoted) => {
                let hour = per_hour(quoted.quote.price_per_hour);
                match quoted.quote.until_end {
                    Some(amount) => format!("{hour} · {amount} until its end"),
                    None => hour,
                }
            }
            Err(_) => "—".to_owned(),
        })
    };
    view! {
        <p class="flex items-center justify-between gap-3 sticky bottom-0 -mx-4 px-4 py-2.5 bg-surface border-t border-line lg:hidden">
            <span class="font-semibold tabular-nums">{words}</span>
            <a href=format!("#{SUMMARY}") rel="external" class="link whitespace-nowrap">
                "Summary"
            </a>
        </p>
    }
    .into_any()
}

/// The cheapest places, and how many more there are.
#[component]
fn Offers(offers: Vec<Offer>, spot: bool) -> impl IntoView {
    let more = offers.len().saturating_sub(OFFERS);
    let all = offers.first().map(|offer| {
        let count = offer.count.to_string();
        routes::with_query(
            routes::CATALOGUE,
            [
                ("accelerator", offer.accelerator.as_str()),
                ("count", &count),
            ],
        )
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
        <p class="font-semibold mb-1.5">"Cheapest places"</p>
        <ol class="grid gap-1.5" aria-label="Cheapest places">
            {offers.into_iter().take(OFFERS).map(row).collect_view()}
        </ol>
        {(more > 0)
            .then(|| {
                view! {
                    <p class="text-small mt-1.5">
                        // Beside the form, not instead of it: what is typed stays.
                        <a class="link" href=all.unwrap_or_default() target="_blank">
                            "See all in the catalogue"
                        </a>
                    </p>
                }
            })}
    }
    .into_any()
}

/// What the price is about.
fn note(quote: &Quote, own_task: bool, spot: bool) -> String {
    match (quote.offers.first(), quote.price_per_hour) {
        (Some(offer), Some(_)) => {
            let kind = if spot { "as spot" } else { "on demand" };
            format!(
                "{} {kind}, cheapest in {} {}",
                offer.accelerators(),
                cloud_title(&offer.cloud),
                offer.region
            )
        }
        (Some(offer), None) => format!("{}: no price is known", offer.accelerators()),
        (None, Some(_)) => "as your task asks for".to_owned(),
        (None, None) if own_task => "The price of your task is not known.".to_owned(),
        (None, None) => "Choose an accelerator and a place that has it.".to_owned(),
    }
}

fn hours_words(hours: i64) -> String {
    u32::try_from(hours)
        .ok()
        .and_then(|hours| TimeToLive::try_from(hours).ok())
        .map_or_else(|| format!("{hours} hours"), TimeToLive::title)
}
