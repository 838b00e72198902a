//! The filters: a GET form, so that the address holds them.

use domain::audit::{AuditAction, AuditOutcome};
use domain::problem::Problem;
use domain::tenancy::TenantRef;
use leptos::prelude::*;

use super::list::is_unfiltered;
use crate::form::FormState;
use crate::page::Rendering;
use crate::ui::{Button, ButtonKind, Choice, Field, LinkButton, Select, TextInput};

/// A user or a target from a link is kept until the filters are cleared.
#[component]
pub fn Filters(
    form: FormState,
    /// Those to filter by, on the page of the platform.
    tenants: Option<Vec<TenantRef>>,
    #[prop(optional_no_strip)] problem: Option<Problem>,
) -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    let value = |name: &str| address.get(name).unwrap_or_default().to_owned();
    let error = |name: &str| problem.as_ref()?.field(name).map(str::to_owned);
    let kept = address
        .parameters
        .iter()
        .filter(|(name, _)| name == "user" || name == "target");
    let kept = kept.cloned().map(|(name, value)| {
        view! { <input type="hidden" name=name value=value /> }
    });
    let (action, outcome) = (value("action"), value("outcome"));
    let outcomes = AuditOutcome::ALL.map(|outcome| Choice::new(outcome.as_str(), outcome.title()));
    let outcomes = any_or(outcomes.into(), &outcome);
    let actions = any_or(actions(), &action);
    let tenant = tenants.map(|tenants| {
        let chosen = value("tenant");
        let tenants = tenants
            .into_iter()
            .map(|tenant| Choice::new(tenant.slug, tenant.name));
        let choices = any_or(tenants.collect(), &chosen);
        view! {
            <Field form=form.clone() name="tenant" label="Tenant" error=error("tenant")>
                <Select choices=choices chosen=chosen />
            </Field>
        }
    });
    let days = [("since", "From"), ("until", "To")].map(|(name, label)| {
        let value = value(name);
        view! {
            <Field form=form.clone() name=name label=label error=error(name)>
                <TextInput r#type=time_type(&value) value=value />
            </Field>
        }
    });
    let search = value("search");
    let clear = (!is_unfiltered(&address)).then(|| {
        view! {
            <LinkButton kind=ButtonKind::Quiet href=address.path.clone()>
                "Clear filters"
            </LinkButton>
        }
    });
    view! {
        <form
            method="get"
            action=address.path.clone()
            role="search"
            aria-label="Filters"
            data-search=""
            class="grid grid-cols-1 gap-3 items-start mb-4 sm:grid-cols-2 lg:grid-cols-3"
        >
            {kept.collect_view()}
            <Field form=form.clone() name="search" label="User or target" error=error("search")>
                <TextInput r#type="search" value=search placeholder="part of a name" />
            </Field>
            <Field form=form.clone() name="action" label="Action" error=error("action")>
                <Select choices=actions chosen=action />
            </Field>
            <Field form=form.clone() name="outcome" label="Outcome" error=error("outcome")>
                <Select choices=outcomes chosen=outcome />
            </Field>
            {tenant}
            {days.into_iter().collect_view()}
            <div class="flex flex-wrap gap-2 sm:col-span-2 lg:col-span-3">
                <div class="without-script">
                    <Button>"Apply filters"</Button>
                </div>
                {clear}
            </div>
        </form>
    }
    .into_any()
}

/// A control for days, unless the address asks for a moment.
fn time_type(value: &str) -> &'static str {
    let is_day = value.is_empty() || value.len() == "2026-11-21".len();
    if is_day { "date" } else { "text" }
}

fn actions() -> Vec<Choice> {
    let actions = AuditAction::ALL.into_iter().map(AuditAction::as_str);
    let mut actions: Vec<_> = actions
        .map(|action| Choice::new(action, action.replace('_', " ")))
        .collect();
    actions.sort_by(|one, other| one.label.cmp(&other.label));
    actions
}

/// “Any”, the choices, and what the address asks for if it is none of them.
fn any_or(choices: Vec<Choice>, chosen: &str) -> Vec<Choice> {
    let mut all = vec![Choice::new("", "Any")];
    all.extend(choices);
    if all.iter().all(|choice| choice.value != chosen) {
        all.push(Choice::new(
            chosen,
            chosen.replace(',', ", ").replace('_', " "),
        ));
    }
    all
}
