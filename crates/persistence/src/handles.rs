//! Handles by subject: `db.clusters().list(..)`. Each method is one transaction, and announces its
//! changes after commit.

use crate::database::Database;

macro_rules! handles {
    ($($(#[$doc:meta])* $method:ident: $Handle:ident;)+) => {
        $($(#[$doc])* #[derive(Clone, Copy)]
        pub struct $Handle<'a>(pub(crate) &'a Database);)+

        impl Database {
            $($(#[$doc])* pub fn $method(&self) -> $Handle<'_> {
                $Handle(self)
            })+
        }
    };
}

handles! {
    clusters: Clusters;
    nodes: Nodes;
    /// Workspaces on the SkyPilot API server, one for each environment.
    workspaces: Workspaces;
    /// The catalogue and the orphans that the SkyPilot API server last reported.
    server_reports: ServerReports;
    /// Users with their sign-ins, platform roles and suspensions.
    users: Users;
    /// API tokens.
    tokens: Tokens;
    /// Tenants with their environments, limits, members and invitations.
    tenants: Tenants;
    audit: Audit;
    /// Tenants' cloud credentials.
    credentials: Credentials;
    /// All sealed secrets, for the rotation of keys.
    sealed_rows: SealedRows;
}
