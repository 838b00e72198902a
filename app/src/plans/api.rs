//! What the page of plans asks the server. To those who are no platform admins there is no such page.

use domain::platform::PlanUse;
use leptos::server;

use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// The plans with how many clusters have them.
#[server(prefix = "/rpc", endpoint = "list-plans", client = Fetch, output = Json)]
pub async fn load_plans() -> Result<Vec<PlanUse>, Refusal> {
    use crate::problem_page::as_if_not_there;
    use crate::server_context::{core, refuse};
    let (core, caller) = core()?;
    let plans = core.platform.plans(&caller).await;
    plans.map_err(as_if_not_there).map_err(refuse)
}
