//! What the page of orphans asks the server. To those who are no platform admins there is no such page.

use domain::node::view::Orphan;
use domain::problem::Problem;
use jiff::Timestamp;
use leptos::server;
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// The machines at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphans {
    /// The machines.
    pub machines: Vec<Orphan>,
    /// The server's time.
    pub now: Timestamp,
    /// What was wrong with the plain form that led here.
    pub problem: Option<Problem>,
}

/// Machines that nobody ordered here.
#[server(prefix = "/rpc", endpoint = "list-orphans", client = Fetch, output = Json)]
pub async fn load_orphans() -> Result<Orphans, Refusal> {
    use crate::problem_page::as_if_not_there;
    use crate::server_context::{core, form_problem, now, refuse};
    let (core, caller) = core()?;
    Ok(Orphans {
        machines: core
            .nodes
            .orphans(&caller)
            .await
            .map_err(as_if_not_there)
            .map_err(refuse)?,
        now: now(),
        problem: form_problem(),
    })
}

/// Takes such a machine down.
#[server(prefix = "/rpc", endpoint = "take-down-orphan", client = Fetch, output = Json)]
pub async fn take_down_orphan(machine: String, confirmation: String) -> Result<(), Refusal> {
    use crate::problem_page::as_if_not_there;
    use crate::routes;
    use crate::server_context::{back_to_form, core, redirect, refuse};
    let take_down = async {
        let (core, caller) = core()?;
        core.nodes
            .delete_orphan(&caller, &machine, confirmation.trim())
            .await
            .map_err(as_if_not_there)
            .map_err(refuse)
    };
    match take_down.await {
        Ok(()) => {
            redirect(routes::ORPHANS);
            Ok(())
        }
        Err(refusal) => {
            back_to_form(&refusal, &routes::orphan(&machine));
            Err(refusal)
        }
    }
}
