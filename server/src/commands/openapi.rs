//! `hangar openapi`: the document, for generators of clients.

use crate::http::rest;
use anyhow::Result;
use std::{
    io::{ErrorKind, Write as _, stdout},
    process::ExitCode,
};

pub fn run() -> Result<ExitCode> {
    let document = serde_json::to_string_pretty(&rest::document())?;
    match writeln!(stdout(), "{document}") {
        // Whoever reads has seen enough, as `head` does.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        written => written?,
    }
    Ok(ExitCode::SUCCESS)
}
