//! Responses that stream text.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt, stream};
use tokio::sync::mpsc;

use crate::skypilot::Server;
use crate::skypilot::requests::{Phase, Request, last_lines};

pub const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(30);
pub const HEARTBEAT: &str = "<sky-payload>\"<heartbeat></heartbeat>\"</sky-payload>\n";
const BUFFERED: usize = 64;

#[derive(Clone)]
pub struct Sink(mpsc::Sender<String>);

impl Sink {
    pub async fn send(&self, text: impl Into<String>) -> Result<(), Gone> {
        self.0.send(text.into()).await.map_err(|_| Gone)
    }
}

/// The client has closed the stream.
#[derive(Debug)]
pub struct Gone;

pub fn written<F>(write: impl FnOnce(Sink) -> F) -> impl Stream<Item = String> + Send + 'static
where
    F: Future<Output = Result<(), Gone>> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(BUFFERED);
    let writing = stream::once(write(Sink(sender))).filter_map(|_| async { None });
    // The writer runs only while it is read, and is dropped with the reader.
    stream::select(
        tokio_stream::wrappers::ReceiverStream::new(receiver),
        writing,
    )
}

/// A request's log from its start to its end, with the controls that SkyPilot's command line expects in between.
pub fn follow_log(
    request: Arc<Request>,
    tail: Option<usize>,
    follow: bool,
) -> impl Stream<Item = String> + Send + 'static {
    written(move |sink| async move {
        if follow && request.progress().phase == Phase::Pending {
            let waiting = format!("Waiting for '{}' request to be scheduled", request.name());
            sink.send(format!("{waiting}: {}\n", request.id)).await?;
        }
        let control = format!("<rich_init>Checking request: {}</rich_init>", request.id);
        sink.send(format!("<sky-payload>\"{control}\"</sky-payload>\n"))
            .await?;
        let log = request.log.all();
        let mut read = log.len();
        sink.send(last_lines(&log, tail)).await?;
        if !follow {
            return Ok(());
        }
        loop {
            tokio::select! {
                more = request.log.next(read) => {
                    let Some(more) = more else {
                        return Ok(());
                    };
                    read += more.len();
                    sink.send(more).await?;
                }
                () = tokio::time::sleep(HEARTBEAT_INTERVAL) => sink.send(HEARTBEAT).await?,
            }
        }
    })
}

/// The response that streams a text, until it ends or a fault cuts it.
pub fn text_stream(server: &Server, text: impl Stream<Item = String> + Send + 'static) -> Response {
    let mut cuts = server.stream_cuts();
    cuts.mark_unchanged();
    let stop = server.stop.clone();
    let cut = async move {
        tokio::select! {
            Ok(()) = cuts.changed() => {}
            () = stop.cancelled() => {}
        }
    };
    let text = text.filter(|chunk| std::future::ready(!chunk.is_empty()));
    let chunks = stream::unfold(Some((Box::pin(text), Box::pin(cut))), |state| async move {
        let (mut text, mut cut) = state?;
        tokio::select! {
            biased;
            // An error, so that the reader sees that something is missing.
            () = &mut cut => Some((Err(io::Error::from(ErrorKind::ConnectionReset)), None)),
            chunk = text.next() => chunk.map(|chunk| (Ok(Bytes::from(chunk)), Some((text, cut)))),
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache, no-transform"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (StatusCode::OK, headers, Body::from_stream(chunks)).into_response()
}
