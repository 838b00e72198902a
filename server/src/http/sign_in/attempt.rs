//! Open sign-ins: what the provider's answer is checked against. Each is a sealed cookie of the browser that started it,
//! so that starting one stores nothing here and tabs do not disturb each other. Each answer is good once.

use crate::portal::Portal;
use app::cookie;
use domain::problem::Problem;
use http::{HeaderMap, HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use persistence::error::internal;
use serde::{Deserialize, Serialize};

const LIFE: SignedDuration = SignedDuration::from_mins(15);
/// More open sign-ins than this are forgotten: browsers send all of them with each request.
const MOST: usize = 8;

/// One open sign-in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// The provider's slug.
    pub provider: String,
    /// Returned in the answer.
    pub state: String,
    /// Returned in the ID token.
    pub nonce: String,
    /// Proves that the code is redeemed by the client that requested it.
    pub pkce_verifier: String,
    /// Where to go afterwards.
    pub return_to: String,
    started_at: Timestamp,
}

impl Attempt {
    pub(super) fn new(
        provider: &str,
        state: String,
        nonce: String,
        pkce_verifier: String,
        return_to: String,
    ) -> Self {
        Self {
            provider: provider.to_owned(),
            state,
            nonce,
            pkce_verifier,
            return_to,
            started_at: Timestamp::now(),
        }
    }

    fn is_open(&self) -> bool {
        Timestamp::now().duration_since(self.started_at) < LIFE
    }
}

/// The cookies that keep an attempt in the browser, and make it forget the surplus of older ones. `None`: it could not
/// be sealed.
pub fn cookies(portal: &Portal, headers: &HeaderMap, attempt: &Attempt) -> Option<HeaderMap> {
    let name = cookie_name(portal, &attempt.state);
    let text = serde_json::to_string(attempt).ok()?;
    let sealed = portal.cookie_sealer.seal(&name, &text)?;
    let mut cookies = HeaderMap::new();
    let https = portal.addresses.is_https();
    let mut set = |name: &str, value: &str, seconds: i64| {
        let cookie = cookie::for_server(https, name, value, seconds);
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            cookies.append(header::SET_COOKIE, cookie);
        }
    };
    let prefix = cookie_name(portal, "");
    let open = cookie::pairs(headers).filter(|(name, _)| name.starts_with(&prefix));
    for (surplus, _) in open.skip(MOST - 1) {
        set(surplus, "", 0);
    }
    set(&name, &sealed, LIFE.as_secs());
    Some(cookies)
}

/// Takes the attempt that `state` belongs to. `None`: this browser has no such attempt, it is too old, or its answer was
/// taken before.
///
/// # Errors
/// Internal if the database fails.
pub async fn take(
    portal: &Portal,
    headers: &HeaderMap,
    state: &str,
) -> Result<Option<Attempt>, Problem> {
    let name = cookie_name(portal, state);
    let attempt = cookie::pairs(headers)
        .filter(|(found, _)| *found == name)
        .find_map(|(_, sealed)| {
            let text = portal.cookie_sealer.open(&name, sealed)?;
            serde_json::from_str::<Attempt>(&text).ok()
        })
        .filter(|attempt| attempt.state == state && attempt.is_open());
    let Some(attempt) = attempt else {
        return Ok(None);
    };
    let first = portal
        .database
        .sessions()
        .take_sign_in(state, attempt.started_at + LIFE)
        .await
        .map_err(|error| internal(&error))?;
    Ok(first.then_some(attempt))
}

/// The state is in base64url, of which a part tells the tabs apart.
fn cookie_name(portal: &Portal, state: &str) -> String {
    let tab: String = state
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(12)
        .collect();
    cookie::name(
        portal.addresses.is_https(),
        &format!("hangar_sign_in_{tab}"),
    )
}
