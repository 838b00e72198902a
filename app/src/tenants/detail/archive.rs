//! Archiving a tenant or an environment. Only an empty one can be archived.

use domain::problem::Problem;
use domain::tenancy::Obstacle;
use leptos::prelude::*;

use crate::form::{ConfirmForm, FormState};
use crate::ui::{DangerZone, Symbol};

#[component]
pub fn ArchiveZone(
    form: FormState,
    /// "tenant".
    noun: &'static str,
    /// What archiving does.
    text: &'static str,
    /// The name to type.
    slug: String,
    /// What has to be deleted first.
    obstacles: Result<Vec<Obstacle>, Problem>,
    /// Hidden arguments of the function.
    children: Children,
) -> impl IntoView {
    let blocked = obstacles
        .as_ref()
        .is_ok_and(|obstacles| !obstacles.is_empty());
    let obstacles = match obstacles {
        Ok(obstacles) => view! { <Obstacles noun=noun obstacles=obstacles /> }.into_any(),
        Err(problem) => view! {
            <p>{format!("The contents of the {noun} cannot be listed right now: ")} {problem.detail}</p>
        }
        .into_any(),
    };
    view! {
        <DangerZone title=format!("Archive this {noun}")>
            <p class="mt-1">{text}</p>
            <div class="mt-2 mb-4 text-muted" id="obstacles">
                {obstacles}
            </div>
            <ConfirmForm
                form=form
                name=slug
                button=format!("Archive {noun}")
                symbol=Symbol::Lock
                blocked_by=blocked.then_some("obstacles")
            >
                {children()}
            </ConfirmForm>
        </DangerZone>
    }
    .into_any()
}

#[component]
fn Obstacles(noun: &'static str, obstacles: Vec<Obstacle>) -> impl IntoView {
    if obstacles.is_empty() {
        return view! { <p>{format!("The {noun} is empty and can be archived.")}</p> }.into_any();
    }
    let line = |obstacle: Obstacle| {
        let environment = match obstacle.environment.as_str() {
            "" => String::new(),
            environment => format!(" in {environment}"),
        };
        view! {
            <li class="break-words">
                <b class="text-text">{obstacle.name}</b>
                {format!(" ({}{environment})", obstacle.kind)}
            </li>
        }
    };
    view! {
        <p>"Delete these resources first:"</p>
        <ul class="prose-list mt-1">{obstacles.into_iter().map(line).collect_view()}</ul>
    }
    .into_any()
}
