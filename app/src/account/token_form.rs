//! The form that creates an API token.

use domain::access::TokenScope;
use domain::account::TokenInput;
use domain::tenancy::TenantRef;
use leptos::prelude::*;

use crate::form::{Form, FormState};
use crate::ui::{Button, Choice, Field, FieldMessage, Icon, Select, Symbol, TextInput};

/// In days.
const LIFETIMES: [(&str, &str); 4] = [
    ("7", "7 days"),
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "1 year"),
];

#[component]
pub fn TokenForm(
    form: FormState,
    /// Those that a token can be limited to.
    tenants: Vec<TenantRef>,
) -> impl IntoView {
    let lifetimes = LIFETIMES
        .map(|(days, label)| Choice::new(days, label))
        .into();
    let tenants = tenants
        .into_iter()
        .map(|tenant| Choice::new(tenant.slug, tenant.name));
    let tenants = std::iter::once(Choice::new("", "All my tenants"))
        .chain(tenants)
        .collect();
    view! {
        <Form state=form.clone() class="grid grid-cols-1 gap-3 items-start">
            <div class="grid grid-cols-1 gap-3 items-start md:grid-cols-[minmax(0,1fr)_minmax(0,11rem)_9rem]">
                <Field form=form.clone() name="name" label="Name">
                    <TextInput placeholder="deploy pipeline" max_length=60 />
                </Field>
                <Field form=form.clone() name="tenant" label="Tenant">
                    <Select choices=tenants chosen="" />
                </Field>
                <Field form=form.clone() name="expires_in_days" label="Expires after">
                    <Select choices=lifetimes chosen="30" />
                </Field>
            </div>
            <Scopes form=form.clone() />
            <div>
                <Button>
                    <Icon symbol=Symbol::Key size=16 />
                    "Create token"
                </Button>
            </div>
        </Form>
    }
    .into_any()
}

#[component]
fn Scopes(form: FormState) -> impl IntoView {
    let sent = form.sent_values("scopes");
    let control = form.control("scopes");
    let id = form.field_id("scopes");
    let described_by = format!("{id}-message");
    let error = form.error("scopes");
    let scope = |(number, scope): (usize, TokenScope)| {
        let checked = match &sent {
            Some(sent) => sent.iter().any(|sent| sent == scope.as_str()),
            None => TokenInput::USUAL_SCOPES.contains(&scope),
        };
        view! {
            <label class="flex items-baseline gap-2">
                <input
                    type="checkbox"
                    name=format!("{control}[{number}]")
                    value=scope.as_str()
                    checked=checked
                />
                <span>
                    <span class="font-semibold">{scope.as_str()}</span>
                    <span class="text-muted">{format!(" · {}", scope.title())}</span>
                </span>
            </label>
        }
    };
    view! {
        <fieldset class="grid gap-1.5" data-field="scopes" aria-describedby=described_by>
            <legend class="font-semibold mb-1.5">"Scopes"</legend>
            {TokenScope::ALL.into_iter().enumerate().map(scope).collect_view()}
            <p class="text-small text-muted">
                "A token never has more permissions than you have now. Tokens cannot create tokens."
            </p>
            <FieldMessage id=id error=error />
        </fieldset>
    }
    .into_any()
}
