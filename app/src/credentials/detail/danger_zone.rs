//! Suspension and deletion.

use domain::credential::{Credential, CredentialState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::credentials::functions::{DeleteCredential, RestoreCredential, SuspendCredential};
use crate::form::Form;
use crate::page::PageRequest;
use crate::ui::{Button, ButtonKind, Card, Field, Icon, Symbol, TextInput};

#[component]
pub fn Suspend(request: PageRequest, credential: Credential) -> impl IntoView {
    let id = credential.id.to_string();
    let content = match credential.state {
        CredentialState::Suspended => view! {
            <p class="mb-3">
                "This credential cannot be used. Running nodes keep access until their session with the provider expires."
            </p>
            <Form state=request.form(RestoreCredential::url())>
                <input type="hidden" name="id" value=id />
                <Button>"Restore credential"</Button>
            </Form>
        }
        .into_any(),
        CredentialState::Active => view! {
            <p class="mb-3">
                "Nothing can be launched with a suspended credential until it is restored."
            </p>
            <Form state=request.form(SuspendCredential::url())>
                <input type="hidden" name="id" value=id />
                <Button kind=ButtonKind::Danger>"Suspend credential"</Button>
            </Form>
        }
        .into_any(),
    };
    view! { <Card title="Suspension">{content}</Card> }.into_any()
}

#[component]
pub fn Delete(request: PageRequest, credential: Credential) -> impl IntoView {
    let form = request.form(DeleteCredential::url());
    let name = credential.name;
    view! {
        <section
            aria-labelledby="danger"
            class="bg-surface border border-bad/40 rounded-card shadow-card p-4"
        >
            <h2 id="danger" class="text-bad">
                "Delete this credential"
            </h2>
            <p class="mt-1 mb-4">
                "The stored secret is deleted and cannot be restored. It stays valid at the provider until you revoke it there."
            </p>
            <Form state=form.clone() class="grid gap-3">
                <input type="hidden" name="id" value=credential.id.to_string() />
                <input type="hidden" name="tenant" value=credential.tenant.slug />
                <Field form=form name="confirmation" label=format!("Type {name} to confirm")>
                    <TextInput confirms=name />
                </Field>
                <div>
                    <Button kind=ButtonKind::Danger>
                        <Icon symbol=Symbol::Trash size=16 />
                        "Delete credential"
                    </Button>
                </div>
            </Form>
        </section>
    }
    .into_any()
}
