//! Event streams tell at once, and end at once.

use crate::fixture::{DEVELOPER, OTHER_DEVELOPER, TestPortal, VIEWER, ordered};

#[tokio::test]
async fn a_stream_greets_and_then_tells_of_each_change() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(VIEWER).await;
    let mut events = browser.events("/events/clusters").await;
    assert!(events.next().await.is_some(), "at once");
    let program = portal.program_of(DEVELOPER).await;
    let cluster = ordered(&program, "told-of").await;
    let event = events.next().await.unwrap();
    assert_eq!(event["cluster"], cluster["id"]);
    portal.stop().await;
}

#[tokio::test]
async fn a_stream_tells_nothing_of_what_one_may_not_see() {
    let portal = TestPortal::start().await;
    let stranger = portal.browser_of(OTHER_DEVELOPER).await;
    let mut events = stranger.events("/events/clusters").await;
    events.next().await.unwrap();
    let program = portal.program_of(DEVELOPER).await;
    ordered(&program, "private").await;
    // Ending the stream is the next thing it hears of.
    let id = portal.person(OTHER_DEVELOPER).await.id;
    portal.sign_out_everywhere(id).await;
    assert_eq!(events.next().await, None);
    portal.stop().await;
}

#[tokio::test]
async fn suspension_ends_streams_at_once() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let program = portal.program_of(DEVELOPER).await;
    let cluster = ordered(&program, "watched").await;
    let id = cluster["id"].as_str().unwrap();
    let mut streams = vec![
        browser.events("/events/clusters").await,
        browser.events(&format!("/events/clusters/{id}")).await,
        program
            .events(&format!("/api/v1/clusters/{id}/stream"))
            .await,
    ];
    for stream in &mut streams {
        stream.next().await.unwrap();
    }
    portal.suspend(portal.person(DEVELOPER).await.id).await;
    for stream in &mut streams {
        stream.assert_ends().await;
    }
    portal.stop().await;
}

#[tokio::test]
async fn signing_out_ends_the_streams_of_that_browser_only() {
    let portal = TestPortal::start().await;
    let (one, two) = (
        portal.browser_of(DEVELOPER).await,
        portal.browser_of(DEVELOPER).await,
    );
    let mut ended = one.events("/events/clusters").await;
    let mut going_on = two.events("/events/clusters").await;
    going_on.next().await.unwrap();
    one.post("/sign-out").await;
    ended.assert_ends().await;
    let program = portal.program_of(DEVELOPER).await;
    ordered(&program, "still-told").await;
    assert!(going_on.next().await.is_some());
    portal.stop().await;
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let mut events = browser.events("/events/clusters").await;
    events.next().await.unwrap();
    let begun = std::time::Instant::now();
    let (_, ()) = tokio::join!(portal.stop(), async { events.assert_ends().await });
    assert!(begun.elapsed() < std::time::Duration::from_secs(8));
}

#[tokio::test]
async fn one_person_cannot_take_every_stream() {
    let portal = TestPortal::start_with(|settings| settings.limits.event_streams = 4).await;
    let greedy = portal.browser_of(DEVELOPER).await;
    let _held = (
        greedy.events("/events/clusters").await,
        greedy.events("/events/clusters").await,
    );
    let refused = greedy.get("/events/clusters").await;
    refused.assert_problem(503, "unavailable");
    assert_eq!(refused.header("retry-after"), "5");
    let other = portal.browser_of(OTHER_DEVELOPER).await;
    other.events("/events/clusters").await.next().await.unwrap();
    portal.stop().await;
}
