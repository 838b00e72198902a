//! Whose it is: tenant and environment in one choice, so that no pair can be chosen that does not exist.

use std::collections::HashMap;

use domain::room::{EnvironmentRoom, Wanted};
use domain::tenancy::Tenant;
use leptos::prelude::*;

use crate::ui::Field;

/// A select with the environments grouped by tenant. Says how much of the chosen one's limits is in use.
#[component]
pub fn PlaceField(
    tenants: Vec<Tenant>,
    /// Of their environments those with limits.
    rooms: Vec<EnvironmentRoom>,
    /// What is to be put there.
    #[prop(into)]
    wanted: Signal<Wanted>,
    /// The [`place`] that is chosen.
    #[prop(into)]
    chosen: Signal<String>,
    /// Told what is chosen instead.
    #[prop(into)]
    choose: Callback<String>,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let first = chosen.get_untracked();
    let limited = limited(&tenants, &rooms);
    let room = move || {
        let (name, room) = chosen.with(|chosen| limited.get(chosen).cloned())?;
        let reached = room.limits.reached(&room.in_use, wanted.get());
        let in_the_way = reached.map(|limit| format!("{} {}", limit.words(&name), limit.way_out()));
        Some(view! {
            <p>{format!("In use: {}.", room.words())}</p>
            <p class="text-bad empty:hidden">{in_the_way}</p>
        })
    };
    let groups = tenants
        .into_iter()
        .map(|tenant| {
            let options = tenant
                .environments
                .iter()
                .map(|environment| {
                    let value = place(&tenant.tenant.slug, &environment.slug);
                    let selected = value == first;
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
        <Field id="place" label="Tenant and environment" hint=move || room error=error>
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

/// The environments with limits by their [`place`], with what people call them.
fn limited(
    tenants: &[Tenant],
    rooms: &[EnvironmentRoom],
) -> HashMap<String, (String, EnvironmentRoom)> {
    let all = tenants.iter().flat_map(|tenant| {
        let environments = tenant.environments.iter();
        environments.map(|environment| (&tenant.tenant.slug, environment))
    });
    all.filter_map(|(tenant, environment)| {
        let mut rooms = rooms.iter();
        let room = rooms.find(|room| room.environment_id == environment.id)?;
        let place = place(tenant, &environment.slug);
        Some((place, (environment.name.clone(), *room)))
    })
    .collect()
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
