//! `/admin/plans`.

use domain::plan::Plan;
use domain::platform::PlanUse;
use leptos::prelude::*;
use leptos_meta::Title;

use super::api::load_plans;
use crate::problem_page::ProblemPage;
use crate::ui::{Badge, Cell, HeaderCell, PageHeader, Row, Skeleton, Table, Tone, waiting};

/// What can be ordered, for how much, and who has it. Nothing here can be changed.
#[component]
pub fn PlansPage() -> impl IntoView {
    let plans = Resource::new_blocking(|| (), |()| load_plans());
    let page = move || {
        Suspend::new(async move {
            match plans.await {
                Ok(plans) => view! { <Plans plans=plans /> }.into_any(),
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=6 /> }>{waiting(page)}</Transition> }
}

#[component]
fn Plans(plans: Vec<PlanUse>) -> impl IntoView {
    let head = || {
        view! {
            <HeaderCell>"Plan"</HeaderCell>
            <HeaderCell number=true>"CPU"</HeaderCell>
            <HeaderCell number=true>"Memory"</HeaderCell>
            <HeaderCell number=true>"Storage"</HeaderCell>
            <HeaderCell number=true>"Pods"</HeaderCell>
            <HeaderCell number=true>"An hour"</HeaderCell>
            <HeaderCell number=true>"In 30 days"</HeaderCell>
            <HeaderCell number=true>"Clusters"</HeaderCell>
        }
        .into_any()
    };
    view! {
        <Title text="Plans" />
        <PageHeader
            title="Plans"
            summary=|| {
                view! {
                    "The sizes that the create form offers. They are configured as "
                    <code>"[[plans]]"</code>
                    " in the portal's configuration file; a change counts from the next start on, for new clusters."
                }
            }
        />
        <section
            aria-label="Plans"
            class="bg-surface border border-line rounded-card shadow-card"
        >
            <Table caption="Plans" head=Box::new(head)>
                {plans.into_iter().map(row).collect_view()}
            </Table>
        </section>
    }
    .into_any()
}

fn row(used: PlanUse) -> impl IntoView {
    let PlanUse {
        plan,
        offered,
        price_in_30_days,
        clusters,
        clusters_as_before,
    } = used;
    let gone = (!offered).then(|| {
        view! {
            <p class="mt-1">
                <Badge tone=Tone::Idle label="Not offered any more" />
            </p>
        }
    });
    let before = (clusters_as_before > 0).then(|| {
        let text = if offered {
            format!("{clusters_as_before} as it was before")
        } else {
            format!("{clusters_as_before} with other limits or another price")
        };
        view! { <small class="block text-faint">{text}</small> }
    });
    let (cpu, memory) = (cores(&plan), memory(&plan));
    view! {
        <Row>
            <Cell wide_on_phone=true>
                <span class="font-semibold break-words">{plan.title}</span>
                <small class="block text-faint break-words">
                    <code>{plan.name}</code>
                </small>
                {gone}
            </Cell>
            {figure("CPU", cpu)}
            {figure("Memory", memory)}
            {figure("Storage", format!("{} GiB", plan.storage_gib))}
            {figure("Pods", plan.pods)}
            {figure("An hour", plan.price_per_hour.to_string())}
            {figure("In 30 days", price_in_30_days.to_string())}
            {figure("Clusters", view! { {clusters} {before} })}
        </Row>
    }
}

/// A figure, and on a phone its name at the other end of the line.
fn figure(name: &'static str, value: impl IntoView + 'static) -> impl IntoView {
    view! {
        <Cell number=true wide_on_phone=true>
            <span class="flex justify-between gap-3 md:block">
                <span class="text-muted md:hidden">{name}</span>
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
    fn parts_of_cores_and_of_gibibytes_are_told_exactly() {
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
