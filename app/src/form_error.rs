//! The error of a server function: a [`Problem`] and nothing else, so that no internals reach the browser. Its HTTP
//! status is set where the answer is made, in `form::submit`.

use domain::problem::{Problem, ProblemKind};
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FormError(pub Problem);

impl From<Problem> for FormError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl std::fmt::Display for FormError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for FormError {}

impl FormError {
    /// The form is not one of this version of the portal.
    pub fn unreadable() -> Self {
        let detail = "The portal could not read this form.";
        Self(
            Problem::new(ProblemKind::BadRequest, detail)
                .next("Reload the page: the portal may have been updated. Then try again."),
        )
    }
}

impl FromServerFnError for FormError {
    type Encoder = JsonEncoding;

    /// Errors of the transport may hold internals; they are replaced.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => return Self::unreadable(),
            _ => Problem::new(
                ProblemKind::Internal,
                "The portal could not finish this request.",
            )
            .next("Try again. If the problem persists, contact your platform team."),
        })
    }
}
