//! What happens when a host does not respond: one task asks until it does, and then everything that waits for the
//! host goes on at once.

use super::{Shared, locked};
use crate::resend::is_ready;
use domain::ids::ClusterId;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep, timeout},
};

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long to wait for an answer to `/readyz`.
const ANSWER: Duration = Duration::from_secs(2);
/// After this time watches try by themselves: a host can refuse `/readyz` and nothing else.
const UNTIL_TRIED_ANYWAY: Duration = Duration::from_secs(10);
/// How often clusters are woken for a host that was there when it was asked. One that is ready and fails everything else
/// must not be asked in a circle: the pauses of each cluster count.
const WOKEN_IN_DOUBT: Duration = Duration::from_mins(1);
/// How long the lists of a host that responds again may take until waiting clusters are looked at.
const LISTS: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(super) struct Recovery {
    trouble: Notify,
    /// How often the host has been found to respond.
    answers: watch::Sender<u64>,
    /// The clusters that found the host without a response.
    waiting: Mutex<HashSet<ClusterId>>,
}

impl Recovery {
    pub fn waits(&self, cluster: ClusterId) {
        locked(&self.waiting).insert(cluster);
        self.trouble.notify_one();
    }

    /// Has the host asked, and waits until it responds or a while has passed.
    pub async fn responds(&self) {
        let mut answers = self.answers.subscribe();
        self.trouble.notify_one();
        // An error would mean that the sender is gone, which is part of this.
        let _ = timeout(UNTIL_TRIED_ANYWAY, answers.changed()).await;
    }
}

/// Runs until it is dropped.
pub(super) async fn run(shared: Arc<Shared>) {
    let recovery = &shared.recovery;
    let mut woken_in_doubt: Option<Instant> = None;
    loop {
        recovery.trouble.notified().await;
        let began = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut was_away = false;
        while !is_ready(&shared.client, ANSWER).await {
            was_away = true;
            sleep(pause.mul_f64(rand::random_range(0.75..1.25))).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        recovery.answers.send_modify(|answers| *answers += 1);
        if was_away {
            let seconds = began.elapsed().as_secs();
            tracing::info!(host = shared.host, seconds, "the host responds again");
            // Looks before that would fail again.
            let _ = timeout(LISTS, shared.all_current()).await;
        }
        if !was_away {
            // It may have been back before it was asked.
            if woken_in_doubt.is_some_and(|woken| woken.elapsed() < WOKEN_IN_DOUBT) {
                continue;
            }
            woken_in_doubt = Some(Instant::now());
            sleep(LONGEST_PAUSE).await;
        }
        let waiting = std::mem::take(&mut *locked(&recovery.waiting));
        shared.tell(waiting);
    }
}
