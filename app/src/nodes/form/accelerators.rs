//! Accelerators that the form offers, and how many of each.

use domain::node::catalogue::AcceleratorSummary;

const CARDS: usize = 8;

/// Requested most often, by their names in SkyPilot's catalogue.
const POPULAR: [&str; 10] = [
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

/// The accelerators with a card of their own, cheapest first: popular ones, and where few of those are offered, others.
pub fn with_cards(accelerators: &[AcceleratorSummary]) -> Vec<&AcceleratorSummary> {
    let price = |accelerator: &&AcceleratorSummary| {
        let price = accelerator.cheapest;
        (price.is_none(), price)
    };
    let rank = |accelerator: &&AcceleratorSummary| {
        let rank = POPULAR.iter().position(|name| *name == accelerator.name);
        rank.unwrap_or(POPULAR.len())
    };
    let mut chosen: Vec<_> = accelerators.iter().collect();
    chosen.sort_by_key(|accelerator| (rank(accelerator), price(accelerator)));
    chosen.truncate(CARDS);
    chosen.sort_by_key(price);
    chosen
}

/// The accelerator of this name in any case.
pub fn find<'a>(
    accelerators: &'a [AcceleratorSummary],
    name: &str,
) -> Option<&'a AcceleratorSummary> {
    accelerators
        .iter()
        .find(|accelerator| accelerator.name.eq_ignore_ascii_case(name))
}

/// How many accelerators machines have; of an unknown one all counts there are.
pub fn counts(accelerators: &[AcceleratorSummary], name: &str) -> Vec<u32> {
    let mut counts = values(accelerators, name, |accelerator| &accelerator.counts);
    if counts.is_empty() {
        counts.push(1);
    }
    counts
}

/// The clouds that offer an accelerator; of an unknown one all clouds there are.
pub fn clouds(accelerators: &[AcceleratorSummary], name: &str) -> Vec<String> {
    values(accelerators, name, |accelerator| &accelerator.clouds)
}

fn values<T: Ord + Clone>(
    accelerators: &[AcceleratorSummary],
    name: &str,
    of: fn(&AcceleratorSummary) -> &Vec<T>,
) -> Vec<T> {
    let mut values: Vec<T> = match find(accelerators, name) {
        Some(accelerator) => of(accelerator).clone(),
        None => accelerators.iter().flat_map(of).cloned().collect(),
    };
    values.sort_unstable();
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::MicroDollars;

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
    fn popular_accelerators_come_before_cheap_ones() {
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
        let all = [accelerator("L4", None), accelerator("H100", Some(1))];
        assert_eq!(with_cards(&all)[1].name, "L4");
    }
}
