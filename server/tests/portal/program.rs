//! The program `hangar` as people run it: what it prints, how it ends, what it logs.

use crate::{
    fixture::{
        Browser, DEVELOPER, PATIENCE, TestPortal, VIEWER, free_address, ordered, start_sandbox,
        write_site,
    },
    nodes::{ready_node, secrets::TOKEN},
};
use reqwest::Method;
use sandbox::Sandbox;
use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::Instant,
};
use tempfile::TempDir;

/// `hangar` in an environment without settings of the machine it runs on.
pub fn hangar() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hangar"));
    for (name, _) in std::env::vars() {
        if name.starts_with("HANGAR") || name == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command
}

/// What a command printed, on either side.
pub fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(err)
    )
}

/// A portal as a process.
pub struct Running {
    process: Child,
    _sandbox: Sandbox,
    pub folder: TempDir,
    first_lines: String,
    log: thread::JoinHandle<String>,
}

impl Running {
    pub async fn start(filter: &str) -> Self {
        Self::start_with(filter, &[]).await
    }

    /// With these variables besides.
    pub async fn start_with(filter: &str, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_site(&folder.path().join("site"));
        let data = folder.path().join("data");
        let (sandbox, configuration) = start_sandbox(&data, free_address()).await;
        let mut process = hangar()
            .arg("serve")
            .arg("--config")
            .arg(configuration)
            .arg("--site-dir")
            .arg(folder.path().join("site"))
            .env("HANGAR__LOG__FILTER", filter)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = process.stderr.take().unwrap();
        let log = thread::spawn(move || {
            let mut log = String::new();
            errors.read_to_string(&mut log).unwrap();
            log
        });
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut first_lines = String::new();
        while !first_lines.contains("ready at") {
            assert!(
                lines.read_line(&mut first_lines).unwrap() > 0,
                "{first_lines}"
            );
        }
        Self {
            process,
            _sandbox: sandbox,
            folder,
            first_lines,
            log,
        }
    }

    pub fn origin(&self) -> String {
        let (_, rest) = self.first_lines.split_once("Hangar is ready at ").unwrap();
        rest.lines().next().unwrap().to_owned()
    }

    /// SIGTERM; answers whether it ended well, and its log.
    pub fn stop(self) -> (bool, String) {
        let (ended_well, log, _) = self.stop_and_keep();
        (ended_well, log)
    }

    /// As [`Self::stop`]; leaves its folder.
    pub fn stop_and_keep(mut self) -> (bool, String, TempDir) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").arg(&id).status().unwrap().success());
        let ended = self.process.wait().unwrap();
        (ended.success(), self.log.join().unwrap(), self.folder)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_where_it_is_and_ends_well() {
    let running = Running::start("info").await;
    assert!(
        running
            .first_lines
            .starts_with("Hangar is ready at http://127.0.0.1:")
    );
    let begun = Instant::now();
    let (ended_well, log) = running.stop();
    assert!(ended_well, "{log}");
    assert!(begun.elapsed() < PATIENCE);
}

#[test]
fn a_port_that_is_taken_is_said_with_the_way_out() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    write_site(folder.path());
    let output = hangar()
        .args([
            "serve",
            "--listen",
            &taken.local_addr().unwrap().to_string(),
        ])
        .arg("--site-dir")
        .arg(folder.path())
        .arg("--config")
        .arg(minimal(folder.path()))
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = said(&output);
    assert!(
        said.contains("is already in use") && said.contains("--listen"),
        "{said}"
    );
}

#[test]
fn a_site_that_is_missing_is_said_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let output = hangar()
        .arg("serve")
        .arg("--site-dir")
        .arg(folder.path())
        .arg("--config")
        .arg(minimal(folder.path()))
        .output()
        .unwrap();
    assert!(
        said(&output).contains("cargo xtask build"),
        "{}",
        said(&output)
    );
}

/// A configuration of systems that are not there.
fn minimal(folder: &Path) -> PathBuf {
    let file = folder.join("hangar.toml");
    let text = r#"
        public_url = "https://hangar.example.com"
        data_dir = "data"
        [sign_in.providers.corp]
        issuer = "http://127.0.0.1:9"
        client_id = "hangar"
        [hosts.main]
        kubeconfig = "nowhere.yaml"
    "#;
    std::fs::write(&file, text).unwrap();
    file
}

#[test]
fn without_a_configuration_it_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let output = hangar()
        .args(["serve", "--data-dir"])
        .arg(folder.path().join("data"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = said(&output);
    for word in ["hangar.toml", "--config", "./dev start"] {
        assert!(said.contains(word), "{said}");
    }
}

/// The sandbox is a program of its own: nothing of it is in what production runs.
#[test]
fn the_sandbox_is_not_in_the_binary() {
    let binary = std::fs::read(env!("CARGO_BIN_EXE_hangar")).unwrap();
    // Searching a `str` is compiled with optimisation, unlike this test.
    let binary = String::from_utf8_lossy(&binary);
    let contains = |text: &str| binary.contains(text);
    assert!(contains("skypilot.admin_token"), "texts are readable in it");
    for text in ["Hangar's sandbox", "Maya Lindt", "sandbox::kubernetes"] {
        assert!(!contains(text), "{text}");
    }
}

#[test]
fn check_lists_what_is_missing_and_ends_badly() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = minimal(folder.path());
    let text = std::fs::read_to_string(&configuration).unwrap();
    let text = format!("{text}[skypilot]\nurl = \"http://127.0.0.1:9\"\n");
    std::fs::write(&configuration, text).unwrap();
    let check = |configuration: &Path| {
        let site = folder.path().join("site");
        let mut command = hangar();
        command.arg("check").arg("--config").arg(configuration);
        command.arg("--site-dir").arg(site).output().unwrap()
    };
    let output = check(&configuration);
    assert!(!output.status.success());
    let table = said(&output);
    for row in [
        "MISSING  site",
        "ok       database",
        "ok       current key (key-",
        "ok       keys of all stored secrets",
        "MISSING  sign-in with corp",
        "nowhere.yaml",
        "MISSING  SkyPilot API server http://127.0.0.1:9/",
    ] {
        assert!(table.contains(row), "{row} not in\n{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_tells_about_the_skypilot_server_and_each_tenants_place_there() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    ready_node(&program, "first").await;
    let sandbox = portal.sandbox();
    let check = |token: &str| {
        let mut command = hangar();
        command
            .arg("check")
            .arg("--config")
            .arg(portal.configuration())
            .env("HANGAR__SKYPILOT__ADMIN_TOKEN", token);
        said(&command.output().unwrap())
    };
    let server = format!("ok       SkyPilot API server {}/", sandbox.skypilot_url());
    let table = check(sandbox.skypilot_admin_token());
    for row in [
        format!("{server}: 0.14.1, protocol 62, with service accounts"),
        format!("{server}: admin role"),
    ] {
        assert!(table.contains(&row), "{row} not in\n{table}");
    }
    let place = table
        .lines()
        .find(|row| row.contains("(hgr-vision-dev-"))
        .expect("the place of the tenant that has a node");
    assert!(place.starts_with("ok ") && place.contains("aws"), "{table}");

    let table = check("sky_wrong-canary");
    assert!(table.contains("MISSING  SkyPilot API server"), "{table}");
    assert!(!table.contains("canary"), "{table}");
    portal.stop().await;
}

/// The portal needs threads of its own: were it stopped in the middle of a transaction while the command runs, the
/// command would wait for it in vain.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_admin_is_made_beside_the_running_portal() {
    let portal = TestPortal::start().await;
    let grant = |email: &str| {
        let mut command = hangar();
        command
            .args(["admin", "grant", email])
            .arg("--config")
            .arg(portal.configuration());
        command.output().unwrap()
    };
    let nobody = grant("nobody@example.com");
    assert!(!nobody.status.success());
    assert!(said(&nobody).contains("sign in"), "{}", said(&nobody));

    let browser = portal.browser_of(VIEWER).await;
    let granted = grant(VIEWER);
    assert!(granted.status.success(), "{}", said(&granted));
    let me = browser.get("/api/v1/me").await.body_json();
    assert_eq!(me["platform_role"], "admin");
    // What a person granted stays when claims say less.
    let again = portal.browser_of(VIEWER).await;
    let me = again.get("/api/v1/me").await.body_json();
    assert_eq!(me["platform_role"], "admin");
    portal.stop().await;
}

#[test]
fn the_document_can_be_printed() {
    let output = hangar().arg("openapi").output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document["paths"]["/api/v1/clusters"].is_object());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_holds_no_secret_however_much_is_logged() {
    let running = Running::start("debug,h2=info,rustls=info").await;
    let browser = Browser::at(running.origin());
    let page = browser.begin_sign_in("sandbox", "/").await;
    let callback = browser.choose(&page, DEVELOPER).await;
    assert_eq!(browser.finish_sign_in(&callback).await.location(), "/");
    let cluster = ordered(&browser, "quiet").await;
    let address = format!("/api/v1/clusters/{}", cluster["id"].as_str().unwrap());
    let made_up = Browser::with_token(running.origin(), "hgr_canary-in-a-header");
    made_up.get(&address).await;
    browser.get("/clusters?search=canary-in-a-query").await;
    let delete = format!("{address}?confirmation=quiet");
    browser
        .send(browser.request_of_our_page(Method::DELETE, &delete))
        .await;

    let node = ready_node(&browser, "quiet").await;
    let ssh = browser.get(&format!("{node}/ssh")).await.body_json();
    let key = ssh["private_key"].as_str().unwrap();
    for part in ["/jobs", "/events", "/logs/provisioning"] {
        browser.get(&format!("{node}{part}")).await;
    }

    let mut secrets = vec![
        key.lines().nth(2).unwrap().to_owned(),
        TOKEN.to_owned(),
        browser.cookie("hangar").unwrap(),
        "canary-in-a-header".to_owned(),
        "canary-in-a-query".to_owned(),
    ];
    for name in ["code", "state"] {
        let found = callback.query_pairs().find(|(found, _)| found == name);
        secrets.push(found.unwrap().1.into_owned());
    }
    for name in ["nonce", "code_challenge"] {
        let found = page.query_pairs().find(|(found, _)| found == name);
        secrets.push(found.unwrap().1.into_owned());
    }
    let ports = running
        .folder
        .path()
        .join("data/sandbox/host-kubeconfig.yaml");
    let kubeconfig = std::fs::read_to_string(ports).unwrap();
    let key = kubeconfig
        .lines()
        .find(|line| line.contains("client-key-data"));
    secrets.push(key.unwrap().split_whitespace().last().unwrap().to_owned());

    let (_, log) = running.stop();
    assert!(
        log.contains("/api/v1/clusters"),
        "requests are logged:\n{log}"
    );
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log");
    }
}
