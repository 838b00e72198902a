//! `hangar openapi`: prints the OpenAPI document for client generators.

use crate::http::rest;
use anyhow::Result;
use std::{
    io::{ErrorKind, Write as _, stdout},
    process::ExitCode,
};

pub fn run() -> Result<ExitCode> {
    let document = serde_json::to_string_pretty(&rest::document())?;
    match writeln!(stdout(), "{document}") {
        // A reader such as `head` may close the pipe early.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        written => written?,
    }
    Ok(ExitCode::SUCCESS)
}
