//! The audit log: append-only, each entry holding the hash of the one before it.
//!
//! Entries are numbered without gaps. The row of `audit_head` holds the last number and hash; every
//! writer updates it first and so holds its lock until commit, which keeps the chain one line. To
//! keep transactions from waiting for each other in a circle, an entry is the last thing written.

use crate::{
    Cause, audit_list,
    audit_records::{AuditEntries, AuditEntry},
    connection::Transaction,
    database::Database,
    digest::sha256,
    error::{StoreError, Stored},
    handles::Audit,
    rows::{Row, number, optional_id, optional_text, text, time},
    sql::{Sql, query},
    transaction::doing,
};
use domain::{
    audit::{AuditChange, AuditQuery, AuditRow},
    caller::Extent,
    ids::{AuditId, TenantId, UserId},
    overview::Happening,
};
use jiff::Timestamp;

/// How many entries are verified at a time.
const BATCH: i64 = 1000;

/// Whether the audit log is as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainVerdict {
    /// It is.
    Intact {
        /// How many entries there are.
        entries: i64,
    },
    /// It is not.
    Broken {
        /// The first entry at fault.
        sequence: i64,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// An entry as it lies in the database.
struct Link {
    sequence: i64,
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
    fn new(entry: &AuditEntry, sequence: i64, previous_hash: String) -> Result<Self, Cause> {
        Ok(Self {
            sequence,
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
            sequence: number(row, "sequence")?,
            id: crate::rows::id(row, "id")?,
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
            self.sequence,
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
    let head = query(
        "UPDATE audit_head SET sequence = sequence + 1 WHERE id = 1 RETURNING sequence, hash",
    )
    .fetch_one(&mut *connection)
    .await?;
    let link = Link::new(entry, number(&head, "sequence")?, text(&head, "hash")?)?;
    let hash = link.hash()?;
    query(
        "INSERT INTO audit_entries (sequence, id, at, user_id, who, channel, source, action, \
         tenant_id, target, target_name, detail, outcome, changes, previous_hash, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(link.sequence)
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
    query("UPDATE audit_head SET hash = $1 WHERE id = 1")
        .bind(hash)
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
    pub async fn recent(self, scope: &Extent, limit: u32) -> Stored<Vec<Happening>> {
        doing("read the audit log", async {
            let mut sql = Sql::new(
                "SELECT at, who, action, target_name FROM audit_entries \
                 WHERE (target LIKE 'cluster/%' OR target LIKE 'node/%')",
            );
            if let Extent::Tenants(tenants) = scope {
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
    pub async fn list(self, scope: &Extent, query: &AuditQuery) -> Stored<AuditEntries> {
        doing("list the audit log", audit_list::page(self.0, scope, query)).await
    }

    /// One entry of `scope`.
    pub async fn get(self, scope: &Extent, id: AuditId) -> Stored<Option<AuditRow>> {
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
        scope: &Extent,
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
    /// Goes through the whole audit log and says whether it is as it was written.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn verify_chain(&self) -> Result<ChainVerdict, StoreError> {
        doing("verify the audit log", async {
            let mut reading = self.read().await?;
            let verdict = verify(&mut reading).await?;
            reading.commit().await?;
            Ok(verdict)
        })
        .await
    }
}

async fn verify(connection: &mut Transaction) -> Result<ChainVerdict, Cause> {
    let head = query("SELECT sequence, hash FROM audit_head WHERE id = 1")
        .fetch_one(&mut *connection)
        .await?;
    let (last, last_hash) = (number(&head, "sequence")?, text(&head, "hash")?);
    let mut sequence = 0;
    let mut hash = "0".repeat(64);
    loop {
        let rows =
            query("SELECT * FROM audit_entries WHERE sequence > $1 ORDER BY sequence LIMIT $2")
                .bind(sequence)
                .bind(BATCH)
                .fetch_all(&mut *connection)
                .await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let link = Link::from_row(row)?;
            sequence += 1;
            let broken = |reason| Ok(ChainVerdict::Broken { sequence, reason });
            if link.sequence != sequence {
                return broken("the entry is missing");
            }
            if link.previous_hash != hash {
                return broken("the entry does not follow the one before it");
            }
            hash = text(row, "hash")?;
            if link.hash()? != hash {
                return broken("the entry was changed");
            }
        }
    }
    if sequence < last {
        return Ok(ChainVerdict::Broken {
            sequence: sequence + 1,
            reason: "the entry is missing",
        });
    }
    if sequence > last || hash != last_hash {
        return Ok(ChainVerdict::Broken {
            sequence,
            reason: "the entry is not the last one that was written",
        });
    }
    Ok(ChainVerdict::Intact { entries: sequence })
}
