//! Logs on the wire: text that is sent as it comes, with heartbeats for those who follow, and cut off when a fault says so.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;
use tokio::sync::mpsc;

use crate::skypilot::Server;
use crate::skypilot::requests::{Phase, Request, last_lines};

const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(30);
pub const HEARTBEAT: &str = "<sky-payload>\"<heartbeat></heartbeat>\"</sky-payload>";
const BUFFERED: usize = 64;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    #[default]
    Auto,
    Plain,
    /// As `Auto`; pages are not served here.
    Html,
    Console,
}

#[derive(Clone)]
pub struct Sink(mpsc::Sender<String>);

impl Sink {
    pub async fn send(&self, text: impl Into<String>) -> Result<(), Gone> {
        self.0.send(text.into()).await.map_err(|_| Gone)
    }
}

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

/// A request's log: waits for its start, then follows it to its end.
pub fn follow_log(
    request: Arc<Request>,
    format: Format,
    tail: Option<usize>,
    follow: bool,
) -> impl Stream<Item = String> + Send + 'static {
    written(move |sink| async move {
        let plain = format == Format::Plain;
        if follow && request.progress().phase == Phase::Pending {
            let waiting = format!(
                "Waiting for '{}' request to be scheduled: {}",
                request.name(),
                request.id
            );
            sink.send(format!("{waiting}{}\n", " ".repeat(4096)))
                .await?;
        }
        if !plain {
            let checking = format!("[dim]Checking request: {}[/dim]", request.id);
            for control in [
                format!("<rich_init>{checking}</rich_init>"),
                format!("<rich_start>{checking}</rich_start>"),
                "<rich_stop></rich_stop>".to_owned(),
            ] {
                sink.send(format!("<sky-payload>\"{control}\"</sky-payload>\n"))
                    .await?;
            }
        }
        let so_far = request.log.all();
        sink.send(match tail {
            Some(count) => last_lines(&so_far, count),
            None => so_far.clone(),
        })
        .await?;
        let mut read = so_far.len();
        if !follow {
            return Ok(());
        }
        loop {
            tokio::select! {
                more = request.log.next(read) => {
                    let Some(more) = more else { break };
                    read += more.len();
                    sink.send(more).await?;
                }
                () = tokio::time::sleep(HEARTBEAT_INTERVAL), if !plain => {
                    sink.send(format!("{HEARTBEAT}\n")).await?;
                }
            }
        }
        Ok(())
    })
}

/// The answer that streams a text, until it ends or a fault cuts it off.
pub fn text_stream(server: &Server, text: impl Stream<Item = String> + Send + 'static) -> Response {
    let mut cuts = server.stream_cuts();
    cuts.mark_unchanged();
    let stop = server.stop.clone();
    let cut = async move {
        tokio::select! {
            changed = cuts.changed() => if changed.is_err() {
                // Nobody can cut any more.
                std::future::pending::<()>().await;
            },
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
