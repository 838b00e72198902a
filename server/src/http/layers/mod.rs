//! Middleware for every request.

pub mod access_log;
pub mod body_limit;
pub mod cross_site;
pub mod disconnects;
pub mod error_body;
pub mod head;
pub mod host;
pub mod panics;
pub mod security_headers;
