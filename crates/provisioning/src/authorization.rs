//! The one place that decides whether a caller may go on.

use domain::{access::Action, caller::Caller, ids::TenantId, problem::Problem};

/// Lets `caller` do `action` to `what` (“cluster”) of `tenant`.
///
/// # Errors
/// Not found for whoever may not even see it (foreign and missing look the same), forbidden for
/// whoever may see it but not do this.
pub fn authorize(
    caller: &Caller,
    action: Action,
    tenant: TenantId,
    what: &str,
) -> Result<(), Problem> {
    if caller.may(action, tenant) {
        Ok(())
    } else if caller.may(Action::ReadCluster, tenant) {
        Err(Problem::forbidden(action.words()))
    } else {
        Err(Problem::not_found(what))
    }
}
