//! One entry in full.

use domain::audit::{AuditChange, AuditRow};
use leptos::prelude::*;

use super::address::AuditAddress;
use super::rows::{channel_words, outcome_badge};
use crate::routes;
use crate::ui::{Card, Cell, Fact, Facts, HeaderCell, RelativeTime, Row, Table, exact};

/// Everything that is known of it, what changed, and the way to more of the same.
#[component]
pub fn Entry(row: AuditRow, here: AuditAddress) -> impl IntoView {
    let close = here.with_entry("");
    let close = move || {
        view! {
            <a href=close class="link">
                "Close"
            </a>
        }
    };
    let sentence = format!("{} {} {}", row.who, row.did, row.target_name);
    let person = row.user_id.map(|id| {
        view! {
            <a href=here.of_person(&id.to_string()) class="link">
                "Everything by this person"
            </a>
        }
    });
    let about = (!row.target.is_empty()).then(|| {
        view! {
            <a href=here.about(&row.target) class="link">
                "Everything about this"
            </a>
        }
    });
    let thing = thing(&row.target).map(|href| {
        view! {
            <a href=href class="link">
                "Its page"
            </a>
        }
    });
    let changes = (!row.changes.is_empty()).then(|| changes(row.changes));
    let at = row.at;
    view! {
        <div class="mb-4">
            <Card title=format!("Entry {}", row.sequence) aside=close>
                <p class="mb-3 font-semibold break-words">{sentence}</p>
                <Facts>
                    <Fact name="When">{exact(at)} " (" <RelativeTime at=at /> ")"</Fact>
                    <Fact name="Outcome">{outcome_badge(row.outcome)}</Fact>
                    {row.detail.map(|detail| view! { <Fact name="Detail">{detail}</Fact> })}
                    <Fact name="How">{channel_words(&row.channel)}</Fact>
                    <Fact name="From">{row.source.unwrap_or_else(|| "—".to_owned())}</Fact>
                    <Fact name="Tenant">
                        {row.tenant.map_or_else(|| "—".to_owned(), |tenant| tenant.name)}
                    </Fact>
                    <Fact name="Action">
                        <code>{row.action}</code>
                    </Fact>
                    <Fact name="Target">
                        <code class="break-all">{row.target}</code>
                    </Fact>
                    <Fact name="Hash">
                        <code class="break-all">{row.hash}</code>
                    </Fact>
                </Facts>
                <div class="flex flex-wrap gap-4 mt-3 empty:hidden">{thing} {about} {person}</div>
            </Card>
            {changes}
        </div>
    }
    .into_any()
}

fn changes(changes: Vec<AuditChange>) -> impl IntoView {
    let head = || {
        view! {
            <HeaderCell>"Field"</HeaderCell>
            <HeaderCell>"Before"</HeaderCell>
            <HeaderCell>"After"</HeaderCell>
        }
        .into_any()
    };
    let row = |change: AuditChange| {
        view! {
            <Row>
                <Cell wide_on_phone=true>
                    <code>{change.field}</code>
                </Cell>
                <Cell>
                    <span class="text-faint md:hidden">"before "</span>
                    {shown(change.before)}
                </Cell>
                <Cell>
                    <span class="text-faint md:hidden">"after "</span>
                    {shown(change.after)}
                </Cell>
            </Row>
        }
    };
    view! {
        <section
            aria-label="What changed"
            class="mt-3.5 bg-surface border border-line rounded-card shadow-card"
        >
            <Table caption="What changed" head=Box::new(head)>
                {changes.into_iter().map(row).collect_view()}
            </Table>
        </section>
    }
}

fn shown(value: Option<String>) -> impl IntoView {
    match value {
        Some(value) => view! { <span class="break-words">{value}</span> }.into_any(),
        None => view! { <span class="text-faint">"nothing"</span> }.into_any(),
    }
}

/// The page of what it was done to, if it has one.
fn thing(target: &str) -> Option<String> {
    match target.split_once('/')? {
        ("cluster", id) => id.parse().ok().map(routes::cluster),
        ("node", id) => id.parse().ok().map(routes::node),
        _ => None,
    }
}
