//! Signing in at identity providers by OpenID Connect: authorization code with PKCE, state and nonce, each bound to the
//! browser's session and good for one use. Several providers stand side by side.

mod attempt;
mod callback;
mod claims;
mod discovery;
mod http_client;
mod provider;
mod refusal;
mod return_to;
mod sign_out;
mod start;

pub use provider::Provider;
pub use refusal::Refusal;
pub use return_to::safe_return_to;

use crate::http::routes::Routes;
use axum::response::Redirect;
use provisioning::sign_in::SignInService;
use std::{collections::BTreeMap, sync::Arc};
use url::form_urlencoded;

/// The page that offers the ways to sign in.
pub const PAGE: &str = "/sign-in";

/// A provider and what its people are granted.
pub struct Door {
    /// The provider.
    pub provider: Provider,
    /// Turns claims into roles.
    pub service: SignInService,
}

/// The ways to sign in, by the word in their address.
pub type Doors = BTreeMap<String, Arc<Door>>;

/// `/sign-in/{provider}`, its callback, and `/sign-out`.
pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/sign-in/{provider}", start::start)
        .get("/sign-in/{provider}/callback", callback::finish)
        .post("/sign-out", sign_out::sign_out)
}

/// Where a provider sends people back to.
fn callback_address(origin: &str, provider: &Provider) -> String {
    format!("{origin}/sign-in/{}/callback", provider.settings().slug)
}

/// Back to the sign-in page, which says what went wrong and lets one try again.
fn try_again(refusal: &Refusal, provider: &str, return_to: &str) -> Redirect {
    tracing::warn!(provider, error = %domain::error::causes(refusal), "nobody was signed in");
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("error", refusal.code());
    query.append_pair("provider", provider);
    if return_to != "/" {
        query.append_pair("return_to", return_to);
    }
    Redirect::to(&format!("{PAGE}?{}", query.finish()))
}
