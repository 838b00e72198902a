//! What the page of claim rules asks the server.

use domain::credential::SecretText;
use domain::people::ClaimTrial;
use domain::problem::Problem;
use leptos::server;
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// The providers, and what came of the plain form that was sent to this page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRules {
    /// Slug and title of each provider that has rules.
    pub providers: Vec<(String, String)>,
    /// The provider that was chosen.
    pub chosen: String,
    /// What its rules say.
    pub tried: Option<Result<ClaimTrial, Problem>>,
}

/// What a plain form sent to the page itself.
#[cfg(feature = "ssr")]
#[derive(Clone, Default, Deserialize)]
pub struct PostedClaims {
    #[serde(default)]
    provider: String,
    #[serde(default)]
    token: SecretText,
}

/// The page as it begins, or as a plain form left it.
#[server(prefix = "/rpc", endpoint = "claim-rules", client = Fetch, output = Json)]
pub async fn load_claim_rules() -> Result<ClaimRules, Refusal> {
    use crate::problem_page::as_if_not_there;
    use crate::server_context::{core, posted, refuse};
    let (core, caller) = core()?;
    let providers = core.users.rule_providers(&caller).await;
    let providers = providers.map_err(as_if_not_there).map_err(refuse)?;
    let posted = posted::<PostedClaims>();
    let tried = match &posted {
        Some(posted) => {
            let (provider, token) = (&posted.provider, posted.token.expose());
            Some(core.users.try_rules(&caller, provider, token.trim()).await)
        }
        None => None,
    };
    if let Some(Err(problem)) = &tried {
        crate::server_context::set_status(problem.status());
    }
    Ok(ClaimRules {
        chosen: posted.map(|posted| posted.provider).unwrap_or_default(),
        providers,
        tried,
    })
}

/// Tries a token, or its claims as JSON.
#[server(prefix = "/rpc", endpoint = "try-claim-rules", client = Fetch, output = Json)]
pub async fn try_claim_rules(provider: String, token: SecretText) -> Result<ClaimTrial, Refusal> {
    use crate::problem_page::as_if_not_there;
    use crate::server_context::{core, refuse};
    let (core, caller) = core()?;
    core.users
        .try_rules(&caller, &provider, token.expose().trim())
        .await
        .map_err(as_if_not_there)
        .map_err(refuse)
}
