//! Which accelerators have a card of their own in the form.

use domain::node::catalogue::AcceleratorSummary;

/// As many as are taken in at a glance.
const CARDS: usize = 8;

/// What most people ask for first, by the names that SkyPilot's catalogue has for them.
const ASKED_FOR: [&str; 10] = [
    "H100",
    "A100-80GB",
    "L4",
    "H200",
    "A100",
    "T4",
    "L40S",
    "A10G",
    "B200",
    "A10",
];

/// The accelerators that have a card, cheapest first: what most people ask for, and where that is not to be had, what
/// there is besides.
pub fn with_cards(accelerators: &[AcceleratorSummary]) -> Vec<AcceleratorSummary> {
    let price = |accelerator: &&AcceleratorSummary| match accelerator.cheapest {
        Some(price) => (false, price),
        None => (true, Default::default()),
    };
    let rank = |accelerator: &&AcceleratorSummary| {
        let rank = ASKED_FOR
            .iter()
            .position(|name| *name == accelerator.name.as_str());
        rank.unwrap_or(ASKED_FOR.len())
    };
    let mut chosen: Vec<_> = accelerators.iter().collect();
    chosen.sort_by_key(|accelerator| (rank(accelerator), price(accelerator)));
    chosen.truncate(CARDS);
    chosen.sort_by_key(price);
    chosen.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use domain::money::MicroDollars;

    use super::*;

    fn accelerator(name: &str, price: Option<i64>) -> AcceleratorSummary {
        AcceleratorSummary {
            name: name.into(),
            device_memory_gib: None,
            counts: vec![1],
            cheapest: price.map(MicroDollars),
            cheapest_spot: None,
            clouds: vec!["aws".into()],
        }
    }

    #[test]
    fn what_most_ask_for_comes_before_what_is_cheap() {
        let mut all: Vec<_> = (0..20)
            .map(|number| accelerator(&format!("Odd{number}"), Some(number)))
            .collect();
        all.push(accelerator("H100", Some(2_990_000)));
        let cards = with_cards(&all);
        assert_eq!(cards.len(), CARDS);
        assert_eq!(cards.last().unwrap().name, "H100");
        assert_eq!(cards[0].name, "Odd0");
    }

    #[test]
    fn an_unknown_price_comes_last() {
        let cards = with_cards(&[accelerator("L4", None), accelerator("H100", Some(1))]);
        assert_eq!(cards[1].name, "L4");
    }
}
