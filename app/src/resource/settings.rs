//! Changes to a resource: whether there can be any, and its deletion.

use leptos::prelude::*;

use super::ResourceView;
use crate::form::{ConfirmForm, FormState};
use crate::ui::{DangerZone, Notice, Tone};

/// Why the caller can change nothing. For callers who can, nothing.
#[component]
pub fn SettingsNotice(resource: ResourceView) -> impl IntoView {
    let noun = resource.section.noun;
    let (tone, title, text) = if resource.access.delete {
        return ().into_any();
    } else if resource.state.is_deleting {
        (
            Tone::Busy,
            format!("This {noun} is being deleted"),
            "The Overview tab shows the progress.",
        )
    } else {
        (
            Tone::Idle,
            format!("You can view this {noun}, but not change it"),
            "Changes require the developer or admin role in this tenant.",
        )
    };
    view! {
        <Notice tone=tone title=title>
            <p>{text}</p>
        </Notice>
    }
    .into_any()
}

/// The form that deletes the resource. The children say what the deletion removes.
#[component]
pub fn DeletionZone(resource: ResourceView, form: FormState, children: Children) -> impl IntoView {
    let noun = resource.section.noun;
    view! {
        <DangerZone title=format!("Delete this {noun}")>
            <p class="mt-1">{format!("A deleted {noun} cannot be restored. This removes:")}</p>
            <div class="mt-2 mb-4 text-muted">{children()}</div>
            <ConfirmForm form=form name=resource.name button=format!("Delete {noun}")>
                <input type="hidden" name="id" value=resource.id />
            </ConfirmForm>
        </DangerZone>
    }
    .into_any()
}
