//! Ids of access keys, roles and users: four letters for the kind and sixteen in base32.

use sha2::{Digest as _, Sha256};

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ACCOUNTS: u64 = 1_000_000_000_000;

pub fn is_of_user(id: &str) -> bool {
    id.starts_with("AKIA")
        && (16..=128).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The account of an access key: bits 1 to 40 of the letters after the kind. Ids that AWS does not give out get an account
/// too.
pub fn account(id: &str) -> String {
    let bits = id.bytes().skip(4).take(9).try_fold(0_u64, |bits, digit| {
        let value = (0..).zip(ALPHABET).find(|(_, letter)| **letter == digit)?.0;
        Some((bits << 5) | value)
    });
    let number = match bits {
        // Of 45 bits, the first is always set and the last four belong to the rest of the id.
        Some(bits) if id.len() == 20 => (bits >> 4) & ((1 << 40) - 1),
        _ => digest(id),
    };
    format!("{:012}", number % ACCOUNTS)
}

/// An id of this kind; `rest` distinguishes it from others.
pub fn id(kind: &str, rest: u64) -> String {
    let letters =
        (0..16).map(|place| char::from(ALPHABET[(rest.rotate_left(4 * place) & 31) as usize]));
    kind.chars().chain(letters).collect()
}

pub fn digest(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest[..8]
        .iter()
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
