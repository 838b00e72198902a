//! Which accelerators have a card of their own in the form.

use domain::node::catalogue::AcceleratorSummary;

/// As many as are taken in at a glance.
const CARDS: usize = 8;

/// What most people ask for, by the names that SkyPilot's catalogue has for them.
const ASKED_FOR: [&str; 10] = [
    "T4",
    "L4",
    "A10G",
    "A10",
    "L40S",
    "A100",
    "A100-80GB",
    "H100",
    "H200",
    "B200",
];

/// The accelerators that have a card, cheapest first: what most people ask for, and where that is not to be had, what
/// there is besides.
pub fn with_cards(accelerators: &[AcceleratorSummary]) -> Vec<AcceleratorSummary> {
    let price = |accelerator: &&AcceleratorSummary| match accelerator.cheapest {
        Some(price) => (false, price),
        None => (true, Default::default()),
    };
    let (asked_for, mut others): (Vec<_>, Vec<_>) = accelerators
        .iter()
        .partition(|accelerator| ASKED_FOR.contains(&accelerator.name.as_str()));
    others.sort_by_key(price);
    let mut chosen: Vec<_> = asked_for.into_iter().chain(others).take(CARDS).collect();
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
