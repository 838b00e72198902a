//! What an observation means: the state to show, the steps reached and the next move. Pure, so that
//! every case can be tried without a machine.

use crate::{
    ports::machines::{Machine, MachineObservation, MachineState, RequestState},
    reconciler::{
        failures,
        steps::{Reached, mark},
    },
};
use domain::{
    failure::{Failure, FailureCode},
    node::{
        catalogue::cloud_title,
        order::{Autostop, IdleAction},
        view::{NodeEvent, NodeState, Placement},
    },
    operation::{Operation, OperationKind, StepName, StepState},
};
use jiff::{SignedDuration, Timestamp};
use persistence::node_records::{NodeFindings, NodeProgress, NodeRecord};

/// By how much SkyPilot's idle minutes may begin before a node is seen to be ready.
const SLACK: SignedDuration = SignedDuration::from_secs(60);
/// How often to look at what is settled. The workspace's look wakes earlier.
const WHILE_SETTLED: SignedDuration = SignedDuration::from_mins(5);
/// The shortest and the longest pause between looks at what is on its way.
const SOONEST: SignedDuration = SignedDuration::from_millis(250);
const LATEST: SignedDuration = SignedDuration::from_secs(10);
/// How often to look at what is not as it should be.
const WHILE_DEGRADED: SignedDuration = SignedDuration::from_secs(30);
/// How long a cloud may take to assign an address to a machine that is up.
const ADDRESS_LIMIT: SignedDuration = SignedDuration::from_secs(60);

/// The next thing to do on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    Wait,
    Launch,
    Start,
    Stop,
    /// Cancel the request under way and request deletion.
    Delete,
    /// Set when it stops by itself.
    SetAutostop(Option<Autostop>),
}

/// The outcome of looking at a node.
#[derive(Debug)]
pub(super) struct Assessment {
    pub next: Move,
    /// What to write, if the move goes well.
    pub progress: NodeProgress,
}

/// What `seen` of `node` means at `now`.
pub(super) fn assess(node: &NodeRecord, seen: &MachineObservation, now: Timestamp) -> Assessment {
    let look = Look { node, seen, now };
    let mut assessment = match node.operation.kind {
        OperationKind::DeleteNode => look.taking_down(),
        _ if node.operation.finished_at.is_some() => look.settled(),
        OperationKind::StopNode => look.stopping(),
        OperationKind::StartNode => look.starting(),
        // Nothing but nodes' operations is stored with a node.
        _ => look.launching(),
    };
    let progress = &mut assessment.progress;
    progress.seen = seen
        .machine
        .as_ref()
        .map(|machine| machine.state.as_str().to_owned());
    if let Some(placement) = seen.machine.as_ref().and_then(|it| it.placement.clone()) {
        progress.placement = Some(placement);
    }
    progress.charged = is_charged(seen);
    progress.due_at = (progress.state != NodeState::Deleted).then(|| look.due(progress));
    assessment
}

/// What is to be written when nothing has changed.
pub(super) fn unchanged(node: &NodeRecord, now: Timestamp) -> NodeProgress {
    NodeProgress::unchanged(node, with_address(node, node.address.clone(), now))
}

/// As before, but for the address.
fn with_address(node: &NodeRecord, address: Option<String>, now: Timestamp) -> NodeFindings {
    NodeFindings {
        placement: node.placement.clone(),
        address,
        price_per_hour: node.price_per_hour,
        charged: node.charged_since.is_some(),
        at: now,
        request: node.request.clone(),
        seen: node.seen.clone(),
    }
}

/// Whether the request of the node's operation has been made.
pub(super) fn is_requested(operation: &Operation) -> bool {
    operation
        .steps
        .iter()
        .any(|step| step.name == StepName::Requested && step.state == StepState::Done)
}

/// Marks the request of `operation` as made.
pub(super) fn mark_requested(operation: &mut Operation, now: Timestamp) {
    let reached: Vec<Reached> = operation
        .steps
        .iter()
        .scan(false, |passed, step| {
            let done = !*passed;
            *passed |= step.name == StepName::Requested;
            Some(Reached { done, detail: None })
        })
        .collect();
    mark(operation, reached, false, now);
}

/// A machine costs from the moment a cloud has given it until it is stopped or gone.
fn is_charged(seen: &MachineObservation) -> bool {
    match seen.machine.as_ref().map(|machine| machine.state) {
        None | Some(MachineState::Stopped) => false,
        Some(MachineState::Launching) => has_happened(&seen.events, "Instances launched"),
        Some(MachineState::Unhealthy | MachineState::Up | MachineState::Autostopping) => true,
    }
}

/// Whether an event begins with this text of SkyPilot's.
fn has_happened(events: &[NodeEvent], text: &str) -> bool {
    events.iter().any(|event| event.message.starts_with(text))
}

struct Look<'a> {
    node: &'a NodeRecord,
    seen: &'a MachineObservation,
    now: Timestamp,
}

impl Look<'_> {
    fn launching(&self) -> Assessment {
        let machine = self.seen.machine.as_ref();
        let state = machine.map(|machine| machine.state);
        let request = self.request();
        let next = match (state, request) {
            (_, None) => Move::Launch,
            // The server has forgotten the request, as it does when it restarts, or it was cancelled
            // there: ask again; a machine of the name that was begun is finished.
            (None | Some(MachineState::Launching), Some(RequestState::Unknown)) => Move::Launch,
            _ => Move::Wait,
        };
        let failed = match (state, request) {
            (_, Some(RequestState::Failed(error))) => Some(failures::of_machine_error(error)),
            (None | Some(MachineState::Launching), Some(RequestState::Cancelled)) => {
                Some(failures::of(
                    FailureCode::ServerRefused,
                    "The launch was cancelled on the SkyPilot API server.",
                ))
            }
            (None, Some(RequestState::Succeeded)) => Some(gone()),
            (Some(MachineState::Unhealthy), Some(request)) if *request != RequestState::Open => {
                Some(unhealthy(machine))
            }
            _ => None,
        };
        let up = matches!(state, Some(MachineState::Up | MachineState::Autostopping));
        let done = up && request.is_some_and(|it| *it != RequestState::Open);
        let mut operation = fresh(&self.node.operation);
        let connectable = done && self.address_settled(&operation);
        let step = |done, detail| Reached { done, detail };
        let asked = request.is_some();
        let found = asked && (up || is_charged(self.seen));
        let latest = || self.seen.events.last().map(|event| event.message.clone());
        mark(
            &mut operation,
            [
                step(true, None),
                step(true, None),
                step(asked, None),
                step(
                    found,
                    if found {
                        machine.and_then(|it| it.placement.as_ref()).map(place)
                    } else {
                        latest()
                    },
                ),
                step(
                    found
                        && (up
                            || has_happened(&self.seen.events, "Cluster successfully provisioned")),
                    if found && !up { latest() } else { None },
                ),
                step(done, if up && !done { latest() } else { None }),
                step(connectable, self.address_words(up, connectable)),
            ],
            failed.is_some(),
            self.now,
        );
        if let Some(failure) = failed {
            // A machine that is up is of use, though its set-up failed.
            let state = if up {
                NodeState::Degraded
            } else {
                NodeState::Failed
            };
            return self.ended(next, state, operation, failure, up);
        }
        if state == Some(MachineState::Stopped) {
            operation.finished_at = Some(self.now);
            return self.at_rest(next, NodeState::Stopped, operation);
        }
        let ready = operation.finished_at.is_some();
        self.going(next, ready, NodeState::Provisioning, operation)
    }

    fn starting(&self) -> Assessment {
        let machine = self.seen.machine.as_ref();
        let state = machine.map(|machine| machine.state);
        let request = self.request();
        let up = state == Some(MachineState::Up);
        let next = match (state, request) {
            (None, _) | (Some(MachineState::Up), _) => Move::Wait,
            (_, None | Some(RequestState::Unknown)) => Move::Start,
            _ => Move::Wait,
        };
        let mut operation = fresh(&self.node.operation);
        let failed = match request {
            _ if state.is_none() => Some(gone()),
            Some(RequestState::Failed(error)) if !up => Some(failures::of_machine_error(error)),
            _ => None,
        };
        let connectable = up && self.address_settled(&operation);
        mark(
            &mut operation,
            [
                Reached {
                    done: true,
                    detail: None,
                },
                Reached {
                    done: request.is_some() || up,
                    detail: None,
                },
                Reached {
                    done: up,
                    detail: self
                        .seen
                        .events
                        .last()
                        .map(|event| event.message.clone())
                        .filter(|_| !up),
                },
                Reached {
                    done: connectable,
                    detail: self.address_words(up, connectable),
                },
            ],
            failed.is_some(),
            self.now,
        );
        if let Some(failure) = failed {
            let state = match state {
                Some(MachineState::Stopped) => NodeState::Stopped,
                _ => NodeState::Failed,
            };
            return self.ended(next, state, operation, failure, false);
        }
        let ready = operation.finished_at.is_some();
        self.going(next, ready, NodeState::Starting, operation)
    }

    fn stopping(&self) -> Assessment {
        let state = self.seen.machine.as_ref().map(|machine| machine.state);
        let request = self.request();
        let stopped = state == Some(MachineState::Stopped);
        let next = match request {
            _ if stopped || state.is_none() => Move::Wait,
            None | Some(RequestState::Unknown) => Move::Stop,
            _ => Move::Wait,
        };
        let failed = match request {
            _ if state.is_none() => Some(gone()),
            Some(RequestState::Failed(error)) if !stopped => {
                Some(failures::of_machine_error(error))
            }
            _ => None,
        };
        let mut operation = fresh(&self.node.operation);
        mark(
            &mut operation,
            [
                Reached {
                    done: true,
                    detail: None,
                },
                Reached {
                    done: request.is_some() || stopped,
                    detail: None,
                },
                Reached {
                    done: stopped,
                    detail: None,
                },
            ],
            failed.is_some(),
            self.now,
        );
        match failed {
            Some(failure) if state.is_none() => {
                self.ended(next, NodeState::Failed, operation, failure, false)
            }
            Some(failure) => self.ended(next, NodeState::Degraded, operation, failure, true),
            None if stopped => self.at_rest(next, NodeState::Stopped, operation),
            None => self.at_rest(next, NodeState::Stopping, operation),
        }
    }

    fn taking_down(&self) -> Assessment {
        let gone = self.seen.machine.is_none();
        let request = self.request();
        // It is asked for even if nothing is listed: a launch that was asked for just now may still
        // make a machine, and asking cancels it. After a failure, or when the server has forgotten
        // it, it is asked for again.
        let next = match request {
            None => Move::Delete,
            Some(RequestState::Open) => Move::Wait,
            Some(_) if gone => Move::Wait,
            Some(_) => Move::Delete,
        };
        let over = gone && request.is_some_and(|request| *request != RequestState::Open);
        let failure = match request {
            Some(RequestState::Failed(error)) if !gone => Some(failures::of_machine_error(error)),
            _ => None,
        };
        let step = |done, detail| Reached { done, detail };
        let mut operation = self.node.operation.clone();
        let detail = failure.as_ref().map(|failure| failure.message.clone());
        mark(
            &mut operation,
            [
                step(true, None),
                step(request.is_some(), None),
                step(over, detail),
            ],
            failure.is_some(),
            self.now,
        );
        // Counts on while the next try is under way, so that the tries come at growing distances.
        if failure.is_some() {
            operation.attempts = operation.attempts.saturating_add(1);
        }
        operation.failure.clone_from(&failure);
        Assessment {
            next,
            progress: NodeProgress {
                state: if over {
                    NodeState::Deleted
                } else {
                    NodeState::Deleting
                },
                failure,
                deleted_at: over.then_some(self.now),
                operation,
                ..unchanged(self.node, self.now)
            },
        }
    }

    /// No operation is under way: follow what happens by itself.
    fn settled(&self) -> Assessment {
        let operation = fresh_unless_failed(self.node);
        let Some(machine) = &self.seen.machine else {
            return self.vanished(operation);
        };
        let mut next = Move::Wait;
        let (state, failure) = match machine.state {
            MachineState::Up => {
                if machine.autostop != self.node.autostop {
                    next = Move::SetAutostop(self.node.autostop);
                }
                // A failed setup stays until the node is started again.
                match &self.node.operation.failure {
                    Some(failure) => (NodeState::Degraded, Some(failure.clone())),
                    None => (NodeState::Ready, None),
                }
            }
            MachineState::Autostopping => (NodeState::Stopping, None),
            MachineState::Stopped => (
                NodeState::Stopped,
                self.node
                    .failure
                    .clone()
                    .filter(|_| self.node.state == NodeState::Stopped),
            ),
            MachineState::Launching => match &self.node.operation.failure {
                // What was left by a launch that failed.
                Some(failure) => (NodeState::Failed, Some(failure.clone())),
                None => (NodeState::Starting, None),
            },
            MachineState::Unhealthy => (NodeState::Degraded, Some(unhealthy(Some(machine)))),
        };
        Assessment {
            next,
            progress: NodeProgress {
                state,
                failure,
                findings: self.found(
                    self.seen
                        .address
                        .clone()
                        .or_else(|| self.node.address.clone().filter(|_| state.is_up())),
                ),
                ready_at: self.ready_at(state.is_up()),
                operation,
                ..unchanged(self.node, self.now)
            },
        }
    }

    /// The machine of a settled node is not listed any more.
    fn vanished(&self, operation: Operation) -> Assessment {
        let node = self.node;
        // A launch that failed stays what it is, whether it left something or not.
        let failed = node.state == NodeState::Failed;
        // Its idle rule can have done it only after that much time.
        let up_since = node.ready_at.max(node.operation.finished_at);
        let may_have_idled = |autostop: Autostop| {
            let idle = SignedDuration::from_mins(i64::from(autostop.idle_minutes));
            up_since.is_some_and(|since| self.now.duration_since(since) + SLACK >= idle)
        };
        let idle_ended = node.autostop.is_some_and(|autostop| {
            autostop.then == IdleAction::Delete && may_have_idled(autostop)
        }) && matches!(
            node.state,
            NodeState::Ready | NodeState::Stopping | NodeState::Stopped | NodeState::Degraded
        );
        let (state, failure) = if failed {
            (node.state, node.failure.clone())
        } else if idle_ended {
            (NodeState::Deleted, None)
        } else {
            (NodeState::Failed, Some(gone()))
        };
        Assessment {
            next: Move::Wait,
            progress: NodeProgress {
                state,
                failure,
                findings: self.found(None),
                deleted_at: (state == NodeState::Deleted).then_some(self.now),
                operation,
                ..unchanged(node, self.now)
            },
        }
    }

    /// The operation goes on, or has just made the node ready.
    fn going(
        &self,
        next: Move,
        ready: bool,
        meanwhile: NodeState,
        operation: Operation,
    ) -> Assessment {
        Assessment {
            next,
            progress: NodeProgress {
                state: if ready { NodeState::Ready } else { meanwhile },
                failure: None,
                findings: self.found(self.seen.address.clone()),
                ready_at: self.ready_at(ready),
                operation,
                ..unchanged(self.node, self.now)
            },
        }
    }

    /// The operation came to its end without success.
    fn ended(
        &self,
        next: Move,
        state: NodeState,
        mut operation: Operation,
        failure: Failure,
        usable: bool,
    ) -> Assessment {
        let failure = Failure {
            retrying: false,
            ..failure
        };
        operation.finished_at = Some(self.now);
        operation.failure = Some(failure.clone());
        Assessment {
            next,
            progress: NodeProgress {
                state,
                failure: Some(failure),
                findings: self.found(self.seen.address.clone()),
                ready_at: self.ready_at(usable),
                operation,
                ..unchanged(self.node, self.now)
            },
        }
    }

    fn at_rest(&self, next: Move, state: NodeState, operation: Operation) -> Assessment {
        Assessment {
            next,
            progress: NodeProgress {
                state,
                failure: None,
                findings: self.found(None),
                operation,
                ..unchanged(self.node, self.now)
            },
        }
    }

    /// How the operation's own request stands; `None`: it has not been made.
    fn request(&self) -> Option<&RequestState> {
        is_requested(&self.node.operation)
            .then(|| self.seen.request.as_ref().unwrap_or(&RequestState::Unknown))
    }

    /// Whether the address is known, or is not to be waited for any longer.
    fn address_settled(&self, operation: &Operation) -> bool {
        let waited = operation
            .current()
            .filter(|step| step.name == StepName::Connectable)
            .and_then(|step| step.started_at);
        self.seen.address.is_some()
            || waited.is_some_and(|since| self.now.duration_since(since) > ADDRESS_LIMIT)
    }

    fn address_words(&self, up: bool, settled: bool) -> Option<String> {
        match (&self.seen.address, up) {
            (Some(address), _) => Some(address.clone()),
            (None, true) if settled => Some("the cloud assigned no address".into()),
            (None, true) => Some("waiting for the cloud to assign an address".into()),
            (None, false) => None,
        }
    }

    fn ready_at(&self, ready: bool) -> Option<Timestamp> {
        self.node.ready_at.or(ready.then_some(self.now))
    }

    fn found(&self, address: Option<String>) -> NodeFindings {
        with_address(self.node, address, self.now)
    }

    fn due(&self, progress: &NodeProgress) -> Timestamp {
        let pause = if progress.operation.attempts > 0 {
            crate::reconciler::backoff::pause(progress.operation.attempts)
        } else if progress.state.is_moving() {
            // Moments matter at first; a launch that takes long is not hurried by questions.
            let age = self.now.duration_since(progress.operation.started_at);
            (age / 20).clamp(SOONEST, LATEST)
        } else if progress.state == NodeState::Degraded {
            WHILE_DEGRADED
        } else {
            WHILE_SETTLED
        };
        let due = self.now + pause;
        match self.node.ends_at {
            Some(end) if progress.operation.kind != OperationKind::DeleteNode => due.min(end),
            _ => due,
        }
    }
}

/// The operation as it is after an answer of the server: no attempts in a row failed.
fn fresh(operation: &Operation) -> Operation {
    Operation {
        attempts: 0,
        failure: None,
        ..operation.clone()
    }
}

/// A finished operation keeps what it ended with.
fn fresh_unless_failed(node: &NodeRecord) -> Operation {
    Operation {
        attempts: 0,
        ..node.operation.clone()
    }
}

fn place(placement: &Placement) -> String {
    let cloud = cloud_title(&placement.cloud);
    match &placement.instance_type {
        Some(kind) => format!("{kind} in {} ({cloud})", placement.region),
        None => format!("in {} ({cloud})", placement.region),
    }
}

fn gone() -> Failure {
    Failure {
        retrying: false,
        ..failures::of(
            FailureCode::MachineGone,
            "The machine was terminated outside Hangar: SkyPilot no longer lists it.",
        )
    }
}

fn unhealthy(machine: Option<&Machine>) -> Failure {
    let reason = machine
        .and_then(|machine| machine.reason.clone())
        .unwrap_or_else(|| "SkyPilot reports that the machine is unhealthy.".to_owned());
    failures::of(FailureCode::MachineUnhealthy, reason)
}

#[cfg(test)]
#[path = "assessment_tests.rs"]
mod tests;
