//! What the pages of the audit log ask the server.

use domain::audit::{AuditPage, AuditQueryInput, AuditRow};
use domain::problem::Problem;
use domain::tenancy::TenantRef;
use leptos::server;
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// A page of the log with what stands around it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AuditView {
    /// The entries.
    pub page: AuditPage,
    /// The entry that is open, or why it is not.
    pub open: Option<Result<AuditRow, Problem>>,
    /// The tenants to choose from.
    pub tenants: Vec<TenantRef>,
}

/// A page of the log, of one tenant if the question names its `slug` as the page's own, with the entry of this id open.
/// To those who are no platform admins there is no log of the platform.
#[server(prefix = "/rpc", endpoint = "list-audit", client = Fetch, output = Json)]
pub async fn load_audit(
    // A question of nothing but defaults is encoded as nothing.
    #[server(default)] question: AuditQueryInput,
    #[server(default)] entry: Option<String>,
    #[server(default)] slug: Option<String>,
) -> Result<AuditView, Refusal> {
    use crate::problem_page::no_such_page;
    use crate::server_context::{core, refuse};
    use domain::access::PlatformAction;
    use domain::problem::Problem;
    let (core, caller) = core()?;
    if slug.is_none() && !caller.may_on_platform(PlatformAction::ReadPlatformAudit) {
        return Err(refuse(no_such_page()));
    }
    let question = AuditQueryInput {
        tenant: slug.or(question.tenant),
        ..question
    };
    let query = question
        .validate()
        .map_err(Problem::invalid)
        .map_err(refuse)?;
    let page = core.audit.list(&caller, query).await.map_err(refuse)?;
    let open = match entry.filter(|entry| !entry.is_empty()) {
        None => None,
        Some(id) => Some(match id.parse() {
            Ok(id) => core.audit.get(&caller, id).await,
            Err(_) => Err(Problem::not_found("audit entry")),
        }),
    };
    let profile = core.account.profile(&caller).await.map_err(refuse)?;
    Ok(AuditView {
        page,
        open,
        tenants: profile
            .tenants
            .into_iter()
            .map(|membership| membership.tenant)
            .collect(),
    })
}
