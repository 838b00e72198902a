//! Workspaces: one for each environment, and the work on them.

use crate::{
    Cause,
    change::Change,
    claims::{self, AT_ONCE, Leased},
    database::Database,
    error::Stored,
    handles::Table,
    new_id,
    node_records::{SealedAccount, WorkspaceProgress, WorkspaceRecord},
    records::Claim,
    rows::{
        self, Row, as_stored, id, json, number, optional_json, optional_text, optional_time, text,
        truth,
    },
    sealed::Sealed,
    sql::{Sql, Value, json_value, optional_json_value, query},
    transaction::{Writing, doing},
};
use domain::{
    ids::{EnvironmentId, WorkspaceId},
    node::machine_name::workspace_name,
};

impl Table<'_, WorkspaceRecord> {
    /// Makes sure that each environment has a workspace, with
    /// [`workspace_name`](domain::node::machine_name::workspace_name); new ones are due at once.
    pub async fn seed(self) -> Stored<()> {
        doing("create missing workspaces", async {
            let mut writing = self.0.write().await?;
            create_missing(&mut writing).await?;
            writing.commit().await
        })
        .await
    }

    pub async fn of_environment(
        self,
        environment: EnvironmentId,
    ) -> Stored<Option<WorkspaceRecord>> {
        doing(
            "read the workspace of an environment",
            by(self.0, "r.environment_id", environment),
        )
        .await
    }

    pub async fn by_name(self, name: &str) -> Stored<Option<WorkspaceRecord>> {
        doing("find a workspace", async {
            if name.contains('\0') {
                // No name contains it, and PostgreSQL refuses it.
                return Ok(None);
            }
            by(self.0, "r.name", name.to_owned()).await
        })
        .await
    }

    /// Every workspace, by name.
    pub async fn list(self) -> Stored<Vec<WorkspaceRecord>> {
        doing("list workspaces", async {
            let mut sql = Sql::new(WorkspaceRecord::select());
            sql.push("ORDER BY r.name");
            let rows = sql.query().fetch_all(self.0.readers()).await?;
            rows.iter().map(WorkspaceRecord::from_row).collect()
        })
        .await
    }

    /// Writes progress and ends the claim. `false`: the claim had been lost.
    pub async fn record(
        self,
        claim: &Claim<WorkspaceRecord>,
        progress: WorkspaceProgress,
    ) -> Stored<bool> {
        doing("record the progress of a workspace", async {
            let mut writing = self.0.write().await?;
            let Some(held) = claims::held(self.0, &mut writing, claim).await? else {
                return Ok(false);
            };
            let due_at = claims::due_at(&mut writing, Some(progress.due_at), held.woken);
            // Credentials were changed during the check: its result is that of the earlier ones.
            let outdated = held.woken && held.now.checked_at.is_none();
            let checked_at = progress.checked_at.filter(|_| !outdated);
            let (account, token) = progress
                .account
                .map(|account| ((account.user_id, account.token_id), account.token))
                .unzip();
            let (user_id, token_id) = account.unzip();
            query(
                "UPDATE workspaces SET account_user_id = $2, account_token_id = $3, \
                 token_key_id = $4, token_wrapped_key = $5, token_ciphertext = $6, ready = $7, enabled_clouds = $8, \
                 checked_at = $9, failure = $10, attempts = $11, due_at = $12, leased_until = NULL \
                 WHERE id = $1",
            )
            .bind(claim.record.id)
            .bind(user_id)
            .bind(token_id)
            .bind(token.as_ref().map(|token| token.key_id.clone()))
            .bind(token.as_ref().map(|token| token.wrapped_key.clone()))
            .bind(token.map(|token| token.ciphertext))
            .bind(progress.ready)
            .bind(json_value(&progress.enabled_clouds)?)
            .bind(checked_at.map(as_stored))
            .bind(optional_json_value(progress.failure.as_ref())?)
            .bind(i64::from(progress.attempts))
            .bind(due_at)
            .execute(writing.connection())
            .await?;
            writing.commit().await?;
            Ok(true)
        })
        .await
    }
}

impl Leased for WorkspaceRecord {
    const TABLE: &'static str = "workspaces";
    const NOUN: &'static str = "workspace";
    const ALIVE: &'static str = "1 = 1";

    type Id = WorkspaceId;

    fn select() -> String {
        "SELECT r.id, r.name, r.account_user_id, r.account_token_id, r.token_key_id, \
         r.token_wrapped_key, r.token_ciphertext, r.ready, r.enabled_clouds, r.checked_at, \
         r.failure, r.attempts, r.fence, r.wakes, t.id AS tenant_id, t.slug AS tenant_slug, \
         t.name AS tenant_name, e.id AS environment_id, e.slug AS environment_slug, \
         e.name AS environment_name, (SELECT CAST(COALESCE(SUM(y.count), 0) AS BIGINT) \
         FROM tally y WHERE y.kind = 'nodes' AND y.tenant_id = r.tenant_id \
         AND y.environment_id = r.environment_id AND y.state <> 'deleted') AS nodes \
         FROM workspaces r JOIN tenants t ON t.id = r.tenant_id \
         JOIN environments e ON e.id = r.environment_id "
            .to_owned()
    }

    fn from_row(row: &Row) -> Result<Self, Cause> {
        Ok(Self {
            id: id(row, "id")?,
            tenant: rows::tenant(row)?,
            environment: rows::environment(row)?,
            name: text(row, "name")?,
            account: account(row)?,
            ready: truth(row, "ready")?,
            enabled_clouds: json(row, "enabled_clouds")?,
            checked_at: optional_time(row, "checked_at")?,
            failure: optional_json(row, "failure")?,
            attempts: u32::try_from(number(row, "attempts")?)?,
            nodes: u64::try_from(number(row, "nodes")?)?,
        })
    }

    fn id(&self) -> WorkspaceId {
        self.id
    }
}

/// Either all of its columns are set or none.
fn account(row: &Row) -> Result<Option<SealedAccount>, Cause> {
    if optional_text(row, "account_user_id")?.is_none() {
        return Ok(None);
    }
    Ok(Some(SealedAccount {
        user_id: text(row, "account_user_id")?,
        token_id: text(row, "account_token_id")?,
        token: Sealed {
            key_id: text(row, "token_key_id")?,
            wrapped_key: text(row, "token_wrapped_key")?,
            ciphertext: text(row, "token_ciphertext")?,
        },
    }))
}

async fn by(
    database: &Database,
    column: &str,
    value: impl Into<Value>,
) -> Result<Option<WorkspaceRecord>, Cause> {
    let mut sql = Sql::new(WorkspaceRecord::select());
    sql.push("WHERE ").push(column).push(" = ").bind(value);
    let row = sql.query().fetch_optional(database.readers()).await?;
    row.as_ref().map(WorkspaceRecord::from_row).transpose()
}

/// Creates a workspace for each environment that is not archived and has none. Replicas may do this at the
/// same time.
pub(crate) async fn create_missing(writing: &mut Writing<'_>) -> Result<(), Cause> {
    let without = query(
        "SELECT t.id AS tenant_id, t.slug AS tenant_slug, t.name AS tenant_name, \
         e.id AS environment_id, e.slug AS environment_slug, e.name AS environment_name \
         FROM environments e JOIN tenants t ON t.id = e.tenant_id \
         WHERE e.archived_at IS NULL AND NOT EXISTS \
         (SELECT 1 FROM workspaces w WHERE w.environment_id = e.id) ORDER BY e.id",
    )
    .fetch_all(writing.connection())
    .await?;
    for row in &without {
        let (tenant, environment) = (rows::tenant(row)?, rows::environment(row)?);
        let name = workspace_name(&tenant.slug, &environment.slug, environment.id);
        query(
            "INSERT INTO workspaces (id, tenant_id, environment_id, name, ready, enabled_clouds, \
             attempts, due_at, fence, wakes) VALUES ($1, $2, $3, $4, FALSE, '[]', 0, $5, 0, 0) \
             ON CONFLICT (environment_id) DO NOTHING",
        )
        .bind(new_id::<WorkspaceId>())
        .bind(tenant.id)
        .bind(environment.id)
        .bind(name)
        .bind(AT_ONCE)
        .execute(writing.connection())
        .await?;
    }
    if !without.is_empty() {
        writing.announce(Change::WorkDue);
    }
    Ok(())
}
