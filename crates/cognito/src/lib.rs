//! AWS Cognito behind the core's port: the people of a user pool, through its administrative API.
//!
//! The HTTP client is given, so that there is one in the whole portal; credentials are given too, and never looked for
//! on the machine that the portal runs on.
#![warn(missing_docs)]

mod pool;
mod refusals;
mod users;

pub use pool::{CognitoPool, PoolConfig};
