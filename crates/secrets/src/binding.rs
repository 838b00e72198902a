//! The associated data of ciphertexts. Each part is preceded by its length, so that different lists of parts never
//! have the same bytes.

use provisioning::ports::sealing::SecretOwner;

/// Binds a secret to its owner. Not to the key-encryption key: a rotation wraps the data key again and leaves the
/// ciphertext unchanged.
pub fn of_secret(owner: &SecretOwner) -> Vec<u8> {
    parts(&[
        "hangar secret 1",
        &owner.tenant_id.to_string(),
        &owner.place,
    ])
}

/// Binds a data key to its owner and to the key-encryption key `key_id`.
pub fn of_data_key(owner: &SecretOwner, key_id: &str) -> Vec<u8> {
    parts(&[
        "hangar data key 1",
        &owner.tenant_id.to_string(),
        &owner.place,
        key_id,
    ])
}

fn parts(parts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_split_otherwise_is_bound_otherwise() {
        assert_ne!(parts(&["ab", "c"]), parts(&["a", "bc"]));
        assert_ne!(parts(&["ab"]), parts(&["ab", ""]));
    }
}
