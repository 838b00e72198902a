//! Changes to the cluster: its deletion.

use domain::cluster::{Cluster, ClusterState, DeletionPreview};
use domain::problem::Problem;
use leptos::prelude::*;

use crate::form::{Form, FormState};
use crate::ui::{Button, ButtonKind, Field, Icon, Notice, Symbol, TextInput, Tone};

/// The danger zone, or why it is not offered.
#[component]
pub fn Settings(
    cluster: Cluster,
    form: FormState,
    /// What a deletion removes, if the caller may delete.
    preview: Option<Result<Vec<DeletionPreview>, Problem>>,
) -> impl IntoView {
    match (cluster.state, preview) {
        (_, Some(preview)) => {
            view! { <DangerZone cluster=cluster form=form preview=preview /> }.into_any()
        }
        (ClusterState::Deleting, None) => view! {
            <Notice tone=Tone::Busy title="This cluster is being deleted">
                <p>"The Overview tab shows the progress."</p>
            </Notice>
        }
        .into_any(),
        (_, None) => view! {
            <Notice tone=Tone::Idle title="You can view this cluster, but not change it">
                <p>"Changes require the developer or admin role in this tenant."</p>
            </Notice>
        }
        .into_any(),
    }
}

#[component]
fn DangerZone(
    cluster: Cluster,
    form: FormState,
    preview: Result<Vec<DeletionPreview>, Problem>,
) -> impl IntoView {
    let name = cluster.name.to_string();
    let objects = match preview {
        Ok(objects) => view! { <Objects objects=objects /> }.into_any(),
        Err(problem) => view! {
            <p>"The objects cannot be listed right now: " {problem.detail}</p>
        }
        .into_any(),
    };
    view! {
        <section
            aria-labelledby="danger"
            class="max-w-180 bg-surface border border-bad/40 rounded-card shadow-card p-4"
        >
            <h2 id="danger" class="text-bad">
                "Delete this cluster"
            </h2>
            <p class="mt-1">
                "Everything in the cluster is deleted and cannot be restored. On the host cluster this removes:"
            </p>
            <div class="mt-2 mb-4 text-muted min-h-15">{objects}</div>
            <Form state=form.clone() class="grid gap-3">
                <input type="hidden" name="id" value=cluster.id.to_string() />
                <Field form=form name="confirmation" label=format!("Type {name} to confirm")>
                    <TextInput confirms=name />
                </Field>
                <div>
                    <Button kind=ButtonKind::Danger>
                        <Icon symbol=Symbol::Trash size=16 />
                        "Delete cluster"
                    </Button>
                </div>
            </Form>
        </section>
    }
    .into_any()
}

/// Kinds with how many there are, and some of their names.
#[component]
fn Objects(objects: Vec<DeletionPreview>) -> impl IntoView {
    if objects.is_empty() {
        return view! { <p>"Nothing has been created yet."</p> }.into_any();
    }
    let line = |objects: DeletionPreview| {
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
    view! { <ul class="prose-list">{objects.into_iter().map(line).collect_view()}</ul> }.into_any()
}
