//! What the pages of a user pool ask the server. To those who are no platform admins there are no such pages.

use domain::problem::Problem;
use domain::user_pool::{PoolInvitation, PoolPage, PoolRef, PoolUserDetail};
use jiff::Timestamp;
use leptos::server;
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// A pool's people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolView {
    /// Every pool there is.
    pub pools: Vec<PoolRef>,
    /// A page of the one that is shown; `None`: there is none.
    pub page: Option<Result<PoolPage, Problem>>,
    /// What was wrong with the plain form that led here.
    pub problem: Option<Problem>,
    /// The server's time.
    pub now: Timestamp,
}

/// Somebody of a pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolUserView {
    /// The person.
    pub detail: PoolUserDetail,
    /// What was wrong with the plain form that led here.
    pub problem: Option<Problem>,
    /// The server's time.
    pub now: Timestamp,
}

/// The people of a pool; `provider` is empty for the first one.
#[server(prefix = "/rpc", endpoint = "list-pool-users", client = Fetch, output = Json)]
pub async fn load_pool(
    #[server(default)] provider: String,
    #[server(default)] email: String,
    #[server(default)] after: Option<String>,
) -> Result<PoolView, Refusal> {
    use crate::problem_page::as_if_not_there;
    use crate::server_context::{core, form_problem, now, refuse};
    use domain::user_pool::PoolQuery;
    let (core, caller) = core()?;
    let pools = core
        .user_pools
        .pools(&caller)
        .await
        .map_err(as_if_not_there)
        .map_err(refuse)?;
    let chosen = pools
        .iter()
        .find(|pool| provider.is_empty() || pool.provider == provider);
    let page = match chosen {
        Some(pool) => Some(
            core.user_pools
                .list(&caller, &pool.provider, PoolQuery { email, after })
                .await,
        ),
        None if provider.is_empty() => None,
        None => return Err(refuse(Problem::not_found("user pool"))),
    };
    Ok(PoolView {
        pools,
        page,
        problem: form_problem(),
        now: now(),
    })
}

/// One person.
#[server(prefix = "/rpc", endpoint = "pool-user", client = Fetch, output = Json)]
pub async fn load_pool_user(provider: String, username: String) -> Result<PoolUserView, Refusal> {
    use crate::problem_page::as_if_not_there;
    use crate::server_context::{core, form_problem, now, refuse};
    let (core, caller) = core()?;
    let detail = core
        .user_pools
        .get(&caller, &provider, &username)
        .await
        .map_err(as_if_not_there)
        .map_err(refuse)?;
    Ok(PoolUserView {
        detail,
        problem: form_problem(),
        now: now(),
    })
}

/// Invites somebody and leads to their page.
#[server(prefix = "/rpc", endpoint = "invite-pool-user", client = Fetch, output = Json)]
pub async fn invite_pool_user(provider: String, input: PoolInvitation) -> Result<(), Refusal> {
    use crate::problem_page::as_if_not_there;
    use crate::routes;
    use crate::server_context::{back_to_form, core, redirect, refuse};
    let invite = async {
        let (core, caller) = core()?;
        core.user_pools
            .invite(&caller, &provider, input)
            .await
            .map_err(as_if_not_there)
            .map_err(refuse)
    };
    match invite.await {
        Ok(user) => {
            redirect(&routes::pool_user(&provider, &user.username));
            Ok(())
        }
        Err(refusal) => {
            back_to_form(&refusal, &routes::pool(&provider));
            Err(refusal)
        }
    }
}

/// Something that is done to somebody of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PoolChange {
    /// Let them sign in again.
    Enable,
    /// Let them not sign in any more.
    Disable,
    /// Have them choose a new password.
    ResetPassword,
    /// Put them into the group.
    JoinGroup,
    /// Take them out of the group.
    LeaveGroup,
}

impl PoolChange {
    /// The word in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enable => "enable",
            Self::Disable => "disable",
            Self::ResetPassword => "reset_password",
            Self::JoinGroup => "join_group",
            Self::LeaveGroup => "leave_group",
        }
    }
}

/// Does it and leads back to the person's page.
#[server(prefix = "/rpc", endpoint = "change-pool-user", client = Fetch, output = Json)]
pub async fn change_pool_user(
    provider: String,
    username: String,
    change: PoolChange,
    #[server(default)] group: String,
) -> Result<PoolUserDetail, Refusal> {
    use crate::problem_page::as_if_not_there;
    use crate::routes;
    use crate::server_context::{back_to_form, core, redirect, refuse, wants_html};
    let work = async {
        let (core, caller) = core()?;
        let changed = match change {
            PoolChange::Enable => {
                core.user_pools
                    .set_enabled(&caller, &provider, &username, true)
                    .await
            }
            PoolChange::Disable => {
                core.user_pools
                    .set_enabled(&caller, &provider, &username, false)
                    .await
            }
            PoolChange::ResetPassword => {
                core.user_pools
                    .reset_password(&caller, &provider, &username)
                    .await
            }
            PoolChange::JoinGroup => {
                let joined = core
                    .user_pools
                    .set_group(&caller, &provider, &username, &group, true);
                joined.await
            }
            PoolChange::LeaveGroup => {
                let left = core
                    .user_pools
                    .set_group(&caller, &provider, &username, &group, false);
                left.await
            }
        };
        changed.map_err(as_if_not_there).map_err(refuse)
    };
    let page = routes::pool_user(&provider, &username);
    match work.await {
        Ok(detail) => {
            if wants_html() {
                redirect(&page);
            }
            Ok(detail)
        }
        Err(refusal) => {
            back_to_form(&refusal, &page);
            Err(refusal)
        }
    }
}
