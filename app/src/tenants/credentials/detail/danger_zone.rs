//! Suspension and deletion.

use domain::credential::{Credential, CredentialState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::form::{ConfirmForm, Form};
use crate::page::PageRequest;
use crate::tenants::credentials::functions::{
    DeleteCredential, RestoreCredential, SuspendCredential,
};
use crate::ui::{Button, ButtonKind, Card, DangerZone};

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
    view! {
        <DangerZone title="Delete this credential">
            <p class="mt-1 mb-4">
                "The stored secret is deleted and cannot be restored. It stays valid at the provider until you revoke it there."
            </p>
            <ConfirmForm form=form name=credential.name button="Delete credential">
                <input type="hidden" name="id" value=credential.id.to_string() />
                <input type="hidden" name="tenant" value=credential.tenant.slug />
            </ConfirmForm>
        </DangerZone>
    }
    .into_any()
}
