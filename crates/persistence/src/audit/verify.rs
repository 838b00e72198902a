//! Verifying the chains of the audit log.

use super::{
    ChainHead, HeadKeys, Link, NO_HASH, chain,
    heads::{Head, REGISTER},
    triggers,
};
use crate::{
    Cause,
    connection::Transaction,
    database::Database,
    error::StoreError,
    rows::{Row, id, number, optional_number, optional_text, text},
    sql::query,
    transaction::doing,
};
use domain::ids::TenantId;
use uuid::Uuid;

/// How many entries are verified at a time.
const BATCH: i64 = 1000;

/// A chain of the audit log with the result of its verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// `None`: the platform's.
    pub tenant: Option<TenantId>,
    /// The tenant's slug, if the tenant is known.
    pub slug: Option<String>,
    pub verdict: ChainVerdict,
    /// If the chain is intact and not empty.
    pub head: Option<ChainHead>,
}

/// The result of verifying the whole log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The platform's first.
    pub chains: Vec<Chain>,
    /// What is wrong with the log as a whole: triggers that are missing, chains that are missing.
    pub faults: Vec<String>,
}

impl Verification {
    pub fn is_intact(&self) -> bool {
        let broken = |chain: &Chain| matches!(chain.verdict, ChainVerdict::Broken { .. });
        self.faults.is_empty() && !self.chains.iter().any(broken)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainVerdict {
    Intact {
        entries: i64,
    },
    Broken {
        /// The number in the chain of the first entry at fault.
        number: i64,
        reason: &'static str,
    },
}

impl Database {
    /// Verifies the whole audit log. Each chain must also continue the head of it in `expected`, which an
    /// earlier verification found.
    ///
    /// # Errors
    /// If the database cannot be read, or was opened without keys.
    pub async fn verify_chains(&self, expected: &[ChainHead]) -> Result<Verification, StoreError> {
        doing("verify the audit log", async {
            let keys = self
                .head_keys()
                .ok_or("the keys of the audit log are missing")?;
            let mut reading = self.read().await?;
            let rows = query(
                "SELECT c.chain, t.slug, h.number, h.hash, h.mac_key, h.mac FROM (SELECT chain FROM \
                 audit_head UNION SELECT chain FROM audit_entries) c LEFT JOIN audit_head h \
                 ON h.chain = c.chain LEFT JOIN tenants t ON t.id = c.chain WHERE c.chain <> $1 \
                 ORDER BY c.chain",
            )
            .bind(REGISTER)
            .fetch_all(&mut reading)
            .await?;
            let mut chains = Vec::with_capacity(rows.len());
            for row in &rows {
                let chain: Uuid = id(row, "chain")?;
                let tenant = tenant_of(chain);
                let (mut verdict, hash) = verify(&mut reading, keys, tenant, row).await?;
                if let ChainVerdict::Intact { .. } = verdict {
                    for head in expected.iter().filter(|head| head.chain == chain) {
                        if let Some(broken) = compare(&mut reading, head).await? {
                            verdict = broken;
                        }
                    }
                }
                let head = match verdict {
                    ChainVerdict::Intact { entries } if entries > 0 => Some(ChainHead {
                        chain,
                        entries,
                        hash,
                    }),
                    _ => None,
                };
                chains.push(Chain {
                    tenant,
                    slug: optional_text(row, "slug")?,
                    verdict,
                    head,
                });
            }
            for head in expected {
                let tenant = tenant_of(head.chain);
                if chains.iter().all(|chain| chain.tenant != tenant) {
                    chains.push(Chain {
                        tenant,
                        slug: None,
                        verdict: ChainVerdict::Broken {
                            number: 1,
                            reason: "the chain has fewer entries than expected",
                        },
                        head: None,
                    });
                }
            }
            let mut faults = triggers::faults(&mut reading, self.dialect()).await?;
            faults.extend(registered(&mut reading, keys).await?);
            reading.commit().await?;
            Ok(Verification { chains, faults })
        })
        .await
    }
}

fn tenant_of(chain: Uuid) -> Option<TenantId> {
    Some(chain)
        .filter(|chain| !chain.is_nil())
        .map(TenantId::from)
}

/// What is wrong with the number of chains.
async fn registered(
    connection: &mut Transaction,
    keys: &dyn HeadKeys,
) -> Result<Option<String>, Cause> {
    let register =
        query("SELECT chain, number, hash, mac_key, mac FROM audit_head WHERE chain = $1")
            .bind(REGISTER)
            .fetch_optional(&mut *connection)
            .await?;
    let Some(register) = register else {
        return Ok(Some("the register of chains is missing".to_owned()));
    };
    let register = Head::from_row(&register)?;
    if let Some(fault) = fault_of(&register, keys) {
        return Ok(Some(format!("the register of chains: {fault}")));
    }
    let row = query("SELECT COUNT(*) AS chains FROM audit_head WHERE chain <> $1")
        .bind(REGISTER)
        .fetch_one(connection)
        .await?;
    let chains = number(&row, "chains")?;
    Ok((chains != register.number)
        .then(|| format!("{} chains were written, {chains} exist", register.number)))
}

fn fault_of(head: &Head, keys: &dyn HeadKeys) -> Option<&'static str> {
    match head.is_authentic(keys) {
        Ok(true) => None,
        Ok(false) => Some("the head was not signed by the portal"),
        Err(_) => Some("the key that signed the head is missing"),
    }
}

/// Whether the chain continues `head`; it is intact.
async fn compare(
    connection: &mut Transaction,
    head: &ChainHead,
) -> Result<Option<ChainVerdict>, Cause> {
    let row = query("SELECT hash FROM audit_entries WHERE chain = $1 AND number = $2")
        .bind(head.chain)
        .bind(head.entries)
        .fetch_optional(connection)
        .await?;
    let reason = match row {
        None => "the chain has fewer entries than expected",
        Some(row) if text(&row, "hash")? != head.hash => "the entry is not the expected one",
        Some(_) => return Ok(None),
    };
    Ok(Some(ChainVerdict::Broken {
        number: head.entries,
        reason,
    }))
}

/// The verdict, with the hash of the last entry. `head` is the row of `audit_head`; its columns are empty if
/// the chain has no such row.
async fn verify(
    connection: &mut Transaction,
    keys: &dyn HeadKeys,
    tenant: Option<TenantId>,
    head: &Row,
) -> Result<(ChainVerdict, String), Cause> {
    let last = optional_number(head, "number")?.unwrap_or(0);
    let last_hash = optional_text(head, "hash")?;
    let mut number = 0;
    let mut hash = NO_HASH.to_owned();
    loop {
        let rows = query(
            "SELECT * FROM audit_entries WHERE chain = $1 AND number > $2 ORDER BY number LIMIT $3",
        )
        .bind(chain(tenant))
        .bind(number)
        .bind(BATCH)
        .fetch_all(&mut *connection)
        .await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let link = Link::from_row(row)?;
            number += 1;
            let broken = |reason| {
                let verdict = ChainVerdict::Broken { number, reason };
                Ok((verdict, String::new()))
            };
            if link.number != number {
                return broken("the entry is missing");
            }
            if link.previous_hash != hash {
                return broken("the entry does not follow the one before it");
            }
            hash = text(row, "hash")?;
            if link.tenant_id != tenant || link.hash()? != hash {
                return broken("the entry was changed");
            }
        }
    }
    let (number_at_fault, reason) = if number < last {
        (number + 1, "the entry is missing")
    } else if number > last || last_hash.as_deref() != Some(&*hash) {
        (number, "the entry is not the last one that was written")
    } else if let Some(fault) = fault_of(&Head::from_row(head)?, keys) {
        (number, fault)
    } else {
        return Ok((ChainVerdict::Intact { entries: number }, hash));
    };
    let verdict = ChainVerdict::Broken {
        number: number_at_fault,
        reason,
    };
    Ok((verdict, hash))
}
