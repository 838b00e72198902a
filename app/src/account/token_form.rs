//! Making an API token: what for, what it may do, where, for how long.

use domain::access::TokenScope;
use domain::account::TokenInput;
use domain::problem::Problem;
use domain::tenancy::TenantRef;
use leptos::prelude::*;

use super::api::CreateToken;
use crate::ui::{Button, Choice, Field, Icon, Select, Symbol, TextInput};

/// Life times that the form offers, in days.
const LIFE_TIMES: [(&str, &str); 4] = [
    ("7", "7 days"),
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "a year"),
];

/// The form. Unless its maker chooses otherwise a token does the daily work and does not administer.
#[component]
pub fn TokenForm(
    create: ServerAction<CreateToken>,
    problem: Signal<Option<Problem>>,
    /// Those that a token can be for.
    tenants: Vec<TenantRef>,
) -> impl IntoView {
    let field = move |name: &'static str| {
        Signal::derive(move || {
            problem.with(|problem| problem.as_ref()?.field(name).map(str::to_owned))
        })
    };
    let life_times = LIFE_TIMES.map(|(value, label)| choice(value, label)).into();
    let everywhere = choice("", "All my tenants");
    let tenants = std::iter::once(everywhere)
        .chain(
            tenants
                .iter()
                .map(|tenant| choice(&tenant.slug, &tenant.name)),
        )
        .collect();
    let pending = create.pending();
    view! {
        <ActionForm action=create attr:class=crate::ui::tw("grid grid-cols-1 gap-3 items-start")>
            <div class="grid grid-cols-1 gap-3 items-start md:grid-cols-[minmax(0,1fr)_minmax(0,11rem)_9rem]">
                <Field id="token-name" label="What it is for" error=field("name")>
                    <TextInput name="input[name]" placeholder="deploy pipeline" max_length=60 />
                </Field>
                <Field id="token-tenant" label="Where" error=field("tenant")>
                    <Select name="input[tenant]" choices=tenants chosen="" />
                </Field>
                <Field id="token-life" label="Ends after" error=field("expires_in_days")>
                    <Select name="input[expires_in_days]" choices=life_times chosen="30" />
                </Field>
            </div>
            <Scopes error=field("scopes") />
            <div>
                <Button disabled=pending>
                    <Icon symbol=Symbol::Key size=16 />
                    "Make a token"
                </Button>
            </div>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn Scopes(error: Signal<Option<String>>) -> impl IntoView {
    let scope = |(number, scope): (usize, TokenScope)| {
        view! {
            <label class="flex items-baseline gap-2">
                <input
                    type="checkbox"
                    name=format!("input[scopes][{number}]")
                    value=scope.as_str()
                    checked=TokenInput::USUAL_SCOPES.contains(&scope)
                />
                <span>
                    <span class="font-semibold">{scope.as_str()}</span>
                    <span class="text-muted">{format!(" · {}", scope.title())}</span>
                </span>
            </label>
        }
    };
    view! {
        <fieldset class="grid gap-1.5" aria-describedby="token-scopes-message">
            <legend class="font-semibold mb-1.5">"What it may do"</legend>
            {TokenScope::ALL.into_iter().enumerate().map(scope).collect_view()}
            <p class="text-small text-muted">
                "It never may more than you, and loses with you. No token makes tokens."
            </p>
            <p id="token-scopes-message" aria-live="polite" class="text-small text-bad empty:hidden">
                {error}
            </p>
        </fieldset>
    }
    .into_any()
}

fn choice(value: &str, label: &str) -> Choice {
    Choice {
        value: value.to_owned(),
        label: label.to_owned(),
    }
}
