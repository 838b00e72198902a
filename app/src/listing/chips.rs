//! The filters above a list.

use super::ListAddress;
use crate::ui::Chip;

/// A word for some states.
#[derive(Clone, Debug)]
pub struct Filter {
    /// What it is called.
    pub label: &'static str,
    /// The states, separated by commas.
    pub states: String,
    /// How many things are in them.
    pub count: u64,
}

/// Everything (of which there are `all`), then each filter, then what one ordered oneself.
pub fn chips(here: &ListAddress, all: u64, filters: impl IntoIterator<Item = Filter>) -> Vec<Chip> {
    let state = here.state.as_deref().unwrap_or("");
    let everything = Chip {
        label: "All",
        count: Some(all),
        href: here.with_states(""),
        chosen: state.is_empty(),
    };
    let filters = filters.into_iter().map(|filter| Chip {
        label: filter.label,
        count: Some(filter.count),
        chosen: state == filter.states,
        href: here.with_states(&filter.states),
    });
    let only_mine = here.mine.is_some();
    let mine = Chip {
        label: "Mine",
        count: None,
        href: here.with_mine(!only_mine),
        chosen: only_mine,
    };
    std::iter::once(everything)
        .chain(filters)
        .chain([mine])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_that_is_on_is_marked_and_mine_turns_itself_off() {
        let here = ListAddress {
            path: "/nodes",
            state: Some("ready".into()),
            mine: Some("true".into()),
            ..ListAddress::default()
        };
        let ready = Filter {
            label: "Ready",
            states: "ready".into(),
            count: 2,
        };
        let chips = chips(&here, 5, [ready]);
        let chosen: Vec<_> = chips.iter().map(|chip| chip.chosen).collect();
        assert_eq!(chosen, [false, true, true]);
        assert_eq!(chips[0].href, "/nodes?mine=true");
        assert_eq!(chips[2].href, "/nodes?state=ready");
    }
}
