//! Errors of permissions and of the account page.

use super::{conflict, forbidden};
use domain::{
    access::{Action, PlatformAction, TokenScope},
    account::TokenInput,
    problem::Problem,
};

/// Why the permission table refuses a caller.
#[derive(Debug)]
pub(crate) enum AccessError {
    /// Their role in the tenant does not include the action.
    TenantRole(Action),
    /// They are not a platform admin.
    PlatformRole(PlatformAction),
    /// They may, but their API token has none of these scopes, each of which includes the action.
    TokenScope {
        action: String,
        scopes: Vec<TokenScope>,
    },
    /// They may, but their API token is for one tenant.
    TokenTenant(PlatformAction),
    /// They are suspended.
    Suspended,
    /// API tokens cannot list, create or revoke API tokens.
    SessionRequired,
}

/// Why something of one's own account is not changed.
#[derive(Debug)]
pub(crate) enum AccountError {
    TooManyTokens,
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::TooManyTokens => conflict(
                "too_many_tokens",
                format!(
                    "You have {} API tokens, the most that a user can have.",
                    TokenInput::MOST
                ),
            )
            .next("Revoke a token that is no longer used."),
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::TenantRole(action) => Self::forbidden(action.phrase()),
            AccessError::PlatformRole(action) => {
                forbidden("forbidden", format!("You may not {}.", action.phrase()))
                    .next("Ask a platform admin.")
            }
            AccessError::TokenScope { action, scopes } => {
                let scopes: Vec<String> = scopes
                    .iter()
                    .map(|scope| format!("“{}”", scope.as_str()))
                    .collect();
                let scopes = scopes.join(" or ");
                forbidden(
                    "token_scope_missing",
                    format!("This API token may not {action}: it lacks the scope {scopes}."),
                )
                .next("Create a token with this scope on the Account page.")
            }
            AccessError::TokenTenant(action) => forbidden(
                "token_limited_to_tenant",
                format!(
                    "This API token may not {}: it is limited to one tenant.",
                    action.phrase()
                ),
            )
            .next("Create a token for all tenants on the Account page."),
            AccessError::Suspended => {
                forbidden("user_suspended", "Your access to this portal is suspended.")
                    .next("Ask a platform admin to restore it.")
            }
            AccessError::SessionRequired => forbidden(
                "session_required",
                "API tokens cannot be managed with an API token.",
            )
            .next("Sign in and open the Account page."),
        }
    }
}
