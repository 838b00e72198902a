//! How long something lives, as a choice.

use domain::time_to_live::TimeToLive;

use crate::ui::Choice;

/// What stands in the select for “without an end”, because an empty parameter of an address means “as proposed”.
const NO_END: &str = "none";

/// Hours as a request has them; empty or [`NO_END`]: no end. What is not a number is refused like one that is too small.
pub fn hours<T: std::str::FromStr + Default>(text: &str) -> Option<T> {
    match text {
        "" | NO_END => None,
        hours => Some(hours.parse().unwrap_or_default()),
    }
}

/// What the select offers, and what the address asked for besides.
pub fn life_times(asked: &str, without_end: &str) -> Vec<Choice> {
    let asked = asked
        .parse()
        .ok()
        .and_then(|hours: u32| TimeToLive::try_from(hours).ok());
    let mut hours: Vec<_> = TimeToLive::CHOICES.into_iter().chain(asked).collect();
    hours.sort();
    hours.dedup();
    let mut choices: Vec<_> = hours
        .into_iter()
        .map(|life| Choice {
            value: life.hours().to_string(),
            label: life.title(),
        })
        .collect();
    choices.push(Choice {
        value: NO_END.to_owned(),
        label: without_end.to_owned(),
    });
    choices
}
