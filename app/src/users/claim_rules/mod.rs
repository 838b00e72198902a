//! What a token would give whoever signs in with it. Nothing of the token is kept: it is sent in the body of a POST and
//! read once, and comes back in no answer.

mod api;
mod page;

#[cfg(feature = "ssr")]
pub use api::PostedClaims;
pub use page::ClaimRulesPage;
