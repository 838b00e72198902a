//! `/clusters/new`. The form works as a plain one: then the portal sends it back filled in, with what is wrong beside
//! the fields. With the wasm there it is checked while one types, and nothing reloads.

use domain::problem::Problem;
use domain::room::Wanted;
use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::draft::Draft;
use super::name_field::{NameField, Verdict};
use super::plan_field::PlanField;
use super::reach_fields::ReachFields;
use super::summary::Summary;
use crate::clusters::api::{OrderCluster, OrderForm, load_order_form};
use crate::ordering::{PlaceField, curl, life_times, room_at};
use crate::problem_page::{ProblemPanel, notice_leading_back};
use crate::routes;
use crate::ui::{
    Button, ButtonKind, Choice, Code, Empty, EmptyState, Field, LinkButton, PageHeader, Select,
    Skeleton, use_hydrated, waiting,
};

/// Loads what the form offers, then shows it.
#[component]
pub fn NewClusterPage() -> impl IntoView {
    let form = Resource::new_blocking(|| (), |()| load_order_form());
    let page = move || {
        Suspend::new(async move {
            match form.await {
                Ok(form) if form.options.tenants.is_empty() => view! { <NotAllowed /> }.into_any(),
                Ok(form) => view! { <NewCluster form=form /> }.into_any(),
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="New cluster" />
        <PageHeader back=routes::TO_CLUSTERS title="New cluster" />
        <Suspense fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Suspense>
    }
    .into_any()
}

#[component]
fn NotAllowed() -> impl IntoView {
    view! {
        <EmptyState
            why=Empty::NoPermission
            title="You may not order clusters yet"
            text="Ordering takes the role developer or admin in a tenant. Ask an admin of yours for it."
        >
            <LinkButton href=routes::CLUSTERS>"See the clusters there are"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

#[component]
fn NewCluster(form: OrderForm) -> impl IntoView {
    let OrderForm {
        options,
        problem,
        public_url,
    } = form;
    let query = use_query_map().get_untracked();
    let draft = RwSignal::new(Draft::proposed(&options, &query));
    let verdict = RwSignal::new(Verdict::default());
    let hydrated = use_hydrated();
    let node = NodeRef::<html::Form>::new();
    take_over_what_was_typed(node, draft);

    let order = ServerAction::<OrderCluster>::new();
    let sent_name = StoredValue::new(draft.with_untracked(|draft| draft.name.clone()));
    Effect::new(move || {
        if let Some(input) = order.input().get() {
            sent_name.set_value(input.draft.name);
        }
    });
    let first_problem = StoredValue::new(problem);
    let problem = Signal::derive(move || match order.value().get() {
        Some(Err(refusal)) => Some(refusal.0),
        Some(Ok(_)) => None,
        None => first_problem.get_value(),
    });
    let field = move |name: &'static str| {
        Signal::derive(move || {
            problem.with(|problem| problem.as_ref()?.field(name).map(str::to_owned))
        })
    };
    let name_error = field("name");
    let refused_name = Signal::derive(move || {
        name_error
            .get()
            .map(|message| (sent_name.get_value(), message))
    });
    let place_error = Signal::derive({
        let (tenant, environment) = (field("tenant"), field("environment"));
        move || tenant.get().or(environment.get())
    });

    // A button that is off says why. Until the page is alive it is on, and the portal does the checking.
    let why_not = Memo::new({
        let (plans, exposures) = (options.plans.clone(), options.exposures.clone());
        move |_| {
            if !hydrated.get() {
                return None;
            }
            let draft = draft.get();
            let input = draft.to_input();
            match input.validate(&plans, &exposures) {
                Err(errors) => errors.into_iter().next().map(|error| error.message),
                Ok(_) => verdict.with(|verdict| verdict.refusal(&draft.name)),
            }
        }
    });
    let pending = order.pending();
    // After the order is accepted the page is about to change; a second click would be for nothing.
    let accepted = move || matches!(order.value().get(), Some(Ok(_)));
    let disabled = Signal::derive(move || why_not.get().is_some() || pending.get() || accepted());

    let version_choices = options
        .kubernetes_versions
        .iter()
        .enumerate()
        .map(|(position, version)| Choice {
            value: version.to_string(),
            label: if position == 0 {
                format!("{version} (newest)")
            } else {
                version.to_string()
            },
        })
        .collect();
    let (version, time_to_live) = draft.with_untracked(|draft| {
        (
            draft.kubernetes_version.clone(),
            draft.time_to_live_hours.clone(),
        )
    });
    let plans = StoredValue::new(options.plans.clone());
    let wanted = Signal::derive(move || {
        let name = draft.with(|draft| draft.plan.clone());
        let price = plans.with_value(|plans| {
            let mut plans = plans.iter();
            plans
                .find(|plan| plan.name == name)
                .map(|plan| plan.price_per_hour)
        });
        Wanted::Cluster(price.unwrap_or_default())
    });
    let after = Signal::derive({
        let (tenants, rooms) = (options.tenants.clone(), options.rooms.clone());
        move || {
            let place = draft.with(|draft| draft.place.clone());
            let (_, room) = room_at(&place, &tenants, &rooms)?;
            Some(room.with(wanted.get()).words())
        }
    });
    let key = options.idempotency_key.clone();
    let curl = Signal::derive(move || {
        curl::command(
            &public_url,
            "/api/v1/clusters",
            &draft.get().to_input(),
            &key,
        )
    });

    view! {
        <ActionForm action=order node_ref=node attr:novalidate=true attr:id="order">
            <input type="hidden" name="idempotency_key" value=options.idempotency_key.clone() />
            <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
                <div class="grid grid-cols-1 gap-3.5 min-w-0">
                    <FormProblem problem=problem draft=draft />
                    <div class="grid gap-4.5 p-4 bg-surface border border-line rounded-card shadow-card">
                        <NameField draft=draft verdict=verdict refused=refused_name />
                        <PlaceField
                            tenants=options.tenants.clone()
                            rooms=options.rooms.clone()
                            wanted=wanted
                            chosen=Signal::derive(move || draft.with(|draft| draft.place.clone()))
                            choose=move |place| draft.update(|draft| draft.place = place)
                            error=place_error
                        />
                        <PlanField plans=options.plans.clone() draft=draft error=field("plan") />
                        <Field
                            id="kubernetes-version"
                            label="Kubernetes version"
                            error=field("kubernetes_version")
                        >
                            <Select
                                name="draft[kubernetes_version]"
                                choices=version_choices
                                chosen=version
                                on:change=move |event| {
                                    let value = event_target_value(&event);
                                    draft.update(|draft| draft.kubernetes_version = value);
                                }
                            />
                        </Field>
                        <Field
                            id="time-to-live"
                            label="Ends after"
                            hint=|| "Then the portal takes it down with everything in it."
                            error=field("time_to_live_hours")
                        >
                            <Select
                                name="draft[time_to_live_hours]"
                                choices=life_times(&time_to_live, "Until I delete it")
                                chosen=time_to_live
                                on:change=move |event| {
                                    let value = event_target_value(&event);
                                    draft.update(|draft| draft.time_to_live_hours = value);
                                }
                            />
                        </Field>
                        <ReachFields
                            exposures=options.exposures.clone()
                            ingress_domain=options.ingress_domain.clone()
                            draft=draft
                            exposure_error=field("exposure")
                            host_error=field("ingress_host")
                        />
                    </div>
                </div>
                <Summary options=options draft=draft after=after>
                    <Button
                        kind=ButtonKind::Primary
                        full_width=true
                        disabled=disabled
                        attr:aria-describedby="why-not"
                    >
                        {move || if pending.get() { "Ordering …" } else { "Create cluster" }}
                    </Button>
                    <p
                        id="why-not"
                        class="text-small text-muted text-center mt-2 min-h-5"
                        aria-live="polite"
                    >
                        {why_not}
                    </p>
                    <details class="mt-1">
                        <summary class="text-muted text-center hover:text-text">"Copy as curl"</summary>
                        <div class="mt-2">
                            <Code label="Request" text=curl />
                        </div>
                    </details>
                </Summary>
            </div>
        </ActionForm>
    }
    .into_any()
}

/// What is wrong with the whole of it; what is wrong with one field stands beside that field.
#[component]
fn FormProblem(problem: Signal<Option<Problem>>, draft: RwSignal<Draft>) -> impl IntoView {
    move || {
        problem
            .get()
            .map(|problem| notice_leading_back(problem, move || draft.get().address()))
    }
}

/// Somebody may have typed before the page came alive: the form's own state wins over the server's.
fn take_over_what_was_typed(node: NodeRef<html::Form>, draft: RwSignal<Draft>) {
    Effect::new(move || {
        let Some(data) = node
            .get()
            .and_then(|form| web_sys::FormData::new_with_form(&form).ok())
        else {
            return;
        };
        let field = |name: &str| data.get(&format!("draft[{name}]")).as_string();
        draft.update(|draft| {
            let fields = [
                ("name", &mut draft.name),
                ("place", &mut draft.place),
                ("plan", &mut draft.plan),
                ("kubernetes_version", &mut draft.kubernetes_version),
                ("exposure", &mut draft.exposure),
                ("ingress_host", &mut draft.ingress_host),
                ("time_to_live_hours", &mut draft.time_to_live_hours),
            ];
            for (name, value) in fields {
                if let Some(typed) = field(name) {
                    *value = typed;
                }
            }
        });
    });
}
