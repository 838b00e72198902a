//! Asks the portal what the order would come to, a moment after it has changed.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::{Answer, OrderState};
use crate::nodes::api::quote_node;

/// How long after the last change the portal is asked.
const PAUSE: Duration = Duration::from_millis(300);

/// The same for a task of one's own, which the SkyPilot API server checks too.
const PAUSE_FOR_TASK: Duration = Duration::from_millis(800);

/// Keeps the state's quote up with its draft. True while an answer is on its way.
pub fn keep_asking(state: OrderState) -> ReadSignal<bool> {
    let (asking, set_asking) = signal(false);
    let pending = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move || {
        if !state.alive.get() {
            return;
        }
        let draft = state.draft.get();
        if let Some(earlier) = pending.try_update_value(Option::take).flatten() {
            earlier.clear();
        }
        if state
            .quoted
            .with_untracked(|answer| answer.draft == draft && answer.said.is_ok())
        {
            set_asking.set(false);
            return;
        }
        set_asking.set(true);
        let pause = if draft.is_own_task() {
            PAUSE_FOR_TASK
        } else {
            PAUSE
        };
        let ask = move || {
            spawn_local(async move {
                let said = quote_node(draft.clone()).await.map_err(|refusal| refusal.0);
                // Nobody waits for the answer to an earlier question.
                let still_asked = state.draft.try_with_untracked(|now| *now == draft);
                if still_asked == Some(true) {
                    state.quoted.try_set(Answer { draft, said });
                    set_asking.try_set(false);
                }
            });
        };
        pending.set_value(set_timeout_with_handle(ask, pause).ok());
    });
    asking
}
