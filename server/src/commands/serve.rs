//! `hangar serve`.

use super::{Configuration, Site};
use crate::{config::Sources, server::Server};
use anyhow::{Context as _, Result};
use clap::Args;
use std::{
    io::{Write as _, stdout},
    net::SocketAddr,
    process::ExitCode,
};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    configuration: Configuration,
    #[command(flatten)]
    site: Site,
    /// The address to listen on [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

pub async fn run(options: Options) -> Result<ExitCode> {
    let settings = options.configuration.load_with(Sources {
        listen: options.listen,
        ..Sources::default()
    })?;
    let mut stop = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    let server = Server::start(settings, &options.site.folder()).await?;

    print_line(&format!(
        "Hangar is ready at {}",
        server.portal.addresses.main()
    ));
    tokio::select! {
        _ = stop.recv() => {}
        _ = interrupt.recv() => {}
    }
    print_line("Hangar is shutting down. Press Ctrl+C again to stop immediately");
    tokio::select! {
        () = server.stop() => Ok(ExitCode::SUCCESS),
        _ = stop.recv() => Ok(ExitCode::FAILURE),
        _ = interrupt.recv() => Ok(ExitCode::FAILURE),
    }
}

/// Prints a line. A closed output is no reason to stop.
fn print_line(line: &str) {
    let _ = writeln!(stdout(), "{line}");
}
