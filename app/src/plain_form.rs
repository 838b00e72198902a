//! Forms that work without a script, several on a page. A refused one comes back by a redirect: which one it was and what
//! was typed into it stand in the address, what was wrong in a cookie. Secrets take neither way.

use domain::problem::{Problem, ProblemKind};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::use_query_map;

use crate::problem_page::notice_with;
use crate::refusal::Refusal;

/// The parameter of the address that names the form.
const FORM: &str = "form";

/// The most that a browser and a proxy take as an address, with room for the rest of the request.
#[cfg(feature = "ssr")]
const LONGEST: usize = 6_000;

/// Leads a plain form to `page`, or back to where it was filled in if it was refused. Our own wasm gets the answer and
/// stays where it is.
#[cfg(feature = "ssr")]
pub fn answer<T>(
    done: Result<T, Refusal>,
    page: &str,
    form: &str,
    typed: &[(&str, &str)],
) -> Result<T, Refusal> {
    use crate::routes::with_query;
    use crate::server_context::{back_to_form, redirect, wants_html};
    match &done {
        Ok(_) if wants_html() => redirect(page),
        Ok(_) => {}
        Err(refusal) => {
            let named = with_query(page, [(FORM, form)]);
            let back = with_query(&named, typed.iter().copied());
            let fits = back.len() <= LONGEST;
            back_to_form(refusal, if fits { &back } else { &named });
        }
    }
    done
}

/// What the page found when it was opened: the form that led back to it, and what was wrong.
#[derive(Clone, Debug, Default)]
struct Returned {
    form: String,
    problem: Option<Problem>,
}

/// Tells the forms of a page what was wrong with the plain one that led here.
pub fn provide_returned(problem: Option<Problem>) {
    let form = use_query_map().with_untracked(|query| query.get(FORM).unwrap_or_default());
    provide_context(StoredValue::new(Returned { form, problem }));
}

/// What is known about one form of a page: what was wrong with it the last time.
#[derive(Clone, Copy)]
pub struct FormState {
    name: &'static str,
    problem: Signal<Option<Problem>>,
    /// The fields that tell by themselves what is wrong with them.
    fields: StoredValue<Vec<&'static str>>,
}

impl FormState {
    /// The state of the form `name`, which asks for `action`.
    pub fn of<S>(name: &'static str, action: ServerAction<S>) -> Self
    where
        S: ServerFn<Error = Refusal> + Clone + Send + Sync + 'static,
        S::Output: Clone + Send + Sync + 'static,
    {
        let first = StoredValue::new(returned(name).and_then(|returned| returned.problem));
        let problem = Signal::derive(move || match action.value().get() {
            Some(Err(refusal)) => Some(refusal.0),
            Some(Ok(_)) => None,
            None => first.get_value(),
        });
        Self {
            name,
            problem,
            fields: StoredValue::new(Vec::new()),
        }
    }

    /// What is wrong.
    pub fn problem(self) -> Signal<Option<Problem>> {
        self.problem
    }

    /// What is wrong with one field, which from now on tells it by itself.
    pub fn error(self, field: &'static str) -> Signal<Option<String>> {
        let problem = self.problem;
        self.fields.update_value(|fields| fields.push(field));
        Signal::derive(move || problem.with(|problem| Some(problem.as_ref()?.field(field)?.into())))
    }

    /// Says that these fields tell by themselves what is wrong with them, although they come later.
    pub fn expect_fields(self, names: impl IntoIterator<Item = &'static str>) {
        self.fields.update_value(|fields| fields.extend(names));
    }

    /// What is wrong with the whole of it, what to do, and with what the form has no field for.
    pub fn notice(self) -> AnyView {
        let Self {
            problem, fields, ..
        } = self;
        let notice = move || {
            let problem = problem.get()?;
            let homeless: Vec<_> = problem
                .fields
                .iter()
                .filter(|error| fields.with_value(|fields| !fields.contains(&&*error.field)))
                .map(|error| error.message.clone())
                .collect();
            let about_fields = !problem.fields.is_empty() && homeless.is_empty();
            if about_fields && problem.kind != ProblemKind::Conflict {
                // What is wrong stands beside each field; what to do has no place there.
                let next_step = problem.next_step.clone()?;
                let words = problem.detail.clone();
                let told = problem.fields.iter().any(|error| error.message == words);
                let detail = if told { next_step } else { words };
                let next_step = problem.next_step.clone().filter(|step| *step != detail);
                return Some(notice_with(
                    Problem {
                        detail,
                        next_step,
                        ..problem
                    },
                    Vec::new(),
                ));
            }
            Some(notice_with(problem, homeless))
        };
        view! { <div class="mb-3 empty:hidden">{notice}</div> }.into_any()
    }

    /// What was typed into a field of the plain form that led here, or else `present`.
    pub fn typed(self, field: &str, present: &str) -> String {
        returned(self.name)
            .and_then(|_| use_query_map().with_untracked(|query| query.get(field)))
            .unwrap_or_else(|| present.to_owned())
    }
}

fn returned(form: &str) -> Option<Returned> {
    use_context::<StoredValue<Returned>>()
        .map(|returned| returned.get_value())
        .filter(|returned| returned.form == form)
}

/// Calls `look_again` whenever somebody else was faster, so that the page shows what there is now and the next try is
/// about that. What was typed stays.
pub fn on_conflict<S>(action: ServerAction<S>, look_again: impl Fn() + 'static)
where
    S: ServerFn<Error = Refusal> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Effect::new(move || {
        let refused = action.value().with(|value| match value {
            Some(Err(refusal)) => refusal.0.kind == ProblemKind::Conflict,
            _ => false,
        });
        if refused {
            look_again();
        }
    });
}

/// Calls `take` with each answer that is no refusal.
pub fn on_answer<S>(action: ServerAction<S>, take: impl Fn(S::Output) + 'static)
where
    S: ServerFn<Error = Refusal> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    Effect::new(move || {
        if let Some(Ok(answer)) = action.value().get() {
            take(answer);
        }
    });
}
