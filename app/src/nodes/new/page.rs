//! `/nodes/new`. The form works as a plain one: then the portal sends it back filled in, with the price and what is wrong
//! beside the fields. With the wasm there both follow while one types, and nothing reloads.

use domain::problem::{Problem, ProblemKind};
use domain::room::Wanted;
use leptos::html;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::asking::keep_asking;
use super::controls::{Line, Lines};
use super::draft::Draft;
use super::end_fields::EndFields;
use super::kept;
use super::kind_field::KindField;
use super::machine_fields::MachineFields;
use super::state::{Answer, OrderState};
use super::summary::{PriceBar, Summary};
use crate::nodes::api::{CheckNodePrice, NodeOrderForm, OrderNode, load_node_order_form};
use crate::ordering::{PlaceField, curl};
use crate::problem_page::{ProblemPanel, notice_leading_back};
use crate::routes;
use crate::ui::{
    Button, ButtonKind, Empty, EmptyState, LinkButton, Notice, PageHeader, Skeleton, Tone, waiting,
};

/// Loads what the form offers, then shows it.
#[component]
pub fn NewNodePage() -> impl IntoView {
    let query = use_query_map();
    let asked = query.with_untracked(Draft::from_address);
    let form = Resource::new_blocking(move || asked.clone(), load_node_order_form);
    let page = move || {
        Suspend::new(async move {
            match form.await {
                Ok(form) if form.options.tenants.is_empty() => view! { <NotAllowed /> }.into_any(),
                Ok(form) => view! { <NewNode form=form /> }.into_any(),
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    let catalogue = || view! { <LinkButton href=routes::CATALOGUE>"Catalogue"</LinkButton> };
    view! {
        <Title text="New node" />
        <PageHeader back=routes::TO_NODES title="New node" actions=catalogue />
        <Suspense fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Suspense>
    }
    .into_any()
}

#[component]
fn NotAllowed() -> impl IntoView {
    view! {
        <EmptyState
            why=Empty::NoPermission
            title="You may not order nodes yet"
            text="Ordering takes the role developer or admin in a tenant. Ask an admin of yours for it."
        >
            <LinkButton href=routes::NODES>"See the nodes there are"</LinkButton>
        </EmptyState>
    }
    .into_any()
}

#[component]
fn NewNode(form: NodeOrderForm) -> impl IntoView {
    let NodeOrderForm {
        options,
        draft,
        quoted,
        problem,
        public_url,
    } = form;
    let about = |said| Answer {
        draft: draft.clone(),
        said,
    };
    let state = OrderState {
        quoted: RwSignal::new(Answer {
            draft: draft.clone(),
            said: quoted,
        }),
        refused: RwSignal::new(problem.map(about)),
        alive: RwSignal::new(false),
        draft: RwSignal::new(draft.clone()),
    };
    let node = NodeRef::<html::Form>::new();
    take_over_what_was_typed(node, state);
    let asking = keep_asking(state);

    let order = ServerAction::<OrderNode>::new();
    let sent = StoredValue::new(draft);
    Effect::new(move || {
        if let Some(input) = order.input().get() {
            sent.set_value(input.draft);
        }
    });
    Effect::new(move || match order.value().get() {
        Some(Err(refusal)) => state.refused.set(Some(Answer {
            draft: sent.get_value(),
            said: refusal.0,
        })),
        Some(Ok(_)) => state.refused.set(None),
        None => {}
    });

    // A button that is off says why. Until the page is alive it is on, and the portal does the checking.
    let why_not = Memo::new(move |_| {
        if !state.alive.get() {
            return None;
        }
        state.quoted.with(|answer| {
            let errors = &answer.said.as_ref().ok()?.quote.errors;
            errors.first().map(|error| error.message.clone())
        })
    });
    let pending = order.pending();
    // After the order is accepted the page is about to change; a second click would be for nothing.
    let accepted = move || matches!(order.value().get(), Some(Ok(_)));
    let disabled = Signal::derive(move || why_not.get().is_some() || pending.get() || accepted());
    let key = options.idempotency_key.clone();
    let curl = Signal::derive(move || {
        let input = state.draft.with(Draft::to_input);
        curl::command(&public_url, "/api/v1/nodes", &input, &key)
    });
    let place_error = state.error("place");
    let task_rules = || {
        "Name, idle minutes and end are the form's. Not accepted: a workdir or file_mounts from a disk, env_vars, \
         secrets, several machines, anchors and aliases. It is stored: no passwords or keys."
    };

    view! {
        <ActionForm action=order node_ref=node attr:novalidate=true attr:id="order">
            <input type="hidden" name="idempotency_key" value=options.idempotency_key.clone() />
            <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
                <div class="grid grid-cols-1 gap-3.5 min-w-0">
                    <FormProblem state=state />
                    {options.read_at.is_none().then(|| view! { <NoPricesYet /> })}
                    <div class="grid gap-4.5 p-4 bg-surface border border-line rounded-card shadow-card">
                        <Line
                            state=state
                            control="name"
                            name="draft[name]"
                            id="name"
                            label="Name"
                            hint="Lower-case letters, digits and hyphens, at most 30."
                            placeholder="trainer"
                        />
                        <PlaceField
                            tenants=options.tenants.clone()
                            rooms=options.rooms.clone()
                            // What it costs, and whether there is room for that, the quote says.
                            wanted=Wanted::Node(None)
                            chosen=state.value("place")
                            choose=move |place| state.set("place", place)
                            error=place_error
                        />
                        <KindField state=state />
                    </div>
                    <div class="only-for-machine">
                        <div class="grid gap-4.5 p-4 bg-surface border border-line rounded-card shadow-card">
                            <MachineFields state=state accelerators=options.accelerators.clone() />
                        </div>
                    </div>
                    <div class="p-4 bg-surface border border-line rounded-card shadow-card only-for-task">
                        <Lines
                            state=state
                            control="task"
                            name="draft[task]"
                            id="task"
                            label="SkyPilot task"
                            hint=task_rules
                            placeholder="resources:\n  accelerators: H100:1\nrun: |\n  nvidia-smi"
                            rows=16
                        />
                    </div>
                    <div class="grid gap-4.5 p-4 bg-surface border border-line rounded-card shadow-card">
                        <EndFields state=state />
                    </div>
                    <PriceBar state=state />
                </div>
                <Summary state=state asking=asking curl=curl>
                    <Button
                        kind=ButtonKind::Primary
                        full_width=true
                        disabled=disabled
                        attr:aria-describedby="why-not"
                    >
                        {move || if pending.get() { "Ordering …" } else { "Order node" }}
                    </Button>
                    <div class="grid justify-items-center mt-2 min-h-8.5">
                        <p
                            id="why-not"
                            class="text-small text-muted text-center"
                            aria-live="polite"
                        >
                            {why_not}
                        </p>
                        // With a script the price follows by itself.
                        <div hidden=move || state.alive.get()>
                            <Button attr:formaction=CheckNodePrice::url()>"Check price"</Button>
                        </div>
                    </div>
                </Summary>
            </div>
        </ActionForm>
    }
    .into_any()
}

/// What is wrong with the whole of it; what is wrong with one field stands beside that field.
#[component]
fn FormProblem(state: OrderState) -> impl IntoView {
    let problem = move || {
        state
            .refused
            .with(|answer| answer.as_ref().map(|answer| answer.said.clone()))
            .or_else(|| signed_out(state))
    };
    move || {
        problem().map(|problem| {
            let address = Memo::new(move |_| {
                let draft = state.draft.get();
                if state.alive.get() {
                    kept::keep(&draft)
                } else {
                    draft.short_address()
                }
            });
            notice_leading_back(problem, move || address.get())
        })
    }
}

/// The session has ended while somebody typed.
fn signed_out(state: OrderState) -> Option<Problem> {
    state.quoted.with(|answer| {
        let problem = answer.said.as_ref().err()?;
        (problem.kind == ProblemKind::Unauthenticated).then(|| problem.clone())
    })
}

#[component]
fn NoPricesYet() -> impl IntoView {
    view! {
        <Notice tone=Tone::Busy title="Prices are being read">
            <p>
                "The portal has only just begun to read what the clouds have and what it costs. Reload this page in a \
                 minute."
            </p>
        </Notice>
    }
}

/// Somebody may have typed before the page came alive: the form's own state wins over the server's. What was kept while
/// they signed in comes back.
fn take_over_what_was_typed(node: NodeRef<html::Form>, state: OrderState) {
    let query = use_query_map();
    Effect::new(move || {
        let Some(data) = node
            .get()
            .and_then(|form| web_sys::FormData::new_with_form(&form).ok())
        else {
            return;
        };
        let mut draft = state.draft.get_untracked();
        for (name, field) in draft.fields_mut() {
            if let Some(typed) = data.get(&format!("draft[{name}]")).as_string() {
                *field = typed;
            }
        }
        query.with_untracked(|query| kept::take_back(query, &mut draft));
        if state.draft.with_untracked(|before| *before != draft) {
            state.draft.set(draft);
        }
        state.alive.set(true);
    });
}
