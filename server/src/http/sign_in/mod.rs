//! Sign-in at identity providers by OpenID Connect: authorization code with PKCE, state and nonce, each bound to the
//! browser's session and valid once. Several providers are supported.

mod attempt;
mod callback;
mod claims;
mod discovery;
mod http_client;
mod id_token;
mod issuer;
mod provider;
mod refusal;
mod return_to;
mod sign_out;
mod start;
mod userinfo;

pub use provider::Provider;
pub use refusal::Refusal;
pub use return_to::safe_return_to;

use crate::http::{problem, routes::Routes};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::problem::ProblemKind;
use http::HeaderMap;
use provisioning::sign_in::SignInService;
use std::{collections::BTreeMap, sync::Arc};
use url::form_urlencoded;

/// The sign-in page.
pub const PAGE: &str = "/sign-in";

/// A provider with its claim rules.
pub struct SignInMethod {
    pub provider: Provider,
    /// Turns claims into roles.
    pub service: SignInService,
}

/// The providers by slug.
pub type SignInMethods = BTreeMap<String, Arc<SignInMethod>>;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/sign-in/{provider}", start::start)
        .get("/sign-in/{provider}/callback", callback::finish)
        .post("/sign-out", sign_out::sign_out)
}

/// The redirect URL at the provider.
fn callback_address(origin: &str, provider: &Provider) -> String {
    format!("{origin}/sign-in/{}/callback", provider.settings().slug)
}

/// Redirects to the sign-in page, which shows the reason. If the database is unavailable, says so here (503).
fn try_again(refusal: &Refusal, provider: &str, return_to: &str, headers: &HeaderMap) -> Response {
    tracing::warn!(provider, error = %domain::error::causes(refusal), "sign-in failed");
    if let Refusal::Portal(problem) = refusal
        && problem.kind == ProblemKind::Unavailable
    {
        let problem = problem.clone();
        return problem::answer(
            problem.next("You are not signed in. Sign in again in a few seconds."),
            headers,
        );
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("error", refusal.code());
    query.append_pair("provider", provider);
    if return_to != "/" {
        query.append_pair("return_to", return_to);
    }
    Redirect::to(&format!("{PAGE}?{}", query.finish())).into_response()
}
