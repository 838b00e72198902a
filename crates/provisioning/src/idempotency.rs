//! Keys that make an order one order, however often it is sent.

use domain::problem::{FieldError, Problem};
use persistence::records::Idempotency;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The longest `Idempotency-Key`.
const MAX_KEY: usize = 128;

/// The key with a digest of the order it stands for.
///
/// # Errors
/// The key is not 1 to 128 visible ASCII characters.
pub(crate) fn idempotency(key: &str, input: &impl Serialize) -> Result<Idempotency, Problem> {
    if key.is_empty() || key.len() > MAX_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Problem::invalid(vec![FieldError::new(
            "Idempotency-Key",
            format!("Use 1 to {MAX_KEY} visible ASCII characters, for example a UUID."),
        )]));
    }
    let order = serde_json::to_vec(input).map_err(|error| persistence::error::internal(&error))?;
    Ok(Idempotency {
        key: key.to_owned(),
        fingerprint: crate::hex(&Sha256::digest(order)),
    })
}
