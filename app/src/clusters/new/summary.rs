//! What one gets: price, end, and the objects that will be made. Stays in view beside the form.

use domain::order::OrderOptions;
use domain::plan::Plan;
use jiff::SignedDuration;
use leptos::prelude::*;

use super::draft::Draft;
use crate::ui::{Card, Facts};

/// Follows the form as it changes.
#[component]
pub fn Summary(
    options: OrderOptions,
    draft: RwSignal<Draft>,
    /// How much of the environment's limits is in use once it is there.
    #[prop(into)]
    after: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    let options = StoredValue::new(options);
    let plan = move || {
        let name = draft.with(|draft| draft.plan.clone());
        options.with_value(|options| options.plans.iter().find(|plan| plan.name == name).cloned())
    };
    let hours = move || draft.with(Draft::hours);
    let price = move || match (plan(), hours()) {
        (Some(plan), Some(hours)) => plan
            .price_per_hour
            .times_hours(i64::from(hours))
            .to_string(),
        (Some(plan), None) => format!("{}/h", plan.price_per_hour),
        (None, _) => "—".to_owned(),
    };
    let price_note = move || match (plan(), hours()) {
        (Some(plan), Some(hours)) => {
            format!("for {} at {}/h", hours_words(hours), plan.price_per_hour)
        }
        (Some(plan), None) => {
            let month = plan.price_per_hour.times_hours(24 * 30);
            format!("until you delete it · {month} in 30 days")
        }
        (None, _) => "choose a plan".to_owned(),
    };
    let ends = move || match hours() {
        Some(hours) => options
            .with_value(|options| options.now)
            .checked_add(SignedDuration::from_hours(i64::from(hours)))
            .map(|at| at.strftime("%a %-d %b, %H:%M UTC").to_string())
            .unwrap_or_default(),
        None => "when you delete it".to_owned(),
    };
    let limits = move || plan().as_ref().map(Plan::limits);
    let objects = move || {
        let draft = draft.get();
        let objects = options.with_value(|options| objects(options, &draft));
        objects
            .into_iter()
            .map(|object| view! { <li class="break-words">{object}</li> })
            .collect_view()
    };
    view! {
        <div class="grid grid-cols-1 gap-3.5 min-w-0 lg:sticky lg:top-5">
            <Card title="What you get">
                <p class="text-figure font-semibold tabular-nums" aria-live="polite">
                    {price}
                </p>
                <p class="text-muted">{price_note}</p>
                <hr class="border-t border-line my-3.5" />
                <Facts>
                    <Fact name="Ends" value=ends />
                    <Fact name="Limits" value=move || limits().unwrap_or_default() />
                    {move || after.get().map(|after| view! { <Fact name="After this" value=move || after.clone() /> })}
                    <Fact name="Host" value=move || options.with_value(|options| options.host.clone()) />
                </Facts>
                <hr class="border-t border-line my-3.5" />
                {children()}
            </Card>
            <Card title="What will be made">
                <ul class="prose-list text-muted text-small">{objects}</ul>
            </Card>
        </div>
    }
    .into_any()
}

#[component]
fn Fact<F>(name: &'static str, value: F) -> impl IntoView
where
    F: Fn() -> String + Send + Sync + 'static,
{
    view! {
        <div class="flex justify-between gap-4">
            <dt class="text-muted">{name}</dt>
            <dd class="text-right tabular-nums">{value}</dd>
        </div>
    }
    .into_any()
}

/// The objects on the host, in the order they are made.
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
            "Resource quota and limit range: {}, {} pods",
            plan.limits(),
            plan.pods
        ));
    }
    objects.push("Network policies that keep its workloads apart from others".to_owned());
    objects.push("Service accounts and a role inside of the namespace".to_owned());
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
        _ => "Service inside of the host cluster".to_owned(),
    });
    objects
}

fn hours_words(hours: u32) -> String {
    match hours {
        1 => "1 hour".to_owned(),
        hours if hours > 24 && hours.is_multiple_of(24) => format!("{} days", hours / 24),
        hours => format!("{hours} hours"),
    }
}
