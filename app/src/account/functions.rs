//! The changes that the account page makes.

use domain::account::{NewApiToken, TokenInput};
use domain::ids::TokenId;
use leptos::server;

use crate::form_error::FormError;
use crate::site::core;

/// The answer holds the secret, which is shown this once.
#[server(prefix = "/rpc", endpoint = "create-token")]
pub async fn create_token(input: TokenInput) -> Result<NewApiToken, FormError> {
    let (core, caller) = core()?;
    Ok(core.account.create_token(&caller, input).await?)
}

#[server(prefix = "/rpc", endpoint = "revoke-token")]
pub async fn revoke_token(id: TokenId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    Ok(core.account.revoke_token(&caller, id).await?)
}
