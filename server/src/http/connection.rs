//! One connection, held to deadlines: for its first request, for each request to be answered, for answers to be read,
//! and for how long it may idle. hyper knows a deadline for the headers of HTTP/1 only, so that a client that stays
//! silent, sends half an HTTP/2 preface or never reads would hold its place for ever.

use axum::{Router, body::Body};
use http::{Extensions, Request, Response};
use hyper::{
    body::{Body as HttpBody, Frame, Incoming, SizeHint},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use std::{
    convert::Infallible,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// The first request, and the headers of every request, must be there this soon.
pub const FIRST_REQUEST: Duration = Duration::from_secs(10);
/// A request must be answered this soon. No handler waits for an outside system, so only a client that sends its body
/// too slowly takes this long.
const ANSWER: Duration = Duration::from_secs(120);
/// Part of an answer must be read this soon.
const READ: Duration = Duration::from_secs(30);
/// A connection without a request is closed after this.
const IDLE: Duration = Duration::from_secs(75);
/// What is closed for idling has this long to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// Serves one connection until it ends, misses a deadline, or has finished what was under way at `stop`.
pub async fn serve<S>(stream: S, extensions: Extensions, router: Router, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let activity = Activity::default();
    let service = service_fn(|request: Request<Incoming>| {
        let stage = InFlight::begin(&activity);
        let mut request = request.map(Body::new);
        request.extensions_mut().extend(extensions.clone());
        let answer = router.clone().oneshot(request);
        async move {
            let response: Response<Body> = answer.await.unwrap_or_else(|never| match never {});
            Ok::<_, Infallible>(response.map(|body| stage.answer(body)))
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(FIRST_REQUEST);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(READ)
        .keep_alive_timeout(READ)
        .max_concurrent_streams(100)
        .max_header_list_size(64 * 1024);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        missed = activity.missed_deadline() => {
            tracing::debug!(?missed, "connection closed");
            if missed != Deadline::Idle {
                return;
            }
            connection.as_mut().graceful_shutdown();
            match timeout(GOODBYE, connection).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "connection ended");
    }
}

/// What a connection is doing, and since when it has done nothing else.
#[derive(Clone, Default)]
struct Activity(Arc<Mutex<State>>);

struct State {
    /// Whether any request has arrived.
    used: bool,
    /// Requests without an answer yet.
    unanswered: usize,
    /// Requests whose answer is being sent.
    answering: usize,
    /// Answers of which hyper holds a part that the client has not taken.
    unread: usize,
    since: Instant,
}

impl Default for State {
    fn default() -> Self {
        Self {
            used: false,
            unanswered: 0,
            answering: 0,
            unread: 0,
            since: Instant::now(),
        }
    }
}

/// What a connection did not do in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deadline {
    FirstRequest,
    Answer,
    Read,
    Idle,
}

impl State {
    /// What has to happen next, and how soon. `None`: an open answer has nothing to send, as event streams have most
    /// of the time.
    fn deadline(&self) -> Option<(Deadline, Duration)> {
        match self {
            Self { used: false, .. } => Some((Deadline::FirstRequest, FIRST_REQUEST)),
            Self { unread: 1.., .. } => Some((Deadline::Read, READ)),
            Self {
                unanswered: 1.., ..
            } => Some((Deadline::Answer, ANSWER)),
            Self { answering: 0, .. } => Some((Deadline::Idle, IDLE)),
            _ => None,
        }
    }
}

impl Activity {
    async fn missed_deadline(&self) -> Deadline {
        loop {
            let now = Instant::now();
            let look_again = {
                let state = self.lock();
                match state.deadline() {
                    Some((deadline, limit)) if state.since + limit <= now => return deadline,
                    Some((_, limit)) => state.since + limit,
                    None => now + READ,
                }
            };
            sleep_until(look_again).await;
        }
    }

    fn note(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        state.since = Instant::now();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request from its arrival until its answer is sent or given up.
struct InFlight {
    activity: Activity,
    answering: bool,
    unread: bool,
}

impl InFlight {
    fn begin(activity: &Activity) -> Self {
        activity.note(|state| {
            state.used = true;
            state.unanswered += 1;
        });
        Self {
            activity: activity.clone(),
            answering: false,
            unread: false,
        }
    }

    fn answer(mut self, body: Body) -> Answer {
        self.answering = true;
        self.activity.note(|state| {
            state.unanswered -= 1;
            state.answering += 1;
        });
        Answer {
            body,
            request: self,
        }
    }

    fn set_unread(&mut self, unread: bool) {
        if self.unread != unread {
            self.unread = unread;
            self.activity.note(|state| match unread {
                true => state.unread += 1,
                false => state.unread -= 1,
            });
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.set_unread(false);
        self.activity.note(|state| match self.answering {
            true => state.answering -= 1,
            false => state.unanswered -= 1,
        });
    }
}

/// A body that notes when hyper takes the next part: it does so when the client has read enough of the last one.
struct Answer {
    body: Body,
    request: InFlight,
}

impl HttpBody for Answer {
    type Data = <Body as HttpBody>::Data;
    type Error = <Body as HttpBody>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        self.request.set_unread(false);
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(_))) = &frame {
            self.request.set_unread(true);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use bytes::Bytes;
    use futures::stream;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    /// A client's end of a connection to a server whose `/` says hello, whose `/endless` never stops sending, whose
    /// `/silent` sends nothing, and that is done when the handle is.
    fn connected() -> (DuplexStream, tokio::task::JoinHandle<()>) {
        let endless = || stream::repeat(Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 1024])));
        let router = Router::new()
            .route("/", get(async || "hello").post(async |body: Bytes| body))
            .route("/endless", get(async move || Body::from_stream(endless())))
            .route(
                "/silent",
                get(async || Body::from_stream(stream::pending::<Result<Bytes, Infallible>>())),
            );
        let (client, server) = duplex(16 * 1024);
        let served = serve(server, Extensions::new(), router, CancellationToken::new());
        (client, tokio::spawn(served))
    }

    /// How long the server kept a connection on which the client wrote `said` and read nothing but `read` bytes.
    async fn kept(said: &[u8], read: usize) -> Duration {
        let (mut client, served) = connected();
        let start = Instant::now();
        client.write_all(said).await.unwrap();
        client.read_exact(&mut vec![0; read]).await.unwrap();
        served.await.unwrap();
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_client_has_ten_seconds() {
        assert_eq!(kept(b"", 0).await.as_secs(), FIRST_REQUEST.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn half_a_preface_has_ten_seconds() {
        assert_eq!(
            kept(b"PRI * HTTP/2.0\r\n", 0).await.as_secs(),
            FIRST_REQUEST.as_secs()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_http2_connection_without_requests_has_ten_seconds() {
        let opening = [
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(),
            &[0, 0, 0, 4, 0, 0, 0, 0, 0],
        ];
        let held = kept(&opening.concat(), 9).await;
        assert_eq!(held.as_secs(), FIRST_REQUEST.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_has_two_minutes() {
        let half = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf";
        assert_eq!(kept(half, 0).await.as_secs(), ANSWER.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_read_has_half_a_minute() {
        let held = kept(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n", 100).await;
        assert_eq!(held.as_secs(), READ.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_with_nothing_to_send_stays_open() {
        let (mut client, served) = connected();
        let request = b"GET /silent HTTP/1.1\r\nhost: x\r\n\r\n";
        client.write_all(request).await.unwrap();
        tokio::time::sleep(Duration::from_secs(3600)).await;
        assert!(!served.is_finished());
    }
}
