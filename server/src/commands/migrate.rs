//! `hangar migrate`: migrates the database before a new version of the portal starts.

use super::Configuration;
use anyhow::Result;
use persistence::Database;
use std::process::ExitCode;

pub async fn run(configuration: &Configuration) -> Result<ExitCode> {
    let settings = configuration.load()?;
    // Opening the database runs its migrations.
    let database = Database::open(settings.database.expose(), None).await?;
    database.close().await;
    println!("The database is up to date.");
    Ok(ExitCode::SUCCESS)
}
