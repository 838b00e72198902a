//! A question in the browser's own modal dialog. A [`Button`] with its id in `opens` opens it.

use leptos::prelude::*;

use super::{Button, ButtonKind};

/// The children are the question; `action` is the button that confirms, usually in a form of its own.
#[component]
pub fn Dialog(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    #[prop(into)] title: String,
    #[prop(into)] action: ViewFnOnce,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let (labelled_by, closes) = (heading.clone(), id.clone());
    view! {
        <dialog id=id.clone() class="dialog" aria-labelledby=labelled_by>
            <div class="p-5">
                <h2 id=heading class="text-lead mb-2">
                    {title}
                </h2>
                {children.map(|children| children())}
                <div class="flex justify-end gap-2 mt-4">
                    <Button kind=ButtonKind::Quiet closes=closes>
                        "Cancel"
                    </Button>
                    {action.run()}
                </div>
            </div>
        </dialog>
    }
    .into_any()
}
