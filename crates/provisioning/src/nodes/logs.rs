//! Logs: however many readers follow one, the SkyPilot API server sends it once.
//!
//! A *tail* holds what has been read of a followed log within bounds, and ends with its last
//! reader. A reader that falls behind is shown how many lines it missed.

use crate::ports::machines::{Machines, RequestId, Workspace};
use domain::{ids::NodeId, node::log::NodeLog, problem::Problem};
use futures::{StreamExt, stream};
use std::{
    collections::{HashMap, VecDeque},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// How much of a followed log is held, in bytes.
const HELD: usize = 1024 * 1024;

/// A piece of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLines {
    /// Whole lines without terminal codes, each ending in a line end; or one line in brackets about
    /// lines that are not shown.
    pub text: String,
    /// How many lines of the log are over with it, shown or not. With `tail` counted from there.
    pub through: u64,
}

/// A log as it is written. It ends with the job or the launch, or with the problem that cut it off.
pub type LogStream = Pin<Box<dyn futures::Stream<Item = Result<LogLines, Problem>> + Send>>;

pub(super) struct LogRequest {
    pub(super) workspace: Workspace,
    pub(super) machine: String,
    pub(super) request: Option<RequestId>,
    pub(super) log: NodeLog,
    pub(super) follow: bool,
    pub(super) tail: Option<u32>,
}

type Key = (NodeId, NodeLog, Option<String>);

/// The logs that are being followed.
#[derive(Default)]
pub(super) struct LogTails {
    tails: Mutex<HashMap<Key, Weak<Tail>>>,
}

/// A followed log.
struct Tail {
    held: Mutex<Buffer>,
    /// Says that there is more; the number only has to differ.
    grown: watch::Sender<u64>,
    _reading: DropGuard,
}

#[derive(Default)]
struct Buffer {
    chunks: VecDeque<Arc<LogLines>>,
    bytes: usize,
    /// How many chunks are no longer held.
    dropped: usize,
    /// Lines in them.
    dropped_lines: u64,
    end: End,
}

/// Whether the log goes on.
#[derive(Clone, Debug, Default, PartialEq)]
enum End {
    #[default]
    Open,
    Complete,
    /// The problem that cut it off.
    Failed(Problem),
}

impl LogTails {
    /// The log as a stream for one reader.
    pub(super) async fn open(
        &self,
        node: NodeId,
        machines: Arc<dyn Machines>,
        wanted: LogRequest,
    ) -> Result<LogStream, Problem> {
        if !wanted.follow || wanted.tail.is_some() {
            let chunks = read(&*machines, &wanted).await?;
            return Ok(Box::pin(chunks));
        }
        let key = (
            node,
            wanted.log,
            wanted.request.as_ref().map(|request| request.0.clone()),
        );
        if let Some(tail) = self.running(&key) {
            return Ok(follow(tail));
        }
        let chunks = read(&*machines, &wanted).await?;
        // Another reader may have opened it meanwhile; then this one is dropped.
        let mut tails = lock(&self.tails);
        tails.retain(|_, tail| tail.strong_count() > 0);
        let tail = match tails.get(&key).and_then(usable) {
            Some(tail) => tail,
            None => {
                let tail = Tail::start(chunks);
                tails.insert(key, Arc::downgrade(&tail));
                tail
            }
        };
        Ok(follow(tail))
    }

    fn running(&self, key: &Key) -> Option<Arc<Tail>> {
        lock(&self.tails).get(key).and_then(usable)
    }
}

/// A tail that still reads. After its end the next reader starts a new one.
fn usable(tail: &Weak<Tail>) -> Option<Arc<Tail>> {
    tail.upgrade()
        .filter(|tail| lock(&tail.held).end == End::Open)
}

async fn read(
    machines: &dyn Machines,
    wanted: &LogRequest,
) -> Result<impl futures::Stream<Item = Result<LogLines, Problem>> + Send + use<>, Problem> {
    let chunks = machines
        .log(
            &wanted.workspace,
            &wanted.machine,
            wanted.request.as_ref(),
            wanted.log,
            wanted.follow,
            wanted.tail,
        )
        .await?;
    let mut through = 0;
    Ok(chunks.map(move |chunk| {
        let text = chunk?;
        through += text.lines().count() as u64;
        Ok(LogLines { text, through })
    }))
}

impl Tail {
    fn start(
        mut chunks: impl futures::Stream<Item = Result<LogLines, Problem>> + Send + Unpin + 'static,
    ) -> Arc<Self> {
        let stop = CancellationToken::new();
        let (grown, _) = watch::channel(0);
        let tail = Arc::new(Self {
            held: Mutex::default(),
            grown,
            _reading: stop.clone().drop_guard(),
        });
        let reader = Arc::downgrade(&tail);
        tokio::spawn(async move {
            loop {
                let next = tokio::select! {
                    () = stop.cancelled() => return,
                    next = chunks.next() => next,
                };
                let Some(tail) = reader.upgrade() else { return };
                let over = tail.take(next);
                tail.grown.send_modify(|count| *count += 1);
                if over {
                    return;
                }
            }
        });
        tail
    }

    /// Holds what came; `true`: that was the end.
    fn take(&self, next: Option<Result<LogLines, Problem>>) -> bool {
        let mut held = lock(&self.held);
        match next {
            Some(Ok(chunk)) => {
                held.bytes += chunk.text.len();
                held.chunks.push_back(chunk.into());
                while held.bytes > HELD && held.chunks.len() > 1 {
                    if let Some(oldest) = held.chunks.pop_front() {
                        held.bytes -= oldest.text.len();
                        held.dropped += 1;
                        held.dropped_lines = oldest.through;
                    }
                }
                false
            }
            Some(Err(problem)) => {
                held.end = End::Failed(problem);
                true
            }
            None => {
                held.end = End::Complete;
                true
            }
        }
    }

    /// What comes at `position`; `None`: nothing yet.
    fn at(&self, position: &mut usize) -> Option<Piece> {
        let held = lock(&self.held);
        if *position < held.dropped {
            let missed = *position == 0;
            *position = held.dropped;
            // A reader that comes late knows how many lines are missing; one that fell behind does not.
            let text = if missed {
                format!("[{} earlier lines are not shown]\n", held.dropped_lines)
            } else {
                "[some lines are not shown: they came faster than they were read]\n".to_owned()
            };
            return Some(Piece::Lines(LogLines {
                text,
                through: held.dropped_lines,
            }));
        }
        match held.chunks.get(*position - held.dropped) {
            Some(chunk) => {
                *position += 1;
                Some(Piece::Lines((**chunk).clone()))
            }
            None => match &held.end {
                End::Open => None,
                end => Some(Piece::End(end.clone())),
            },
        }
    }
}

enum Piece {
    Lines(LogLines),
    End(End),
}

/// The tail from its beginning, for one reader.
fn follow(tail: Arc<Tail>) -> LogStream {
    let grown = tail.grown.subscribe();
    Box::pin(stream::unfold(Some((tail, grown, 0)), |state| async move {
        let (tail, mut grown, mut position) = state?;
        loop {
            grown.borrow_and_update();
            match tail.at(&mut position) {
                Some(Piece::Lines(lines)) => {
                    return Some((Ok(lines), Some((tail, grown, position))));
                }
                Some(Piece::End(End::Failed(problem))) => return Some((Err(problem), None)),
                Some(Piece::End(_)) => return None,
                None => grown.changed().await.ok()?,
            }
        }
    }))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;

    fn tail() -> (Arc<Tail>, mpsc::UnboundedSender<Result<LogLines, Problem>>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let chunks = tokio_stream::wrappers::UnboundedReceiverStream::new(receiver);
        (Tail::start(chunks), sender)
    }

    fn lines(text: &str, through: u64) -> LogLines {
        LogLines {
            text: text.into(),
            through,
        }
    }

    #[tokio::test]
    async fn every_reader_gets_the_log_from_its_beginning() {
        let (tail, sender) = tail();
        sender.send(Ok(lines("one\n", 1))).unwrap();
        let mut early = follow(Arc::clone(&tail));
        assert_eq!(early.next().await.unwrap().unwrap(), lines("one\n", 1));
        sender.send(Ok(lines("two\n", 2))).unwrap();
        drop(sender);
        let late: Vec<_> = follow(tail).map(Result::unwrap).collect().await;
        assert_eq!(late, [lines("one\n", 1), lines("two\n", 2)]);
        assert_eq!(early.next().await.unwrap().unwrap(), lines("two\n", 2));
        assert!(early.next().await.is_none());
    }

    #[tokio::test]
    async fn what_is_held_is_bounded_and_late_readers_are_told() {
        let (tail, sender) = tail();
        let line = format!("{}\n", "x".repeat(1023));
        for number in 1..=3000 {
            sender.send(Ok(lines(&line, number))).unwrap();
        }
        drop(sender);
        let mut grown = tail.grown.subscribe();
        while lock(&tail.held).end == End::Open {
            grown.changed().await.unwrap();
        }
        assert!(lock(&tail.held).bytes <= HELD);
        let mut late = follow(tail);
        let first = late.next().await.unwrap().unwrap();
        assert_eq!(first, lines("[1976 earlier lines are not shown]\n", 1976));
        assert_eq!(late.next().await.unwrap().unwrap(), lines(&line, 1977));
    }

    #[tokio::test]
    async fn the_source_is_let_go_with_the_last_reader() {
        let (tail, sender) = tail();
        let reader = follow(Arc::clone(&tail));
        drop(tail);
        assert!(!sender.is_closed());
        drop(reader);
        sender.closed().await;
    }
}
