//! The cost of each day as bars, drawn on the server, with the same figures as a table.

use domain::money::MicroDollars;
use domain::usage_report::UsageDay;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use leptos::prelude::*;

use crate::ui::{Cell, Column, Row, Table};

/// In the units of the picture.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 150.0;
/// Below the bars, for the days.
const FOOT: f64 = 18.0;
/// Left of the bars, for the amounts.
const MARGIN: f64 = 64.0;

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
    let step = (WIDTH - MARGIN) / slots as f64;
    let bars = days.iter().enumerate().map(|(place, day)| {
        let height = HEIGHT * day.cost.0 as f64 / top.0 as f64;
        let x = MARGIN + step * place as f64;
        let title = format!("{}: {}", date(day), day.cost);
        view! {
            <rect
                x=decimal(x + step * 0.12)
                y=decimal(HEIGHT - height)
                width=decimal(step * 0.76)
                height=decimal(height)
                rx="2"
                fill="currentColor"
            >
                <title>{title}</title>
            </rect>
        }
    });
    let lines = [0.0, 0.5, 1.0].map(|share| {
        let y = HEIGHT * (1.0 - share);
        let amount = MicroDollars((top.0 as f64 * share) as i64).to_string();
        view! {
            <line x1=decimal(MARGIN) x2=decimal(WIDTH) y1=decimal(y) y2=decimal(y) stroke="currentColor" stroke-width="1" class="text-line"></line>
            <text x=decimal(MARGIN - 6.0) y=decimal(y + 4.0) text-anchor="end" font-size="11" fill="currentColor" class="text-faint">
                {amount}
            </text>
        }
    });
    let marks = days.first().map(|first| marks(date(first), slots, step));
    let rows: Vec<_> = days.iter().rev().map(row).collect();
    let total = days.iter().map(|day| day.cost).sum::<MicroDollars>();
    let label = format!("Cost by day, {total} in total. The table below has the figures.");
    view! {
        <svg
            role="img"
            aria-label=label
            viewBox=format!("0 -8 {WIDTH} {}", HEIGHT + FOOT + 8.0)
            width="100%"
            class="text-accent"
        >
            {lines.into_iter().collect_view()}
            {bars.collect_view()}
            {marks}
        </svg>
        <details class="mt-2">
            <summary class="text-small text-muted">"Figures by day"</summary>
            <Table caption="Cost by day" columns=COLUMNS rows=rows />
        </details>
    }
    .into_any()
}

fn row(day: &UsageDay) -> AnyView {
    let (date, hours, cost) = (
        date(day).to_string(),
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
        let x = MARGIN + step * (place as f64 + 0.5);
        view! {
            <text x=decimal(x) y=decimal(HEIGHT + 14.0) text-anchor="middle" font-size="11" fill="currentColor" class="text-faint">
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
        let span = date(first).until(last).ok()?;
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

fn date(day: &UsageDay) -> Date {
    day.begins.to_zoned(TimeZone::UTC).date()
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
