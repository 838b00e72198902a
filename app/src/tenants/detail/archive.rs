//! Archiving a tenant or an environment. Only an empty one can be archived.

use domain::problem::Problem;
use domain::tenancy::Obstacle;
use leptos::prelude::*;

use crate::form::{Form, FormState};
use crate::ui::{Button, ButtonKind, Field, Icon, Symbol, TextInput};

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
    let label = format!("Type {slug} to confirm");
    // The script enables the button once the name is typed.
    let input = if blocked {
        view! { <Field form=form.clone() name="confirmation" label=label><TextInput /></Field> }
            .into_any()
    } else {
        view! {
            <Field form=form.clone() name="confirmation" label=label>
                <TextInput confirms=slug />
            </Field>
        }
        .into_any()
    };
    view! {
        <section
            aria-labelledby="danger"
            class="bg-surface border border-bad/40 rounded-card shadow-card p-4"
        >
            <h2 id="danger" class="text-bad">
                {format!("Archive this {noun}")}
            </h2>
            <p class="mt-1">{text}</p>
            <div class="mt-2 mb-4 text-muted" id="obstacles">
                {obstacles}
            </div>
            <Form state=form class="grid gap-3">
                {children()}
                {input}
                <div>
                    <Button kind=ButtonKind::Danger disabled=blocked attr:aria-describedby="obstacles">
                        <Icon symbol=Symbol::Lock size=16 />
                        {format!("Archive {noun}")}
                    </Button>
                </div>
            </Form>
        </section>
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
