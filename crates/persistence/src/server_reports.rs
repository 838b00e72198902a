//! The last reports of the SkyPilot API server, each stored as one document.

use crate::{
    Cause,
    audit_records::AuditEntry,
    change::Change,
    database::Database,
    error::Stored,
    handles::ServerReports,
    node_records::OrphanRemoval,
    rows::{Row, json, text, time},
    sql::{json_value, query},
    transaction::doing,
};
use domain::node::{catalogue::Offer, view::Orphan};
use jiff::Timestamp;
use serde::Serialize;

const CATALOGUE: &str = "catalogue";
const ORPHANS: &str = "orphans";

impl ServerReports<'_> {
    /// Replaces the catalogue.
    pub async fn set_catalogue(self, offers: &[Offer], read_at: Timestamp) -> Stored<()> {
        doing(
            "store the catalogue",
            store(self.0, CATALOGUE, offers, Some(read_at)),
        )
        .await
    }

    /// With the time when it was read.
    pub async fn catalogue(self) -> Stored<Option<(Vec<Offer>, Timestamp)>> {
        doing("read the catalogue", async {
            let row = read(self.0, CATALOGUE).await?;
            row.map(|row| Ok((json(&row, "document")?, time(&row, "read_at")?)))
                .transpose()
        })
        .await
    }

    /// Replaces the orphans.
    pub async fn set_orphans(self, orphans: &[Orphan]) -> Stored<()> {
        doing("store the orphans", store(self.0, ORPHANS, orphans, None)).await
    }

    /// The orphans as last seen; those whose removal was requested are `going`.
    pub async fn orphans(self) -> Stored<Vec<Orphan>> {
        doing("read the orphans", async {
            let Some(row) = read(self.0, ORPHANS).await? else {
                return Ok(Vec::new());
            };
            let mut orphans: Vec<Orphan> = json(&row, "document")?;
            let removals = removals(self.0).await?;
            for orphan in &mut orphans {
                orphan.going = removals.iter().any(|removal| {
                    removal.machine == orphan.machine && removal.workspace == orphan.workspace
                });
            }
            Ok(orphans)
        })
        .await
    }

    /// Requests the removal of an orphan, with the audit entry. A second request changes nothing.
    pub async fn delete_orphan(self, removal: OrphanRemoval, audit: AuditEntry) -> Stored<()> {
        doing("store the removal of a machine", async {
            let mut writing = self.0.write().await?;
            let asked = query(
                "INSERT INTO orphan_removals (machine, workspace, asked_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (machine, workspace) DO NOTHING",
            )
            .bind(removal.machine)
            .bind(removal.workspace)
            .bind(removal.asked_at)
            .execute(writing.connection())
            .await?;
            if asked == 0 {
                return Ok(());
            }
            writing.append(&audit).await?;
            writing.announce(Change::WorkDue);
            writing.commit().await
        })
        .await
    }

    /// Removals that are not done, oldest first.
    pub async fn orphan_removals(self) -> Stored<Vec<OrphanRemoval>> {
        doing("list the removals of machines", removals(self.0)).await
    }

    /// Deletes a removal that is done.
    pub async fn end_orphan_removal(self, machine: &str, workspace: &str) -> Stored<()> {
        doing("end the removal of a machine", async {
            let mut writing = self.0.write().await?;
            query("DELETE FROM orphan_removals WHERE machine = $1 AND workspace = $2")
                .bind(machine.to_owned())
                .bind(workspace.to_owned())
                .execute(writing.connection())
                .await?;
            writing.commit().await
        })
        .await
    }
}

async fn store<T: Serialize + Sync>(
    database: &Database,
    kind: &'static str,
    things: &[T],
    read_at: Option<Timestamp>,
) -> Result<(), Cause> {
    let document = json_value(things)?;
    let mut writing = database.write().await?;
    query(
        "INSERT INTO server_reports (kind, document, read_at) VALUES ($1, $2, $3) \
         ON CONFLICT (kind) DO UPDATE SET document = excluded.document, \
         read_at = excluded.read_at",
    )
    .bind(kind)
    .bind(document)
    .bind(read_at)
    .execute(writing.connection())
    .await?;
    writing.commit().await
}

async fn read(database: &Database, kind: &'static str) -> Result<Option<Row>, Cause> {
    Ok(
        query("SELECT document, read_at FROM server_reports WHERE kind = $1")
            .bind(kind)
            .fetch_optional(database.readers())
            .await?,
    )
}

async fn removals(database: &Database) -> Result<Vec<OrphanRemoval>, Cause> {
    let rows = query(
        "SELECT machine, workspace, asked_at FROM orphan_removals \
         ORDER BY asked_at, machine, workspace",
    )
    .fetch_all(database.readers())
    .await?;
    rows.iter()
        .map(|row| {
            Ok(OrphanRemoval {
                machine: text(row, "machine")?,
                workspace: text(row, "workspace")?,
                asked_at: time(row, "asked_at")?,
            })
        })
        .collect()
}
