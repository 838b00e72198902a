//! The environments with their limits and use.

use domain::problem::{Problem, ProblemKind};
use domain::tenancy::EnvironmentDetail;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::api::CreateEnvironment;
use super::environment_panel::EnvironmentPanel;
use super::known::Known;
use super::limit_meters::{count_meter, price_meter};
use super::name_and_slug::{NameAndSlug, Names};
use crate::layout::session_again;
use crate::plain_form::{FormState, on_answer};
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{Badge, Button, ButtonKind, Card, Empty, EmptyState, Tone, tw};

/// A card for each, and the form for a new one; or one of them to be changed, which stands in the address.
#[component]
pub fn EnvironmentsTab(known: Known) -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query
            .with(|query| query.get("environment"))
            .filter(|slug| !slug.is_empty())
    });
    let chosen = Memo::new(move |_| {
        let asked = asked.get()?;
        let found = known.detail.with(|detail| {
            detail
                .environments
                .iter()
                .find(|environment| environment.environment.slug == asked)
                .map(|environment| environment.environment.id)
        });
        Some(found)
    });
    move || match chosen.get() {
        None => view! { <Environments known=known /> }.into_any(),
        Some(Some(id)) => view! { <EnvironmentPanel known=known id=id /> }.into_any(),
        Some(None) => {
            let problem = Problem::new(
                ProblemKind::NotFound,
                "This tenant has no environment of this name.",
            );
            view! { <ProblemPanel problem=problem /> }.into_any()
        }
    }
}

#[component]
fn Environments(known: Known) -> impl IntoView {
    let may = Memo::new(move |_| known.rights.with(|rights| rights.environments));
    let cards = move || {
        let slug = known.slug();
        let changeable = known
            .rights
            .with(|rights| rights.environments || rights.platform);
        let environments = known.detail.with(|detail| detail.environments.clone());
        if environments.is_empty() {
            return view! {
                <div class="bg-surface border border-line rounded-card shadow-card">
                    <EmptyState
                        why=Empty::NothingYet
                        title="No environments yet"
                        text="Clusters and nodes are ordered into an environment, such as dev or prod. Create the first one."
                    />
                </div>
            }
            .into_any();
        }
        environments
            .into_iter()
            .map(|environment| card(&slug, environment, changeable))
            .collect_view()
            .into_any()
    };
    let columns = move || {
        if may.get() {
            tw("grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.9fr)_minmax(0,1fr)]")
        } else {
            tw("grid grid-cols-1 gap-3.5")
        }
    };
    view! {
        <div class=columns>
            <div class="grid grid-cols-1 gap-3.5 min-w-0 md:grid-cols-2">{cards}</div>
            {move || may.get().then(|| view! { <CreateForm known=known /> })}
        </div>
    }
    .into_any()
}

fn card(tenant: &str, environment: EnvironmentDetail, changeable: bool) -> impl IntoView + use<> {
    let archived = environment.archived_at.is_some();
    let href = routes::environment(tenant, &environment.environment.slug);
    let name = environment.environment.name.clone();
    let aside = move || {
        if archived {
            view! { <Badge tone=Tone::Idle label="Archived" /> }.into_any()
        } else if changeable {
            view! {
                <a class="link" href=href>
                    "Change" <span class="sr-only">{format!(" {name}")}</span>
                </a>
            }
            .into_any()
        } else {
            ().into_any()
        }
    };
    view! {
        <Card title=environment.environment.name.clone() aside=aside>
            <p class="text-small text-faint mb-3">{environment.environment.slug.clone()}</p>
            <Use environment=environment />
        </Card>
    }
}

/// What is in an environment, against its limits.
#[component]
pub fn Use(environment: EnvironmentDetail) -> impl IntoView {
    let limits = environment.limits;
    let price = environment.price_per_hour;
    let count = |label: &'static str, used: u32, limit: Option<u32>| match limit {
        Some(limit) => count_meter(label, used, limit),
        None => unlimited(label, used.to_string()),
    };
    let cost = match limits.max_price_per_hour {
        Some(limit) => price_meter(price, limit),
        None => unlimited("Cost an hour", price.to_string()),
    };
    view! {
        <div class="grid gap-3">
            {count("Clusters", environment.clusters, limits.max_clusters)}
            {count("Nodes", environment.nodes, limits.max_nodes)} {cost}
        </div>
    }
    .into_any()
}

/// A figure that nothing limits: no bar, which would say nothing.
fn unlimited(label: &'static str, used: String) -> AnyView {
    view! {
        <div class="flex justify-between gap-2.5">
            <span>{label}</span>
            <span class="text-muted tabular-nums">{used} ", no limit"</span>
        </div>
    }
    .into_any()
}

#[component]
fn CreateForm(known: Known) -> impl IntoView {
    let create = ServerAction::<CreateEnvironment>::new();
    known.follow(create);
    let state = FormState::of("create", create);
    let names = Names::of(state);
    let session_again = session_again();
    on_answer(create, move |_| {
        names.clear();
        session_again();
    });
    let pending = create.pending();
    view! {
        <Card title="New environment">
            {state.notice()}
            <ActionForm action=create attr:class=tw("grid gap-4")>
                {known.fields("tenant")}
                <NameAndSlug
                    names=names
                    state=state
                    name_example="Staging"
                    slug_example="staging"
                />
                <div>
                    <Button kind=ButtonKind::Primary disabled=pending>
                        {move || if pending.get() { "Creating …" } else { "Create environment" }}
                    </Button>
                </div>
            </ActionForm>
        </Card>
    }
    .into_any()
}
