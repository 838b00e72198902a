//! A question that stands in the way: the browser's own dialog, with its focus trap and Escape.

use leptos::html;
use leptos::prelude::*;

use super::{Button, ButtonKind};

/// Shows while `open` is true; Escape and Cancel set it back. `children` are the question.
#[component]
pub fn Dialog(
    /// Unique on the page; names the dialog's heading.
    id: &'static str,
    #[prop(into)] title: Signal<String>,
    open: RwSignal<bool>,
    /// The button that does it; Cancel stands before it.
    #[prop(into)]
    action: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        if open.get() {
            // Refused only when it is open already, which is what we want.
            let _ = dialog.show_modal();
        } else {
            dialog.close();
        }
    });
    view! {
        <dialog
            node_ref=node
            class="dialog"
            aria-labelledby=id
            on:close=move |_| open.set(false)
        >
            <div class="p-5">
                <h2 id=id class="text-lead mb-2">
                    {title}
                </h2>
                {children()}
                <div class="flex justify-end gap-2 mt-4">
                    <Button kind=ButtonKind::Quiet r#type="button" on:click=move |_| open.set(false)>
                        "Cancel"
                    </Button>
                    {action.run()}
                </div>
            </div>
        </dialog>
    }
    .into_any()
}
