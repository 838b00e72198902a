//! Making a credential useless, for a while or for good.

use domain::credential::CredentialState;
use leptos::prelude::*;

use super::page::Known;
use crate::credentials::api::{DeleteCredential, RestoreCredential, SuspendCredential};
use crate::plain_form::FormState;
use crate::ui::{Button, ButtonKind, Card, Field, Icon, Symbol, TextInput, tw, use_hydrated};

/// For a while.
#[component]
pub fn SuspendOrRestore(known: Known) -> impl IntoView {
    let suspend = ServerAction::<SuspendCredential>::new();
    let restore = ServerAction::<RestoreCredential>::new();
    known.follow(suspend);
    known.follow(restore);
    let suspending = FormState::of("suspend", suspend);
    let restoring = FormState::of("restore", restore);
    let suspended = Memo::new(move |_| {
        known
            .credential
            .with(|credential| credential.state == CredentialState::Suspended)
    });
    let (suspend_pending, restore_pending) = (suspend.pending(), restore.pending());
    let form = move || {
        if suspended.get() {
            view! {
                <p class="mb-3">
                    "It opens for nobody. What runs with it may go on until its session with the provider ends."
                </p>
                <ActionForm action=restore>
                    {known.fields()}
                    <Button disabled=restore_pending>"Restore"</Button>
                </ActionForm>
            }
            .into_any()
        } else {
            view! {
                <p class="mb-3">
                    "Suspended, it opens for nobody from that moment on, until it is restored. Nothing can be launched with it."
                </p>
                <ActionForm action=suspend>
                    {known.fields()}
                    <Button kind=ButtonKind::Danger disabled=suspend_pending>
                        "Suspend"
                    </Button>
                </ActionForm>
            }
            .into_any()
        }
    };
    view! {
        <Card title="Suspend">
            {suspending.notice()}
            {restoring.notice()}
            {form}
        </Card>
    }
    .into_any()
}

/// For good: its name is typed.
#[component]
pub fn Delete(known: Known) -> impl IntoView {
    let delete = ServerAction::<DeleteCredential>::new();
    let state = FormState::of("delete", delete);
    let name = Memo::new(move |_| known.credential.with(|credential| credential.name.clone()));
    let typed = RwSignal::new(String::new());
    let hydrated = use_hydrated();
    let pending = delete.pending();
    let matches = move || typed.with(|typed| typed.trim() == name.get());
    let disabled = Signal::derive(move || hydrated.get() && (!matches() || pending.get()));
    let label = name.get_untracked();
    view! {
        <section
            aria-labelledby="danger"
            class="bg-surface border border-bad/40 rounded-card shadow-card p-4"
        >
            <h2 id="danger" class="text-bad">
                "Delete this credential"
            </h2>
            <p class="mt-1 mb-4">
                "The stored secret is gone for good. At the provider it stays valid until it is revoked there."
            </p>
            {state.notice()}
            <ActionForm action=delete attr:class=tw("grid gap-3")>
                {known.fields()}
                <Field
                    id="confirmation"
                    label=format!("Type {label} to confirm")
                    error=state.error("confirmation")
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
