//! The form of a provider.

use domain::credential::Provider;
use leptos::prelude::*;

use crate::credentials::api::{CreateCredential, CredentialForm};
use crate::credentials::secret_fields::SecretFields;
use crate::plain_form::{FormState, provide_returned};
use crate::ui::{Button, ButtonKind, Choice, Field, Select, TextInput, tw};

/// What it is called and what it is for, then what the provider asks for.
#[component]
pub fn NewForm(form: CredentialForm, provider: Memo<Option<Provider>>) -> impl IntoView {
    let CredentialForm {
        tenant,
        environments,
        typed,
        problem,
    } = form;
    provide_returned(problem);
    let create = ServerAction::<CreateCredential>::new();
    let state = FormState::of("create", create);
    let before = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let (name, environment, chosen) = (before("name"), before("environment"), before("chosen"));
    let first = Choice {
        value: String::new(),
        label: "All environments without one of their own".to_owned(),
    };
    let choices = std::iter::once(first)
        .chain(environments.into_iter().map(|environment| Choice {
            value: environment.slug,
            label: environment.name,
        }))
        .collect();
    let every_field = Provider::ALL.into_iter().flat_map(Provider::fields);
    state.expect_fields(every_field.map(|field| field.name));
    let fields = move || {
        let provider = provider.get()?;
        let typed = typed.clone();
        Some(view! {
            <input type="hidden" name="draft[provider]" value=provider.as_str() />
            <SecretFields provider=provider prefix="draft[fields]" typed=typed state=state />
        })
    };
    let pending = create.pending();
    // After it is stored the page is about to change; a second click would be for nothing.
    let stored = move || create.value().with(|value| matches!(value, Some(Ok(()))));
    let disabled = Signal::derive(move || pending.get() || stored());
    let title = move || provider.get().map_or("", Provider::title);
    view! {
        <section
            aria-labelledby="credential-form"
            class="bg-surface border border-line rounded-card shadow-card p-4"
        >
            <h2 id="credential-form" class="mb-3">
                {title}
            </h2>
            {state.notice()}
            <ActionForm action=create attr:class=tw("grid gap-4") attr:autocomplete="off">
                <input type="hidden" name="draft[tenant]" value=tenant.slug />
                <div class="grid gap-4 items-start md:grid-cols-2">
                    <Field
                        id="credential-name"
                        label="Name"
                        hint=|| "What people will know it by."
                        error=state.error("name")
                    >
                        <TextInput
                            name="draft[name]"
                            value=name
                            placeholder="training account"
                            max_length=60
                        />
                    </Field>
                    <Field
                        id="credential-environment"
                        label="For"
                        error=state.error("environment")
                    >
                        <Select
                            name="draft[environment]"
                            choices=choices
                            chosen=environment
                        />
                    </Field>
                </div>
                {fields}
                <label class="flex items-start gap-2">
                    <input
                        type="checkbox"
                        name="draft[chosen]"
                        value="true"
                        checked=!chosen.is_empty()
                        class="mt-1"
                    />
                    <span>
                        "Make it the default"
                        <small class="block text-muted">
                            "Of several for the same provider and environment the default is taken. The first one is it by itself."
                        </small>
                    </span>
                </label>
                <div>
                    <Button kind=ButtonKind::Primary disabled=disabled>
                        {move || if pending.get() { "Storing …" } else { "Encrypt and store" }}
                    </Button>
                </div>
            </ActionForm>
        </section>
    }
    .into_any()
}
