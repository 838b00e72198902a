//! A PostgreSQL server for one test run: made empty, thrown away afterwards.
//!
//! It keeps nothing safe (`fsync` is off, and its files are in memory where there is room), so it is quick, and it listens
//! on loopback only. PostgreSQL refuses to run as root, so there it runs as the user that Debian's package made.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::{find_program, output, run_logged};
use crate::workspace;

/// A running server.
pub struct Postgres {
    server: Child,
    folder: PathBuf,
    programs: PathBuf,
    account: Option<Account>,
    port: u16,
}

#[derive(Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

/// What the databases of a test run take at most, with something to spare.
const ROOM: u64 = 2 << 30;
/// How long an empty server may take to answer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

impl Postgres {
    /// Makes a new database cluster and starts a server on it.
    pub fn start() -> Result<Self> {
        let programs = programs()?;
        let account = account()?;
        let folder = room().join(format!("hangar-postgres-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        if let Some(account) = account {
            chown(&folder, Some(account.user), Some(account.group))?;
        }
        let data = folder.join("data");
        run_logged(
            as_account(&programs.join("initdb"), account)
                .arg("--pgdata")
                .arg(&data)
                .args([
                    "--username=hangar",
                    "--auth=trust",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-sync",
                ]),
            &workspace::scratch().join("initdb.log"),
        )
        .context("PostgreSQL cannot make a database cluster")?;

        let port = free_port()?;
        let log = fs::File::create(workspace::scratch().join("postgres.log"))?;
        let settings = [
            format!("port={port}"),
            "listen_addresses=127.0.0.1".to_owned(),
            "unix_socket_directories=".to_owned(),
            "fsync=off".to_owned(),
            "synchronous_commit=off".to_owned(),
            "full_page_writes=off".to_owned(),
            "max_connections=300".to_owned(),
            "log_connections=on".to_owned(),
        ];
        let server = as_account(&programs.join("postgres"), account)
            .arg("-D")
            .arg(&data)
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot start PostgreSQL")?;
        let mut postgres = Self {
            server,
            folder,
            programs,
            account,
            port,
        };
        postgres.wait_until_it_answers()?;
        Ok(postgres)
    }

    /// Where tests find it. The account may create databases, and a test should make one of its own.
    pub fn url(&self) -> String {
        format!("postgres://hangar@127.0.0.1:{}/postgres", self.port)
    }

    /// How often somebody connected: a test run that never did has not been on PostgreSQL.
    pub fn connections(&self) -> Result<usize> {
        let log = fs::read(workspace::scratch().join("postgres.log"))?;
        Ok(String::from_utf8_lossy(&log)
            .lines()
            .filter(|line| {
                line.contains("connection authorized")
                    && !line.contains("application_name=pg_isready")
            })
            .count())
    }

    fn wait_until_it_answers(&mut self) -> Result<()> {
        let start = Instant::now();
        loop {
            let answer = Command::new(self.programs.join("pg_isready"))
                .args([
                    "--quiet",
                    "--host=127.0.0.1",
                    &format!("--port={}", self.port),
                ])
                .status()
                .context("cannot ask PostgreSQL whether it is ready")?;
            if answer.success() {
                return Ok(());
            }
            let ended = self.server.try_wait()?;
            if ended.is_some() || start.elapsed() > PATIENCE {
                let log = fs::read_to_string(workspace::scratch().join("postgres.log"))
                    .unwrap_or_default();
                bail!("PostgreSQL does not come up:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let stopped = as_account(&self.programs.join("pg_ctl"), self.account)
            .args(["stop", "--silent", "--mode=immediate", "--pgdata"])
            .arg(self.folder.join("data"))
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Where a database cluster fits. Tests make hundreds of databases of hundreds of files each, which a file system on a disk
/// is slow at.
fn room() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let free = output(
        Command::new("df")
            .args(["--output=avail", "--block-size=1"])
            .arg(memory),
    )
    .ok()
    .and_then(|table| table.lines().last()?.trim().parse::<u64>().ok());
    match free {
        Some(free) if free >= ROOM => memory.to_owned(),
        _ => std::env::temp_dir(),
    }
}

/// The folder with PostgreSQL's programs; Debian keeps the server's out of `PATH`.
fn programs() -> Result<PathBuf> {
    let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .collect();
    debian.sort_by_key(|folder| {
        let version = folder.parent().and_then(|parent| parent.file_name());
        std::cmp::Reverse(version.and_then(|name| name.to_str()?.parse::<u32>().ok()))
    });
    let initdb = find_program("initdb", &debian)
        .context("PostgreSQL's initdb is not on this machine; `./dev test` installs it (Debian: apt-get install postgresql)")?;
    let initdb = fs::canonicalize(initdb)?;
    Ok(initdb
        .parent()
        .context("initdb is in no folder")?
        .to_path_buf())
}

/// Whom PostgreSQL runs as: nobody else, unless this is root.
fn account() -> Result<Option<Account>> {
    let id = |arguments: &[&str]| -> Result<u32> {
        Ok(output(Command::new("id").args(arguments))?.trim().parse()?)
    };
    if id(&["-u"])? != 0 {
        return Ok(None);
    }
    let user = id(&["-u", "postgres"])
        .context("PostgreSQL does not run as root, and there is no user `postgres` to run it as")?;
    Ok(Some(Account {
        user,
        group: id(&["-g", "postgres"])?,
    }))
}

fn as_account(program: &Path, account: Option<Account>) -> Command {
    let mut command = Command::new(program);
    // A folder that the other account may not enter would be its working directory otherwise.
    command.current_dir("/");
    if let Some(account) = account {
        command.uid(account.user).gid(account.group);
    }
    command
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn a_server_answers_counts_its_visitors_and_leaves_nothing_behind() {
        let postgres = Postgres::start().unwrap();
        let (folder, port) = (postgres.folder.clone(), postgres.port);
        assert_eq!(
            postgres.connections().unwrap(),
            0,
            "asking whether it is ready is no visit"
        );
        let answer = output(Command::new(postgres.programs.join("psql")).args([
            "-Atc",
            "select 40 + 2",
            &postgres.url(),
        ]));
        assert_eq!(answer.unwrap().trim(), "42");
        assert_eq!(postgres.connections().unwrap(), 1);
        drop(postgres);
        assert!(!folder.exists());
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    }
}
