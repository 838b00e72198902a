//! `cargo xtask`: everything this repository does beyond what cargo does by itself.
//!
//! It is a program of the workspace, so building the portal needs no tool that somebody has to install
//! at the right version first. `./dev` fetches what the machine lacks and then hands over to this.

mod bench;
mod browser_tests;
mod build;
mod cargo;
mod check;
mod compress;
mod lanes;
mod outcome;
mod postgres;
mod process;
mod rules;
mod script;
mod site;
mod start;
mod styles;
mod test;
mod wasm;
mod workspace;

use clap::{Parser, Subcommand};

/// Builds, starts, tests and measures Hangar.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the server and the site it serves.
    Build(build::Options),
    /// Build, then run the portal with the sandbox beside it; what follows `--` goes to `hangar serve`.
    Start(start::Options),
    /// Check what changed since `main`: formatting, rules, lints, unit tests.
    Check,
    /// Run every check and every test.
    Test(test::Options),
    /// Check who depends on whom.
    Rules,
    /// Measure a release build and print the figures as a table.
    Bench(bench::Options),
}

fn main() -> std::process::ExitCode {
    let result = match Arguments::parse().command {
        Command::Build(options) => build::run(&options),
        Command::Start(options) => start::run(&options),
        Command::Check => check::run(),
        Command::Test(options) => test::run(&options),
        Command::Rules => rules::run(),
        Command::Bench(options) => bench::run(&options),
    };
    match result {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
