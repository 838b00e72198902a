//! Price, expiry, and the objects that will be created. Stays in view beside the form.

use domain::order::OrderOptions;
use domain::plan::Plan;
use jiff::SignedDuration;
use leptos::prelude::*;

use super::draft::Draft;
use crate::ui::{Card, Fact, Facts, now};

#[component]
pub fn Summary(
    options: OrderOptions,
    draft: Draft,
    /// The usage of the environment's limits with this cluster in it.
    usage_after: Option<String>,
    /// The buttons.
    children: Children,
) -> impl IntoView {
    let plan = options.plans.iter().find(|plan| plan.name == draft.plan);
    let (price, price_note) = match (plan, draft.hours()) {
        (Some(plan), Some(hours)) => (
            plan.price_per_hour
                .times_hours(i64::from(hours))
                .to_string(),
            format!("for {} at {}/h", hours_in_words(hours), plan.price_per_hour),
        ),
        (Some(plan), None) => {
            let month = plan.price_per_hour.times_hours(24 * 30);
            (
                format!("{}/h", plan.price_per_hour),
                format!("until deleted · {month} for 30 days"),
            )
        }
        (None, _) => ("—".to_owned(), "Choose a plan.".to_owned()),
    };
    let expires = match draft.hours() {
        Some(hours) => now()
            .checked_add(SignedDuration::from_hours(i64::from(hours)))
            .map(|at| at.strftime("%a %-d %b, %H:%M UTC").to_string())
            .unwrap_or_default(),
        None => "when deleted".to_owned(),
    };
    let limits = plan.map(Plan::limits).unwrap_or_default();
    let objects = objects(&options, &draft)
        .into_iter()
        .map(|object| view! { <li class="break-words">{object}</li> })
        .collect_view();
    let usage_after = usage_after.map(|usage| view! { <Fact name="Usage after">{usage}</Fact> });
    view! {
        <div class="grid grid-cols-1 gap-3.5 min-w-0 lg:sticky lg:top-5">
            <Card title="Summary">
                <p class="text-figure font-semibold tabular-nums" aria-live="polite" data-testid="price">
                    {price}
                </p>
                <p class="text-muted">{price_note}</p>
                <hr class="border-t border-line my-3.5" />
                <Facts>
                    <Fact name="Expires">{expires}</Fact>
                    <Fact name="Limits">{limits}</Fact>
                    {usage_after}
                    <Fact name="Host cluster">{options.host.clone()}</Fact>
                </Facts>
                <hr class="border-t border-line my-3.5" />
                {children()}
            </Card>
            <Card title="Objects on the host cluster">
                <ul class="prose-list text-muted text-small">{objects}</ul>
            </Card>
        </div>
    }
    .into_any()
}

/// The objects on the host cluster, in the order they are created.
fn objects(options: &OrderOptions, draft: &Draft) -> Vec<String> {
    let name = if draft.name.is_empty() {
        "NAME"
    } else {
        &draft.name
    };
    let plan = options.plans.iter().find(|plan| plan.name == draft.plan);
    let mut objects = vec![format!("Namespace vcluster-{name} on {}", options.host)];
    if let Some(plan) = plan {
        objects.push(format!(
            "ResourceView quota and limit range: {}, {} pods",
            plan.limits(),
            plan.pods
        ));
    }
    objects.push("Network policies that isolate its workloads".to_owned());
    objects.push("Service accounts and a role inside the namespace".to_owned());
    objects.push(format!(
        "Control plane {}: one pod with a volume of 5 GiB",
        draft.kubernetes_version
    ));
    objects.push(match draft.exposure.as_str() {
        "load_balancer" => "Service with a load balancer's address".to_owned(),
        "node_port" => "Service with a port on the host's nodes".to_owned(),
        "ingress" if draft.ingress_host.is_empty() => {
            "Service and an ingress for your host name".to_owned()
        }
        "ingress" => format!("Service and an ingress for {}", draft.ingress_host),
        _ => "Service inside the host cluster".to_owned(),
    });
    objects
}

fn hours_in_words(hours: u32) -> String {
    match hours {
        1 => "1 hour".to_owned(),
        hours if hours > 24 && hours.is_multiple_of(24) => format!("{} days", hours / 24),
        hours => format!("{hours} hours"),
    }
}
