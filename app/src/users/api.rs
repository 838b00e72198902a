//! What the pages of people ask the server. To those who are no platform admins there are no such pages.

use domain::access::PlatformRole;
use domain::ids::UserId;
use domain::people::{PeoplePage, PersonDetail};
use domain::problem::Problem;
use jiff::Timestamp;
use leptos::server;
use serde::{Deserialize, Serialize};

use super::address::PeopleAddress;
use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// A person at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    /// The person.
    pub detail: PersonDetail,
    /// Whether it is who looks.
    pub oneself: bool,
    /// The server's time.
    pub now: Timestamp,
    /// What was wrong with the plain form that led here.
    pub problem: Option<Problem>,
}

/// A page of people.
#[server(prefix = "/rpc", endpoint = "list-people", client = Fetch, output = Json)]
pub async fn list_people(
    // A question of nothing but defaults is encoded as nothing.
    #[server(default)] asked: PeopleAddress,
) -> Result<PeoplePage, Refusal> {
    use crate::problem_page::as_if_not_there;
    use crate::server_context::{core, refuse};
    use domain::people_query::PeopleQueryInput;
    let (core, caller) = core()?;
    let list = async {
        let query = PeopleQueryInput::from(asked)
            .validate()
            .map_err(Problem::invalid)?;
        core.users.list(&caller, query).await
    };
    list.await.map_err(as_if_not_there).map_err(refuse)
}

/// One person.
#[server(prefix = "/rpc", endpoint = "load-person", client = Fetch, output = Json)]
pub async fn load_person(id: String) -> Result<PersonView, Refusal> {
    use crate::problem_page::as_if_not_there;
    use crate::server_context::{core, form_problem, now, refuse};
    let (core, caller) = core()?;
    let load = async {
        // An address with something else than an id in it leads to nothing, like one with an id that nobody has.
        let id: UserId = id.parse().map_err(|_| Problem::not_found("person"))?;
        core.users.get(&caller, id).await
    };
    let detail = load.await.map_err(as_if_not_there).map_err(refuse)?;
    Ok(PersonView {
        oneself: caller.user_id == Some(detail.person.id),
        detail,
        now: now(),
        problem: form_problem(),
    })
}

/// Grants a platform role by hand, or takes the granted one away.
#[server(prefix = "/rpc", endpoint = "set-platform-role", client = Fetch, output = Json)]
pub async fn set_platform_role(
    id: UserId,
    role: PlatformRole,
    version: i64,
) -> Result<PersonDetail, Refusal> {
    use crate::server_context::core;
    let change = async {
        let (core, caller) = core()?;
        let changed = core
            .users
            .set_platform_role(&caller, id, role, version)
            .await;
        changed.map_err(|problem| refused(&caller, problem))
    };
    back_to(id, "role", change.await)
}

/// Suspends somebody: sessions, streams and tokens end at once.
#[server(prefix = "/rpc", endpoint = "suspend-person", client = Fetch, output = Json)]
pub async fn suspend_person(id: UserId) -> Result<PersonDetail, Refusal> {
    use crate::server_context::core;
    let change = async {
        let (core, caller) = core()?;
        let suspended = core.users.suspend(&caller, id).await;
        suspended.map_err(|problem| refused(&caller, problem))
    };
    back_to(id, "suspend", change.await)
}

/// Restores somebody who is suspended.
#[server(prefix = "/rpc", endpoint = "restore-person", client = Fetch, output = Json)]
pub async fn restore_person(id: UserId) -> Result<PersonDetail, Refusal> {
    use crate::server_context::core;
    let change = async {
        let (core, caller) = core()?;
        let restored = core.users.restore(&caller, id).await;
        restored.map_err(|problem| refused(&caller, problem))
    };
    back_to(id, "suspend", change.await)
}

/// Ends every session of somebody; tokens stay.
#[server(prefix = "/rpc", endpoint = "sign-out-person", client = Fetch, output = Json)]
pub async fn sign_out_person(id: UserId) -> Result<PersonDetail, Refusal> {
    use crate::server_context::core;
    let change = async {
        let (core, caller) = core()?;
        let signed_out = async {
            core.users.sign_out_everywhere(&caller, id).await?;
            core.users.get(&caller, id).await
        };
        let signed_out = signed_out.await;
        signed_out.map_err(|problem| refused(&caller, problem))
    };
    back_to(id, "sessions", change.await)
}

/// Who may not see these pages is not told that there are any; admins are told what they may not.
#[cfg(feature = "ssr")]
fn refused(caller: &domain::caller::Caller, problem: Problem) -> Refusal {
    use crate::problem_page::as_if_not_there;
    use crate::server_context::refuse;
    use domain::access::PlatformAction;
    if caller.may_on_platform(PlatformAction::ManageUsers) {
        refuse(problem)
    } else {
        refuse(as_if_not_there(problem))
    }
}

/// A plain form goes back to the person's page.
#[cfg(feature = "ssr")]
fn back_to<T>(id: UserId, form: &str, done: Result<T, Refusal>) -> Result<T, Refusal> {
    crate::plain_form::answer(done, &crate::routes::user(id), form, &[])
}
