//! What the frame around the pages asks the server.

use domain::account::Profile;
use leptos::server;
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// Who is signed in, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The person.
    pub profile: Profile,
    /// Whether the systems behind the portal are stand-ins.
    pub sandbox: bool,
}

/// The session of this browser.
#[server(prefix = "/rpc", endpoint = "session", client = Fetch, output = Json)]
pub async fn load_session() -> Result<Session, Refusal> {
    use crate::server_context::{core, page_context, refuse};
    let (core, caller) = core()?;
    Ok(Session {
        profile: core.account.profile(&caller).await.map_err(refuse)?,
        sandbox: page_context()?.sandbox,
    })
}
