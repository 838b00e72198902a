//! The audit log: append-only, each entry holding the hash of the one before it.
//!
//! Each tenant has a chain, and the platform has one for entries about no tenant, so that tenants do
//! not wait for each other. The entries of a chain are numbered without gaps. A row of `audit_head`
//! holds the last number and hash of a chain; a writer updates it first and so holds its lock until
//! commit. To keep transactions from waiting for each other in a circle, entries are the last things
//! written, the platform's first and then those of tenants by id.

use crate::{
    Cause, audit_list,
    audit_records::{AuditEntries, AuditEntry},
    connection::Transaction,
    database::Database,
    digest::sha256,
    error::{StoreError, Stored},
    handles::Audit,
    rows::{Row, id, number, optional_id, optional_number, optional_text, text, time},
    sql::{Sql, query},
    transaction::doing,
};
use domain::{
    audit::{AuditChange, AuditQuery, AuditRow},
    caller::TenantScope,
    ids::{AuditId, TenantId, UserId},
    overview::Happening,
};
use jiff::Timestamp;
use uuid::Uuid;

/// How many entries are verified at a time.
const BATCH: i64 = 1000;
/// What the first entry of a chain follows.
const NO_HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The chain of entries about a tenant, or of those about none.
fn chain(tenant: Option<TenantId>) -> Uuid {
    tenant.map_or(Uuid::nil(), Uuid::from)
}

/// A chain of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// `None`: the platform's.
    pub tenant: Option<TenantId>,
    /// The tenant's slug, if the tenant is known.
    pub slug: Option<String>,
    /// Whether it is as it was written.
    pub verdict: ChainVerdict,
}

/// Whether a chain is as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainVerdict {
    /// It is.
    Intact {
        /// How many entries there are.
        entries: i64,
    },
    /// It is not.
    Broken {
        /// The first entry at fault, by its number in the chain.
        number: i64,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// An entry as it lies in the database.
struct Link {
    number: i64,
    id: AuditId,
    at: Timestamp,
    user_id: Option<UserId>,
    who: String,
    channel: String,
    source: Option<String>,
    action: String,
    tenant_id: Option<TenantId>,
    target: String,
    target_name: String,
    detail: Option<String>,
    outcome: String,
    /// JSON, byte by byte as it was hashed.
    changes: String,
    previous_hash: String,
}

impl Link {
    fn new(entry: &AuditEntry, number: i64, previous_hash: String) -> Result<Self, Cause> {
        Ok(Self {
            number,
            id: entry.id,
            at: entry.at,
            user_id: entry.user_id,
            who: entry.who.clone(),
            channel: entry.channel.clone(),
            source: entry.source.clone(),
            action: entry.action.as_str().to_owned(),
            tenant_id: entry.tenant_id,
            target: entry.target.clone(),
            target_name: entry.target_name.clone(),
            detail: entry.detail.clone(),
            outcome: entry.outcome.as_str().to_owned(),
            changes: serde_json::to_string(&entry.changes)?,
            previous_hash,
        })
    }

    fn from_row(row: &Row) -> Result<Self, Cause> {
        Ok(Self {
            number: number(row, "number")?,
            id: id(row, "id")?,
            at: time(row, "at")?,
            user_id: optional_id(row, "user_id")?,
            who: text(row, "who")?,
            channel: text(row, "channel")?,
            source: optional_text(row, "source")?,
            action: text(row, "action")?,
            tenant_id: optional_id(row, "tenant_id")?,
            target: text(row, "target")?,
            target_name: text(row, "target_name")?,
            detail: optional_text(row, "detail")?,
            outcome: text(row, "outcome")?,
            changes: text(row, "changes")?,
            previous_hash: text(row, "previous_hash")?,
        })
    }

    /// SHA-256 over every field as one JSON array, in which no two entries look the same. The first
    /// element names the form.
    fn hash(&self) -> Result<String, Cause> {
        let form = serde_json::to_vec(&(
            "hangar-audit-1",
            &self.previous_hash,
            self.number,
            self.id,
            self.at.as_microsecond(),
            self.user_id,
            &self.who,
            &self.channel,
            &self.source,
            &self.action,
            self.tenant_id,
            &self.target,
            &self.target_name,
            &self.detail,
            &self.outcome,
            &self.changes,
        ))?;
        Ok(sha256(form))
    }
}

/// Appends an entry within a transaction, of which it must be the last write.
pub(crate) async fn append(connection: &mut Transaction, entry: &AuditEntry) -> Result<(), Cause> {
    let chain = chain(entry.tenant_id);
    let head = query(
        "INSERT INTO audit_head (chain, number, hash) VALUES ($1, 1, $2) ON CONFLICT (chain) \
         DO UPDATE SET number = audit_head.number + 1 RETURNING number, hash",
    )
    .bind(chain)
    .bind(NO_HASH)
    .fetch_one(&mut *connection)
    .await?;
    let link = Link::new(entry, number(&head, "number")?, text(&head, "hash")?)?;
    let hash = link.hash()?;
    query(
        "INSERT INTO audit_entries (chain, number, id, at, user_id, who, channel, source, action, \
         tenant_id, target, target_name, detail, outcome, changes, previous_hash, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    )
    .bind(chain)
    .bind(link.number)
    .bind(link.id)
    .bind(link.at)
    .bind(link.user_id)
    .bind(link.who)
    .bind(link.channel)
    .bind(link.source)
    .bind(link.action)
    .bind(link.tenant_id)
    .bind(link.target)
    .bind(link.target_name)
    .bind(link.detail)
    .bind(link.outcome)
    .bind(link.changes)
    .bind(link.previous_hash)
    .bind(hash.clone())
    .execute(&mut *connection)
    .await?;
    query("UPDATE audit_head SET hash = $1 WHERE chain = $2")
        .bind(hash)
        .bind(chain)
        .execute(connection)
        .await?;
    Ok(())
}

/// The column holds text, since its bytes are hashed.
pub(crate) fn changes(row: &Row) -> Result<Vec<AuditChange>, Cause> {
    Ok(serde_json::from_str(&text(row, "changes")?)?)
}

impl Audit<'_> {
    /// Appends an entry on its own.
    pub async fn append(self, entry: AuditEntry) -> Stored<()> {
        doing("write an audit entry", async {
            let mut writing = self.0.write().await?;
            append(writing.connection(), &entry).await?;
            writing.commit().await
        })
        .await
    }

    /// The newest entries about clusters and nodes of `scope`, newest first.
    pub async fn recent(self, scope: &TenantScope, limit: u32) -> Stored<Vec<Happening>> {
        doing("read the audit log", async {
            let mut sql = Sql::new(
                "SELECT at, who, action, target_name FROM audit_entries \
                 WHERE (target LIKE 'cluster/%' OR target LIKE 'node/%')",
            );
            if let TenantScope::Only(tenants) = scope {
                sql.push(" AND tenant_id IN ")
                    .bind_list(tenants.iter().copied());
            }
            sql.push(" ORDER BY sequence DESC LIMIT ")
                .bind(i64::from(limit));
            let rows = sql.query().fetch_all(self.0.readers()).await?;
            rows.iter().map(happening).collect()
        })
        .await
    }

    /// A page of the entries that concern tenants of `scope` (everything: also those that concern no
    /// tenant), newest first.
    pub async fn list(self, scope: &TenantScope, query: &AuditQuery) -> Stored<AuditEntries> {
        doing("list the audit log", audit_list::page(self.0, scope, query)).await
    }

    /// One entry of `scope`.
    pub async fn get(self, scope: &TenantScope, id: AuditId) -> Stored<Option<AuditRow>> {
        doing("read an audit entry", audit_list::entry(self.0, scope, id)).await
    }

    /// The number of the newest entry; 0: there is none.
    pub async fn end(self) -> Stored<i64> {
        doing("read the audit log's end", audit_list::end(self.0)).await
    }

    /// Entries that match `query` (but for its place and size), with numbers after `after` and up to
    /// `through`, oldest first, at most `limit` of them.
    pub async fn batch(
        self,
        scope: &TenantScope,
        query: &AuditQuery,
        after: i64,
        through: i64,
        limit: u32,
    ) -> Stored<Vec<AuditRow>> {
        let part = (after, through);
        let batch = audit_list::batch(self.0, scope, query, part, limit);
        doing("export the audit log", batch).await
    }
}

fn happening(row: &Row) -> Result<Happening, Cause> {
    Ok(Happening {
        at: time(row, "at")?,
        who: text(row, "who")?,
        did: audit_list::did(&text(row, "action")?),
        target: text(row, "target_name")?,
    })
}

impl Database {
    /// Goes through the whole audit log and says of each chain whether it is as it was written; the
    /// platform's comes first.
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

/// `head` is the row of `audit_head`, whose columns are empty if there is none.
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
