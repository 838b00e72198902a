//! Verifying the chains of the audit log.

use super::{Link, NO_HASH, chain};
use crate::{
    Cause,
    connection::Transaction,
    database::Database,
    error::StoreError,
    rows::{Row, id, optional_number, optional_text, text},
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
    /// Verifies the whole audit log, the platform's chain first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn verify_chains(&self) -> Result<Vec<Chain>, StoreError> {
        doing("verify the audit log", async {
            let mut reading = self.read().await?;
            let rows = query(
                "SELECT c.chain, t.slug, h.number, h.hash FROM (SELECT chain FROM audit_head UNION \
                 SELECT chain FROM audit_entries) c LEFT JOIN audit_head h ON h.chain = c.chain \
                 LEFT JOIN tenants t ON t.id = c.chain ORDER BY c.chain",
            )
            .fetch_all(&mut reading)
            .await?;
            let mut chains = Vec::with_capacity(rows.len());
            for row in &rows {
                let tenant = Some(id::<Uuid>(row, "chain")?)
                    .filter(|chain| !chain.is_nil())
                    .map(TenantId::from);
                chains.push(Chain {
                    tenant,
                    slug: optional_text(row, "slug")?,
                    verdict: verify(&mut reading, tenant, row).await?,
                });
            }
            reading.commit().await?;
            Ok(chains)
        })
        .await
    }
}

/// `head` is the row of `audit_head`; its columns are empty if the chain has no such row.
async fn verify(
    connection: &mut Transaction,
    tenant: Option<TenantId>,
    head: &Row,
) -> Result<ChainVerdict, Cause> {
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
            let broken = |reason| Ok(ChainVerdict::Broken { number, reason });
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
    if number < last {
        return Ok(ChainVerdict::Broken {
            number: number + 1,
            reason: "the entry is missing",
        });
    }
    if number > last || last_hash.as_deref() != Some(&*hash) {
        return Ok(ChainVerdict::Broken {
            number,
            reason: "the entry is not the last one that was written",
        });
    }
    Ok(ChainVerdict::Intact { entries: number })
}
