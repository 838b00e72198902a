//! Python servers that end with the test, also if it panics or is killed.

use std::{
    fs::File,
    io::Write as _,
    net::{Ipv4Addr, TcpListener},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The Python interpreter of the servers.
pub fn python() -> PathBuf {
    let python = std::env::var_os("HANGAR_TEST_PYTHON").expect(
        "HANGAR_TEST_PYTHON is not set, and this test starts a SkyPilot API server: run `./dev test`, which fetches \
         one from PyPI, or set it to the bin/python of a virtual environment with crates/skypilot/tests/requirements.txt",
    );
    PathBuf::from(python)
}

/// A file in this folder.
pub fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/api_server")
        .join(name)
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A port for a SkyPilot API server, whose queue uses another port that is derived from it: see
/// `get_queue_manager_port` in `sky/server/requests/queues/mp_queue.py`.
pub fn free_port_for_skypilot() -> u16 {
    loop {
        let port = free_port();
        let queue = 50_000 + (11 + i32::from(port) - 46_580).rem_euclid(10_000);
        let queue = u16::try_from(queue).unwrap();
        if queue != port && TcpListener::bind((Ipv4Addr::LOCALHOST, queue)).is_ok() {
            return port;
        }
    }
}

/// A server in its own home folder, without internet access.
pub struct Server {
    supervisor: Child,
    log: PathBuf,
}

impl Server {
    /// Starts `python ARGUMENTS` with no environment but `variables` and the necessary ones.
    pub fn start(home: &Path, arguments: &[&str], variables: &[(&str, String)]) -> Self {
        let python = python();
        let programs = python.parent().unwrap().display();
        let log = home.join(format!("{}.log", arguments[1]));
        let output = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        let supervisor = Command::new(&python)
            .arg(beside("supervise.py"))
            .arg(&python)
            .args(arguments)
            .env_clear()
            .env("PATH", format!("{programs}:/usr/local/bin:/usr/bin:/bin"))
            .env("HOME", home)
            .env("USER", "hangar-test")
            .env("LANG", "C.UTF-8")
            // Nothing listens there.
            .env("HTTP_PROXY", "http://127.0.0.1:9")
            .env("HTTPS_PROXY", "http://127.0.0.1:9")
            .env("NO_PROXY", "127.0.0.1,localhost")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            // It must outlive the test to end the server.
            .process_group(0)
            .spawn()
            .unwrap();
        Self { supervisor, log }
    }

    /// Fails with the end of its log if it has exited.
    pub fn assert_runs(&mut self) {
        if let Some(status) = self.supervisor.try_wait().unwrap() {
            panic!("the server ended with {status}:\n{}", self.end_of_log());
        }
    }

    pub fn end_of_log(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(40)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut input) = self.supervisor.stdin.take() {
            let _ = input.flush();
        }
        let _ = self.supervisor.wait();
    }
}
