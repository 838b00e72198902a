//! `hangar migrate`: for those who update the database before the portal.

use super::Configuration;
use anyhow::Result;
use persistence::Database;
use std::process::ExitCode;

pub async fn run(configuration: &Configuration) -> Result<ExitCode> {
    let settings = configuration.load()?;
    // Opening brings the schema up to date.
    let database = Database::open(settings.database.expose()).await?;
    database.close().await;
    println!("The database is up to date.");
    Ok(ExitCode::SUCCESS)
}
