//! Client and adapter against a real SkyPilot API server from PyPI, offline, with moto as AWS.

mod credentials;
mod launches;
mod place;
mod process;
mod refusals;
mod restarts;
mod workspaces;

use place::{Place, ServiceAccounts};

/// The server takes some 20 seconds to start, so the parts of a test share one.
#[tokio::test]
async fn launches_reach_machines_and_survive_a_restart() {
    let mut place = Place::start(ServiceAccounts::Off).await;
    launches::a_launch_reaches_a_machine_is_found_again_cancelled_and_deleted(&mut place).await;
    restarts::after_a_restart_the_request_is_unknown_and_the_machine_is_still_found(&mut place)
        .await;
}

#[tokio::test]
async fn tenants_are_kept_apart_and_refusals_are_understood() {
    let place = Place::start(ServiceAccounts::On).await;
    workspaces::each_workspace_has_one_account_whose_former_token_ends_when_it_is_renewed(&place)
        .await;
    refusals::it_tells_version_and_prices_and_refuses_what_cannot_be_launched(&place).await;
}
