//! Logs: streamed into pages, resumed where a browser was cut off, sent as text.

use super::{address, node_order, page, ready_node, until};
use crate::fixture::{Browser, DEVELOPER, Events, TestPortal};
use domain::problem::{Problem, ProblemKind};
use reqwest::Method;
use serde_json::json;

/// Reads to the end; answers the lines, and the ids of the events.
async fn lines_of(events: &mut Events) -> (String, Vec<u64>) {
    let (mut text, mut ids) = (String::new(), Vec::new());
    while let Some(event) = events.told().await {
        match event.name.as_str() {
            "" => {
                let lines: String = serde_json::from_str(&event.data).unwrap();
                assert!(lines.ends_with('\n'), "whole lines: {lines:?}");
                text.push_str(&lines);
                ids.push(event.id.parse().unwrap());
                assert_eq!(*ids.last().unwrap(), text.lines().count() as u64);
            }
            "end" => return (text, ids),
            other => panic!("{other}: {}", event.data),
        }
    }
    panic!("the stream ended without saying so, after {text}");
}

/// A node with a job of a hundred lines that is over; answers its addresses for programs and browsers.
async fn with_job(program: &Browser) -> (String, String) {
    let address = ready_node(program, "logger").await;
    let jobs = format!("{address}/jobs");
    let job = json!({ "name": "count", "run": "for i in $(seq 1 100); do echo line-$i; done" });
    let submitted = program.json(Method::POST, &jobs, &job).await;
    assert_eq!(submitted.status, 202, "{}", submitted.body);
    let id = program.get(&jobs).await.body_json()[0]["id"].clone();
    (
        format!("{address}/jobs/{id}/logs"),
        format!("{}/logs/jobs/{id}", page(&address)),
    )
}

#[tokio::test]
async fn a_page_that_was_cut_off_goes_on_where_it_was() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let (text, page) = with_job(&browser).await;
    let stream = format!("{page}/stream");
    let (whole, _) = lines_of(&mut browser.events(&stream).await).await;
    for line in ["line-1\n", "line-100\n"] {
        assert!(whole.contains(line), "{line} in {whole}");
    }
    let count = whole.lines().count();
    for known in [1, 50, count - 1] {
        let mut resumed = browser.events_after(&stream, &known.to_string()).await;
        let mut rest = String::new();
        let mut last = String::new();
        while let Some(event) = resumed.told().await {
            if event.name == "end" {
                break;
            }
            rest += &serde_json::from_str::<String>(&event.data).unwrap();
            last = event.id;
        }
        let expected: Vec<_> = whole.lines().skip(known).collect();
        assert_eq!(rest.lines().collect::<Vec<_>>(), expected, "after {known}");
        assert_eq!(last, count.to_string());
    }
    let mut nothing_new = browser.events_after(&stream, &count.to_string()).await;
    assert_eq!(nothing_new.told().await.unwrap().name, "end");
    let mut nonsense = browser.events_after(&stream, "nonsense").await;
    assert_eq!(lines_of(&mut nonsense).await.0, whole);

    // The same as a file, and for programs.
    let file = browser.get(&format!("{page}?download")).await;
    assert_eq!(file.status, 200, "{}", file.body);
    assert_eq!(file.header("content-type"), "text/plain; charset=utf-8");
    assert!(
        file.header("content-disposition")
            .starts_with("attachment; filename=\"logger-job-")
    );
    assert_eq!(file.header("cache-control"), "no-store");
    assert!(file.body.contains("line-1\n") && file.body.contains("line-100\n"));
    let followed = browser.get(&format!("{text}?follow=true")).await;
    assert_eq!(followed.body, whole);
    let tail = browser.get(&format!("{text}?tail=3")).await;
    assert!(tail.body.contains("line-100\n"), "{}", tail.body);
    assert!(!tail.body.contains("line-50\n"), "{}", tail.body);
    portal.stop().await;
}

#[tokio::test]
async fn a_launch_can_be_watched_from_its_beginning_to_its_end() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    super::catalogue_is_read(&browser).await;
    let answer = browser
        .json(Method::POST, "/api/v1/nodes", &node_order("watched"))
        .await;
    let address = address(&answer.body_json());
    until(&browser, &address, |node| node["state"] != "pending").await;
    let stream = format!("{}/logs/provisioning/stream", page(&address));
    let (text, ids) = lines_of(&mut browser.events(&stream).await).await;
    assert!(ids.is_sorted(), "{ids:?}");
    assert!(text.contains("Cluster launched"), "{text}");
    assert!(!text.contains('\u{1b}'), "no terminal codes: {text}");
    until(&browser, &address, |node| node["state"] == "ready").await;
    let file = browser
        .get(&format!("{}/logs/provisioning?download", page(&address)))
        .await;
    assert_eq!(file.status, 200, "{}", file.body);
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"watched-provisioning.log\""
    );
    portal.stop().await;
}

#[tokio::test]
async fn a_log_ends_with_the_right_to_read_it_and_without_an_end() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let address = ready_node(&browser, "endless").await;
    let jobs = format!("{address}/jobs");
    let job = json!({ "run": "echo started; sleep 100000" });
    browser.json(Method::POST, &jobs, &job).await;
    let id = browser.get(&jobs).await.body_json()[0]["id"].clone();
    let mut stream = browser
        .events(&format!("{}/logs/jobs/{id}/stream", page(&address)))
        .await;
    let program = portal.program_of(DEVELOPER).await;
    let followed = program
        .request(
            Method::GET,
            &format!("{address}/jobs/{id}/logs?follow=true"),
        )
        .send()
        .await
        .unwrap();
    assert_eq!(followed.status(), 200);
    stream.told().await.expect("the first lines");
    portal.suspend(portal.person(DEVELOPER).await.id).await;
    while let Some(event) = stream.told().await {
        assert_eq!(event.name, "", "no end and no problem: {}", event.data);
    }
    // Not to be taken for a log that is whole.
    followed.text().await.unwrap_err();
    portal.stop().await;
}

#[tokio::test]
async fn readers_of_logs_count_among_the_open_streams() {
    let portal = TestPortal::start_with(|settings| settings.limits.event_streams = 4).await;
    let browser = portal.browser_of(DEVELOPER).await;
    let address = ready_node(&browser, "popular").await;
    let jobs = format!("{address}/jobs");
    browser
        .json(Method::POST, &jobs, &json!({ "run": "sleep 100000" }))
        .await;
    let id = browser.get(&jobs).await.body_json()[0]["id"].clone();
    let log = format!("{address}/jobs/{id}/logs?follow=true");
    let mut held = Vec::new();
    for _ in 0..2 {
        held.push(browser.request(Method::GET, &log).send().await.unwrap());
    }
    browser.get(&log).await.assert_problem(503, "unavailable");
    let page = format!("{}/logs/jobs/{id}/stream", page(&address));
    let mut refused = browser.events(&page).await;
    let event = refused.told().await.unwrap();
    assert_eq!(event.name, "problem");
    let problem: Problem = serde_json::from_str(&event.data).unwrap();
    assert_eq!(problem.kind, ProblemKind::Unavailable);
    drop(held);
    portal.stop().await;
}

#[tokio::test]
async fn a_log_that_cannot_be_had_is_told_to_the_page_in_words() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let address = ready_node(&browser, "quiet").await;
    let faults = portal.sandbox().faults();
    faults.change(|faults| faults.skypilot.unreachable = true);
    let stream = format!("{}/logs/provisioning/stream", page(&address));
    let event = browser.events(&stream).await.told().await.unwrap();
    assert_eq!(event.name, "problem");
    let problem: Problem = serde_json::from_str(&event.data).unwrap();
    assert_eq!(problem.kind, ProblemKind::Unavailable);
    assert!(problem.next_step.is_some());
    let file = format!("{}/logs/provisioning?download", page(&address));
    browser.get(&file).await.assert_problem(503, "unavailable");
    let page = browser.page(&file).await;
    assert_eq!(page.status, 503);
    assert!(page.header("content-type").starts_with("text/html"));
    portal.stop().await;
}

#[tokio::test]
async fn a_log_that_breaks_off_does_not_look_whole() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let address = ready_node(&browser, "broken").await;
    let jobs = format!("{address}/jobs");
    let job = json!({ "run": "echo started; sleep 100000" });
    browser.json(Method::POST, &jobs, &job).await;
    let id = browser.get(&jobs).await.body_json()[0]["id"].clone();
    let mut stream = browser
        .events(&format!("{}/logs/jobs/{id}/stream", page(&address)))
        .await;
    stream.told().await.expect("the first lines");
    let mut followed = browser
        .request(
            Method::GET,
            &format!("{address}/jobs/{id}/logs?follow=true"),
        )
        .send()
        .await
        .unwrap();
    followed.chunk().await.unwrap().expect("the first lines");
    let actions = portal.sandbox().faults().skypilot().expect("a server");
    actions.cut_streams();
    let mut last = stream.told().await.expect("a word about it");
    while last.name.is_empty() {
        last = stream.told().await.expect("a word about it");
    }
    assert_eq!(last.name, "problem", "{}", last.data);
    let mut text = String::new();
    let broken = loop {
        match followed.chunk().await {
            Ok(Some(chunk)) => text += &String::from_utf8_lossy(&chunk),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken, "{text}");
    assert!(text.contains("[Cut off here. "), "{text}");
    portal.stop().await;
}
