//! The cost of each day as bars, drawn on the server, with the same figures as a table.

use domain::money::MicroDollars;
use domain::usage_report::{UsageDay, day_of};
use jiff::civil::Date;
use leptos::prelude::*;

use crate::ui::{Cell, Column, Row, Table};

/// Of the bars, in pixels. Places across are percentages, so that text keeps its size on every screen.
const HEIGHT: f64 = 150.0;
/// Below the bars, for the days; and above them, for half of a line of text.
const FOOT: f64 = 20.0;
const HEAD: f64 = 8.0;
const TOTAL: f64 = HEAD + HEIGHT + FOOT;
/// Of the amount at the top: where there are lines.
const SHARES: [f64; 3] = [0.0, 0.5, 1.0];

const COLUMNS: &[Column] = &[
    Column::text("Day"),
    Column::number("Hours"),
    Column::number("Cost"),
];

#[component]
pub fn DailyCost(
    days: Vec<UsageDay>,
    /// The last day of the axis, which may be to come.
    last: Date,
) -> impl IntoView {
    let top = scale(days.iter().map(|day| day.cost).max().unwrap_or_default());
    let slots = slots(&days, last);
    let step = 100.0 / slots as f64;
    let bars = days.iter().enumerate().map(|(place, day)| {
        let height = HEIGHT * day.cost.0 as f64 / top.0 as f64;
        let x = step * (place as f64 + 0.12);
        let title = format!("{}: {}", day_of(day.begins), day.cost);
        view! {
            <rect
                x=percent(x)
                y=decimal(HEAD + HEIGHT - height)
                width=percent(step * 0.76)
                height=decimal(height)
                rx="2"
                fill="currentColor"
            >
                <title>{title}</title>
            </rect>
        }
    });
    let height_of = |share: f64| HEAD + HEIGHT * (1.0 - share);
    let amounts = SHARES.map(|share| {
        let amount = MicroDollars((top.0 as f64 * share) as i64).to_string();
        view! {
            <text x="0" y=decimal(height_of(share) + 4.0) font-size="11" fill="currentColor">
                {amount}
            </text>
        }
    });
    let lines = SHARES.map(|share| {
        let y = decimal(height_of(share));
        view! {
            <line
                x1="0"
                x2="100%"
                y1=y.clone()
                y2=y
                stroke="currentColor"
                stroke-width="1"
                class="text-line"
            ></line>
        }
    });
    let marks = days
        .first()
        .map(|first| marks(day_of(first.begins), slots, step));
    let rows: Vec<_> = days.iter().rev().map(row).collect();
    let total = days.iter().map(|day| day.cost).sum::<MicroDollars>();
    let label = format!("Cost by day, {total} in total. The table below has the figures.");
    view! {
        <div role="img" aria-label=label class="grid grid-cols-[4rem_minmax(0,1fr)]">
            <svg width="100%" height=TOTAL class="text-faint">
                {amounts.into_iter().collect_view()}
            </svg>
            <svg width="100%" height=TOTAL class="text-accent">
                {lines.into_iter().collect_view()}
                {bars.collect_view()}
                {marks}
            </svg>
        </div>
        <details class="mt-2">
            <summary class="text-small text-muted">"Figures by day"</summary>
            <Table caption="Cost by day" columns=COLUMNS rows=rows />
        </details>
    }
    .into_any()
}

fn row(day: &UsageDay) -> AnyView {
    let (date, hours, cost) = (
        day_of(day.begins).to_string(),
        day.hours.to_string(),
        day.cost.to_string(),
    );
    view! {
        <Row>
            <Cell>{date}</Cell>
            <Cell number=true>{hours}</Cell>
            <Cell number=true>{cost}</Cell>
        </Row>
    }
    .into_any()
}

/// The first day, and up to five after it.
fn marks(first: Date, slots: usize, step: f64) -> impl IntoView {
    let every = slots.div_ceil(6).max(1);
    let mark = move |place: usize| {
        let day = first.saturating_add(jiff::Span::new().days(place as i64));
        view! {
            <text
                x=percent(step * place as f64)
                y=decimal(HEAD + HEIGHT + 15.0)
                font-size="11"
                fill="currentColor"
                class="text-faint"
            >
                {day.strftime("%-d %b").to_string()}
            </text>
        }
    };
    // At the end there is no room.
    let places = (0..slots)
        .step_by(every)
        .filter(|place| place + 1 < slots || slots == 1);
    places.map(mark).collect_view()
}

/// How many days the axis has.
fn slots(days: &[UsageDay], last: Date) -> usize {
    let planned = days.first().and_then(|first| {
        let span = day_of(first.begins).until(last).ok()?;
        usize::try_from(span.get_days() + 1).ok()
    });
    planned.unwrap_or_default().max(days.len()).max(1)
}

/// The amount at the top of the axis: 2, 4 or 10 times a power of ten, so that its half is a round amount too; at least
/// two cents.
fn scale(most: MicroDollars) -> MicroDollars {
    let mut power = 10_000;
    loop {
        for times in [2, 4, 10] {
            if power * times >= most.0 {
                return MicroDollars(power * times);
            }
        }
        power *= 10;
    }
}

fn percent(value: f64) -> String {
    format!("{value:.2}%")
}

fn decimal(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_ends_at_a_round_amount() {
        for (most, top) in [
            (0, 20_000),
            (30_000, 40_000),
            (1_200_000, 2_000_000),
            (2_100_000, 4_000_000),
            (99_000_000, 100_000_000),
        ] {
            assert_eq!(scale(MicroDollars(most)), MicroDollars(top));
        }
    }
}
