//! `/admin/orphans`: machines on the SkyPilot API server that nobody ordered here.

use std::time::Duration;

use domain::node::catalogue::cloud_title;
use domain::node::view::Orphan;
use domain::problem::ProblemKind;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::{Orphans, TakeDownOrphan, load_orphans};
use super::take_down::TakeDown;
use crate::problem_page::{ProblemPage, problem_notice};
use crate::routes;
use crate::ui::{
    Badge, Cell, Clock, Empty, EmptyState, HeaderCell, PageHeader, RelativeTime, Row, Skeleton,
    Table, Tone, waiting,
};

/// How often the page looks again: nothing tells of machines that nobody ordered.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// For platform admins. Which machine is to be taken down stands in the address, so that it works without a script.
#[component]
pub fn OrphansPage() -> impl IntoView {
    let orphans = Resource::new_blocking(|| (), |()| load_orphans());
    let clock = Clock::provide();
    let page = move || {
        Suspend::new(async move {
            match orphans.await {
                Ok(orphans) => {
                    clock.sync(orphans.now);
                    view! { <LiveOrphans orphans=orphans /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=6 /> }>{waiting(page)}</Transition> }
}

/// Looks again by itself, and leaves alone what somebody types.
#[component]
fn LiveOrphans(orphans: Orphans) -> impl IntoView {
    let clock = Clock::in_context();
    let query = use_query_map();
    let machines = RwSignal::new(orphans.machines);
    let problem = RwSignal::new(orphans.problem);
    let look = move || {
        spawn_local(async move {
            match load_orphans().await {
                Ok(orphans) => {
                    clock.sync(orphans.now);
                    // Rows that stay the same keep the focus.
                    if machines.try_with_untracked(|known| *known != orphans.machines) == Some(true)
                    {
                        machines.try_set(orphans.machines);
                    }
                }
                Err(refusal) if refusal.0.kind == ProblemKind::Unauthenticated => {
                    problem.try_set(Some(refusal.0));
                }
                // Another failed look changes nothing: the page keeps what it knows until the next one.
                Err(_) => {}
            }
        });
    };
    Effect::new(move || {
        let look_if_seen = move || {
            if !document().hidden() {
                look();
            }
        };
        if let Ok(interval) = set_interval_with_handle(look_if_seen, LOOK_AGAIN) {
            on_cleanup(move || interval.clear());
        }
    });
    let take_down = ServerAction::<TakeDownOrphan>::new();
    Effect::new(move || {
        if matches!(take_down.value().get(), Some(Ok(()))) {
            look();
        }
    });
    let chosen = Memo::new(move |_| {
        let asked = query.with(|query| query.get("machine").unwrap_or_default());
        machines.with(|machines| {
            let found = machines.iter().find(|machine| machine.machine == asked);
            found
                .filter(|machine| !machine.going)
                .map(|machine| machine.machine.clone())
        })
    });
    let question = move || {
        chosen.get().map(|machine| {
            view! {
                <TakeDown machine=machine take_down=take_down problem=problem.get_untracked() />
            }
        })
    };
    let notice = move || {
        problem
            .get()
            .filter(|problem| problem.fields.is_empty())
            .map(problem_notice)
    };
    let list = move || {
        let machines = machines.get();
        if machines.is_empty() {
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
        }
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
        {question}
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
            "up" => Tone::Bad,
            "launching" | "autostopping" => Tone::Busy,
            _ => Tone::Idle,
        };
        let mut label = orphan.state.clone();
        if let Some(first) = label.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        view! { <Badge tone=tone label=label /> }
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
