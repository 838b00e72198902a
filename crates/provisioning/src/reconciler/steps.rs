//! Keeping an operation's steps in line with what has been reached.

use domain::operation::{Operation, Step, StepState};
use jiff::Timestamp;

/// What is known about one step.
#[derive(Clone, Debug, Default)]
pub(super) struct Reached {
    /// Whether it is done.
    pub done: bool,
    /// More about it.
    pub detail: Option<String>,
}

/// Marks the steps of `operation` in order: those reached are done, the first that is not is under
/// way (`stuck`: failed), the rest wait. A step that was done stays done: users see progress, not
/// a flicker. When all are done, the operation is finished.
pub(super) fn mark(
    operation: &mut Operation,
    reached: impl IntoIterator<Item = Reached>,
    stuck: bool,
    now: Timestamp,
) {
    if operation.finished_at.is_some() {
        return;
    }
    let mut open = false;
    for (step, reached) in operation.steps.iter_mut().zip(reached) {
        if !open && step.state == StepState::Done {
            step.detail = reached.detail.or(step.detail.take());
        } else if !open && reached.done {
            finish(step, now);
            // The detail from when it was under way no longer holds.
            step.detail = reached.detail;
        } else if open {
            *step = Step {
                state: StepState::Waiting,
                started_at: None,
                finished_at: None,
                detail: None,
                ..*step
            };
        } else {
            open = true;
            step.state = if stuck {
                StepState::Failed
            } else {
                StepState::Running
            };
            step.started_at.get_or_insert(now);
            step.finished_at = None;
            step.detail = reached.detail;
        }
    }
    if !open {
        operation.finished_at = Some(now);
    }
}

fn finish(step: &mut Step, now: Timestamp) {
    step.state = StepState::Done;
    step.started_at.get_or_insert(now);
    step.finished_at.get_or_insert(now);
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::operation::OperationKind;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn reached(done: [bool; 7]) -> impl IntoIterator<Item = Reached> {
        done.map(|done| Reached { done, detail: None })
    }

    fn states(operation: &Operation) -> Vec<StepState> {
        operation.steps.iter().map(|step| step.state).collect()
    }

    fn fresh() -> Operation {
        Operation::begin(persistence::new_id(), OperationKind::CreateCluster, at(0))
    }

    #[test]
    fn the_first_step_not_reached_is_under_way_and_the_rest_wait() {
        use StepState::{Done, Running, Waiting};
        let mut operation = fresh();
        mark(
            &mut operation,
            reached([true, true, true, false, false, false, false]),
            false,
            at(3),
        );
        assert_eq!(
            states(&operation),
            [Done, Done, Done, Running, Waiting, Waiting, Waiting]
        );
        assert_eq!(operation.steps[3].started_at, Some(at(3)));
        assert_eq!(operation.finished_at, None);
    }

    #[test]
    fn times_of_steps_that_are_done_do_not_move() {
        let mut operation = fresh();
        let two = [true, true, false, false, false, false, false];
        mark(&mut operation, reached(two), false, at(3));
        mark(&mut operation, reached(two), false, at(9));
        assert_eq!(operation.steps[1].finished_at, Some(at(3)));
        assert_eq!(operation.steps[2].started_at, Some(at(3)));
    }

    #[test]
    fn a_step_that_was_done_stays_done() {
        let mut operation = fresh();
        mark(
            &mut operation,
            reached([true, true, true, true, false, false, false]),
            false,
            at(1),
        );
        mark(
            &mut operation,
            reached([true, true, true, false, false, false, false]),
            false,
            at(2),
        );
        assert_eq!(operation.steps[3].state, StepState::Done);
        assert_eq!(operation.steps[4].state, StepState::Running);
    }

    #[test]
    fn what_was_said_of_a_step_under_way_goes_when_it_is_done() {
        let mut operation = fresh();
        let step = |done, detail: Option<&str>| Reached {
            done,
            detail: detail.map(Into::into),
        };
        let of_two = |second| [step(true, None), second];
        mark(
            &mut operation,
            of_two(step(false, Some("pulling"))),
            false,
            at(1),
        );
        assert_eq!(operation.steps[1].detail.as_deref(), Some("pulling"));
        mark(&mut operation, of_two(step(true, None)), false, at(2));
        assert_eq!(operation.steps[1].detail, None);
    }

    #[test]
    fn a_stuck_step_is_failed_and_goes_on_when_freed() {
        let mut operation = fresh();
        let four = [true, true, true, true, false, false, false];
        mark(&mut operation, reached(four), true, at(1));
        assert_eq!(operation.steps[4].state, StepState::Failed);
        mark(&mut operation, reached(four), false, at(2));
        assert_eq!(operation.steps[4].state, StepState::Running);
    }

    #[test]
    fn the_operation_is_finished_when_every_step_is_done_and_then_stays_as_it_is() {
        let mut operation = fresh();
        mark(&mut operation, reached([true; 7]), false, at(5));
        assert_eq!(operation.finished_at, Some(at(5)));
        let finished = operation.clone();
        mark(&mut operation, reached([false; 7]), true, at(6));
        assert_eq!(operation, finished);
    }
}
