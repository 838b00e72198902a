//! What depends on the database: the same on both, kept over a restart, and clear when it cannot be written.

use crate::{
    fixture::{DEVELOPER, TestPortal, order, ordered, write_site},
    nodes::ordered_node,
};
use reqwest::Method;
use server::{
    config::{Settings, Sources},
    server::Server,
};
use std::{
    collections::HashMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    process::Command,
    time::{Duration, Instant},
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn on_postgresql_people_sign_in_order_and_are_suspended() {
    let portal = TestPortal::start_on(&postgres_database()).await;
    let browser = portal.browser_of(DEVELOPER).await;
    let program = portal.program_of(DEVELOPER).await;
    let mut events = browser.events("/events/clusters").await;
    events.next().await.unwrap();
    let cluster = ordered(&program, "on-postgres").await;
    assert_eq!(events.next().await.unwrap()["cluster"], cluster["id"]);
    let mut events_of_nodes = browser.events("/events/nodes").await;
    events_of_nodes.next().await.unwrap();
    let node = ordered_node(&program, "on-postgres").await;
    assert_eq!(events_of_nodes.next().await.unwrap()["node"], node["id"]);
    portal.suspend(portal.person(DEVELOPER).await.id).await;
    events.assert_ends().await;
    events_of_nodes.assert_ends().await;
    assert!(!browser.is_signed_in().await);
    assert!(!program.is_signed_in().await);
    portal.stop().await;
}

#[tokio::test]
async fn sessions_and_clusters_outlive_the_server() {
    let portal = TestPortal::start().await;
    let token = portal.token_of(DEVELOPER).await;
    let program = crate::fixture::Browser::with_token(portal.origin(), &token);
    let cluster = ordered(&program, "lasting").await;
    let folder = portal.stop().await;
    let portal = TestPortal::start_in(folder, |_| {}).await;
    let program = crate::fixture::Browser::with_token(portal.origin(), &token);
    let list = program.get("/api/v1/clusters").await.body_json();
    assert_eq!(list["items"][0]["id"], cluster["id"], "{list}");
    portal.stop().await;
}

#[tokio::test]
async fn a_second_portal_is_kept_out_of_the_data_directory_until_the_first_has_stopped() {
    let portal = TestPortal::start().await;
    let site = tempfile::tempdir().unwrap();
    write_site(site.path());
    let settings = Settings::load(Sources {
        file: Some(portal.configuration()),
        environment: Some(HashMap::new()),
        listen: Some("127.0.0.1:0".parse().unwrap()),
        ..Sources::default()
    })
    .unwrap();
    let folder = settings.data_dir.clone();
    let second = Server::start(settings.clone(), site.path()).await;
    let error = second.map(drop).unwrap_err().to_string();
    assert!(error.contains(&folder.display().to_string()), "{error}");
    for name in ["", "keys", "keys/current.key", "hangar.db"] {
        let path = folder.join(name);
        let mode = fs::metadata(&path).unwrap().permissions().mode() | 0o055;
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let _folder = portal.stop().await;
    let second = Server::start(settings, site.path()).await.unwrap();
    for name in ["", "keys", "keys/current.key", "hangar.db"] {
        let mode = fs::metadata(folder.join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
    second.stop().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_said_in_words_and_reading_goes_on() {
    let portal = TestPortal::start().await;
    let token = portal.token_of(DEVELOPER).await;
    let program = crate::fixture::Browser::with_token(portal.origin(), &token);
    ordered(&program, "before").await;
    let file = {
        let folder = portal.stop().await;
        let file = folder.path().join("data/hangar.db");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o400)).unwrap();
        folder
    };
    let portal = TestPortal::start_in(file, |_| {}).await;
    let program = crate::fixture::Browser::with_token(portal.origin(), &token);
    assert_eq!(program.get("/api/v1/clusters").await.status, 200);
    let answer = program
        .json(Method::POST, "/api/v1/clusters", &order("after"))
        .await;
    assert!(matches!(answer.status, 500 | 503), "{}", answer.body);
    assert!(
        !answer.body.contains("hangar.db"),
        "no internals: {}",
        answer.body
    );
    assert_eq!(portal.browser().get("/sign-in").await.status, 200);
    let browser = portal.browser();
    let page = browser.begin_sign_in("sandbox", "/").await;
    let callback = browser.choose(&page, DEVELOPER).await;
    let refused = browser.finish_sign_in(&callback).await;
    assert!(
        refused.location().starts_with("/sign-in?error=internal"),
        "{refused:?}"
    );
    assert_eq!(browser.page(refused.location()).await.status, 200);
    portal.stop().await;
}

/// Passes connections on until it is cut off.
async fn pass_on(listener: TcpListener, to: String, cut: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            () = cut.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        let (mut near, _) = accepted.unwrap();
        let (to, cut) = (to.clone(), cut.clone());
        tokio::spawn(async move {
            let mut far = TcpStream::connect(to).await.unwrap();
            tokio::select! {
                () = cut.cancelled() => {}
                _ = copy_bidirectional(&mut near, &mut far) => {}
            }
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_unavailable_soon_and_used_again_when_it_is_back() {
    let mut url = url::Url::parse(&postgres_database()).unwrap();
    let database = format!("{}:{}", url.host().unwrap(), url.port().unwrap_or(5432));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(address.port())).unwrap();
    let cut = CancellationToken::new();
    tokio::spawn(pass_on(listener, database.clone(), cut.clone()));
    let portal = TestPortal::start_on(url.as_str()).await;
    let browser = portal.browser_of(DEVELOPER).await;
    let program = portal.program_of(DEVELOPER).await;
    let newcomer = portal.browser();
    let provider = newcomer.begin_sign_in("sandbox", "/clusters").await;
    let callback = newcomer.choose(&provider, DEVELOPER).await;
    cut.cancel();

    let soon = Duration::from_secs(5);
    for caller in [&program, &browser] {
        for path in ["/api/v1/me", "/api/v1/clusters"] {
            let begun = Instant::now();
            let answer = caller.get(path).await;
            assert!(begun.elapsed() < soon, "{path}: {:?}", begun.elapsed());
            answer.assert_problem(503, "unavailable");
            assert_eq!(answer.body_json()["code"], "database_unavailable");
            assert_eq!(answer.header("retry-after"), "5");
        }
        let answer = caller
            .json(Method::POST, "/api/v1/clusters", &order("away"))
            .await;
        answer.assert_problem(503, "unavailable");
    }
    for path in ["/clusters", "/"] {
        let begun = Instant::now();
        let page = browser.page(path).await;
        assert!(begun.elapsed() < soon, "{path}: {:?}", begun.elapsed());
        assert_eq!(page.status, 503);
        assert!(page.header("content-type").starts_with("text/html"));
        assert_eq!(page.header("retry-after"), "5");
        assert!(page.body.contains("<h1>"), "{}", page.body);
    }
    let callback = format!("{}?{}", callback.path(), callback.query().unwrap());
    let begun = Instant::now();
    let page = newcomer.page(&callback).await;
    assert!(begun.elapsed() < soon, "{:?}", begun.elapsed());
    assert_eq!(page.status, 503);
    assert!(page.header("content-type").starts_with("text/html"));
    assert_eq!(page.header("retry-after"), "5");
    assert_eq!(newcomer.page("/sign-in").await.status, 200);
    let sign_out = browser.post("/sign-out").await;
    sign_out.assert_problem(503, "unavailable");

    let listener = TcpListener::bind(address).await.unwrap();
    let again = CancellationToken::new();
    tokio::spawn(pass_on(listener, database, again));
    assert!(browser.is_signed_in().await, "the session was not ended");
    // The provider's answer was not used up.
    assert_eq!(newcomer.page(&callback).await.location(), "/clusters");
    assert!(newcomer.is_signed_in().await);
    assert_eq!(browser.page("/clusters").await.status, 200);
    portal.stop().await;
}

/// The URL of a new database on the server that the tests were given.
fn postgres_database() -> String {
    let server = std::env::var("HANGAR_TEST_POSTGRES_URL").expect(
        "HANGAR_TEST_POSTGRES_URL is not set, and this test needs PostgreSQL: run `cargo xtask test`, which starts one",
    );
    let name = format!("hangar_{}", uuid::Uuid::now_v7().simple());
    let created = Command::new("psql")
        .args([
            &server,
            "--quiet",
            "--command",
            &format!("CREATE DATABASE {name}"),
        ])
        .status()
        .expect("psql runs");
    assert!(created.success());
    let mut url = url::Url::parse(&server).expect("HANGAR_TEST_POSTGRES_URL is a URL");
    url.set_path(&name);
    url.into()
}

#[tokio::test]
async fn a_dump_of_the_database_signs_nobody_in() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let token = portal.token_of(DEVELOPER).await;
    let cookie = browser.cookie("hangar").unwrap();
    let folder = portal.stop().await;
    for file in fs::read_dir(folder.path().join("data")).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let content = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        for secret in [cookie.as_str(), token.as_str(), "eyJ"] {
            assert!(
                !content.contains(secret),
                "{secret} is in {}",
                path.display()
            );
        }
    }
}
