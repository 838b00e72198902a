//! Whose it is: tenant and environment in one choice, so that no pair can be chosen that does not exist.

use domain::tenancy::Tenant;
use leptos::prelude::*;

use crate::ui::Field;

/// A select with the environments grouped by tenant.
#[component]
pub fn PlaceField(
    tenants: Vec<Tenant>,
    /// The [`place`] chosen at first.
    chosen: String,
    /// Told what is chosen instead.
    #[prop(into)]
    choose: Callback<String>,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let groups = tenants
        .into_iter()
        .map(|tenant| {
            let options = tenant
                .environments
                .iter()
                .map(|environment| {
                    let value = place(&tenant.tenant.slug, &environment.slug);
                    let selected = value == chosen;
                    let label = format!("{} / {}", tenant.tenant.name, environment.name);
                    view! {
                        <option value=value selected=selected>
                            {label}
                        </option>
                    }
                })
                .collect_view();
            view! { <optgroup label=tenant.tenant.name.clone()>{options}</optgroup> }
        })
        .collect_view();
    view! {
        <Field id="place" label="Tenant and environment" error=error>
            <select
                id="place"
                name="draft[place]"
                class="control"
                aria-describedby="place-hint place-message"
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                on:change=move |event| choose.run(event_target_value(&event))
            >
                {groups}
            </select>
        </Field>
    }
    .into_any()
}

/// The value of the control that chooses tenant and environment, by their slugs.
fn place(tenant: &str, environment: &str) -> String {
    format!("{tenant}/{environment}")
}

/// The place that a form proposes.
pub fn first_place(tenants: &[Tenant]) -> Option<String> {
    tenants.iter().find_map(|tenant| {
        let environment = tenant.environments.first()?;
        Some(place(&tenant.tenant.slug, &environment.slug))
    })
}

/// Tenant and environment of a [`place`].
pub fn split_place(place: &str) -> (&str, &str) {
    place.split_once('/').unwrap_or((place, ""))
}
