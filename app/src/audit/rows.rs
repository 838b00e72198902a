//! The entries as a table.

use domain::audit::{AuditOutcome, AuditRow};
use leptos::prelude::*;

use super::address::AuditAddress;
use crate::ui::{Badge, Cell, HeaderCell, RelativeTime, Row, Table, Tone};

/// Newest first; each opens.
#[component]
pub fn Entries(rows: Vec<AuditRow>, here: AuditAddress) -> impl IntoView {
    let head = || {
        view! {
            <HeaderCell>"What"</HeaderCell>
            <HeaderCell>"When"</HeaderCell>
            <HeaderCell>"Who"</HeaderCell>
            <HeaderCell>"Tenant"</HeaderCell>
            <HeaderCell>"Outcome"</HeaderCell>
        }
        .into_any()
    };
    let row = move |row: AuditRow| {
        let id = row.id.to_string();
        let open = id == here.entry;
        let href = here.with_entry(&id);
        view! {
            <Row>
                <Cell wide_on_phone=true>
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
                    <small class="block text-faint">{channel_words(&row.channel)}</small>
                </Cell>
                <Cell not_on_phone=true>
                    <span class="text-muted break-words">{row.tenant.map(|tenant| tenant.name)}</span>
                </Cell>
                <Cell>{outcome_badge(row.outcome)}</Cell>
            </Row>
        }
    };
    view! {
        <Table caption="Entries of the audit log, newest first" head=Box::new(head)>
            {rows.into_iter().map(row).collect_view()}
        </Table>
    }
    .into_any()
}

/// How it went.
pub fn outcome_badge(outcome: AuditOutcome) -> impl IntoView {
    let tone = match outcome {
        AuditOutcome::Done => Tone::Idle,
        AuditOutcome::Refused => Tone::Busy,
        AuditOutcome::Failed => Tone::Bad,
    };
    view! { <Badge tone=tone label=outcome.title() /> }
}

/// The way it came in.
pub fn channel_words(channel: &str) -> String {
    match channel {
        "session" => "in the browser",
        "api_token" => "with an API token",
        "portal" => "by itself",
        "command_line" => "on the command line",
        "client_certificate" => "with a client certificate",
        "credential_handle" => "with a credential handle",
        other => return other.replace('_', " "),
    }
    .to_owned()
}
