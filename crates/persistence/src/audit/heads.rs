//! The heads of the chains, each with an HMAC. Its key is not in the database, so that the owner of the
//! database cannot shorten a chain or compute it again unnoticed.
//!
//! One more head, the register, counts the chains, so that the removal of a whole chain is noticed too. A
//! database gets its register before anything else is stored, and never a second one.
//!
//! A head is only signed if the previous one was authentic. A forged head therefore stays forged, whatever
//! is written after it.

use super::NO_HASH;
use crate::{
    Cause,
    database::Database,
    digest::hexadecimal,
    error::Stored,
    handles::Audit,
    rows::{Row, id, number, text},
    sql::query,
    transaction::{Writing, doing},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::{fmt, str::FromStr};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The chain of the head that counts the chains.
pub(super) const REGISTER: Uuid = Uuid::max();

/// Derived for this purpose only.
pub type HeadKey = Zeroizing<[u8; 32]>;

/// The keys that authenticate the heads of the audit log.
pub trait HeadKeys: Send + Sync {
    /// The id of the key that signs new chains, and all chains after a rotation.
    fn current(&self) -> &str;

    /// The key with this id, current or old; `None` if it is missing.
    fn get(&self, id: &str) -> Option<HeadKey>;
}

/// How far a chain goes. A later state of the log must continue it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// The tenant's id, or zeros for the platform.
    pub chain: Uuid,
    pub entries: i64,
    /// Of the last entry.
    pub hash: String,
}

/// `head CHAIN ENTRIES HASH`, the inverse of parsing.
impl fmt::Display for ChainHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "head {} {} {}", self.chain, self.entries, self.hash)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a head; a head is printed as `head CHAIN ENTRIES HASH`")]
pub struct NotAHead;

impl FromStr for ChainHead {
    type Err = NotAHead;

    fn from_str(line: &str) -> Result<Self, NotAHead> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["head", chain, entries, hash] = words[..] else {
            return Err(NotAHead);
        };
        let is_hash = hash.len() == NO_HASH.len() && hash.bytes().all(|it| it.is_ascii_hexdigit());
        let entries: i64 = entries.parse().map_err(|_| NotAHead)?;
        if !is_hash || entries < 1 {
            return Err(NotAHead);
        }
        Ok(Self {
            chain: chain.parse().map_err(|_| NotAHead)?,
            entries,
            hash: hash.to_ascii_lowercase(),
        })
    }
}

/// What [`Audit::resign_heads`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResignedHeads {
    pub done: u64,
    /// Why heads were left as they were.
    pub failed: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
enum HeadKeyError {
    #[error("this command was started without the keys of the audit log and cannot write to it")]
    NoKeys,
    #[error(
        "the audit log is protected by the key {0}, which is missing; configure that key as the current one or as an \
         old one, or restore its file"
    )]
    Missing(String),
}

/// A row of `audit_head`.
pub(super) struct Head {
    pub chain: Uuid,
    pub number: i64,
    pub hash: String,
    key_id: String,
    mac: String,
}

impl Head {
    /// Of a chain without entries, signed.
    fn first(chain: Uuid, keys: &dyn HeadKeys) -> Result<Self, HeadKeyError> {
        let mut head = Self {
            chain,
            number: 0,
            hash: NO_HASH.to_owned(),
            key_id: String::new(),
            mac: String::new(),
        };
        head.sign(keys, keys.current())?;
        Ok(head)
    }

    pub fn from_row(row: &Row) -> Result<Self, Cause> {
        Ok(Self {
            chain: id(row, "chain")?,
            number: number(row, "number")?,
            hash: text(row, "hash")?,
            key_id: text(row, "mac_key")?,
            mac: text(row, "mac")?,
        })
    }

    /// Fails if the key is missing.
    pub fn is_authentic(&self, keys: &dyn HeadKeys) -> Result<bool, Cause> {
        Ok(self.mac_with(keys, &self.key_id)? == self.mac)
    }

    fn sign(&mut self, keys: &dyn HeadKeys, key_id: &str) -> Result<(), HeadKeyError> {
        self.mac = self.mac_with(keys, key_id)?;
        key_id.clone_into(&mut self.key_id);
        Ok(())
    }

    fn mac_with(&self, keys: &dyn HeadKeys, key_id: &str) -> Result<String, HeadKeyError> {
        let key = keys
            .get(key_id)
            .ok_or_else(|| HeadKeyError::Missing(key_id.to_owned()))?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&*key).expect("HMAC takes keys of any length");
        // The fields before the last one have a fixed length.
        mac.update(b"hangar-audit-head-1");
        mac.update(self.chain.as_bytes());
        mac.update(&self.number.to_be_bytes());
        mac.update(self.hash.as_bytes());
        Ok(hexadecimal(&mac.finalize().into_bytes()))
    }
}

impl Writing<'_> {
    /// Counts a chain up and locks its head. The hash is still that of the previous entry.
    pub(super) async fn count_up(&mut self, chain: Uuid) -> Result<Head, Cause> {
        let first = Head::first(chain, self.head_keys()?)?;
        let row = query(
            "INSERT INTO audit_head (chain, number, hash, mac_key, mac) VALUES ($1, 1, $2, $3, $4) \
             ON CONFLICT (chain) DO UPDATE SET number = audit_head.number + 1 \
             RETURNING chain, number, hash, mac_key, mac",
        )
        .bind(chain)
        .bind(first.hash)
        .bind(first.key_id)
        .bind(first.mac)
        .fetch_one(self.connection())
        .await?;
        let head = Head::from_row(&row)?;
        if head.number == 1 {
            let row = query(
                "UPDATE audit_head SET number = number + 1 WHERE chain = $1 \
                 RETURNING chain, number, hash, mac_key, mac",
            )
            .bind(REGISTER)
            .fetch_optional(self.connection())
            .await?;
            // If it is missing, verifying the log says so.
            if let Some(row) = row {
                self.advance(Head::from_row(&row)?, NO_HASH.to_owned())
                    .await?;
            }
        }
        Ok(head)
    }

    /// Gives a head that was counted up its hash, and signs it if it was authentic before. It keeps its key until
    /// a rotation: a portal that was started before the rotation must not go back to the old key.
    pub(super) async fn advance(&mut self, mut head: Head, hash: String) -> Result<(), Cause> {
        head.number -= 1;
        let authentic = head.is_authentic(self.head_keys()?)?;
        head.number += 1;
        head.hash = hash;
        if authentic {
            let key_id = head.key_id.clone();
            head.sign(self.head_keys()?, &key_id)?;
        } else {
            tracing::error!(
                chain = %head.chain,
                "the audit log was changed outside the portal; run `hangar audit verify`"
            );
        }
        self.store_head(head).await
    }

    async fn store_head(&mut self, head: Head) -> Result<(), Cause> {
        query("UPDATE audit_head SET hash = $1, mac_key = $2, mac = $3 WHERE chain = $4")
            .bind(head.hash)
            .bind(head.key_id)
            .bind(head.mac)
            .bind(head.chain)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    fn head_keys(&self) -> Result<&dyn HeadKeys, HeadKeyError> {
        self.database().head_keys().ok_or(HeadKeyError::NoKeys)
    }
}

impl Database {
    /// Creates the register in a database that was never used.
    pub(crate) async fn create_register(&self) -> Result<(), Cause> {
        let Some(keys) = self.head_keys() else {
            return Ok(());
        };
        let used = query("SELECT chain FROM audit_head LIMIT 1")
            .fetch_optional(self.readers())
            .await?;
        if used.is_some() {
            return Ok(());
        }
        let register = Head::first(REGISTER, keys)?;
        let mut writing = self.write().await?;
        query(
            "INSERT INTO audit_head (chain, number, hash, mac_key, mac) SELECT $1, 0, $2, $3, $4 \
             WHERE NOT EXISTS (SELECT 1 FROM audit_head) AND NOT EXISTS (SELECT 1 FROM users) \
             AND NOT EXISTS (SELECT 1 FROM tenants) ON CONFLICT (chain) DO NOTHING",
        )
        .bind(register.chain)
        .bind(register.hash)
        .bind(register.key_id)
        .bind(register.mac)
        .execute(writing.connection())
        .await?;
        writing.commit().await
    }
}

impl Audit<'_> {
    /// The heads of all chains, the platform's first.
    pub async fn heads(self) -> Stored<Vec<ChainHead>> {
        doing("read the heads of the audit log", async {
            let rows = query(
                "SELECT chain, number, hash FROM audit_head WHERE chain <> $1 ORDER BY chain",
            )
            .bind(REGISTER)
            .fetch_all(self.0.readers())
            .await?;
            rows.iter()
                .map(|row| {
                    Ok(ChainHead {
                        chain: id(row, "chain")?,
                        entries: number(row, "number")?,
                        hash: text(row, "hash")?,
                    })
                })
                .collect()
        })
        .await
    }

    /// The ids of the keys that the heads are signed with.
    pub async fn keys_in_use(self) -> Stored<Vec<String>> {
        doing("read the keys of the audit log", async {
            let rows = query("SELECT DISTINCT mac_key FROM audit_head ORDER BY mac_key")
                .fetch_all(self.0.readers())
                .await?;
            rows.iter().map(|row| text(row, "mac_key")).collect()
        })
        .await
    }

    /// Signs the heads that are signed with old keys with the current key. Heads that are not authentic are
    /// left as they are.
    pub async fn resign_heads(self) -> Stored<ResignedHeads> {
        doing("sign the heads of the audit log", async {
            let keys = self.0.head_keys().ok_or(HeadKeyError::NoKeys)?;
            let chains = query("SELECT chain FROM audit_head WHERE mac_key <> $1 ORDER BY chain")
                .bind(keys.current().to_owned())
                .fetch_all(self.0.readers())
                .await?;
            let mut report = ResignedHeads::default();
            for row in &chains {
                let mut writing = self.0.write().await?;
                // An update, to lock the row.
                let row = query(
                    "UPDATE audit_head SET number = number WHERE chain = $1 \
                     RETURNING chain, number, hash, mac_key, mac",
                )
                .bind(id::<Uuid>(row, "chain")?)
                .fetch_one(writing.connection())
                .await?;
                let mut head = Head::from_row(&row)?;
                match head.is_authentic(keys) {
                    Ok(true) => {
                        head.sign(keys, keys.current())?;
                        writing.store_head(head).await?;
                        writing.commit().await?;
                        report.done += 1;
                    }
                    Ok(false) => report.failed.push(format!(
                        "audit chain {}: it was changed outside the portal",
                        head.chain
                    )),
                    Err(error) => report
                        .failed
                        .push(format!("audit chain {}: {error}", head.chain)),
                }
            }
            Ok(report)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_head_is_read_again_and_other_lines_are_not_heads() {
        let head = ChainHead {
            chain: Uuid::now_v7(),
            entries: 12,
            hash: "ab".repeat(32),
        };
        assert_eq!(head.to_string().parse::<ChainHead>().unwrap(), head);
        for line in [
            "",
            "Platform: 12 entries, unchanged.",
            "head",
            &format!("head {} 12 abcd", head.chain),
            &format!("head {} 0 {}", head.chain, head.hash),
            &format!("head vision 12 {}", head.hash),
            &format!("{head} more"),
        ] {
            assert!(line.parse::<ChainHead>().is_err(), "{line}");
        }
    }
}
