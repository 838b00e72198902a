//! The jobs as the page knows them: looked at again while some are open, without rebuilding the rows.

use std::time::Duration;

use domain::ids::NodeId;
use domain::node::job::Job;
use domain::problem::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::nodes::detail::api::load_jobs;
use crate::ui::Clock;

/// How often the queue is looked at while a job is open. Each look asks the node.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The jobs, newest first, and why the last look failed.
#[derive(Clone, Copy)]
pub struct Queue {
    id: NodeId,
    clock: Clock,
    pub jobs: RwSignal<Vec<Job>>,
    pub problem: RwSignal<Option<Problem>>,
    looking: StoredValue<bool>,
}

impl Queue {
    /// A queue as it came with the page. It keeps itself fresh for as long as the surrounding view lives.
    pub fn of(id: NodeId, jobs: Vec<Job>) -> Self {
        let queue = Self {
            id,
            clock: Clock::in_context(),
            jobs: RwSignal::new(jobs),
            problem: RwSignal::new(None),
            looking: StoredValue::new(false),
        };
        let open = Memo::new(move |_| {
            queue
                .jobs
                .with(|jobs| jobs.iter().any(|job| job.state.is_open()))
        });
        Effect::new(move || {
            if !open.get() {
                return;
            }
            if let Ok(interval) =
                set_interval_with_handle(move || queue.look_unless_hidden(), LOOK_AGAIN)
            {
                on_cleanup(move || interval.clear());
            }
        });
        queue
    }

    /// One job, as long as it is listed.
    pub fn job(self, id: u64) -> Memo<Option<Job>> {
        Memo::new(move |_| {
            self.jobs
                .with(|jobs| jobs.iter().find(|job| job.id == id).cloned())
        })
    }

    /// Nobody sees a page in the background, and the look would cost the node's time.
    fn look_unless_hidden(self) {
        if !document().hidden() {
            self.look();
        }
    }

    /// Looks again now. One look at a time: a slow answer is no reason to ask more.
    pub fn look(self) {
        if self.looking.try_get_value() != Some(false) {
            return;
        }
        self.looking.set_value(true);
        spawn_local(async move {
            let answer = load_jobs(self.id).await;
            if self.looking.try_set_value(false).is_some() {
                // The page has gone meanwhile.
                return;
            }
            match answer {
                Ok(queue) => {
                    self.clock.sync(queue.now);
                    self.problem.try_set(None);
                    self.jobs.try_set(queue.jobs);
                }
                Err(refusal) => {
                    self.problem.try_set(Some(refusal.0));
                }
            }
        });
    }
}
