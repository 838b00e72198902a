//! What the sign-in page asks the server.

use leptos::server;
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// A way to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// In the address.
    pub slug: String,
    /// On the button.
    pub title: String,
}

/// The ways to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInOptions {
    /// At least one, or the portal is not set up.
    pub providers: Vec<Provider>,
    /// Whether they are stand-ins.
    pub sandbox: bool,
}

/// How one can sign in. Asked by those who have not.
#[server(prefix = "/rpc", endpoint = "sign-in-options", client = Fetch, output = Json)]
pub async fn load_sign_in() -> Result<SignInOptions, Refusal> {
    use crate::server_context::page_context;
    let context = page_context()?;
    let providers = context
        .providers
        .iter()
        .map(|provider| Provider {
            slug: provider.slug.clone(),
            title: provider.title.clone(),
        })
        .collect();
    Ok(SignInOptions {
        providers,
        sandbox: context.sandbox,
    })
}
