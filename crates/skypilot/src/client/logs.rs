//! Logs as streams of plain lines.

use super::{Acting, Answer, Identity, SkyPilot, SkyPilotError, call::Call, requests::request_id};
use crate::PlainText;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use reqwest::Response;
use serde::de::IgnoredAny;
use serde_json::json;

/// Whole lines without colours and SkyPilot's control messages. Nothing follows after an error.
pub type LogStream = BoxStream<'static, Answer<String>>;

/// The part of a log to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogLength {
    /// Whether to keep reading while the log grows.
    pub follow: bool,
    /// The number of existing lines to read; `None`: all.
    pub tail: Option<u32>,
}

impl LogLength {
    /// All existing lines, and new ones.
    pub const FOLLOW: Self = Self {
        follow: true,
        tail: None,
    };
    /// All existing lines.
    pub const ALL: Self = Self {
        follow: false,
        tail: None,
    };
}

enum Reading {
    Open(Response, PlainText),
    Broken(SkyPilotError),
    Ended,
}

impl SkyPilot {
    /// The log of a job; by default of the latest one. If there is none, the stream's only item is the error: the
    /// cluster is not up, or does not exist.
    pub async fn job_log(
        &self,
        acting: Acting<'_>,
        cluster_name: &str,
        job_id: Option<u64>,
        length: LogLength,
    ) -> Answer<LogStream> {
        let body = json!({
            "cluster_name": cluster_name,
            "job_id": job_id,
            "follow": length.follow,
            "tail": length.tail.unwrap_or(0),
        });
        let tried = "send a job's log";
        let call = Call::post("logs", tried, &acting, body);
        let response = self.transport.open(acting.identity, &call).await?;
        let Some(id) = request_id(response.headers()) else {
            return Ok(self.read(response, call));
        };
        // Errors are not in the log but in the result of the request that wrote it.
        let (sky, identity) = (self.clone(), acting.identity.clone());
        let limit = self.transport.timeouts.answer;
        let why = async move {
            let result = sky.outcome::<IgnoredAny>(&identity, &id, tried, limit);
            result.await.err().map(Err)
        };
        let log = self.read(response, call).peekable();
        let log = stream::once(async move {
            let mut log = Box::pin(log);
            match log.as_mut().peek().await {
                Some(_) => log.boxed(),
                None => stream::iter(why.await).boxed(),
            }
        });
        Ok(log.flatten().boxed())
    }

    /// The log of a machine's last launch, which ends when the machine is up or the launch has failed. Fails with
    /// [`NotFound`](super::ErrorKind::NotFound) while there is none.
    pub async fn provision_log(
        &self,
        acting: Acting<'_>,
        cluster_name: &str,
        length: LogLength,
    ) -> Answer<LogStream> {
        let body = json!({"cluster_name": cluster_name});
        let call = Call::post(
            "provision_logs",
            "send a machine's provisioning log",
            &acting,
            body,
        )
        .query("follow", length.follow.to_string())
        .query("tail", length.tail.unwrap_or(0).to_string());
        self.stream(acting.identity, call).await
    }

    pub(super) async fn stream(&self, identity: &Identity, call: Call) -> Answer<LogStream> {
        let response = self.transport.open(identity, &call).await?;
        Ok(self.read(response, call))
    }

    fn read(&self, response: Response, call: Call) -> LogStream {
        let (transport, idle) = (self.transport.clone(), self.transport.timeouts.idle);
        let start = Reading::Open(response, PlainText::new());
        let chunks = stream::unfold(start, move |reading| {
            let (transport, call) = (transport.clone(), call.clone());
            async move {
                let (mut response, mut text) = match reading {
                    Reading::Open(response, text) => (response, text),
                    Reading::Broken(error) => return Some((Err(error), Reading::Ended)),
                    Reading::Ended => return None,
                };
                let end = loop {
                    match tokio::time::timeout(idle, response.chunk()).await {
                        Ok(Ok(Some(chunk))) => {
                            let lines = text.push(&chunk);
                            if !lines.is_empty() {
                                return Some((Ok(lines), Reading::Open(response, text)));
                            }
                        }
                        Ok(Ok(None)) => break Reading::Ended,
                        Ok(Err(error)) => break Reading::Broken(transport.broken(&call, error)),
                        Err(_) => break Reading::Broken(transport.silent(&call, idle)),
                    }
                };
                match (text.finish(), end) {
                    (rest, end) if !rest.is_empty() => Some((Ok(rest), end)),
                    (_, Reading::Broken(error)) => Some((Err(error), Reading::Ended)),
                    _ => None,
                }
            }
        });
        chunks.boxed()
    }
}
