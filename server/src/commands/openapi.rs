//! `hangar openapi`: the document, for generators of clients.

use crate::http::rest;
use anyhow::Result;
use std::process::ExitCode;

pub fn run() -> Result<ExitCode> {
    println!("{}", serde_json::to_string_pretty(&rest::document())?);
    Ok(ExitCode::SUCCESS)
}
