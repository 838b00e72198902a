//! Transactions. A writing transaction collects the changes to announce: PostgreSQL sends them as part of the
//! commit, on SQLite they are sent after it, so that only committed changes are announced.

use crate::{
    Cause, change::Change, connection::Transaction, database::Database, dialect::Dialect,
    error::StoreError,
};
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
#[error(
    "the database file {} is read-only: give the user that runs Hangar write permission on it and \
     its folder, then start Hangar again",
    path.display()
)]
struct ReadOnlyFile {
    path: PathBuf,
}

/// Runs `work`; an error gets `context`.
pub(crate) async fn doing<T>(
    context: &'static str,
    work: impl Future<Output = Result<T, Cause>>,
) -> Result<T, StoreError> {
    work.await
        .map_err(|source| StoreError::new(context, source))
}

/// A writing transaction; rolled back unless [committed](Self::commit).
pub(crate) struct Writing<'a> {
    database: &'a Database,
    transaction: Transaction,
    changes: Vec<Change>,
}

impl Database {
    pub(crate) async fn write(&self) -> Result<Writing<'_>, Cause> {
        if let Some(path) = self.read_only_file() {
            return Err(ReadOnlyFile { path }.into());
        }
        Ok(Writing {
            database: self,
            transaction: self.writers().begin(self.dialect().begin_write()).await?,
            changes: Vec::new(),
        })
    }

    pub(crate) async fn read(&self) -> Result<Transaction, Cause> {
        Ok(self.readers().begin(self.dialect().begin_read()).await?)
    }
}

impl Writing<'_> {
    pub fn database(&self) -> &Database {
        self.database
    }

    pub fn connection(&mut self) -> &mut Transaction {
        &mut self.transaction
    }

    /// Announces `change` once this is committed.
    pub fn announce(&mut self, change: Change) {
        self.changes.push(change);
    }

    pub async fn commit(mut self) -> Result<(), Cause> {
        if self.database.dialect() == Dialect::Postgres {
            for change in &self.changes {
                crate::changes::notify(&mut self.transaction, change).await?;
            }
        }
        self.transaction.commit().await?;
        if self.database.dialect() == Dialect::Sqlite {
            for change in self.changes {
                self.database.feed().send(change);
            }
        }
        Ok(())
    }
}
