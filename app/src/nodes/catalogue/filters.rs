//! Filters by accelerator, cloud and count.

use domain::node::catalogue::{AcceleratorSummary, cloud_title};
use leptos::prelude::*;

use crate::nodes::quantity::gib;
use crate::ui::{Choice, FilterSelect};

/// The parameters of the filters.
pub const FILTERS: [&str; 3] = ["accelerator", "cloud", "count"];

#[component]
pub fn Filters(accelerators: Vec<AcceleratorSummary>, clouds: Vec<String>) -> impl IntoView {
    let counts = counts(&accelerators);
    let accelerators = accelerators.into_iter().map(accelerator).collect();
    let clouds = clouds.into_iter().map(|cloud| {
        let title = cloud_title(&cloud);
        Choice::new(cloud, title)
    });
    view! {
        <FilterSelect name="accelerator" label="Accelerator" any="Any accelerator" choices=accelerators />
        <FilterSelect name="cloud" label="Cloud" any="Any cloud" choices=clouds.collect() />
        <FilterSelect name="count" label="Count" any="Any count" choices=counts />
    }
}

fn accelerator(accelerator: AcceleratorSummary) -> Choice {
    let label = match accelerator.device_memory_gib {
        Some(memory) => format!("{} · {} GiB", accelerator.name, gib(memory)),
        None => accelerator.name.clone(),
    };
    Choice::new(accelerator.name, label)
}

fn counts(accelerators: &[AcceleratorSummary]) -> Vec<Choice> {
    let counts = accelerators
        .iter()
        .flat_map(|accelerator| accelerator.counts.iter().copied());
    let counts: std::collections::BTreeSet<u32> = counts.collect();
    let choice = |count: u32| Choice::new(count.to_string(), format!("{count} per node"));
    counts.into_iter().map(choice).collect()
}
