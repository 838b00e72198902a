//! The users of an AWS Cognito user pool, through Cognito's administrative API.
//!
//! HTTP client and credentials are passed explicitly; the SDK never searches the machine for them.

mod pool;
mod refusals;
mod users;

pub use pool::{CognitoPool, PoolConfig};
