//! What the page of permissions asks the server. To those who are no platform admins there is no such page.

use domain::permissions::PermissionTable;
use leptos::server;

use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// Who may do what.
#[server(prefix = "/rpc", endpoint = "list-permissions", client = Fetch, output = Json)]
pub async fn load_permissions() -> Result<PermissionTable, Refusal> {
    use crate::problem_page::no_such_page;
    use crate::server_context::{core, refuse};
    use domain::problem::ProblemKind;
    let (core, caller) = core()?;
    let table = core.account.permissions(&caller).await;
    table
        .map_err(|problem| match problem.kind {
            ProblemKind::Forbidden => no_such_page(),
            _ => problem,
        })
        .map_err(refuse)
}
