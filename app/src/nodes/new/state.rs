//! The form's state, which all of its parts share: what is filled in, and what the portal says about it.

use domain::problem::{FieldError, Problem};
use leptos::prelude::*;

use super::draft::Draft;
use crate::nodes::api::Quoted;

/// What the portal said about a draft.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<T> {
    /// The draft it was asked about.
    pub draft: Draft,
    /// What it said.
    pub said: T,
}

/// Shared by all parts of one form.
#[derive(Clone, Copy)]
pub struct OrderState {
    /// What is filled in.
    pub draft: RwSignal<Draft>,
    /// Whether the page has come alive and `draft` is what the controls have. Before, they are the server's.
    pub alive: RwSignal<bool>,
    /// What it would come to, as far as that is known.
    pub quoted: RwSignal<Answer<Result<Quoted, Problem>>>,
    /// Why the order was refused when it was sent.
    pub refused: RwSignal<Option<Answer<Problem>>>,
}

impl OrderState {
    /// What one control has, tracked.
    pub fn value(self, control: &'static str) -> Memo<String> {
        Memo::new(move |_| self.draft.with(|draft| draft.get(control).to_owned()))
    }

    /// What one control has at the moment.
    pub fn now(self, control: &'static str) -> String {
        self.draft
            .with_untracked(|draft| draft.get(control).to_owned())
    }

    /// Takes over what a control has got.
    pub fn set(self, control: &'static str, value: String) {
        self.draft.update(|draft| draft.set(control, value));
    }

    /// What is wrong with one control.
    pub fn error(self, control: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.draft
                .with(|draft| self.of_quote(control, draft))
                .or_else(|| self.draft.with(|draft| self.of_refusal(control, draft)))
        })
    }

    /// What the quote found. Not yet filled in is not yet wrong.
    fn of_quote(self, control: &str, now: &Draft) -> Option<String> {
        self.quoted.with(|answer| {
            let quoted = answer.said.as_ref().ok()?;
            let typed = !value(control, now).trim().is_empty();
            (typed && unchanged(control, &answer.draft, now))
                .then(|| message(control, &quoted.quote.errors))
                .flatten()
        })
    }

    /// What was found when the form was sent.
    fn of_refusal(self, control: &str, now: &Draft) -> Option<String> {
        self.refused.with(|answer| {
            let answer = answer.as_ref()?;
            unchanged(control, &answer.draft, now)
                .then(|| message(control, &answer.said.fields))
                .flatten()
        })
    }
}

/// What errors have to say about one control: what a request calls by other names stands beside it too.
fn message(control: &str, errors: &[FieldError]) -> Option<String> {
    let messages: Vec<_> = errors
        .iter()
        .filter(|error| control_of(&error.field) == control)
        .map(|error| error.message.as_str())
        .collect();
    (!messages.is_empty()).then(|| messages.join(" "))
}

/// The control that a field of a request comes from.
fn control_of(field: &str) -> &str {
    match field {
        "tenant" | "environment" => "place",
        "cloud" | "region" => "location",
        field => field,
    }
}

/// Whether a control still has what it had. What is said about an accelerator is said about either of its controls.
fn unchanged(control: &str, then: &Draft, now: &Draft) -> bool {
    value(control, then) == value(control, now)
}

fn value<'a>(control: &str, draft: &'a Draft) -> &'a str {
    match control {
        "accelerator" => draft.accelerator_name(),
        control => draft.get(control),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_stands_beside_the_control_it_comes_from() {
        let errors = [
            FieldError::new("region", "Not in mars-1."),
            FieldError::new("task", "Line 2: no workdir."),
            FieldError::new("task", "Line 4: no envs."),
        ];
        assert_eq!(message("location", &errors).unwrap(), "Not in mars-1.");
        assert_eq!(
            message("task", &errors).unwrap(),
            "Line 2: no workdir. Line 4: no envs."
        );
        assert_eq!(message("count", &errors), None);
    }

    #[test]
    fn what_was_said_about_another_accelerator_counts_no_more() {
        let card = Draft {
            accelerator: "H100".into(),
            ..Draft::default()
        };
        let typed = Draft {
            other_accelerator: "H1000".into(),
            ..Draft::default()
        };
        assert!(unchanged("accelerator", &card, &card));
        assert!(!unchanged("accelerator", &card, &typed));
    }
}
