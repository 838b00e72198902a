//! Errors of users and of user pools.

use super::{CHANGE_CLAIM, conflict, forbidden};
use crate::ports::user_pool::{PoolError, PoolErrorKind};
use domain::{
    error::causes,
    problem::{FieldError, Problem, ProblemKind},
};

/// Why a user is not suspended or keeps a platform role.
#[derive(Debug)]
pub(crate) enum UserError {
    /// Suspending oneself.
    Yourself,
    LastAdmin {
        name: String,
    },
    /// The role comes from this claim rule only.
    RoleFromClaim {
        name: String,
        rule: String,
    },
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Yourself => {
                forbidden("cannot_suspend_yourself", "You cannot suspend yourself.")
                    .next("Ask another platform admin.")
            }
            UserError::LastAdmin { name } => conflict(
                "last_admin",
                format!("{name} is the last active platform admin."),
            )
            .next("Make another user a platform admin first."),
            UserError::RoleFromClaim { name, rule } => Self::new(
                ProblemKind::Invalid,
                format!(
                    "{name} is a platform admin by the claim rule “{rule}”. The role cannot be \
                     removed here."
                ),
            )
            .code("role_from_claim")
            .next(CHANGE_CLAIM)
            .on_field("platform_role"),
        }
    }
}

impl From<PoolError> for Problem {
    fn from(error: PoolError) -> Self {
        tracing::warn!(error = %causes(&error), kind = ?error.kind, "user pool");
        let (kind, code) = match error.kind {
            PoolErrorKind::NotFound => return Self::not_found("user or group"),
            PoolErrorKind::Taken => (ProblemKind::Conflict, "email_taken"),
            PoolErrorKind::WrongState => (ProblemKind::Conflict, "wrong_state"),
            PoolErrorKind::Invalid => (ProblemKind::Invalid, "invalid"),
            PoolErrorKind::Throttled
            | PoolErrorKind::Denied
            | PoolErrorKind::Gone
            | PoolErrorKind::Unreachable
            | PoolErrorKind::Failed => (ProblemKind::Unavailable, "user_pool_unavailable"),
        };
        let mut problem = Self::new(kind, format!("{}.", error.message)).code(code);
        problem.next_step = error.next_step;
        if matches!(error.kind, PoolErrorKind::Taken | PoolErrorKind::Invalid) {
            problem.fields = vec![FieldError::new("email", problem.detail.clone())];
        }
        problem
    }
}
