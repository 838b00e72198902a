//! What the account page asks the server.

use domain::account::{ApiToken, NewApiToken, Profile, TokenInput};
use domain::ids::TokenId;
use domain::problem::Problem;

use leptos::server;
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// What the account page shows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountView {
    /// Who is signed in.
    pub profile: Profile,
    /// Their tokens.
    pub tokens: Vec<ApiToken>,
    /// The token that a plain form just made, to be shown this once.
    pub fresh: Option<NewApiToken>,
    /// What was wrong with a plain form.
    pub problem: Option<Problem>,
    /// The portal's address, for the example.
    pub public_url: String,
}

/// The flash that carries a new token to the page after a plain form.
#[cfg(feature = "ssr")]
const FRESH: &str = "fresh_token";

/// The account of who is signed in.
#[server(prefix = "/rpc", endpoint = "account", client = Fetch, output = Json)]
pub async fn load_account() -> Result<AccountView, Refusal> {
    use crate::server_context::{core, form_problem, page_context, refuse, take_flash};
    let (core, caller) = core()?;
    Ok(AccountView {
        profile: core.account.profile(&caller).await.map_err(refuse)?,
        tokens: core.account.tokens(&caller).await.map_err(refuse)?,
        fresh: take_flash(FRESH),
        problem: form_problem(),
        public_url: page_context()?.public_url.to_string(),
    })
}

/// The tokens alone.
#[server(prefix = "/rpc", endpoint = "list-tokens", client = Fetch, output = Json)]
pub async fn list_tokens() -> Result<Vec<ApiToken>, Refusal> {
    use crate::server_context::{core, refuse};
    let (core, caller) = core()?;
    core.account.tokens(&caller).await.map_err(refuse)
}

/// Makes a token and shows its secret this once.
#[server(prefix = "/rpc", endpoint = "create-token", client = Fetch, output = Json)]
pub async fn create_token(input: TokenInput) -> Result<NewApiToken, Refusal> {
    use crate::routes;
    use crate::server_context::{back_to_form, core, redirect, refuse, set_flash, wants_html};
    let create = async {
        let (core, caller) = core()?;
        core.account
            .create_token(&caller, input)
            .await
            .map_err(refuse)
    };
    match create.await {
        Ok(created) => {
            if wants_html() {
                set_flash(FRESH, &created);
                redirect(routes::ACCOUNT);
            }
            Ok(created)
        }
        Err(refusal) => {
            back_to_form(&refusal, routes::ACCOUNT);
            Err(refusal)
        }
    }
}

/// Ends a token at once.
#[server(prefix = "/rpc", endpoint = "revoke-token", client = Fetch, output = Json)]
pub async fn revoke_token(id: TokenId) -> Result<(), Refusal> {
    use crate::routes;
    use crate::server_context::{back_to_form, core, redirect, refuse, wants_html};
    let revoke = async {
        let (core, caller) = core()?;
        core.account.revoke_token(&caller, id).await.map_err(refuse)
    };
    match revoke.await {
        Ok(()) => {
            if wants_html() {
                redirect(routes::ACCOUNT);
            }
            Ok(())
        }
        Err(refusal) => {
            back_to_form(&refusal, routes::ACCOUNT);
            Err(refusal)
        }
    }
}
