//! Whether the credential is the default, and its name.

use domain::credential::Credential;
use domain::display_name::LONGEST_NAME;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::form::Form;
use crate::page::PageRequest;
use crate::tenants::credentials::functions::{ChooseCredential, RenameCredential};
use crate::tenants::credentials::state::scope;
use crate::ui::{Button, Card, Field, SaveButton, TextInput};

#[component]
pub fn UseAsDefault(request: PageRequest, credential: Credential) -> impl IntoView {
    let about = format!("{} in {}", credential.provider.title(), scope(&credential));
    let content = if credential.chosen {
        view! { <p>{format!("This is the default credential for {about}.")}</p> }.into_any()
    } else {
        view! {
            <p class="mb-3">{format!("Another credential is the default for {about}.")}</p>
            <Form state=request.form(ChooseCredential::url())>
                <input type="hidden" name="id" value=credential.id.to_string() />
                <Button>"Make default"</Button>
            </Form>
        }
        .into_any()
    };
    view! { <Card title="Default">{content}</Card> }.into_any()
}

#[component]
pub fn Rename(request: PageRequest, credential: Credential) -> impl IntoView {
    let form = request.form(RenameCredential::url());
    view! {
        <Card title="Name">
            <Form state=form.clone() class="grid gap-3">
                <input type="hidden" name="id" value=credential.id.to_string() />
                <input type="hidden" name="version" value=credential.version.to_string() />
                <Field form=form.clone() name="name" label="Display name">
                    <TextInput value=credential.name max_length=LONGEST_NAME as u32 />
                </Field>
                <SaveButton form=form />
            </Form>
        </Card>
    }
    .into_any()
}
