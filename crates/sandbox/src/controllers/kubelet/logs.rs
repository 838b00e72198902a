//! What containers wrote, and how clients read it, also as it grows.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt, stream};
use serde_json::Value;
use tokio::sync::watch;

use crate::kubernetes::Refusal;
use crate::kubernetes::object;
use crate::kubernetes::{LogOptions, PodLogs};

/// The last lines of a container are kept, as a real kubelet rotates logs.
const KEPT: usize = 1000;

/// The logs of all containers. Clones share them.
#[derive(Clone, Default)]
pub struct Logs {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    logs: Mutex<HashMap<(String, String), Log>>,
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct Log {
    lines: Vec<Line>,
    dropped: usize,
}

#[derive(Clone)]
struct Line {
    time: String,
    text: String,
}

impl Line {
    fn shown(&self, timestamps: bool) -> String {
        if timestamps {
            format!("{} {}\n", self.time, self.text)
        } else {
            format!("{}\n", self.text)
        }
    }
}

impl Logs {
    pub fn append(&self, pod: &Value, container: &str, text: &str) {
        {
            let mut logs = self.lock();
            let log = logs.entry(key(pod, container)).or_default();
            if log.lines.len() >= KEPT {
                log.lines.remove(0);
                log.dropped += 1;
            }
            log.lines.push(Line {
                time: object::now(),
                text: text.to_owned(),
            });
        }
        self.shared.changed.send_replace(());
    }

    pub fn forget(&self, pod_uid: &str) {
        self.lock().retain(|(uid, _), _| uid != pod_uid);
        self.shared.changed.send_replace(());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, String), Log>> {
        self.shared
            .logs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The lines from a number on, and the number of the next; `None` when there is no such log.
    fn after(&self, key: &(String, String), from: usize) -> Option<(Vec<Line>, usize)> {
        let logs = self.lock();
        let log = logs.get(key)?;
        let lines = log.lines.iter().skip(from.saturating_sub(log.dropped));
        Some((lines.cloned().collect(), log.dropped + log.lines.len()))
    }

    fn follow(&self, key: (String, String), from: usize, timestamps: bool) -> Body {
        let changed = self.shared.changed.subscribe();
        let state = (self.clone(), changed, key, from);
        Body::from_stream(stream::unfold(
            state,
            move |(logs, mut changed, key, from)| async move {
                loop {
                    let (lines, next) = logs.after(&key, from)?;
                    if !lines.is_empty() {
                        let text = joined(&lines, timestamps);
                        return Some((Ok::<_, Infallible>(text), (logs, changed, key, next)));
                    }
                    changed.changed().await.ok()?;
                }
            },
        ))
    }
}

fn key(pod: &Value, container: &str) -> (String, String) {
    (object::uid(pod).to_owned(), container.to_owned())
}

fn joined(lines: &[Line], timestamps: bool) -> Bytes {
    let mut text = String::new();
    for line in lines {
        // Writing to a String cannot fail.
        let _ = text.write_str(&line.shown(timestamps));
    }
    text.into()
}

/// The container that is meant: the named one, or the only one.
fn chosen(pod: &Value, asked: &str) -> Result<String, Refusal> {
    let names: Vec<&str> = ["initContainers", "containers"]
        .iter()
        .flat_map(|list| object::items(pod["spec"].get(list)))
        .filter_map(|container| container["name"].as_str())
        .collect();
    let pod_name = object::name(pod);
    if names.contains(&asked) {
        return Ok(asked.to_owned());
    }
    match (&names[..], asked) {
        ([only], "") => Ok((*only).to_owned()),
        (_, "") => Err(Refusal::bad_request(format!(
            "a container name must be specified for pod {pod_name}, choose one of: [{}]",
            names.join(" ")
        ))),
        _ => Err(Refusal::bad_request(format!(
            "container {asked} is not valid for pod {pod_name}"
        ))),
    }
}

impl PodLogs for Logs {
    fn read(&self, pod: Arc<Value>, options: LogOptions) -> BoxFuture<'_, Result<Body, Refusal>> {
        async move {
            let container = chosen(&pod, &options.container)?;
            let key = key(&pod, &container);
            let Some((mut lines, next)) = self.after(&key, 0) else {
                return Err(Refusal::bad_request(format!(
                    "container \"{container}\" in pod \"{}\" is waiting to start",
                    object::name(&pod)
                )));
            };
            if let Some(tail) = options.tail_lines {
                lines.drain(..lines.len().saturating_sub(tail));
            }
            if options.follow {
                return Ok(self.follow(key, next - lines.len(), options.timestamps));
            }
            Ok(Body::from(joined(&lines, options.timestamps)))
        }
        .boxed()
    }
}
