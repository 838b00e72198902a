//! Whose it is: tenant and environment in one choice, so that no pair can be chosen that does not exist.

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
    let places = StoredValue::new((tenants.clone(), rooms));
    let room = move || {
        let place = chosen.get();
        let (name, room) = places.with_value(|(tenants, rooms)| room_at(&place, tenants, rooms))?;
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

/// The environment at a [`place`], if it has limits: what people call it, and how much of them is in use.
pub fn room_at(
    place: &str,
    tenants: &[Tenant],
    rooms: &[EnvironmentRoom],
) -> Option<(String, EnvironmentRoom)> {
    let (tenant, environment) = split_place(place);
    let tenant = tenants.iter().find(|found| found.tenant.slug == tenant)?;
    let mut environments = tenant.environments.iter();
    let environment = environments.find(|found| found.slug == environment)?;
    let mut rooms = rooms.iter();
    let room = rooms.find(|room| room.environment_id == environment.id)?;
    Some((environment.name.clone(), *room))
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
