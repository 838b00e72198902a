//! Handles by subject: `db.clusters().list(..)`. Each method is one transaction, and announces its
//! changes after commit.

use crate::{
    claims::Leased,
    database::Database,
    node_records::{NodeRecord, WorkspaceRecord},
    records::ClusterRecord,
};
use std::marker::PhantomData;

/// What reconcilers work on: clusters, nodes or workspaces, by their record.
pub struct Table<'a, R>(pub(crate) &'a Database, PhantomData<fn() -> R>);

impl<R> Clone for Table<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Table<'_, R> {}

/// What the SkyPilot API server reported last: prices, and machines without a node.
#[derive(Clone, Copy)]
pub struct ServerReports<'a>(pub(crate) &'a Database);

/// Users: sign-ins, platform roles, suspensions.
#[derive(Clone, Copy)]
pub struct Users<'a>(pub(crate) &'a Database);

/// API tokens.
#[derive(Clone, Copy)]
pub struct Tokens<'a>(pub(crate) &'a Database);

/// Tenants with their environments, limits, members and invitations.
#[derive(Clone, Copy)]
pub struct Tenants<'a>(pub(crate) &'a Database);

/// The usage ledger.
#[derive(Clone, Copy)]
pub struct Usage<'a>(pub(crate) &'a Database);

#[derive(Clone, Copy)]
pub struct Audit<'a>(pub(crate) &'a Database);

/// Tenants' cloud credentials.
#[derive(Clone, Copy)]
pub struct Credentials<'a>(pub(crate) &'a Database);

/// Every sealed secret, for the rotation of keys.
#[derive(Clone, Copy)]
pub struct SealedRows<'a>(pub(crate) &'a Database);

impl Database {
    /// The table of a record, for code that is the same for all of them.
    pub fn table<R: Leased>(&self) -> Table<'_, R> {
        Table(self, PhantomData)
    }

    pub fn clusters(&self) -> Table<'_, ClusterRecord> {
        self.table()
    }

    pub fn nodes(&self) -> Table<'_, NodeRecord> {
        self.table()
    }

    /// Workspaces on the SkyPilot API server, one for each environment.
    pub fn workspaces(&self) -> Table<'_, WorkspaceRecord> {
        self.table()
    }

    /// What the SkyPilot API server reported last: prices, and machines without a node.
    pub fn server_reports(&self) -> ServerReports<'_> {
        ServerReports(self)
    }

    /// Users: sign-ins, platform roles, suspensions.
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// The usage ledger.
    pub fn usage(&self) -> Usage<'_> {
        Usage(self)
    }

    /// API tokens.
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens(self)
    }

    /// Tenants with their environments, limits, members and invitations.
    pub fn tenants(&self) -> Tenants<'_> {
        Tenants(self)
    }

    /// The audit log.
    pub fn audit(&self) -> Audit<'_> {
        Audit(self)
    }

    /// Tenants' cloud credentials.
    pub fn credentials(&self) -> Credentials<'_> {
        Credentials(self)
    }

    /// Every sealed secret, for the rotation of keys.
    pub fn sealed_rows(&self) -> SealedRows<'_> {
        SealedRows(self)
    }
}
