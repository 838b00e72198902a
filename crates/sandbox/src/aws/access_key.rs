//! Ids of access keys, roles and users. Since 2019 they carry the account's number: behind four letters for the kind stand
//! 80 bits in base32, one that is always set, forty of the account, and the rest by chance.

use sha2::{Digest as _, Sha256};

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const KIND: usize = 4;
const BITS: u32 = 80;
const ACCOUNT_BITS: u32 = 40;
const REST_BITS: u32 = BITS - 1 - ACCOUNT_BITS;
const ACCOUNTS: u64 = 1_000_000_000_000;

pub fn is_of_user(id: &str) -> bool {
    id.starts_with("AKIA")
        && (16..=128).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The account that an id is of, as AWS writes it. One that AWS would not give out has some account too.
pub fn account(id: &str) -> String {
    let mut digits = id.bytes().skip(KIND).take((BITS / 5) as usize);
    let bits = digits.try_fold(0_u128, |bits, digit| {
        let value = ALPHABET.iter().position(|letter| *letter == digit)?;
        Some((bits << 5) | value as u128)
    });
    let number = match bits {
        Some(bits) if id.len() >= KIND + (BITS / 5) as usize => {
            truncated((bits >> REST_BITS) & ((1 << ACCOUNT_BITS) - 1))
        }
        _ => digest(id),
    };
    format!("{:012}", number % ACCOUNTS)
}

/// An id of this kind in an account; `rest` tells it from others there.
pub fn id(kind: &str, account: &str, rest: u64) -> String {
    let account = account.parse::<u64>().unwrap_or_default();
    let bits = (1_u128 << (BITS - 1))
        | (u128::from(account) << REST_BITS)
        | (u128::from(rest) & ((1 << REST_BITS) - 1));
    let letters = (0..BITS / 5)
        .rev()
        .map(|place| char::from(ALPHABET[truncated((bits >> (5 * place)) & 31) as usize]));
    kind.chars().chain(letters).collect()
}

pub fn digest(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest[..8]
        .iter()
        .fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

fn truncated(bits: u128) -> u64 {
    u64::try_from(bits).unwrap_or_default()
}
