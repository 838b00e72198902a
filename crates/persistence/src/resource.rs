//! What clusters and nodes have in common in the database: a table with the columns of the header, a table of
//! operations, and columns of their own.

use crate::{
    Cause,
    change::Change,
    claims::Leased,
    connection::{Executor, Transaction},
    operations::{self, Operations},
    records::Idempotency,
    rows::{Row, environment, id, number, optional_json, optional_time, tenant, text, time, word},
    sql::{Query, Sql, Value},
    usage::Spending,
};
use domain::{
    cluster::UserRef,
    ids::{EnvironmentId, TenantId, UserId},
    operation::Operation,
    quota::QuotaRequest,
    resource::{Kind, Resource},
};
use jiff::Timestamp;
use std::{collections::HashMap, fmt};
use uuid::Uuid;

/// A column with the value to write.
pub type Column = (&'static str, Value);

/// A kind of resource as the database keeps it.
pub trait StoredKind: Kind {
    const TABLE: &'static str;
    const OPERATIONS: Operations;
    /// The names of its own columns that are read.
    const COLUMNS: &'static [&'static str];
    /// The columns with texts in lower case that a search looks at, beside owner and place.
    const SEARCHED: &'static [&'static str];

    /// Its own columns.
    type Columns: Clone + PartialEq + fmt::Debug + Send + Sync + 'static;
    /// What a reconciler finds out about it beside its state.
    type Findings: Clone + PartialEq + fmt::Debug + Send + Sync + 'static;

    fn read(row: &Row) -> Result<Self::Columns, Cause>;

    /// The columns that are written once.
    fn fixed(columns: &Self::Columns) -> Result<Vec<Column>, Cause>;

    /// The columns that a reconciler writes.
    fn mutable(columns: &Self::Columns) -> Result<Vec<Column>, Cause>;

    /// Takes over what was found out. `superseded`: a user began another operation meanwhile.
    fn advance(
        connection: &mut Transaction,
        before: &Record<Self>,
        columns: &mut Self::Columns,
        findings: Self::Findings,
        superseded: bool,
    ) -> impl Future<Output = Result<(), Cause>> + Send;

    /// How it is charged, as stored.
    fn spending(record: &Record<Self>) -> Spending;

    /// Its size in the usage ledger: the plan of a cluster, the accelerators of a node.
    fn size(columns: &Self::Columns) -> String;

    /// Makes equal what no caller sees, so that only visible changes make a difference.
    fn hide(_shown: &mut Self::Columns, _before: &Self::Columns) {}

    /// What it takes of the limits of its environment.
    fn quota_request(columns: &Self::Columns) -> QuotaRequest;

    /// Makes other work due that an order in `environment` gives rise to.
    fn wake(_environment: EnvironmentId) -> Option<Query> {
        None
    }

    /// What is announced when it was written.
    fn change(id: Self::Id, tenant_id: TenantId) -> Change;

    /// What `change` announces, if it is about this kind.
    fn changed(change: Change) -> Option<(Self::Id, TenantId)>;
}

/// A resource as stored, with the names of what it refers to.
pub type Record<K> = Resource<K, <K as StoredKind>::Columns>;

/// A resource to be stored: desired state and the operation that makes it so.
#[derive(Clone, Debug)]
pub struct NewResource<K: StoredKind> {
    pub id: K::Id,
    pub name: K::Name,
    pub tenant_id: TenantId,
    pub environment_id: EnvironmentId,
    pub created_by: UserId,
    pub created_at: Timestamp,
    pub ends_at: Option<Timestamp>,
    pub operation: Operation,
    pub details: K::Columns,
    /// The key that makes the order one order, with a digest of the order it stands for.
    pub idempotency: Option<Idempotency>,
}

impl<K: StoredKind> Leased for Resource<K, K::Columns> {
    const TABLE: &'static str = K::TABLE;
    const NOUN: &'static str = K::NOUN;
    const ALIVE: &'static str = "state <> 'deleted'";

    type Id = K::Id;

    fn select() -> String {
        let columns: String = K::COLUMNS
            .iter()
            .map(|name| format!("r.{name}, "))
            .collect();
        format!(
            "SELECT {columns}r.id, r.name, r.state, r.failure, r.created_by, r.created_at, \
             r.ready_at, r.ends_at, r.deleted_at, r.version, r.fence, r.wakes, \
             u.name AS created_by_name, t.id AS tenant_id, t.slug AS tenant_slug, \
             t.name AS tenant_name, e.id AS environment_id, e.slug AS environment_slug, \
             e.name AS environment_name, o.id AS operation_id, o.kind AS operation_kind, \
             o.started_at AS operation_started_at, o.finished_at AS operation_finished_at, \
             o.attempts AS operation_attempts, o.steps AS operation_steps, \
             o.failure AS operation_failure \
             FROM {} r JOIN tenants t ON t.id = r.tenant_id \
             JOIN environments e ON e.id = r.environment_id JOIN users u ON u.id = r.created_by \
             JOIN {} o ON o.id = r.operation_id ",
            K::TABLE,
            K::OPERATIONS.table
        )
    }

    fn from_row(row: &Row) -> Result<Self, Cause> {
        Ok(Self {
            id: id(row, "id")?,
            name: word(row, "name")?,
            tenant: tenant(row)?,
            environment: environment(row)?,
            state: word(row, "state")?,
            failure: optional_json(row, "failure")?,
            created_by: UserRef {
                id: id(row, "created_by")?,
                name: text(row, "created_by_name")?,
            },
            created_at: time(row, "created_at")?,
            ready_at: optional_time(row, "ready_at")?,
            ends_at: optional_time(row, "ends_at")?,
            deleted_at: optional_time(row, "deleted_at")?,
            operation: operations::from_row(row)?,
            version: number(row, "version")?,
            details: K::read(row)?,
        })
    }

    fn id(&self) -> K::Id {
        self.id
    }
}

pub(crate) async fn one<'e, R: Leased>(
    connection: impl Into<Executor<'e>>,
    id: impl Into<Uuid>,
) -> Result<Option<R>, Cause> {
    let mut sql = Sql::new(R::select());
    sql.push("WHERE r.id = ").bind::<Uuid>(id.into());
    let row = sql.query().fetch_optional(connection).await?;
    row.as_ref().map(R::from_row).transpose()
}

/// The rows with these ids, in this order.
pub(crate) async fn rows_of<'e, R: Leased>(
    connection: impl Into<Executor<'e>>,
    ids: Vec<Uuid>,
) -> Result<Vec<Row>, Cause> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(R::select());
    sql.push("WHERE r.id IN ").bind_list(ids.iter().copied());
    let mut found = HashMap::new();
    for row in sql.query().fetch_all(connection).await? {
        found.insert(id::<Uuid>(&row, "id")?, row);
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Those with these ids, in this order.
pub(crate) async fn several<'e, R: Leased>(
    connection: impl Into<Executor<'e>>,
    ids: Vec<Uuid>,
) -> Result<Vec<R>, Cause> {
    let rows = rows_of::<R>(connection, ids).await?;
    rows.iter().map(R::from_row).collect()
}
