//! Changes to the cluster: its deletion.

use domain::cluster::{Cluster, DeletionPreview};
use domain::problem::Problem;
use leptos::prelude::*;

use crate::form::FormState;
use crate::resource::{DeletionZone, ResourceView, SettingsNotice};

#[component]
pub fn Settings(
    cluster: Cluster,
    form: FormState,
    /// What a deletion removes, if the caller may delete.
    preview: Option<Result<Vec<DeletionPreview>, Problem>>,
) -> impl IntoView {
    let resource = ResourceView::from(&cluster);
    let deletion = preview.map(|preview| {
        let objects = match preview {
            Ok(objects) => objects_list(objects),
            Err(problem) => view! {
                <p>"The objects cannot be listed right now: " {problem.detail}</p>
            }
            .into_any(),
        };
        view! {
            <DeletionZone resource=resource.clone() form=form>
                {objects}
            </DeletionZone>
        }
    });
    view! {
        <SettingsNotice resource=resource />
        {deletion}
    }
    .into_any()
}

/// Kinds of objects on the host cluster with how many there are, and some of their names.
fn objects_list(objects: Vec<DeletionPreview>) -> AnyView {
    if objects.is_empty() {
        return view! { <p>"Nothing has been created on the host cluster yet."</p> }.into_any();
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
