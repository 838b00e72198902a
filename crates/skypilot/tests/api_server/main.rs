//! Client and adapter against a real SkyPilot API server from PyPI, offline, with moto as AWS.

mod credentials;
mod launches;
mod place;
mod process;
mod refusals;
mod restarts;
mod workspaces;

/// The server takes some 20 seconds to start, so all parts share one. They follow one another: the next ones start from
/// what the former ones left.
#[tokio::test]
async fn a_real_api_server() {
    let mut place = place::Place::start().await;
    launches::a_launch_reaches_a_machine_is_found_again_cancelled_and_deleted(&mut place).await;
    // From here on it has service accounts.
    restarts::after_a_restart_the_request_is_unknown_and_the_machine_is_still_found(&mut place)
        .await;
    refusals::it_tells_version_and_prices_and_refuses_what_cannot_be_launched(&place).await;
    workspaces::each_workspace_has_one_account_whose_former_token_ends_when_it_is_renewed(&place)
        .await;
}
