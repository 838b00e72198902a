//! The server's part in a draft: it fills in what is not asked for, and knows the way back to what was typed.

use domain::node::catalogue::AcceleratorSummary;
use domain::node::order::NodeOrderOptions;
use domain::problem::FieldError;
use domain::time_to_live::TimeToLive;

use super::cards::with_cards;
use super::draft::{Draft, NEVER, find};
use crate::ordering::first_place;

/// What the form proposes: long enough for a lunch, short enough to notice.
const IDLE_MINUTES: &str = "60";

impl Draft {
    /// What the form proposes for what is asked.
    pub fn proposed(mut self, options: &NodeOrderOptions) -> Self {
        let or = |field: &mut String, proposal: &str| {
            if field.is_empty() {
                proposal.clone_into(field);
            }
        };
        let place = first_place(&options.tenants).unwrap_or_default();
        or(&mut self.place, &place);
        or(&mut self.idle_minutes, IDLE_MINUTES);
        or(&mut self.idle_action, "take_down");
        let hours = TimeToLive::DEFAULT.hours().to_string();
        or(&mut self.time_to_live_hours, &hours);
        if self.idle_minutes == NEVER {
            self.idle_minutes.clear();
        }
        if self.spot != "true" {
            self.spot.clear();
        }
        let asked = format!("{}{}", self.accelerator, self.other_accelerator);
        self.choose_accelerator(&asked, &options.accelerators);
        let least = find(&options.accelerators, self.accelerator_name())
            .and_then(|accelerator| accelerator.counts.first());
        or(&mut self.count, &least.unwrap_or(&1).to_string());
        self
    }

    /// Puts an accelerator onto its card, or into the field for those that have none.
    fn choose_accelerator(&mut self, asked: &str, accelerators: &[AcceleratorSummary]) {
        match find(accelerators, asked).filter(|found| has_card(&found.name, accelerators)) {
            Some(found) => {
                self.accelerator.clone_from(&found.name);
                self.other_accelerator.clear();
            }
            None => {
                self.accelerator.clear();
                asked.clone_into(&mut self.other_accelerator);
            }
        }
    }

    /// The form's address with everything filled in.
    pub fn address(&self) -> String {
        self.address_with(|_| true)
    }

    /// What the form itself misses, before anybody is asked: an own task that is empty is no order by the fields.
    pub fn missing(&self) -> Option<FieldError> {
        (self.is_own_task() && self.task.trim().is_empty())
            .then(|| FieldError::new("task", "Paste the YAML of your task, or choose a machine."))
    }
}

/// Whether this accelerator has a card of its own.
fn has_card(name: &str, accelerators: &[AcceleratorSummary]) -> bool {
    with_cards(accelerators)
        .iter()
        .any(|accelerator| accelerator.name == name)
}

#[cfg(test)]
#[path = "proposal_tests.rs"]
mod tests;
