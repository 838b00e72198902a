//! Replacing the secret, to rotate keys.

use domain::credential::Credential;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::form::Form;
use crate::page::PageRequest;
use crate::tenants::credentials::functions::ReplaceCredential;
use crate::tenants::credentials::secret_fields::SecretFields;
use crate::ui::{Button, Card};

#[component]
pub fn Replace(request: PageRequest, credential: Credential) -> impl IntoView {
    let form = request.form(ReplaceCredential::url());
    let open = form.was_sent();
    view! {
        <Card title="Secret">
            <p class="text-muted">
                "Replace the secret to rotate keys. New launches use the new secret; everything else stays the same."
            </p>
            <details class="mt-2" open=open>
                <summary class="link">"Enter a new secret"</summary>
                <div class="mt-3">
                    <p class="text-muted mb-3">"All fields are replaced. A field that you leave empty becomes empty."</p>
                    <Form state=form.clone() class="grid gap-4">
                        <input type="hidden" name="id" value=credential.id.to_string() />
                        <input type="hidden" name="version" value=credential.version.to_string() />
                        <SecretFields form=form provider=credential.provider />
                        <div>
                            <Button>"Replace secret"</Button>
                        </div>
                    </Form>
                </div>
            </details>
        </Card>
    }
    .into_any()
}
