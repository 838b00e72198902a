//! Whether it is the one that is taken, and what it is called.

use leptos::prelude::*;

use super::page::Known;
use crate::credentials::api::{ChooseCredential, RenameCredential};
use crate::credentials::state::place;
use crate::plain_form::FormState;
use crate::ui::{Button, Card, Field, TextInput, tw};

/// The default, or the button that makes it so.
#[component]
pub fn UseCard(known: Known) -> impl IntoView {
    let choose = ServerAction::<ChooseCredential>::new();
    known.follow(choose);
    let state = FormState::of("choose", choose);
    let chosen = Memo::new(move |_| known.credential.with(|credential| credential.chosen));
    let about = move || {
        known
            .credential
            .with(|credential| format!("{} in {}", credential.provider.title(), place(credential)))
    };
    let pending = choose.pending();
    let content = move || {
        if chosen.get() {
            view! { <p>{move || format!("This is the one that is taken for {}.", about())}</p> }
                .into_any()
        } else {
            view! {
                <p class="mb-3">
                    {move || format!("Another one is taken for {}.", about())}
                </p>
                <ActionForm action=choose>
                    {known.fields()} <Button disabled=pending>"Make default"</Button>
                </ActionForm>
            }
            .into_any()
        }
    };
    view! {
        <Card title="Default">
            {state.notice()}
            {content}
        </Card>
    }
    .into_any()
}

/// Another name.
#[component]
pub fn Rename(known: Known) -> impl IntoView {
    let rename = ServerAction::<RenameCredential>::new();
    known.follow(rename);
    let state = FormState::of("rename", rename);
    let present = known
        .credential
        .with_untracked(|credential| credential.name.clone());
    let name = state.typed("name", &present);
    let pending = rename.pending();
    let saved = move || {
        let renamed = rename.value().with(|value| matches!(value, Some(Ok(_))));
        (renamed && !pending.get()).then_some("Saved.")
    };
    view! {
        <Card title="Name">
            {state.notice()}
            <ActionForm action=rename attr:class=tw("grid gap-3")>
                {known.fields()}
                {known.version()}
                <Field
                    id="credential-name"
                    label="What people know it by"
                    error=state.error("name")
                >
                    <TextInput name="name" value=name max_length=60 />
                </Field>
                <div class="flex items-center gap-3">
                    <Button disabled=pending>"Rename"</Button>
                    <span class="text-ok" role="status">
                        {saved}
                    </span>
                </div>
            </ActionForm>
        </Card>
    }
    .into_any()
}
