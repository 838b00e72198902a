//! The sizes of clusters.

use super::fault::Faults;
use domain::{money::MicroDollars, plan::Plan};
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanSection {
    pub name: String,
    /// The display name; by default the name with a capital letter.
    pub title: Option<String>,
    /// Cores for the workloads; fractions are allowed.
    pub cpu: f64,
    /// Memory for the workloads, in GiB; fractions are allowed.
    pub memory_gib: f64,
    /// Total size of volumes, in GiB.
    pub storage_gib: u32,
    /// Number of pods.
    pub pods: u32,
    #[serde(default)]
    pub price_per_hour: f64,
    /// By default the price of a running cluster.
    pub paused_price_per_hour: Option<f64>,
    /// By default unlimited.
    pub max_lifetime_hours: Option<u32>,
}

/// The plans; by default the three built-in ones.
pub fn read(sections: Vec<PlanSection>, faults: &mut Faults) -> Vec<Plan> {
    if sections.is_empty() {
        return Plan::defaults();
    }
    let mut plans: Vec<Plan> = Vec::new();
    for (index, section) in sections.into_iter().enumerate() {
        let key = |field: &str| format!("plans[{index}].{field}");
        if !super::is_slug(&section.name) {
            faults.add(key("name"), super::SLUG_RULE);
        }
        if plans.iter().any(|plan| plan.name == section.name) {
            faults.add(key("name"), format!("`{}` is used twice", section.name));
        }
        let mut amount = |field: &str, value: f64, least: f64, most: f64| {
            if !(least..=most).contains(&value) {
                faults.add(key(field), format!("must be between {least} and {most}"));
            }
            value
        };
        let cpu = amount("cpu", section.cpu, 0.1, 10_000.0);
        let memory = amount("memory_gib", section.memory_gib, 0.125, 100_000.0);
        let price = amount("price_per_hour", section.price_per_hour, 0.0, 100_000.0);
        let paused = section.paused_price_per_hour.map_or(price, |paused| {
            amount("paused_price_per_hour", paused, 0.0, 100_000.0)
        });
        if let Some(hours) = section.max_lifetime_hours {
            amount("max_lifetime_hours", hours.into(), 1.0, 8_760.0);
        }
        amount("storage_gib", section.storage_gib.into(), 1.0, 1_000_000.0);
        amount("pods", section.pods.into(), 1.0, 100_000.0);
        plans.push(Plan {
            title: section.title.unwrap_or_else(|| super::title(&section.name)),
            name: section.name,
            cpu_millis: (cpu * 1000.0).round() as u32,
            memory_mib: (memory * 1024.0).round() as u32,
            storage_gib: section.storage_gib,
            pods: section.pods,
            price_per_hour: dollars(price),
            paused_price_per_hour: dollars(paused),
            max_lifetime_hours: section.max_lifetime_hours,
        });
    }
    plans
}

fn dollars(price: f64) -> MicroDollars {
    MicroDollars((price * 1_000_000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(name: &str) -> PlanSection {
        PlanSection {
            name: name.into(),
            title: None,
            cpu: 0.5,
            memory_gib: 1.5,
            storage_gib: 5,
            pods: 10,
            price_per_hour: 0.08,
            paused_price_per_hour: None,
            max_lifetime_hours: None,
        }
    }

    #[test]
    fn a_plan_is_read_in_the_units_people_write() {
        let mut faults = Faults::default();
        let plans = read(vec![section("tiny")], &mut faults);
        assert!(faults.is_empty(), "{faults}");
        assert_eq!(plans[0].cpu_millis, 500);
        assert_eq!(plans[0].memory_mib, 1536);
        assert_eq!(plans[0].price_per_hour, MicroDollars(80_000));
        assert_eq!(plans[0].title, "Tiny");
    }

    #[test]
    fn a_paused_cluster_costs_as_much_as_a_running_one_unless_its_plan_says_less() {
        let mut cheaper = section("b");
        cheaper.paused_price_per_hour = Some(0.01);
        let plans = read(vec![section("a"), cheaper], &mut Faults::default());
        let paused = plans.iter().map(|plan| plan.paused_price_per_hour.0);
        assert_eq!(paused.collect::<Vec<_>>(), [80_000, 10_000]);
    }

    #[test]
    fn each_fault_of_a_plan_is_named() {
        let mut bad = section("Tiny Plan");
        bad.cpu = 0.0;
        bad.pods = 0;
        bad.price_per_hour = f64::NAN;
        bad.paused_price_per_hour = Some(-1.0);
        bad.max_lifetime_hours = Some(0);
        let mut faults = Faults::default();
        read(vec![section("a"), bad, section("a")], &mut faults);
        let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
        assert_eq!(
            keys,
            [
                "plans[1].name",
                "plans[1].cpu",
                "plans[1].price_per_hour",
                "plans[1].paused_price_per_hour",
                "plans[1].max_lifetime_hours",
                "plans[1].pods",
                "plans[2].name"
            ]
        );
    }
}
