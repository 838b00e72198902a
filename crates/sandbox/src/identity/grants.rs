//! What was allowed and not yet redeemed, and what was taken back.

use std::collections::HashMap;
use std::time::Instant;

/// A person's consent that one client may redeem a code once.
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

enum Code {
    Redeemable(Grant),
    /// Kept until it would have expired: a second use means the code leaked, and takes back what the first use gave.
    Redeemed {
        access_token_id: String,
        expires: Instant,
    },
}

/// Codes by value, and revoked access tokens by id with the time they would have expired.
#[derive(Default)]
pub struct Grants {
    codes: HashMap<String, Code>,
    revoked: HashMap<String, i64>,
}

/// Why a code cannot be redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeRefusal {
    Unknown,
    Expired,
    UsedBefore,
}

impl Grants {
    pub fn add(&mut self, grant: Grant) -> String {
        let now = Instant::now();
        self.codes.retain(|_, code| match code {
            Code::Redeemable(grant) => grant.expires > now,
            Code::Redeemed { expires, .. } => *expires > now,
        });
        let code = super::random_token();
        self.codes.insert(code.clone(), Code::Redeemable(grant));
        code
    }

    /// Looks at a code without using it up.
    pub fn find(&mut self, code: &str, tokens_expire: i64) -> Result<Grant, CodeRefusal> {
        match self.codes.get(code) {
            None => Err(CodeRefusal::Unknown),
            Some(Code::Redeemable(grant)) if grant.expires <= Instant::now() => {
                Err(CodeRefusal::Expired)
            }
            Some(Code::Redeemable(grant)) => Ok(grant.clone()),
            Some(Code::Redeemed {
                access_token_id, ..
            }) => {
                let id = access_token_id.clone();
                self.revoke(id, tokens_expire);
                Err(CodeRefusal::UsedBefore)
            }
        }
    }

    pub fn redeem(&mut self, code: &str, access_token_id: &str) {
        if let Some(code) = self.codes.get_mut(code)
            && let Code::Redeemable(grant) = code
        {
            *code = Code::Redeemed {
                access_token_id: access_token_id.to_owned(),
                expires: grant.expires,
            };
        }
    }

    pub fn revoke(&mut self, access_token_id: String, expires: i64) {
        let now = super::unix_now();
        self.revoked.retain(|_, expires| *expires > now);
        self.revoked.insert(access_token_id, expires);
    }

    pub fn is_revoked(&self, access_token_id: &str) -> bool {
        self.revoked.contains_key(access_token_id)
    }
}
