//! Whose the cluster is: tenant and environment in one choice, so that no pair can be chosen that does not exist.

use domain::tenancy::Tenant;
use leptos::prelude::*;

use super::draft::{Draft, place};
use crate::ui::Field;

/// A select with the environments grouped by tenant.
#[component]
pub fn PlaceField(
    tenants: Vec<Tenant>,
    draft: RwSignal<Draft>,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let chosen = draft.with_untracked(|draft| draft.place.clone());
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
                on:change=move |event| {
                    let value = event_target_value(&event);
                    draft.update(|draft| draft.place = value);
                }
            >
                {groups}
            </select>
        </Field>
    }
    .into_any()
}
