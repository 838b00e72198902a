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

/// How to serve.
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
    let mut stop = signal(SignalKind::terminate()).context("no signals to be had")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("no signals to be had")?;
    let server = Server::start(settings, &options.site.folder()).await?;

    say(&format!(
        "Hangar is ready at {}",
        server.portal.addresses.main()
    ));
    tokio::select! {
        _ = stop.recv() => {}
        _ = interrupt.recv() => {}
    }
    say("Hangar is stopping; once more to stop at once");
    tokio::select! {
        () = server.stop() => Ok(ExitCode::SUCCESS),
        _ = stop.recv() => Ok(ExitCode::FAILURE),
        _ = interrupt.recv() => Ok(ExitCode::FAILURE),
    }
}

/// Prints a line. Whoever read the output may be gone; that is no reason to end.
fn say(line: &str) {
    let _ = writeln!(stdout(), "{line}");
}
