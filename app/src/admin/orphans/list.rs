//! `/admin/orphans`, and with `?machine=` the form that deletes one of them.

use domain::node::catalogue::cloud_title;
use domain::node::view::Orphan;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::functions::DeleteOrphan;
use crate::form::{ConfirmForm, FormState};
use crate::page::{PageRequest, PageResult, hide_forbidden};
use crate::routes;
use crate::ui::{
    Badge, ButtonKind, Cell, Column, DangerZone, Empty, EmptyState, LinkButton, PageHeader,
    RelativeTime, Row, Table, Tone,
};

const COLUMNS: &[Column] = &[
    Column::text("Machine"),
    Column::text("State in SkyPilot"),
    Column::text("Resources and location"),
    Column::number("Launched"),
    Column::ACTIONS,
];

/// No event stream reports orphans.
const REFRESH_SECONDS: u32 = 15;

pub async fn list(request: PageRequest) -> PageResult {
    let orphans = request.core.nodes.orphans(&request.caller).await;
    let orphans = orphans.map_err(hide_forbidden)?;
    let chosen = request.address.get("machine").unwrap_or_default();
    let chosen = orphans
        .iter()
        .find(|orphan| orphan.machine == chosen && !orphan.going);
    let chosen = chosen.map(|orphan| orphan.machine.clone());
    let form = request.form(DeleteOrphan::url());
    let view = move || {
        let rows = orphans.into_iter().map(row).collect::<Vec<_>>();
        view! {
            <PageHeader
                title="Orphans"
                summary=|| {
                    "Machines of this portal on the SkyPilot API server that belong to no node. They cost money until they are deleted."
                }
            />
            {chosen.map(|machine| view! { <Deletion machine=machine form=form /> })}
            <section
                aria-label="List of orphans"
                class="bg-surface border border-line rounded-card shadow-card"
            >
                <Table caption="Orphans" columns=COLUMNS rows=rows empty=|| view! { <NoOrphans /> } />
            </section>
        }
    };
    Ok(request.show("Orphans", view).refresh_every(REFRESH_SECONDS))
}

/// The form for the chosen machine.
#[component]
fn Deletion(machine: String, form: FormState) -> impl IntoView {
    let cancel = || {
        view! {
            <LinkButton kind=ButtonKind::Quiet href=routes::ORPHANS>
                "Cancel"
            </LinkButton>
        }
    };
    view! {
        <div class="mb-4">
            <DangerZone title=format!("Delete {machine}")>
                <p class="mt-1 mb-4">
                    "The machine and its disk are deleted, with all data and running jobs. This cannot be undone."
                </p>
                <ConfirmForm form=form name=machine.clone() button="Delete machine" cancel=cancel>
                    <input type="hidden" name="machine" value=machine />
                </ConfirmForm>
            </DangerZone>
        </div>
    }
    .into_any()
}

#[component]
fn NoOrphans() -> impl IntoView {
    view! {
        <EmptyState
            why=Empty::NothingYet
            title="No orphans"
            text="Every machine of this portal on the SkyPilot API server belongs to a node. The portal checks about once a minute."
        />
    }
}

fn row(orphan: Orphan) -> AnyView {
    let (tone, state) = state(&orphan);
    let location = orphan
        .place
        .as_deref()
        .map(|place| match place.split_once('/') {
            Some((cloud, region)) => format!("{} {region}", cloud_title(cloud)),
            None => place.to_owned(),
        });
    let launched = match orphan.launched_at {
        Some(at) => view! { <RelativeTime at=at /> }.into_any(),
        None => "—".into_any(),
    };
    let delete = (!orphan.going).then(|| {
        view! {
            <a href=routes::orphan(&orphan.machine) class="text-bad hover:underline">
                "Delete …" <span class="sr-only">{format!(" {}", orphan.machine)}</span>
            </a>
        }
    });
    view! {
        <Row id=format!("orphan-{}-{}", orphan.workspace, orphan.machine)>
            <Cell>
                <span class="block font-semibold break-words">{orphan.machine}</span>
                <small class="block text-faint break-words">
                    {format!("workspace {}", orphan.workspace)}
                </small>
            </Cell>
            <Cell>
                <Badge tone=tone label=state />
            </Cell>
            <Cell wide_on_small=true>
                <span class="text-muted break-words">{orphan.resources}</span>
                <small class="block text-faint">{location}</small>
            </Cell>
            <Cell number=true>
                <span class="text-muted whitespace-nowrap">{launched}</span>
            </Cell>
            <Cell>
                <span class="whitespace-nowrap">{delete}</span>
            </Cell>
        </Row>
    }
    .into_any()
}

/// SkyPilot's word for the state, unless the machine is being deleted.
fn state(orphan: &Orphan) -> (Tone, String) {
    if orphan.going {
        return (Tone::Busy, "Deleting".to_owned());
    }
    let tone = match orphan.state.as_str() {
        "up" => Tone::Bad,
        "launching" | "autostopping" => Tone::Busy,
        _ => Tone::Idle,
    };
    let mut state = orphan.state.clone();
    if let Some(first) = state.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    (tone, state)
}
