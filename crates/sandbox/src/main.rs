//! `hangar-sandbox`: an identity provider, a Kubernetes cluster, a SkyPilot API server and AWS's STS on this machine, to
//! try Hangar without the real systems. It writes the configuration of a portal that uses them.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus};
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser;
use sandbox::identity::Person;
use sandbox::{Pace, Sandbox, SandboxOptions};
use tokio::signal::unix::{Signal, SignalKind, signal};

#[derive(Parser)]
#[command(name = "hangar-sandbox", version, about)]
struct Options {
    /// The portal's data directory; the sandbox's own is the folder `sandbox` in it.
    #[arg(long, value_name = "DIR", default_value = ".hangar")]
    data_dir: PathBuf,
    /// Where the portal listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    portal: SocketAddr,
    /// The unit of all waiting: a cluster is ready after about twelve of them.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 500)]
    pace: u64,
    /// A command to run beside the sandbox, such as `hangar serve`, with the configuration in HANGAR_CONFIG. The sandbox
    /// ends with it.
    #[arg(last = true)]
    command: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("hangar-sandbox: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<ExitCode> {
    // Another crate may have chosen already; it can only have chosen the same.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let signals = Signals {
        stop: signal(SignalKind::terminate())?,
        interrupt: signal(SignalKind::interrupt())?,
    };
    let (sandbox, configuration) = Sandbox::start_for_portal(
        &options.data_dir.join("sandbox"),
        options.portal,
        &options.data_dir,
        SandboxOptions {
            pace: Pace::of_unit(Duration::from_millis(options.pace)),
            ..SandboxOptions::default()
        },
    )
    .await
    .context("the sandbox cannot be started")?;
    let people: Vec<_> = Person::ready()
        .into_iter()
        .map(|person| format!("  {:<14} {}", person.name, person.role))
        .collect();
    // Whoever reads the output may be gone; the sandbox goes on.
    let _ = writeln!(
        std::io::stdout(),
        "The sandbox is ready for a portal with --config {}\nSign in as one of these, without a password:\n{}",
        configuration.display(),
        people.join("\n")
    );
    let code = match options.command.split_first() {
        None => {
            signals.wait().await;
            ExitCode::SUCCESS
        }
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments).env("HANGAR_CONFIG", &configuration);
            beside(command, signals).await?
        }
    };
    sandbox.shutdown().await;
    Ok(code)
}

struct Signals {
    stop: Signal,
    interrupt: Signal,
}

impl Signals {
    async fn wait(mut self) {
        tokio::select! {
            _ = self.stop.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Runs a command to its end. Ctrl-C reaches it by itself, from the terminal; SIGTERM is passed on.
async fn beside(mut command: Command, mut signals: Signals) -> Result<ExitCode> {
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {command:?}"))?;
    let id = child.id().to_string();
    let mut ended = tokio::task::spawn_blocking(move || child.wait());
    loop {
        tokio::select! {
            status = &mut ended => return Ok(exit_code(status??)),
            _ = signals.interrupt.recv() => {}
            _ = signals.stop.recv() => {
                Command::new("kill").arg(&id).status()?;
            }
        }
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    match status.code().and_then(|code| u8::try_from(code).ok()) {
        Some(code) => ExitCode::from(code),
        None => ExitCode::FAILURE,
    }
}
