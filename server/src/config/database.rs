//! Which database.

use super::{
    fault::Faults,
    secret::{self, Secret},
};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// `[database]` as written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSection {
    /// `sqlite:PATH` or `postgres://…`; a secret, because it may hold a password.
    pub url: Option<Secret>,
    /// A file that holds the URL.
    pub url_file: Option<PathBuf>,
}

impl DatabaseSection {
    /// The URL; without one, a SQLite file in the data directory.
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
                "must begin with sqlite: or postgres://; write it like \
                 postgres://hangar:PASSWORD@db.example.com/hangar",
            );
        }
        url
    }
}
