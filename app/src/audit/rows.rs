//! The entries as a table.

use domain::audit::{AuditOutcome, AuditRow};
use leptos::prelude::*;

use super::list::{NoEntries, with_entry};
use crate::page::Rendering;
use crate::ui::{Badge, Cell, Column, RelativeTime, Row, Table, Tone};

const COLUMNS: &[Column] = &[
    Column::text("Action"),
    Column::text("Time"),
    Column::text("User"),
    Column::text("Tenant"),
    Column::text("Outcome"),
];

/// Newest first, each with a link that opens it.
#[component]
pub fn Entries(rows: Vec<AuditRow>) -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    let row = move |row: AuditRow| {
        let id = row.id.to_string();
        let open = address.get("entry") == Some(id.as_str());
        let href = with_entry(&address, &id).to_string();
        view! {
            <Row id=format!("entry-{id}")>
                <Cell wide_on_small=true>
                    <a
                        href=href
                        aria-current=open.then_some("true")
                        class="block break-words hover:underline"
                    >
                        <span class="text-muted">{row.did}</span>
                        " "
                        <span class="font-semibold">{row.target_name}</span>
                    </a>
                    <small class="block text-faint break-words">{row.detail}</small>
                </Cell>
                <Cell>
                    <span class="text-muted whitespace-nowrap">
                        <RelativeTime at=row.at />
                    </span>
                </Cell>
                <Cell>
                    <span class="block break-words">{row.who}</span>
                    <small class="block text-faint">{channel_title(&row.channel)}</small>
                </Cell>
                <Cell not_on_small=true>
                    <span class="text-muted break-words">{row.tenant.map(|tenant| tenant.name)}</span>
                </Cell>
                <Cell>
                    <OutcomeBadge outcome=row.outcome />
                    {(row.times > 1)
                        .then(|| view! { <small class="block text-faint">{format!("{} times", row.times)}</small> })}
                </Cell>
            </Row>
        }
        .into_any()
    };
    let rows = rows.into_iter().map(row).collect::<Vec<_>>();
    view! {
        <Table
            caption="Entries of the audit log, newest first"
            columns=COLUMNS
            rows=rows
            empty=|| view! { <NoEntries /> }
        />
    }
}

#[component]
pub fn OutcomeBadge(outcome: AuditOutcome) -> impl IntoView {
    let tone = match outcome {
        AuditOutcome::Done => Tone::Idle,
        AuditOutcome::Refused => Tone::Busy,
        AuditOutcome::Failed => Tone::Bad,
    };
    view! { <Badge tone=tone label=outcome.title() /> }
}

/// How the request reached the portal.
pub fn channel_title(channel: &str) -> String {
    match channel {
        "session" => "browser",
        "api_token" => "API token",
        "claim" => "sign-in",
        other => return other.replace('_', " "),
    }
    .to_owned()
}
