//! The database.

use super::{
    fault::Faults,
    secret::{self, Secret},
};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// `[database]` in the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSection {
    /// `sqlite:PATH` or `postgres://…`; secret because it can contain a password.
    pub url: Option<Secret>,
    pub url_file: Option<PathBuf>,
}

impl DatabaseSection {
    /// The URL; by default a SQLite file in the data directory.
    pub fn read(self, folder: &Path, data_dir: &Path, faults: &mut Faults) -> Secret {
        let url = secret::resolve(
            "database.url",
            self.url,
            self.url_file.as_ref(),
            folder,
            faults,
        );
        let default = || Secret::from(format!("sqlite:{}", data_dir.join("hangar.db").display()));
        let url = url.unwrap_or_else(default);
        let known = ["sqlite:", "postgres:", "postgresql:"];
        if !known.iter().any(|scheme| url.expose().starts_with(scheme)) {
            faults.add(
                "database.url",
                "must begin with sqlite: or postgres://, for example \
                 postgres://hangar:PASSWORD@db.example.com/hangar",
            );
        }
        url
    }
}
