//! Amazon Web Services behind the core's ports: short-lived credentials from the Security Token
//! Service (STS), and data keys wrapped by the Key Management Service (KMS).
//!
//! The AWS SDK speaks through the portal's one HTTP client (see [`http_client`]), so that there is
//! one TLS stack and one place for proxies and certificates. Credentials are always given; none is
//! ever looked for on the machine that the portal runs on.

pub mod http_client;
mod key_management;
mod refusals;
mod security_tokens;

pub use key_management::{KeyArn, KmsConfig, KmsKey};
pub use security_tokens::{DEFAULT_REGION, Sts, StsConfig};
