//! Asynchronous requests: a call returns an id, with which the client gets state, log and result. They are only in memory;
//! the real server forgets them at a restart, too.

mod log;
mod payload;

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use log::{Log, last_lines};
pub use payload::PICKLED_NONE;

use super::clock::now_precise;
use super::exception::Exception;

const REMEMBERED: usize = 20_000;

#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// As in `sky.launch`, without the prefix.
    pub name: &'static str,
    pub function: &'static str,
    pub long: bool,
}

impl Kind {
    pub const fn short(name: &'static str, function: &'static str) -> Self {
        Self {
            name,
            function,
            long: false,
        }
    }

    pub const fn long(name: &'static str, function: &'static str) -> Self {
        Self {
            name,
            function,
            long: true,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    Pending,
    Running,
    Succeeded(Value),
    Failed(Exception),
    Cancelled,
}

impl Phase {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Succeeded(_) => "SUCCEEDED",
            Self::Failed(_) => "FAILED",
            Self::Cancelled => "CANCELLED",
        }
    }

    pub fn is_over(&self) -> bool {
        !matches!(self, Self::Pending | Self::Running)
    }
}

#[derive(Clone, Debug)]
pub struct Progress {
    pub phase: Phase,
    /// Seconds since 1970.
    pub finished_at: Option<f64>,
}

pub struct Request {
    pub id: String,
    pub kind: Kind,
    pub user_id: String,
    pub user_name: String,
    pub cluster: Option<String>,
    /// Seconds since 1970.
    pub created_at: f64,
    pub log: Log,
    progress: watch::Sender<Progress>,
    cancel: CancellationToken,
}

impl Request {
    /// A pending request.
    pub fn new(
        id: String,
        kind: Kind,
        (user_id, user_name): (&str, &str),
        cluster: Option<String>,
    ) -> Self {
        Self {
            id,
            kind,
            user_id: user_id.to_owned(),
            user_name: user_name.to_owned(),
            cluster,
            created_at: now_precise(),
            log: Log::default(),
            progress: watch::Sender::new(Progress {
                phase: Phase::Pending,
                finished_at: None,
            }),
            cancel: CancellationToken::new(),
        }
    }

    pub fn progress(&self) -> Progress {
        self.progress.borrow().clone()
    }

    pub async fn finished(&self) -> Progress {
        let mut progress = self.progress.subscribe();
        let finished = progress.wait_for(|p| p.phase.is_over()).await;
        match finished {
            Ok(finished) => finished.clone(),
            // The sender is a field of this request.
            Err(_) => self.progress(),
        }
    }

    pub fn name(&self) -> String {
        format!("sky.{}", self.kind.name)
    }

    fn is_over(&self) -> bool {
        self.progress.borrow().phase.is_over()
    }

    fn enter(&self, phase: Phase) {
        self.progress.send_if_modified(|progress| {
            if progress.phase.is_over() {
                return false;
            }
            progress.finished_at = phase.is_over().then(now_precise);
            progress.phase = phase;
            true
        });
    }
}

#[derive(Default)]
pub struct Requests {
    /// The oldest first.
    all: Mutex<VecDeque<Arc<Request>>>,
}

impl Requests {
    pub fn schedule<F>(
        &self,
        request: Request,
        stop: &CancellationToken,
        work: impl FnOnce(Arc<Request>) -> F,
    ) where
        F: Future<Output = Result<Value, Exception>> + Send + 'static,
    {
        let request = Arc::new(request);
        self.remember(request.clone());
        let work = work(request.clone());
        let stop = stop.clone();
        tokio::spawn(async move {
            request.enter(Phase::Running);
            let phase = tokio::select! {
                biased;
                () = request.cancel.cancelled() => Phase::Cancelled,
                () = stop.cancelled() => return,
                result = work => match result {
                    Ok(value) => Phase::Succeeded(value),
                    Err(exception) => Phase::Failed(exception),
                },
            };
            if phase == Phase::Cancelled {
                let line = format!("'{}' request {} cancelled", request.name(), request.id);
                request.log.line(&line);
            }
            request.enter(phase);
            request.log.close();
        });
    }

    fn remember(&self, request: Arc<Request>) {
        let mut all = self.lock();
        all.push_back(request);
        if all.len() > REMEMBERED
            && let Some(at) = all.iter().position(|request| request.is_over())
        {
            all.remove(at);
        }
    }

    /// The request of this id, if the owner (`None`: anyone) may see it.
    pub fn find(&self, id: &str, owner: Option<&str>) -> Option<Arc<Request>> {
        let all = self.lock();
        let request = all.iter().rev().find(|request| request.id == id)?;
        owner
            .is_none_or(|owner| request.user_id == owner)
            .then(|| request.clone())
    }

    pub fn latest_first(&self, owner: Option<&str>) -> Vec<Arc<Request>> {
        let all = self.lock();
        let owned = all
            .iter()
            .rev()
            .filter(|request| owner.is_none_or(|owner| request.user_id == owner));
        owned.cloned().collect()
    }

    pub fn is_launching(&self, cluster: &str) -> bool {
        self.lock().iter().rev().any(|request| {
            request.kind.name == "launch"
                && request.cluster.as_deref() == Some(cluster)
                && !request.is_over()
        })
    }

    /// Cancels those that are open and returns their ids once they are over.
    pub async fn cancel(&self, requests: Vec<Arc<Request>>) -> Vec<String> {
        let running: Vec<_> = requests
            .into_iter()
            .filter(|request| !request.is_over())
            .collect();
        for request in &running {
            request.cancel.cancel();
        }
        let mut cancelled = Vec::new();
        for request in running {
            if request.finished().await.phase == Phase::Cancelled {
                cancelled.push(request.id.clone());
            }
        }
        cancelled
    }

    /// Cancels the other open requests about a cluster: stop and terminate have priority.
    pub async fn cancel_others(&self, cluster: &str, request: &Request) {
        let others = self
            .latest_first(None)
            .into_iter()
            .filter(|other| other.cluster.as_deref() == Some(cluster))
            .filter(|other| other.kind.name != request.kind.name)
            .collect();
        self.cancel(others).await;
    }

    /// Cancels and forgets all requests, as a restart of the server does.
    pub fn forget(&self) {
        for request in self.lock().drain(..) {
            request.cancel.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Request>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
