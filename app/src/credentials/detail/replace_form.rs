//! Another secret in place of the one before.

use leptos::html;
use leptos::prelude::*;

use super::page::Known;
use crate::credentials::api::ReplaceCredential;
use crate::credentials::secret_fields::SecretFields;
use crate::plain_form::{FormState, on_answer};
use crate::ui::{Button, Card, tw};

/// The provider's fields, all of them anew: what is left empty is empty from then on.
#[component]
pub fn ReplaceForm(known: Known) -> impl IntoView {
    let replace = ServerAction::<ReplaceCredential>::new();
    known.follow(replace);
    let node = NodeRef::<html::Form>::new();
    on_answer(replace, move |_| {
        if let Some(form) = node.get_untracked() {
            form.reset();
        }
    });
    let state = FormState::of("replace", replace);
    let provider = known
        .credential
        .with_untracked(|credential| credential.provider);
    state.expect_fields(provider.fields().into_iter().map(|field| field.name));
    let pending = replace.pending();
    let done = move || {
        let replaced = replace.value().with(|value| matches!(value, Some(Ok(_))));
        (replaced && !pending.get()).then_some("Replaced.")
    };
    // A form that was refused is open again.
    let open = state.problem().with_untracked(Option::is_some);
    view! {
        <Card title="Replace the secret">
            <p class="text-muted">
                "Rotate keys without changing anything else: whatever is launched from then on takes the new one."
            </p>
            <details class="mt-2" open=open>
                <summary class="link">"Type the new one"</summary>
                <div class="mt-3">
                    {state.notice()}
                    <ActionForm
                        action=replace
                        node_ref=node
                        attr:class=tw("grid gap-4")
                        attr:autocomplete="off"
                    >
                        {known.fields()}
                        {known.version()}
                        <input type="hidden" name="provider" value=provider.as_str() />
                        <SecretFields
                            provider=provider
                            prefix="fields"
                            typed=known.typed.get_value()
                            state=state
                        />
                        <div>
                            <Button disabled=pending>
                                {move || if pending.get() { "Replacing …" } else { "Encrypt and replace" }}
                            </Button>
                        </div>
                    </ActionForm>
                </div>
            </details>
            <p class="text-ok" role="status">
                {done}
            </p>
        </Card>
    }
    .into_any()
}
