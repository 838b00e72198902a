//! Authorization codes that are not redeemed yet, and the access tokens of redeemed ones.

use std::collections::HashMap;
use std::time::Instant;

/// A user's consent, which the client may redeem once.
#[derive(Clone, Debug)]
pub struct Grant {
    pub subject: String,
    pub redirect_uri: String,
    pub code_challenge: String,
    pub nonce: Option<String>,
    pub scope: String,
    pub signed_in_at: i64,
    pub expires: Instant,
}

#[derive(Default)]
pub struct Grants {
    by_code: HashMap<String, Grant>,
    subjects_by_access_token: HashMap<String, String>,
}

impl Grants {
    /// The code of a new grant.
    pub fn add(&mut self, grant: Grant) -> String {
        let now = Instant::now();
        self.by_code.retain(|_, grant| grant.expires > now);
        let code = super::random_token();
        self.by_code.insert(code.clone(), grant);
        code
    }

    /// Redeems a code; `None`: it is unknown, used or expired.
    pub fn redeem(&mut self, code: &str) -> Option<Grant> {
        let grant = self.by_code.remove(code)?;
        (grant.expires > Instant::now()).then_some(grant)
    }

    pub fn add_access_token(&mut self, token: String, subject: String) {
        self.subjects_by_access_token.insert(token, subject);
    }

    pub fn subject_of(&self, access_token: &str) -> Option<&str> {
        self.subjects_by_access_token
            .get(access_token)
            .map(String::as_str)
    }
}
