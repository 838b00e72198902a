//! The asynchronous requests: whoever asks for something long gets an id, and asks with it for the result, the state or the
//! log. They live in memory only: the real server forgets them whenever it starts, too.

mod log;
mod payload;

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use log::{Log, last_lines};
pub use payload::{FIELDS, PICKLED_NONE};

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
    /// A request that is done at once.
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
    /// Not yet begun.
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
    /// One that has not begun.
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
            log: Log::new(),
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
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    next: u64,
    by_number: BTreeMap<u64, Arc<Request>>,
    numbers: HashMap<String, u64>,
}

impl Requests {
    pub fn schedule<F>(
        &self,
        request: Request,
        stop: &CancellationToken,
        work: impl FnOnce(Arc<Request>) -> F,
    ) -> Arc<Request>
    where
        F: Future<Output = Result<Value, Exception>> + Send + 'static,
    {
        let request = Arc::new(request);
        self.remember(request.clone());
        let work = work(request.clone());
        let stop = stop.clone();
        let scheduled = request.clone();
        tokio::spawn(async move {
            request.enter(Phase::Running);
            let phase = tokio::select! {
                biased;
                () = request.cancel.cancelled() => Phase::Cancelled,
                // The server ends: nobody will ask any more.
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
        scheduled
    }

    fn remember(&self, request: Arc<Request>) {
        let mut table = self.table();
        let number = table.next;
        table.next += 1;
        table.numbers.insert(request.id.clone(), number);
        table.by_number.insert(number, request);
        if table.by_number.len() > REMEMBERED {
            let oldest = table
                .by_number
                .iter()
                .find(|(_, request)| request.progress.borrow().phase.is_over())
                .map(|(number, request)| (*number, request.id.clone()));
            if let Some((number, id)) = oldest {
                table.by_number.remove(&number);
                table.numbers.remove(&id);
            }
        }
    }

    pub fn with_prefix(&self, prefix: &str, owner: Option<&str>) -> Vec<Arc<Request>> {
        let table = self.table();
        let is_theirs =
            |request: &&Arc<Request>| owner.is_none_or(|owner| request.user_id == owner);
        if let Some(number) = table.numbers.get(prefix) {
            let found = table.by_number.get(number).filter(is_theirs).cloned();
            return found.into_iter().collect();
        }
        table
            .by_number
            .values()
            .filter(|request| request.id.starts_with(prefix))
            .filter(is_theirs)
            .cloned()
            .collect()
    }

    pub fn latest_first(&self, owner: Option<&str>) -> Vec<Arc<Request>> {
        self.table()
            .by_number
            .values()
            .rev()
            .filter(|request| owner.is_none_or(|owner| request.user_id == owner))
            .cloned()
            .collect()
    }

    pub fn is_launching(&self, cluster: &str) -> bool {
        self.table().by_number.values().any(|request| {
            request.kind.name == "launch"
                && request.cluster.as_deref() == Some(cluster)
                && !request.progress.borrow().phase.is_over()
        })
    }

    /// Cancels what still runs of these, and says which. When this returns, they are over.
    pub async fn cancel(&self, requests: Vec<Arc<Request>>) -> Vec<String> {
        let running: Vec<_> = requests
            .into_iter()
            .filter(|request| !request.progress.borrow().phase.is_over())
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

    /// Cancels what else goes on with a cluster: stopping it and taking it down go first.
    pub async fn make_way(&self, cluster: &str, request: &Request) {
        let in_the_way = self
            .latest_first(None)
            .into_iter()
            .filter(|other| other.cluster.as_deref() == Some(cluster))
            .filter(|other| other.kind.name != request.kind.name)
            .collect();
        self.cancel(in_the_way).await;
    }

    /// Forgets all of them, as a start of the server does; what runs is cancelled.
    pub fn forget(&self) {
        let forgotten = std::mem::take(&mut *self.table());
        for request in forgotten.by_number.into_values() {
            request.cancel.cancel();
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
