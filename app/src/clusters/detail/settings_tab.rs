//! What can be changed about the cluster; for now: that it is there at all.

use domain::cluster::{Cluster, ClusterState, DoomedObjects};
use domain::problem::Problem;
use leptos::prelude::*;

use crate::clusters::api::{DeleteCluster, load_doomed};
use crate::ui::{
    Button, ButtonKind, Field, Icon, Notice, Symbol, TextInput, Tone, use_hydrated, waiting,
};

/// The danger zone, or why it is closed.
#[component]
pub fn SettingsTab(
    cluster: RwSignal<Cluster>,
    /// What was wrong with the plain form that led here.
    problem: Option<Problem>,
) -> impl IntoView {
    let problem = StoredValue::new(problem);
    let situation =
        Memo::new(move |_| cluster.with(|cluster| (cluster.state, cluster.allowed.delete)));
    move || match situation.get() {
        (_, true) => {
            view! { <DangerZone cluster=cluster problem=problem.get_value() /> }.into_any()
        }
        (ClusterState::Deleting, _) => view! {
            <Notice tone=Tone::Busy title="It is being taken down">
                <p>"The overview shows how far it is."</p>
            </Notice>
        }
        .into_any(),
        (ClusterState::Deleted, _) => view! {
            <Notice tone=Tone::Idle title="There is nothing left to change" />
        }
        .into_any(),
        (_, false) => view! {
            <Notice tone=Tone::Idle title="You may look, but not change anything">
                <p>"Changes take the role developer or admin in this tenant."</p>
            </Notice>
        }
        .into_any(),
    }
}

#[component]
fn DangerZone(cluster: RwSignal<Cluster>, problem: Option<Problem>) -> impl IntoView {
    let first = StoredValue::new(problem);
    let (id, name) = cluster.with_untracked(|cluster| (cluster.id, cluster.name.to_string()));
    let doomed = Resource::new_blocking(|| (), move |()| load_doomed(id));
    let list = move || {
        Suspend::new(async move {
            match doomed.await {
                Ok(doomed) => view! { <Doomed doomed=doomed /> }.into_any(),
                Err(refusal) => view! {
                    <p>"What is in it cannot be listed now: " {refusal.0.detail}</p>
                }
                .into_any(),
            }
        })
    };
    let delete = ServerAction::<DeleteCluster>::new();
    let refusal = move || match delete.value().get() {
        Some(Err(refusal)) => Some(refusal.0),
        Some(Ok(())) => None,
        None => first.get_value(),
    };
    let error = Signal::derive(move || {
        let problem = refusal()?;
        let confirmation = problem.field("confirmation").map(str::to_owned);
        confirmation.or(Some(problem.detail))
    });
    let typed = RwSignal::new(String::new());
    let hydrated = use_hydrated();
    let matches = {
        let name = name.clone();
        move || typed.with(|typed| typed.trim() == name)
    };
    let pending = delete.pending();
    let disabled = Signal::derive(move || hydrated.get() && (!matches() || pending.get()));
    view! {
        <section
            aria-labelledby="danger"
            class="max-w-180 bg-surface border border-bad/40 rounded-card shadow-card p-4"
        >
            <h2 id="danger" class="text-bad">
                "Delete this cluster"
            </h2>
            <p class="mt-1">
                "Everything in it dies with it and cannot be brought back. On the host this goes:"
            </p>
            <div class="mt-2 mb-4 text-muted min-h-15">
                <Suspense fallback=|| "Looking at what is in it …">{waiting(list)}</Suspense>
            </div>
            <ActionForm action=delete attr:class=crate::ui::tw("grid gap-3")>
                <input type="hidden" name="id" value=id.to_string() />
                <Field
                    id="confirmation"
                    label=format!("Type {name} to confirm")
                    error=error
                >
                    <TextInput
                        name="confirmation"
                        on:input=move |event| typed.set(event_target_value(&event))
                    />
                </Field>
                <div>
                    <Button kind=ButtonKind::Danger disabled=disabled>
                        <Icon symbol=Symbol::Trash size=16 />
                        {move || if pending.get() { "Deleting …" } else { "Delete for good" }}
                    </Button>
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}

/// Kinds with how many there are, and some of their names.
#[component]
fn Doomed(doomed: Vec<DoomedObjects>) -> impl IntoView {
    if doomed.is_empty() {
        return view! { <p>"Nothing is there yet."</p> }.into_any();
    }
    let line = |objects: DoomedObjects| {
        let hidden = objects.count.saturating_sub(objects.names.len());
        let mut names = objects.names.join(", ");
        if hidden > 0 {
            names.push_str(&format!(" and {hidden} more"));
        }
        view! {
            <li class="break-words">
                <b class="text-text">{objects.counted()}</b>
                " "
                {names}
            </li>
        }
    };
    view! { <ul class="prose-list">{doomed.into_iter().map(line).collect_view()}</ul> }.into_any()
}
