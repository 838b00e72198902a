use super::*;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

const LIMIT: Duration = Duration::from_secs(15);

/// A host that gives these answers to requests, and its readiness to `/readyz`.
fn host(answers: Vec<(u16, Option<&'static str>, &'static str)>, readyz: u16) -> (Client, Asked) {
    let asked = Asked::default();
    let (seen, answers) = (asked.clone(), Mutex::new(VecDeque::from(answers)));
    let service = tower::service_fn(move |request: Request<Body>| {
        let (status, after, body) = if request.uri().path() == "/readyz" {
            (readyz, None, "")
        } else {
            seen.0.lock().unwrap().push(Instant::now());
            let next = answers.lock().unwrap().pop_front();
            next.unwrap_or((200, None, "{}"))
        };
        let mut response = Response::builder().status(status);
        if let Some(after) = after {
            response = response.header(RETRY_AFTER, after);
        }
        std::future::ready(response.body(Body::from(body.as_bytes().to_vec())))
    });
    (repeating(Client::new(service, "default"), LIMIT), asked)
}

/// When each request came.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<Instant>>>);

impl Asked {
    fn times(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

async fn answer(client: &Client) -> Result<u16, Error> {
    let request = Request::get("/api/v1/pods").body(Body::empty()).unwrap();
    Ok(client.send(request).await?.status().as_u16())
}

const FORBIDDEN: &str = r#"{"status":"Failure","message":"pods is forbidden: User \"portal\" cannot list resource \"pods\"","reason":"Forbidden","code":403}"#;
const QUOTA: &str = r#"{"status":"Failure","message":"pods \"a\" is forbidden: exceeded quota: vc-a","reason":"Forbidden","code":403}"#;

#[tokio::test(start_paused = true)]
async fn a_throttled_request_is_repeated_after_the_time_that_the_host_names() {
    for (status, after, pause) in [
        (429, Some("2"), 2.0),
        (429, None, 1.0),
        (429, Some("soon"), 1.0),
        (503, Some("3"), 3.0),
        (500, Some("1"), 1.0),
    ] {
        let (client, asked) = host(vec![(status, after, "")], 200);
        assert_eq!(answer(&client).await.unwrap(), 200, "{status} {after:?}");
        let asked = asked.0.lock().unwrap();
        let waited = (asked[1] - asked[0]).as_secs_f64();
        assert!((pause..pause * 1.3).contains(&waited), "{status}: {waited}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_waiting_does_not_help_is_not_repeated() {
    for (status, after) in [
        (503, None),
        (404, Some("1")),
        (409, Some("1")),
        (422, None),
        (429, Some("3600")),
    ] {
        let (client, asked) = host(vec![(status, after, "")], 200);
        assert_eq!(answer(&client).await.unwrap(), status);
        assert_eq!(asked.times(), 1, "{status} {after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_that_throttles_for_ever_is_given_up_within_bounds() {
    let (client, asked) = host(vec![(429, Some("1"), ""); 50], 200);
    assert_eq!(answer(&client).await.unwrap(), 429);
    assert_eq!(asked.times(), 1 + REPETITIONS as usize);
    let (client, asked) = host(vec![(429, Some("9"), ""); 50], 200);
    let began = Instant::now();
    assert_eq!(answer(&client).await.unwrap(), 429);
    assert!(asked.times() > 1 && began.elapsed() <= PATIENCE);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_want_of_a_permission_must_be_repeated_to_be_believed() {
    for status in [401, 403] {
        let (client, asked) = host(vec![(status, None, FORBIDDEN)], 200);
        assert_eq!(answer(&client).await.unwrap(), 200, "{status}");
        assert_eq!(asked.times(), 2);
        let (client, asked) = host(vec![(status, None, FORBIDDEN); 9], 200);
        assert_eq!(answer(&client).await.unwrap(), status);
        assert_eq!(asked.times(), 1 + REFUSALS as usize);
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_of_a_host_that_is_not_ready_are_no_missing_permissions() {
    for status in [401, 403] {
        let (client, asked) = host(vec![(status, None, FORBIDDEN); 100], 500);
        let Err(error) = answer(&client).await else {
            panic!("{status} was believed");
        };
        let error = errors::refused("eu-1", "list pods", error);
        assert_eq!(error.kind, HostErrorKind::Unreachable, "{}", error.message);
        assert!(asked.times() > 5);
    }
}

#[tokio::test(start_paused = true)]
async fn a_quota_and_admission_refuse_at_once() {
    let (client, asked) = host(vec![(403, None, QUOTA); 2], 200);
    assert_eq!(answer(&client).await.unwrap(), 403);
    assert_eq!(asked.times(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_answer_of_a_vcluster_through_the_host_is_passed_on() {
    let (client, asked) = host(vec![(403, None, FORBIDDEN), (429, None, "")], 200);
    for status in [403, 429] {
        let path = "/api/v1/namespaces/vcluster-ci/services/https:ci:https/proxy/readyz";
        let request = Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(client.send(request).await.unwrap().status(), status);
    }
    assert_eq!(asked.times(), 2);
}

#[tokio::test(start_paused = true)]
async fn silence_is_an_error_that_names_the_limit() {
    let service = tower::service_fn(|_: Request<Body>| {
        std::future::pending::<Result<Response<Body>, Error>>()
    });
    let client = repeating(Client::new(service, "default"), LIMIT);
    let Err(error) = answer(&client).await else {
        panic!("an answer from nowhere");
    };
    let error = errors::refused("eu-1", "list pods", error);
    assert_eq!(error.kind, HostErrorKind::Unreachable);
    assert!(error.message.contains("15 seconds"), "{}", error.message);
}
