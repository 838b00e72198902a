//! Archiving: only where nothing is left, with everything listed that stands in the way.

use domain::ids::{EnvironmentId, TenantId};
use domain::tenancy::Obstacle;
use leptos::prelude::*;

use super::api::load_obstacles;
use crate::plain_form::FormState;
use crate::ui::{Button, ButtonKind, Field, Icon, Symbol, TextInput, use_hydrated, waiting};

/// Whether something stands in the way, as far as is known.
#[derive(Clone, Copy)]
struct Blocked(RwSignal<bool>);

/// The red frame with what stands in the way. The form inside of it ends in [`ArchiveFields`].
#[component]
pub fn ArchiveZone(
    title: &'static str,
    /// What archiving means.
    text: &'static str,
    tenant: TenantId,
    /// `None`: the whole tenant.
    environment: Option<EnvironmentId>,
    /// Counts the tries: each may have found something else in the way.
    tries: Signal<usize>,
    children: Children,
) -> impl IntoView {
    let blocked = RwSignal::new(false);
    provide_context(Blocked(blocked));
    let obstacles = Resource::new_blocking(
        move || tries.get(),
        move |_| load_obstacles(tenant, environment),
    );
    let list = move || {
        Suspend::new(async move {
            match obstacles.await {
                Ok(obstacles) => {
                    blocked.set(!obstacles.is_empty());
                    view! { <Obstacles obstacles=obstacles /> }.into_any()
                }
                Err(refusal) => view! {
                    <p>"What is in the way cannot be listed now: " {refusal.0.detail}</p>
                }
                .into_any(),
            }
        })
    };
    view! {
        <section
            aria-labelledby="danger"
            class="bg-surface border border-bad/40 rounded-card shadow-card p-4"
        >
            <h2 id="danger" class="text-bad">
                {title}
            </h2>
            <p class="mt-1">{text}</p>
            <div class="mt-2 mb-4 text-muted" id="in-the-way">
                <Suspense fallback=|| "Looking at what is in the way …">{waiting(list)}</Suspense>
            </div>
            {children()}
        </section>
    }
    .into_any()
}

/// The short name to be typed, and the button that is off while something stands in the way.
#[component]
pub fn ArchiveFields(slug: String, state: FormState, pending: Memo<bool>) -> impl IntoView {
    let blocked = use_context::<Blocked>();
    let typed = RwSignal::new(String::new());
    let hydrated = use_hydrated();
    let matches = {
        let slug = slug.clone();
        move || typed.with(|typed| typed.trim() == slug)
    };
    let blocked = move || blocked.is_some_and(|Blocked(blocked)| blocked.get());
    let disabled =
        Signal::derive(move || hydrated.get() && (blocked() || !matches() || pending.get()));
    view! {
        <Field
            id="confirmation"
            label=format!("Type {slug} to confirm")
            error=state.error("confirmation")
        >
            <TextInput
                name="confirmation"
                on:input=move |event| typed.set(event_target_value(&event))
            />
        </Field>
        <div>
            <Button
                kind=ButtonKind::Danger
                disabled=disabled
                attr:aria-describedby="in-the-way"
            >
                <Icon symbol=Symbol::Lock size=16 />
                {move || if pending.get() { "Archiving …" } else { "Archive" }}
            </Button>
        </div>
    }
    .into_any()
}

#[component]
fn Obstacles(obstacles: Vec<Obstacle>) -> impl IntoView {
    if obstacles.is_empty() {
        return view! { <p>"Nothing stands in the way."</p> }.into_any();
    }
    let line = |obstacle: Obstacle| {
        let place = if obstacle.environment.is_empty() {
            String::new()
        } else {
            format!(" in {}", obstacle.environment)
        };
        view! {
            <li class="break-words">
                <b class="text-text">{obstacle.name}</b>
                {format!(", a {}{place}", obstacle.kind)}
            </li>
        }
    };
    view! {
        <p>"Delete this first:"</p>
        <ul class="prose-list mt-1">{obstacles.into_iter().map(line).collect_view()}</ul>
    }
    .into_any()
}
