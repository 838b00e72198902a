//! What of the log is shown: a plain GET form, so that the address holds the question.

use domain::audit::{AuditAction, AuditOutcome};
use domain::problem::Problem;
use domain::tenancy::TenantRef;
use leptos::prelude::*;
use leptos_router::components::Form;

use super::address::AuditAddress;
use crate::ui::{Button, ButtonKind, Choice, Field, LinkButton, Select, TextInput, tw};

/// The form. A person or a thing that is asked for by its id stays until the filters are cleared.
#[component]
pub fn Filters(
    here: AuditAddress,
    /// Those to choose from; none on a tenant's own page.
    tenants: Vec<TenantRef>,
    /// What was wrong with the question.
    problem: Option<Problem>,
) -> impl IntoView {
    let problem = StoredValue::new(problem);
    let error = move |field: &'static str| {
        Signal::derive(move || {
            problem.with_value(|problem| problem.as_ref()?.field(field).map(str::to_owned))
        })
    };
    let kept = [("user", here.user.clone()), ("target", here.target.clone())];
    let kept = kept
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    let outcomes = AuditOutcome::ALL.map(|outcome| choice(outcome.as_str(), outcome.title()));
    let tenants = tenants
        .iter()
        .map(|tenant| choice(&tenant.slug, &tenant.name));
    let tenants = or_any("Any", tenants, &here.tenant);
    let of_platform = here.slug.is_empty();
    let tenant = of_platform.then(|| {
        let chosen = here.tenant.clone();
        view! {
            <Field id="audit-tenant" label="Tenant" error=error("tenant")>
                <Select name="tenant" choices=tenants chosen=chosen />
            </Field>
        }
    });
    let (action, outcome) = (here.action.clone(), here.outcome.clone());
    let what = or_any("Anything", actions(), &action);
    let outcomes = or_any("Any", outcomes, &outcome);
    let (search, since, until) = (here.search.clone(), here.since.clone(), here.until.clone());
    let narrow = !here.asks_for_everything();
    let everything = AuditAddress {
        slug: here.slug.clone(),
        ..AuditAddress::default()
    };
    view! {
        <Form
            method="GET"
            action=here.path()
            noscroll=true
            attr:role="search"
            attr:aria-label="Filters"
            attr:class=tw("grid grid-cols-1 gap-3 items-start mb-4 sm:grid-cols-2 lg:grid-cols-3")
        >
            {kept}
            <Field id="audit-search" label="Person or thing" error=error("search")>
                <TextInput
                    name="search"
                    r#type="search"
                    value=search
                    placeholder="part of a name"
                />
            </Field>
            <Field id="audit-action" label="What was done" error=error("action")>
                <Select
                    name="action"
                    choices=what chosen=action
                />
            </Field>
            <Field id="audit-outcome" label="Outcome" error=error("outcome")>
                <Select
                    name="outcome"
                    choices=outcomes chosen=outcome
                />
            </Field>
            {tenant}
            <Field id="audit-since" label="From" error=error("since")>
                <TextInput name="since" r#type=time_field(&since) value=since.clone() />
            </Field>
            <Field id="audit-until" label="Until" error=error("until")>
                <TextInput name="until" r#type=time_field(&until) value=until.clone() />
            </Field>
            <div class="flex flex-wrap gap-2 sm:col-span-2 lg:col-span-3">
                <Button>"Show"</Button>
                {narrow
                    .then(|| {
                        view! {
                            <LinkButton kind=ButtonKind::Quiet href=everything.address()>
                                "Clear filters"
                            </LinkButton>
                        }
                    })}
            </div>
        </Form>
    }
    .into_any()
}

/// A field for days, unless the address asks for a moment.
fn time_field(value: &str) -> &'static str {
    let is_day = value.is_empty() || value.len() == "2026-11-21".len();
    if is_day { "date" } else { "text" }
}

/// Every action by its words.
fn actions() -> Vec<Choice> {
    let mut actions: Vec<Choice> = AuditAction::ALL
        .into_iter()
        .map(|action| choice(action.as_str(), &action.as_str().replace('_', " ")))
        .collect();
    actions.sort_by(|one, other| one.label.cmp(&other.label));
    actions
}

/// The choices, before them `any`, and after them what the address asks for beyond them.
fn or_any(any: &str, choices: impl IntoIterator<Item = Choice>, asked: &str) -> Vec<Choice> {
    let mut all = vec![choice("", any)];
    all.extend(choices);
    if all.iter().all(|choice| choice.value != asked) {
        let words = asked.replace(',', ", ").replace('_', " ");
        all.push(choice(asked, &words));
    }
    all
}

fn choice(value: &str, label: &str) -> Choice {
    Choice {
        value: value.to_owned(),
        label: label.to_owned(),
    }
}
