//! What others changed on the host cluster, and the way to put it right.

use domain::cluster::Cluster;
use domain::drift::{Drift, DriftChange, Restoration};
use domain::failure::FailureCode;
use leptos::prelude::*;

use crate::form::{Form, FormState};
use crate::ui::{Button, Notice, RelativeTime, Tone};

/// Nothing for a cluster that is as it was applied and runs.
#[component]
pub fn DriftCard(cluster: Cluster, form: FormState) -> impl IntoView {
    let report = cluster.drift.clone();
    let failure = cluster.failure.as_ref();
    let is_stopped = failure.is_some_and(|failure| failure.code == FailureCode::Stopped);
    let restored = report.restored.map(restored);
    let found = (!report.found.is_empty()).then(|| found(report.found));
    let button = (found.is_some() || is_stopped) && cluster.allowed.restore;
    let button = button.then(|| {
        view! {
            <div data-drift="restore">
                <Form state=form>
                    <input type="hidden" name="id" value=cluster.id.to_string() />
                    <Button>"Restore cluster"</Button>
                </Form>
            </div>
        }
    });
    view! {
        {found}
        {button}
        {restored}
    }
    .into_any()
}

fn found(drift: Vec<Drift>) -> impl IntoView {
    let isolation = drift.iter().any(|drift| drift.isolation);
    let tone = if isolation { Tone::Bad } else { Tone::Idle };
    view! {
        <div data-drift="found">
            <Notice tone=tone title="Changed on the host cluster">
                <p>
                    "These objects are not as the portal applied them. Objects that isolate the cluster are put right automatically. Restore the cluster to put the others right."
                </p>
                {list(drift)}
            </Notice>
        </div>
    }
}

fn restored(restoration: Restoration) -> impl IntoView {
    view! {
        <div data-drift="restored">
            <Notice tone=Tone::Idle title="Changes on the host cluster were put right">
                <p>
                    <RelativeTime at=restoration.at />
                    ":"
                </p>
                {list(restoration.objects)}
            </Notice>
        </div>
    }
}

fn list(drift: Vec<Drift>) -> impl IntoView {
    let line = |drift: Drift| {
        let change = match drift.change {
            DriftChange::Missing => "deleted",
            DriftChange::Changed => "changed",
            DriftChange::Added => "added",
        };
        let fields = (!drift.fields.is_empty()).then(|| format!(": {}", drift.fields.join(", ")));
        view! {
            <li class="break-words">
                <code>{drift.object}</code>
                " "
                {change}
                {fields}
            </li>
        }
    };
    view! { <ul class="prose-list">{drift.into_iter().map(line).collect_view()}</ul> }
}
