//! What nodes need: the SkyPilot API server, the sealer of its tokens, and the
//! catalogue of what can be launched.

use super::catalogue::Catalogue;
use crate::ports::{
    machines::{Machines, ServiceAccount, Workspace},
    sealing::{SealError, Sealer, SecretOwner},
};
use persistence::node_records::{SealedAccount, WorkspaceRecord};
use std::sync::Arc;

/// The SkyPilot API server with what belongs to it.
#[derive(Clone)]
pub struct SkyPilotBackend {
    pub machines: Arc<dyn Machines>,
    /// Seals and opens the tokens of its service accounts.
    pub sealer: Arc<dyn Sealer>,
    /// What can be launched.
    pub catalogue: Arc<Catalogue>,
}

impl SkyPilotBackend {
    /// Over these ports, with a catalogue that is still to be read.
    pub fn new(machines: Arc<dyn Machines>, sealer: Arc<dyn Sealer>) -> Self {
        Self {
            machines,
            sealer,
            catalogue: Arc::default(),
        }
    }

    /// The workspace with its account opened.
    ///
    /// # Errors
    /// The account's token does not open.
    pub(crate) async fn open(&self, record: &WorkspaceRecord) -> Result<Workspace, SealError> {
        let account = match &record.account {
            None => None,
            Some(account) => Some(ServiceAccount {
                user_id: account.user_id.clone(),
                token_id: account.token_id.clone(),
                token: self.sealer.open(&owner(record), &account.token).await?,
            }),
        };
        Ok(Workspace {
            id: record.id,
            name: record.name.clone(),
            account,
        })
    }

    /// A fresh account of the workspace, sealed.
    ///
    /// # Errors
    /// The token cannot be sealed.
    pub(crate) async fn seal(
        &self,
        record: &WorkspaceRecord,
        account: &ServiceAccount,
    ) -> Result<SealedAccount, SealError> {
        Ok(SealedAccount {
            user_id: account.user_id.clone(),
            token_id: account.token_id.clone(),
            token: self.sealer.seal(&owner(record), &account.token).await?,
        })
    }
}

fn owner(record: &WorkspaceRecord) -> SecretOwner {
    SecretOwner {
        tenant_id: record.tenant.id,
        place: format!("workspaces/{}/token", record.id),
    }
}
