//! Amazon Web Services: short-lived credentials from the Security Token Service (STS), and data keys wrapped by the
//! Key Management Service (KMS).
//!
//! The AWS SDK uses the portal's HTTP client (see [`http_client`]), so that TLS, proxies and certificates are
//! configured in one place. Credentials are always passed explicitly; the SDK never searches the machine for them.

pub mod http_client;
mod key_management;
mod refusals;
mod security_tokens;

pub use key_management::{KeyArn, KmsConfig, KmsKey};
pub use security_tokens::{Sts, StsConfig};
