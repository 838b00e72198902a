//! `/admin/orphans`: machines on the SkyPilot API server that nobody ordered here.

use domain::node::catalogue::cloud_title;
use domain::node::view::Orphan;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::{Orphans, load_orphans};
use super::take_down::TakeDown;
use crate::live::follow;
use crate::problem_page::{ProblemPage, problem_notice};
use crate::routes;
use crate::ui::{
    Badge, Cell, Clock, Empty, EmptyState, HeaderCell, PageHeader, RelativeTime, Row, Skeleton,
    Table, Tone,
};

/// For platform admins. Which machine is to be taken down stands in the address, so that it works without a script.
#[component]
pub fn OrphansPage() -> impl IntoView {
    let query = use_query_map();
    let chosen = Memo::new(move |_| query.with(|query| query.get("machine").unwrap_or_default()));
    let orphans = Resource::new_blocking(|| (), |()| load_orphans());
    let clock = Clock::provide();
    follow(routes::NODES_EVENTS, move || orphans.refetch());
    let page = move || {
        Suspend::new(async move {
            match orphans.await {
                Ok(orphans) => {
                    clock.sync(orphans.now);
                    view! { <Content orphans=orphans chosen=chosen /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=6 /> }>{page}</Transition> }
}

#[component]
fn Content(orphans: Orphans, chosen: Memo<String>) -> impl IntoView {
    let Orphans {
        machines, problem, ..
    } = orphans;
    let problem = StoredValue::new(problem);
    let candidates = StoredValue::new(machines.clone());
    let take_down = move || {
        let chosen = chosen.get();
        let machine = candidates.with_value(|machines| {
            let found = machines.iter().find(|machine| machine.machine == chosen);
            found.filter(|machine| !machine.going).cloned()
        });
        machine.map(|machine| view! { <TakeDown machine=machine problem=problem.get_value() /> })
    };
    let notice = move || {
        problem
            .get_value()
            .filter(|problem| problem.fields.is_empty())
            .map(problem_notice)
    };
    let list = if machines.is_empty() {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="No orphans"
                text="Every machine in the portal's workspaces on the SkyPilot API server was ordered here. The portal looks about once a minute."
            />
        }
        .into_any()
    } else {
        view! { <Machines machines=machines /> }.into_any()
    };
    view! {
        <Title text="Orphans" />
        <PageHeader
            title="Orphans"
            summary=|| {
                "Machines in the portal's workspaces on the SkyPilot API server that nobody ordered here. They cost money until somebody takes them down."
            }
        />
        <div class="mb-4 empty:hidden">{notice}</div>
        {take_down}
        <section
            aria-label="Machines that nobody ordered here"
            class="bg-surface border border-line rounded-card shadow-card"
        >
            {list}
        </section>
    }
    .into_any()
}

#[component]
fn Machines(machines: Vec<Orphan>) -> impl IntoView {
    let head = || {
        view! {
            <HeaderCell>"Machine"</HeaderCell>
            <HeaderCell>"State in SkyPilot"</HeaderCell>
            <HeaderCell>"What and where"</HeaderCell>
            <HeaderCell number=true>"Launched"</HeaderCell>
            <HeaderCell>
                <span class="sr-only">"What you can do"</span>
            </HeaderCell>
        }
        .into_any()
    };
    view! {
        <Table caption="Machines that nobody ordered here" head=Box::new(head)>
            {machines.into_iter().map(row).collect_view()}
        </Table>
    }
    .into_any()
}

fn row(orphan: Orphan) -> impl IntoView {
    let state = if orphan.going {
        view! { <Badge tone=Tone::Busy label="Taking down" /> }
    } else {
        let tone = match orphan.state.as_str() {
            "UP" => Tone::Bad,
            "INIT" | "AUTOSTOPPING" => Tone::Busy,
            _ => Tone::Idle,
        };
        view! { <Badge tone=tone label=orphan.state.clone() /> }
    };
    let place = orphan
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
    let way = (!orphan.going).then(|| {
        view! {
            <a href=routes::orphan(&orphan.machine) class="text-bad hover:underline">
                "Take down …" <span class="sr-only">{format!(" {}", orphan.machine)}</span>
            </a>
        }
    });
    view! {
        <Row>
            <Cell>
                <span class="block font-semibold break-words">{orphan.machine.clone()}</span>
                <small class="block text-faint break-words">
                    {format!("workspace {}", orphan.workspace)}
                </small>
            </Cell>
            <Cell>{state}</Cell>
            <Cell wide_on_phone=true>
                <span class="text-muted break-words">{orphan.resources.clone()}</span>
                <small class="block text-faint">{place}</small>
            </Cell>
            <Cell number=true>
                <span class="text-muted whitespace-nowrap">{launched}</span>
            </Cell>
            <Cell>
                <span class="whitespace-nowrap">{way}</span>
            </Cell>
        </Row>
    }
}
