//! The binary `hangar`.

use clap::Parser as _;
use server::commands::Command;
use std::process::ExitCode;

fn main() -> ExitCode {
    match server::commands::run(Command::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("hangar: {error:#}");
            ExitCode::FAILURE
        }
    }
}
