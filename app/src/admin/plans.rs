//! `/admin/plans`: the plans of the configuration and of existing clusters, with their usage.

use domain::plan::Plan;
use domain::platform::PlanUse;
use leptos::prelude::*;

use crate::page::{PageRequest, PageResult, hide_forbidden};
use crate::ui::{Badge, Cell, Column, PageHeader, Row, Table, Tone};

const COLUMNS: &[Column] = &[
    Column::text("Plan"),
    Column::number("CPU"),
    Column::number("Memory"),
    Column::number("Storage"),
    Column::number("Pods"),
    Column::number("Per hour"),
    Column::number("Per 30 days"),
    Column::number("Clusters"),
];

pub async fn plans(request: PageRequest) -> PageResult {
    let plans = request.core.platform.plans(&request.caller).await;
    let plans = plans.map_err(hide_forbidden)?;
    Ok(request.show("Plans", move || view! { <Plans plans=plans /> }))
}

#[component]
fn Plans(plans: Vec<PlanUse>) -> impl IntoView {
    let rows = plans.into_iter().map(row).collect::<Vec<_>>();
    view! {
        <PageHeader
            title="Plans"
            summary=|| {
                view! {
                    "The cluster sizes that users can choose. Plans are configured as "
                    <code>"[[plans]]"</code>
                    " in the portal's configuration file. Changes apply to new clusters after a restart."
                }
            }
        />
        <section
            aria-label="Plans"
            class="bg-surface border border-line rounded-card shadow-card"
        >
            <Table caption="Plans" columns=COLUMNS rows=rows />
        </section>
    }
    .into_any()
}

fn row(used: PlanUse) -> AnyView {
    let PlanUse {
        plan,
        offered,
        price_in_30_days,
        clusters,
        clusters_as_before,
    } = used;
    let removed = (!offered).then(|| {
        view! {
            <p class="mt-1">
                <Badge tone=Tone::Idle label="No longer offered" />
            </p>
        }
    });
    let before = (clusters_as_before > 0).then(|| {
        let text = if offered {
            format!("{clusters_as_before} with earlier limits or price")
        } else {
            format!("{clusters_as_before} with other limits or another price")
        };
        view! { <small class="block text-faint">{text}</small> }
    });
    let (cpu, memory) = (cores(&plan), memory(&plan));
    view! {
        <Row>
            <Cell wide_on_small=true>
                <span class="font-semibold break-words">{plan.title}</span>
                <small class="block text-faint break-words">
                    <code>{plan.name}</code>
                </small>
                {removed}
            </Cell>
            {figure("CPU", cpu)}
            {figure("Memory", memory)}
            {figure("Storage", format!("{} GiB", plan.storage_gib))}
            {figure("Pods", plan.pods)}
            {figure("Per hour", plan.price_per_hour.to_string())}
            {figure("Per 30 days", price_in_30_days.to_string())}
            {figure("Clusters", view! { {clusters} {before} })}
        </Row>
    }
    .into_any()
}

/// A figure, and on a small screen its name at the other end of the line.
fn figure(name: &'static str, value: impl IntoView + 'static) -> impl IntoView {
    view! {
        <Cell number=true wide_on_small=true>
            <span class="flex justify-between gap-3 lg:block">
                <span class="text-muted lg:hidden">{name}</span>
                <span class="text-right whitespace-nowrap">{value}</span>
            </span>
        </Cell>
    }
}

fn cores(plan: &Plan) -> String {
    let (cores, millis) = (plan.cpu_millis / 1000, plan.cpu_millis % 1000);
    if millis == 0 {
        return cores.to_string();
    }
    let digits = format!("{millis:03}");
    format!("{cores}.{}", digits.trim_end_matches('0'))
}

fn memory(plan: &Plan) -> String {
    if plan.memory_mib.is_multiple_of(1024) {
        format!("{} GiB", plan.memory_mib / 1024)
    } else {
        format!("{} MiB", plan.memory_mib)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_cores_and_gibibytes_are_exact() {
        let plan = |cpu_millis, memory_mib| Plan {
            cpu_millis,
            memory_mib,
            ..Plan::defaults().remove(0)
        };
        assert_eq!(cores(&plan(2000, 1024)), "2");
        assert_eq!(cores(&plan(500, 1024)), "0.5");
        assert_eq!(cores(&plan(1025, 1024)), "1.025");
        assert_eq!(memory(&plan(500, 2048)), "2 GiB");
        assert_eq!(memory(&plan(500, 1536)), "1536 MiB");
    }
}
