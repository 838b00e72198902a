//! Finishes requests whose browser has disconnected. A page whose rendering is dropped midway leaks reservations and
//! may panic, and an interrupted handler could leave its work half done. Each request therefore runs in its own task;
//! its body goes through a small channel and is read to the end even without a reader.

use super::panics;
use crate::http::problem;
use axum::{
    body::{Body, Bytes, HttpBody as _},
    extract::Request,
    middleware::Next,
    response::Response,
};
use domain::problem::{Problem, ProblemKind};
use futures::StreamExt as _;
use http::header;
use std::{io, time::Duration};
use tokio::{sync::mpsc, sync::oneshot, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tracing::Instrument as _;

/// A page that sends nothing for this long is aborted.
const RENDER_TIMEOUT: Duration = Duration::from_secs(30);

/// Chunks that wait for the browser.
const WAITING_CHUNKS: usize = 4;

/// A response extension for bodies without a natural end that may be silent for long, such as a followed log. They
/// stop when the reader disconnects.
#[derive(Clone, Copy, Debug)]
pub struct WhileListened;

/// Runs the rest of the stack in its own task.
pub async fn outlive(request: Request, next: Next) -> Response {
    outlive_within(RENDER_TIMEOUT, request, next).await
}

async fn outlive_within(limit: Duration, request: Request, next: Next) -> Response {
    let (answer, response) = oneshot::channel();
    let asked = request.headers().clone();
    let run = async move {
        let Ok(response) = timeout(limit, next.run(request)).await else {
            tracing::error!("a request took longer than {limit:?} and was aborted");
            let _ = answer.send(problem::answer(too_slow(), &asked));
            return;
        };
        if stops_by_itself(&response) || response.body().is_end_stream() {
            let _ = answer.send(response);
            return;
        }
        let (parts, body) = response.into_parts();
        let (chunks, receiver) = mpsc::channel(WAITING_CHUNKS);
        // The reader has disconnected; the body is finished anyway.
        let _ = answer.send(Response::from_parts(
            parts,
            Body::from_stream(ReceiverStream::new(receiver)),
        ));
        forward(body, chunks, limit).await;
    };
    tokio::spawn(run.in_current_span());
    match response.await {
        Ok(response) => response,
        Err(_) => panics::answer(Box::new("no response")),
    }
}

/// A request to an outside system may already have taken effect.
fn too_slow() -> Problem {
    Problem::new(
        ProblemKind::Unavailable,
        "The request took too long and was aborted.",
    )
    .next("It may still have taken effect. Check the current state before you try again.")
}

async fn forward(body: Body, chunks: mpsc::Sender<io::Result<Bytes>>, limit: Duration) {
    let mut body = body.into_data_stream();
    loop {
        match timeout(limit, body.next()).await {
            Ok(Some(Ok(chunk))) => {
                // Fails if the reader has disconnected; the rest is read anyway.
                let _ = chunks.send(Ok(chunk)).await;
            }
            Ok(Some(Err(error))) => {
                let _ = chunks.send(Err(io::Error::other(error))).await;
                return;
            }
            Ok(None) => return,
            Err(_) => {
                tracing::error!("a page sent nothing for {limit:?} and was aborted");
                let _ = chunks.send(Err(io::ErrorKind::TimedOut.into())).await;
                return;
            }
        }
    }
}

/// Whether the body stops when the reader disconnects, as event streams do.
fn stops_by_itself(response: &Response) -> bool {
    let is_event_stream = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
    is_event_stream || response.extensions().get::<WhileListened>().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, middleware, routing::get};
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    use tower::ServiceExt as _;

    fn page(finished: Arc<AtomicUsize>) -> Router {
        let handler = move || {
            let finished = finished.clone();
            async move {
                let chunks = futures::stream::unfold(0, move |n| {
                    let finished = finished.clone();
                    async move {
                        tokio::task::yield_now().await;
                        if n == 50 {
                            finished.fetch_add(1, Ordering::SeqCst);
                            return None;
                        }
                        Some((io::Result::Ok(Bytes::from_static(b"x")), n + 1))
                    }
                });
                Body::from_stream(chunks)
            }
        };
        Router::new()
            .route("/", get(handler))
            .layer(middleware::from_fn(outlive))
    }

    #[tokio::test]
    async fn pages_are_rendered_to_the_end_when_the_browser_goes_away() {
        let finished = Arc::new(AtomicUsize::new(0));
        let app = page(finished.clone());
        let before = tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks();
        for _ in 0..500 {
            let request = Request::new(Body::empty());
            let response = app.clone().oneshot(request).await.unwrap();
            // Gone after the first chunk.
            let first = response.into_body().into_data_stream().next().await;
            assert!(first.is_some());
        }
        timeout(Duration::from_secs(20), async {
            while finished.load(Ordering::SeqCst) < 500
                || tokio::runtime::Handle::current()
                    .metrics()
                    .num_alive_tasks()
                    > before
            {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("every page is finished and its task gone");
    }

    /// With little patience.
    async fn hurried(request: Request, next: Next) -> Response {
        outlive_within(Duration::from_millis(50), request, next).await
    }

    #[tokio::test]
    async fn a_handler_that_hangs_is_given_up_in_words_that_promise_nothing() {
        let app = Router::new()
            .route("/", get(std::future::pending::<()>))
            .layer(middleware::from_fn(hurried));
        let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), 503);
        let body = response.into_body().into_data_stream().next().await;
        let text = String::from_utf8(body.unwrap().unwrap().to_vec()).unwrap();
        assert!(text.contains("may still have taken effect"), "{text}");
    }

    #[tokio::test]
    async fn what_is_read_while_it_is_listened_to_may_be_silent_for_long() {
        let silent = || async {
            let chunks = futures::stream::once(async {
                tokio::time::sleep(Duration::from_millis(200)).await;
                io::Result::Ok(Bytes::from_static(b"late"))
            });
            let mut response = Response::new(Body::from_stream(chunks));
            response.extensions_mut().insert(WhileListened);
            response
        };
        let app = Router::new()
            .route("/", get(silent))
            .layer(middleware::from_fn(hurried));
        let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
        let late = response.into_body().into_data_stream().next().await;
        assert_eq!(late.unwrap().unwrap(), "late");
    }

    #[tokio::test]
    async fn a_panic_is_one_failed_request() {
        let app = Router::new()
            .route(
                "/",
                get(|| async {
                    if true {
                        panic!("on purpose")
                    }
                }),
            )
            .layer(middleware::from_fn(outlive));
        let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), 500);
    }
}
