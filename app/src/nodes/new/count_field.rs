//! How many accelerators: the counts that machines with the chosen one have.

use domain::node::catalogue::AcceleratorSummary;
use leptos::prelude::*;

use super::controls::{ChoiceCard, Choices};
use super::draft::{Draft, find};
use super::state::OrderState;

/// Without an accelerator all counts there are. What the address asks for is among them in any case, to be judged.
#[component]
pub fn CountField(state: OrderState, accelerators: Vec<AcceleratorSummary>) -> impl IntoView {
    let accelerators = StoredValue::new(accelerators);
    let (asked, asked_of) = state
        .draft
        .with_untracked(|draft| (draft.count.clone(), draft.accelerator_name().to_owned()));
    let name = Memo::new(move |_| {
        state
            .draft
            .with(|draft| draft.accelerator_name().to_owned())
    });
    let counts = Memo::new(move |_| {
        let name = name.get();
        accelerators.with_value(|all| counts(all, &name))
    });
    // Another accelerator may not come in as many.
    Effect::new(move |earlier: Option<String>| {
        let name = name.get();
        let counts = counts.get();
        let known = accelerators.with_value(|all| find(all, &name).is_some());
        let changed = earlier.is_some_and(|earlier| earlier != name);
        let fits = state
            .draft
            .with_untracked(|draft| counts.contains(&draft.count));
        if let (true, true, false, Some(least)) = (changed, known, fits, counts.first()) {
            state
                .draft
                .update(|draft: &mut Draft| draft.count.clone_from(least));
        }
        name
    });
    let choices = move || {
        let mut counts = counts.get();
        if name.with(|name| *name == asked_of) && !asked.is_empty() && !counts.contains(&asked) {
            counts.push(asked.clone());
        }
        counts
            .into_iter()
            .map(|count| {
                view! {
                    <ChoiceCard
                        state=state
                        control="count"
                        name="draft[count]"
                        value=count.clone()
                        described_by="count-message"
                        small=true
                    >
                        {count}
                    </ChoiceCard>
                }
            })
            .collect_view()
    };
    view! {
        <Choices state=state control="count" id="count" legend="How many">
            <div class="flex flex-wrap gap-2">{choices}</div>
        </Choices>
    }
    .into_any()
}

fn counts(accelerators: &[AcceleratorSummary], name: &str) -> Vec<String> {
    let mut counts = match find(accelerators, name) {
        Some(accelerator) => accelerator.counts.clone(),
        None => accelerators
            .iter()
            .flat_map(|accelerator| accelerator.counts.iter().copied())
            .collect(),
    };
    counts.sort_unstable();
    counts.dedup();
    if counts.is_empty() {
        counts.push(1);
    }
    counts.iter().map(u32::to_string).collect()
}
