//! How long a resource lives, as a choice.

use domain::time_to_live::TimeToLive;

use crate::ui::Choice;

/// The choice without an end. Not empty, because an empty parameter of an address means the default.
const NO_END: &str = "none";

/// Hours as a request has them; empty or [`NO_END`]: no end. Text that is not a number is rejected like 0.
pub fn hours<T: std::str::FromStr + Default>(text: &str) -> Option<T> {
    match text {
        "" | NO_END => None,
        hours => Some(hours.parse().unwrap_or_default()),
    }
}

/// The usual lifetimes, and the one that the address names: an invalid one too, so that the core rejects it.
pub fn lifetimes(requested: &str) -> Vec<Choice> {
    let valid = requested
        .parse()
        .ok()
        .and_then(|hours: u32| TimeToLive::try_from(hours).ok());
    let mut hours: Vec<_> = TimeToLive::CHOICES.into_iter().chain(valid).collect();
    hours.sort();
    hours.dedup();
    let mut choices: Vec<_> = hours
        .into_iter()
        .map(|life| Choice::new(life.hours().to_string(), life.title()))
        .collect();
    choices.push(Choice::new(NO_END, "Until deleted"));
    if !requested.is_empty() && !choices.iter().any(|choice| choice.value == requested) {
        choices.push(Choice::new(requested, format!("{requested} hours")));
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_requested_lifetime_can_be_chosen() {
        let values = |requested| -> Vec<String> {
            let choices = lifetimes(requested);
            choices.into_iter().map(|choice| choice.value).collect()
        };
        assert_eq!(values(""), ["4", "8", "24", "72", "168", "none"]);
        assert_eq!(values("48")[3], "48");
        assert_eq!(values("-1").last().unwrap(), "-1");
        assert_eq!(values("none"), values(""));
    }

    #[test]
    fn no_end_and_nonsense_are_not_the_same() {
        assert_eq!(hours::<i64>(NO_END), None);
        assert_eq!(hours::<i64>("72"), Some(72));
        assert_eq!(hours::<u32>("soon"), Some(0));
    }
}
