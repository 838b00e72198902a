//! How a server function says no. Whatever goes wrong on the way, a page gets a [`Problem`] and nothing else.

use domain::problem::{Problem, ProblemKind};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::server_context::set_status;
use crate::transport::JsonText;

/// A [`Problem`] as the error of a server function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Refusal(pub Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refusal {}

impl FromServerFnError for Refusal {
    type Encoder = JsonText;

    /// The transport's own errors may hold internals: they become words of ours.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let problem = match error {
            ServerFnErrorErr::Request(_) => {
                Problem::new(ProblemKind::Unavailable, "The portal does not answer.")
                    .next("Check your connection and try again. Nothing you entered is lost.")
            }
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => Problem::new(
                ProblemKind::BadRequest,
                "The portal and this page do not understand each other.",
            )
            .next("Reload the page: the portal may have been updated meanwhile."),
            _ => Problem::new(ProblemKind::Internal, "The portal could not finish this.")
                .next("Try again; if it stays, tell your platform team."),
        };
        set_status(problem.status());
        Self(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transport_errors_do_not_reach_people() {
        let internals = "connection to 10.0.0.7:5432 refused";
        for error in [
            ServerFnErrorErr::Request(internals.into()),
            ServerFnErrorErr::ServerError(internals.into()),
            ServerFnErrorErr::Args(internals.into()),
            ServerFnErrorErr::Deserialization(internals.into()),
        ] {
            let refusal = Refusal::from_server_fn_error(error);
            assert!(!format!("{refusal:?}").contains("10.0.0.7"));
            assert!(refusal.0.next_step.is_some());
        }
    }

    #[test]
    fn a_refusal_survives_the_way_to_the_browser() {
        let refusal = Refusal(Problem::not_found("cluster"));
        assert_eq!(Refusal::de(refusal.ser()), refusal);
    }
}
