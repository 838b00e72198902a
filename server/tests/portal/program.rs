//! The program `hangar` as people run it: what it prints, how it ends, what it logs.

use crate::{
    fixture::{Browser, DEVELOPER, PATIENCE, TestPortal, VIEWER, ordered, write_site},
    nodes::{ready_node, secrets::TOKEN},
};
use reqwest::Method;
use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
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
    pub folder: TempDir,
    first_lines: String,
    log: thread::JoinHandle<String>,
}

impl Running {
    pub fn start(filter: &str) -> Self {
        Self::start_with(filter, &[])
    }

    /// With these variables besides.
    pub fn start_with(filter: &str, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_site(&folder.path().join("site"));
        let mut process = hangar()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .arg("--data-dir")
            .arg(folder.path().join("data"))
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
        // The notice about the sandbox ends with the last of its people.
        while !first_lines.contains("Maya") {
            assert!(
                lines.read_line(&mut first_lines).unwrap() > 0,
                "{first_lines}"
            );
        }
        Self {
            process,
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

#[test]
fn it_says_where_it_is_and_who_can_sign_in_and_ends_well() {
    let running = Running::start("info");
    assert!(
        running
            .first_lines
            .starts_with("Hangar is ready at http://127.0.0.1:")
    );
    assert!(running.first_lines.contains("sandbox"));
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
        .arg("--data-dir")
        .arg(folder.path().join("data"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = said(&output);
    assert!(
        said.contains("something else listens on") && said.contains("--listen"),
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
        .arg("--data-dir")
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(
        said(&output).contains("cargo xtask build"),
        "{}",
        said(&output)
    );
}

#[test]
fn check_lists_what_is_missing_and_ends_badly() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = folder.path().join("hangar.toml");
    let text = r#"
        public_url = "https://hangar.example.com"
        data_dir = "data"
        [sign_in.providers.corp]
        issuer = "http://127.0.0.1:9"
        client_id = "hangar"
        [hosts.main]
        kubeconfig = "nowhere.yaml"
        [skypilot]
        url = "http://127.0.0.1:9"
    "#;
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
        "ok       key that seals (key-",
        "ok       keys of everything sealed",
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
    let sandbox = portal.sandbox().sandbox();
    let folder = tempfile::tempdir().unwrap();
    let configuration = folder.path().join("hangar.toml");
    let check = |token: &str| {
        let text = format!(
            "sandbox = true\ndata_dir = \"data\"\n[database]\nurl = \"sqlite:{}\"\n[skypilot]\nurl = \"{}\"\n\
             admin_token = \"{token}\"\n",
            portal.data_directory().join("hangar.db").display(),
            sandbox.skypilot_url(),
        );
        std::fs::write(&configuration, text).unwrap();
        let mut command = hangar();
        command.arg("check").arg("--config").arg(&configuration);
        said(&command.output().unwrap())
    };
    let server = format!("ok       SkyPilot API server {}/", sandbox.skypilot_url());
    let table = check(sandbox.skypilot_admin_token());
    for row in [
        format!("{server}: 0.14.1, protocol 62, with service accounts"),
        format!("{server}: may administer"),
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
        let data = portal.data_directory();
        let mut command = hangar();
        command
            .args(["admin", "grant", email])
            .arg("--data-dir")
            .arg(data);
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

/// Abuse 11, as far as logs go.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_holds_no_secret_however_much_is_logged() {
    let running = Running::start("debug,h2=info,rustls=info");
    let browser = Browser::at(running.origin());
    let page = browser.begin_sign_in("sandbox", "/").await;
    let callback = browser.choose(&page, DEVELOPER).await;
    assert_eq!(browser.finish_sign_in(&callback).await.location(), "/");
    let cluster = ordered(&browser, "quiet").await;
    let address = format!("/api/v1/clusters/{}", cluster["id"].as_str().unwrap());
    let made_up = Browser::with_token(running.origin(), "hgr_canary-in-a-header");
    made_up.get(&address).await;
    browser.get("/clusters?search=canary-in-a-query").await;
    let delete = format!("{address}?confirm=quiet");
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
