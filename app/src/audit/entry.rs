//! One entry with all its fields.

use domain::audit::{AuditChange, AuditRow};
use leptos::prelude::*;

use super::list::with_entry;
use super::rows::{OutcomeBadge, channel_title};
use crate::page::Rendering;
use crate::routes;
use crate::ui::{Card, Cell, Column, Fact, Facts, RelativeTime, Row, Table, exact};

const COLUMNS: &[Column] = &[
    Column::text("Field"),
    Column::text("Before"),
    Column::text("After"),
];

#[component]
pub fn Entry(row: AuditRow) -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    let link = |href: String, label: &'static str| {
        view! {
            <a href=href class="link">
                {label}
            </a>
        }
    };
    let filtered = |name: &str, value: &str| routes::with_query(&address.path, [(name, value)]);
    let close = link(with_entry(&address, "").to_string(), "Close");
    let summary = format!("{} {} {}", row.who, row.did, row.target_name);
    let target = target_page(&row.target).map(|href| link(href, "Show target"));
    let of_target = (!row.target.is_empty())
        .then(|| link(filtered("target", &row.target), "Entries of this target"));
    let of_user = row
        .user_id
        .map(|id| link(filtered("user", &id.to_string()), "Entries of this user"));
    let changes = (!row.changes.is_empty()).then(|| changes(row.changes));
    let none = || "—".to_owned();
    let repeated = row.last_at.filter(|_| row.times > 1).map(|last_at| {
        view! {
            <Fact name="Repeated">
                {format!("{} times until ", row.times)} <RelativeTime at=last_at />
            </Fact>
        }
    });
    view! {
        <div class="mb-4">
            <Card title=format!("Entry {}", row.sequence) aside=move || close>
                <p class="mb-3 font-semibold break-words">{summary}</p>
                <Facts>
                    <Fact name="Time">{exact(row.at)} " (" <RelativeTime at=row.at /> ")"</Fact>
                    <Fact name="Outcome">
                        <OutcomeBadge outcome=row.outcome />
                    </Fact>
                    {repeated}
                    {row.detail.map(|detail| view! { <Fact name="Detail">{detail}</Fact> })}
                    <Fact name="Channel">{channel_title(&row.channel)}</Fact>
                    <Fact name="Source">{row.source.unwrap_or_else(none)}</Fact>
                    <Fact name="Tenant">{row.tenant.map_or_else(none, |tenant| tenant.name)}</Fact>
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
                <div class="flex flex-wrap gap-4 mt-3 empty:hidden">{target} {of_target} {of_user}</div>
            </Card>
            {changes}
        </div>
    }
    .into_any()
}

fn changes(changes: Vec<AuditChange>) -> impl IntoView {
    let row = |change: AuditChange| {
        view! {
            <Row>
                <Cell wide_on_small=true>
                    <code>{change.field}</code>
                </Cell>
                <Cell>
                    <span class="text-faint lg:hidden">"before "</span>
                    {value(change.before)}
                </Cell>
                <Cell>
                    <span class="text-faint lg:hidden">"after "</span>
                    {value(change.after)}
                </Cell>
            </Row>
        }
        .into_any()
    };
    let rows = changes.into_iter().map(row).collect::<Vec<_>>();
    view! {
        <section
            aria-label="Changes"
            class="mt-3.5 bg-surface border border-line rounded-card shadow-card"
        >
            <Table caption="Changes" columns=COLUMNS rows=rows />
        </section>
    }
}

fn value(value: Option<String>) -> impl IntoView {
    match value {
        Some(value) => view! { <span class="break-words">{value}</span> }.into_any(),
        None => view! { <span class="text-faint">"none"</span> }.into_any(),
    }
}

fn target_page(target: &str) -> Option<String> {
    match target.split_once('/')? {
        ("cluster", id) => id.parse().ok().map(routes::cluster),
        ("node", id) => id.parse().ok().map(routes::node),
        _ => None,
    }
}
