//! The state of a form: its server function, and the outcome of the last submission.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::problem::{FieldError, Problem};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::address::Address;

/// A form that was submitted and is shown again.
#[derive(Clone)]
pub struct Submission {
    /// The path of the server function.
    pub action: String,
    /// See [`FormState::keyed`].
    pub key: String,
    pub fields: Arc<[(String, String)]>,
    pub outcome: Outcome,
    /// Whether the page has the form, which then shows its problem.
    is_shown: Arc<AtomicBool>,
}

impl Submission {
    pub fn new(
        action: impl Into<String>,
        key: impl Into<String>,
        fields: impl Into<Arc<[(String, String)]>>,
        outcome: Outcome,
    ) -> Self {
        Self {
            action: action.into(),
            key: key.into(),
            fields: fields.into(),
            outcome,
            is_shown: Arc::default(),
        }
    }

    /// The problem of a form that the page no longer has, because its resource has changed meanwhile.
    pub fn unshown_problem(&self) -> Option<&Problem> {
        match &self.outcome {
            Outcome::Problem(problem) if !self.is_shown.load(Ordering::Relaxed) => Some(problem),
            _ => None,
        }
    }
}

/// Without the fields and the answer, which may be secrets.
impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submission")
            .field("action", &self.action)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// Why a submitted form is shown again.
#[derive(Clone)]
pub enum Outcome {
    /// The function did not run.
    Preview,
    /// The function failed.
    Problem(Problem),
    /// The function succeeded, and only this page shows its result.
    Answer(Value),
}

/// The state of one form on a page. Cheap to clone.
#[derive(Clone, Debug)]
pub struct FormState {
    action: &'static str,
    key: String,
    /// The struct argument of the server function that the fields belong to: `draft[name]`.
    group: Option<&'static str>,
    kept_in_address: bool,
    address: Address,
    submission: Option<Submission>,
    /// See [`FormState::with_errors`].
    errors: Arc<[FieldError]>,
    /// The fields that show their own messages.
    shown: Arc<Mutex<Vec<String>>>,
}

impl FormState {
    pub(crate) fn new(
        action: &'static str,
        address: Address,
        submission: Option<Submission>,
    ) -> Self {
        let mut state = Self {
            action,
            key: String::new(),
            group: None,
            kept_in_address: false,
            address,
            submission,
            errors: Arc::default(),
            shown: Arc::default(),
        };
        state.forget_others();
        state
    }

    fn forget_others(&mut self) {
        let (action, key) = (self.action, &self.key);
        if let Some(submission) = &self.submission
            && (submission.action != action || (!key.is_empty() && submission.key != *key))
        {
            self.submission = None;
        }
    }

    /// Distinguishes this form from others for the same function on the page, such as one in each row.
    #[must_use]
    pub fn keyed(mut self, key: impl ToString) -> Self {
        self.key = key.to_string();
        self.forget_others();
        self
    }

    /// The fields are members of the function's argument `group`.
    #[must_use]
    pub fn grouped(mut self, group: &'static str) -> Self {
        self.group = Some(group);
        self
    }

    /// The typed values may be in the address of the page, so that they survive a sign-in. Not for secrets.
    #[must_use]
    pub fn kept_in_address(mut self) -> Self {
        self.kept_in_address = true;
        self
    }

    /// Errors that the page found in the typed values. An error of the rejected form in the same field replaces them.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors.into();
        self
    }

    pub fn is_kept_in_address(&self) -> bool {
        self.kept_in_address
    }

    pub fn action(&self) -> &'static str {
        self.action
    }

    pub fn key(&self) -> String {
        self.key.clone()
    }

    /// The address of the page with the form.
    pub fn page(&self) -> String {
        self.address.to_string()
    }

    /// Unique on the page.
    pub fn id(&self) -> String {
        let name = self.action.rsplit('/').next().unwrap_or(self.action);
        match self.key.as_str() {
            "" => name.to_owned(),
            key => format!("{name}-{key}"),
        }
    }

    /// The id of a field's control.
    pub fn field_id(&self, field: &str) -> String {
        match self.key.as_str() {
            "" => field.replace('_', "-"),
            key => format!("{}-{key}", field.replace('_', "-")),
        }
    }

    /// The name of a field's control.
    pub fn control(&self, field: &str) -> String {
        match self.group {
            Some(group) => format!("{group}[{field}]"),
            None => field.to_owned(),
        }
    }

    /// Whether this form was submitted and is shown again.
    pub fn was_sent(&self) -> bool {
        self.submission.is_some()
    }

    /// The submitted value of a field; `None` if the form was not submitted.
    pub fn sent(&self, field: &str) -> Option<&str> {
        let control = self.control(field);
        let fields = &self.submission.as_ref()?.fields;
        // The last one counts: a button may carry another value for a field than its control.
        let value = fields.iter().rfind(|(name, _)| *name == control);
        Some(value.map_or("", |(_, value)| value.as_str()))
    }

    /// The value of a hidden argument that stays the same however often the form is shown; `fresh` is that of a new form.
    pub fn kept(&self, argument: &str, fresh: impl Into<String>) -> String {
        let fields = self
            .submission
            .as_ref()
            .map(|submission| &submission.fields);
        let sent = fields.and_then(|fields| fields.iter().find(|(name, _)| name == argument));
        sent.map_or_else(|| fresh.into(), |(_, value)| value.clone())
    }

    /// The submitted values of a field with several; `None` if the form was not submitted.
    pub fn sent_values(&self, field: &str) -> Option<Vec<String>> {
        let control = self.control(field);
        let of_field = |name: &str| {
            name.strip_prefix(control.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('['))
        };
        let fields = &self.submission.as_ref()?.fields;
        let values = fields.iter().filter(|(name, _)| of_field(name));
        Some(values.map(|(_, value)| value.clone()).collect())
    }

    /// The value that a field shows: the submitted one, or else `value`.
    pub fn value(&self, field: &str, value: impl Into<String>) -> String {
        self.sent(field).map_or_else(|| value.into(), str::to_owned)
    }

    /// Whether the page shows an error or a result of this form.
    pub fn has_outcome(&self) -> bool {
        let outcome = self
            .submission
            .as_ref()
            .map(|submission| &submission.outcome);
        matches!(outcome, Some(Outcome::Problem(_) | Outcome::Answer(_)))
    }

    /// Why the form was rejected.
    pub fn problem(&self) -> Option<&Problem> {
        match &self.submission.as_ref()?.outcome {
            Outcome::Problem(problem) => Some(problem),
            Outcome::Preview | Outcome::Answer(_) => None,
        }
    }

    /// The result of the function.
    pub fn answer<T: DeserializeOwned>(&self) -> Option<T> {
        match &self.submission.as_ref()?.outcome {
            Outcome::Answer(value) => serde_json::from_value(value.clone()).ok(),
            Outcome::Preview | Outcome::Problem(_) => None,
        }
    }

    /// The form with empty fields if the function has succeeded, for the next entry.
    #[must_use]
    pub fn emptied_by_answer(mut self) -> Self {
        let answered = |submission: &Submission| matches!(submission.outcome, Outcome::Answer(_));
        if self.submission.as_ref().is_some_and(answered) {
            self.submission = None;
        }
        self
    }

    /// Whether the function has succeeded and the form is shown again.
    pub fn was_answered(&self) -> bool {
        let outcome = self
            .submission
            .as_ref()
            .map(|submission| &submission.outcome);
        matches!(outcome, Some(Outcome::Answer(_)))
    }

    /// The form without the submitted values, for a field that shows another value.
    #[must_use]
    pub fn blank(mut self) -> Self {
        self.submission = None;
        self
    }

    /// The message of a field. The form itself no longer shows it.
    pub fn error(&self, field: &str) -> Option<String> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.push(field.to_owned());
        if let Some(message) = self.problem().and_then(|problem| problem.field(field)) {
            return Some(message.to_owned());
        }
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(error.message.clone())
    }

    /// The problem of the form, and the messages that no field shows.
    pub(crate) fn notice(&self) -> Option<(Problem, Vec<String>)> {
        let submission = self.submission.as_ref()?;
        submission.is_shown.store(true, Ordering::Relaxed);
        let problem = self.problem()?.clone();
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let messages = problem
            .fields
            .iter()
            .filter(|error| !shown.contains(&error.field))
            .map(|error| error.message.clone())
            .collect();
        Some((problem, messages))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(key: &str) -> FormState {
        let fields = [
            ("draft[name]".to_owned(), "a b".to_owned()),
            ("draft[scopes][0]".to_owned(), "read".to_owned()),
            ("draft[scopes][1]".to_owned(), "nodes".to_owned()),
        ];
        let problem = Problem::invalid(vec![
            FieldError::new("name", "No spaces."),
            FieldError::new("plan", "Choose a plan."),
        ]);
        let submission = Submission::new("/rpc/create", key, fields, Outcome::Problem(problem));
        FormState::new("/rpc/create", Address::new("/new", ""), Some(submission)).grouped("draft")
    }

    #[test]
    fn what_was_sent_comes_back() {
        let form = sent("");
        assert_eq!(form.value("name", "default"), "a b");
        assert_eq!(form.value("place", "default"), "");
        assert_eq!(form.sent_values("scopes").unwrap(), ["read", "nodes"]);
    }

    #[test]
    fn a_message_stands_beside_its_field_or_else_above_the_form() {
        let form = sent("");
        assert_eq!(form.error("name").as_deref(), Some("No spaces."));
        let (_, messages) = form.notice().unwrap();
        assert_eq!(messages, ["Choose a plan."]);
    }

    #[test]
    fn errors_of_a_preview_stand_beside_their_fields() {
        let found = vec![
            FieldError::new("name", "Taken."),
            FieldError::new("count", "Machines have 8."),
        ];
        let form = sent("").with_errors(found);
        assert_eq!(form.error("name").as_deref(), Some("No spaces."));
        assert_eq!(form.error("count").as_deref(), Some("Machines have 8."));
    }

    #[test]
    fn the_problem_of_a_form_that_is_not_rendered_is_left_to_the_page() {
        let form = sent("");
        let submission = form.submission.clone().unwrap();
        assert!(submission.unshown_problem().is_some());
        form.notice();
        assert_eq!(submission.unshown_problem(), None);
    }

    #[test]
    fn a_form_knows_nothing_of_another_one() {
        let other = sent("row-1").keyed("row-2");
        assert!(!other.was_sent());
        assert_eq!(other.value("name", "default"), "default");
        assert!(sent("row-1").keyed("row-1").was_sent());
    }

    #[test]
    fn what_was_sent_is_not_in_the_debug_output() {
        let debug = format!("{:?}", sent("row-1"));
        assert!(debug.contains("row-1"), "{debug}");
        assert!(
            !debug.contains("a b") && !debug.contains("nodes"),
            "{debug}"
        );
    }
}
