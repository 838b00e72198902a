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

/// What the select offers, and what the address asked for besides; also what nobody may have, to be judged.
pub fn life_times(asked: &str, without_end: &str) -> Vec<Choice> {
    let valid = asked
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
    choices.push(Choice::new(NO_END, without_end));
    if !asked.is_empty() && !choices.iter().any(|choice| choice.value == asked) {
        choices.push(Choice::new(asked, format!("{asked} hours")));
    }
    choices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_can_be_chosen_whatever_it_is() {
        let values = |asked| -> Vec<String> {
            let choices = life_times(asked, "No end");
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
