//! Pausing and resuming, with what that saves and costs.

use domain::cluster::{Cluster, ClusterState, PowerChange};
use domain::ids::ClusterId;
use domain::usage::UsageState;
use leptos::prelude::*;

use crate::form::{Form, FormState};
use crate::ui::{Button, ButtonKind, Card, Notice, RelativeTime, Tone};

/// The change that the state allows, and what it means; or why there is none.
#[component]
pub fn Power(cluster: Cluster, pause: FormState, resume: FormState) -> impl IntoView {
    let id = cluster.id;
    let running = cluster.plan.price(UsageState::Running);
    let paused = cluster.plan.price(UsageState::Paused);
    let content = if cluster.allowed.pause {
        view! {
            <p class="mb-3">
                {format!(
                    "A paused cluster costs {paused} instead of {running} an hour. Its pods stop; its data, address and kubeconfig stay. Only a person or the schedule resumes it.",
                )}
            </p>
            <Form state=pause>
                <input type="hidden" name="id" value=id.to_string() />
                <Button>"Pause cluster"</Button>
            </Form>
        }
        .into_any()
    } else if cluster.allowed.resume {
        view! {
            <p class="mb-3">
                {format!(
                    "The cluster costs {running} an hour again. It takes about a minute to start; its workloads start with it.",
                )}
            </p>
            <ResumeForm id=id form=resume />
        }
        .into_any()
    } else {
        match cluster.state {
            ClusterState::Resuming | ClusterState::Pausing => {
                "The Overview tab shows the progress."
            }
            ClusterState::Failed => "A cluster that failed cannot be paused.",
            _ => "You can pause the cluster when it is ready.",
        }
        .into_any()
    };
    view! { <Card title="Pause and resume">{content}</Card> }.into_any()
}

/// Above the progress of a cluster that is paused, or is about to be: since when, by whom, and the way back.
#[component]
pub fn PauseNotice(cluster: Cluster, resume: FormState) -> impl IntoView {
    let power = cluster.power.clone().filter(|power| power.paused)?;
    let form = cluster.allowed.resume;
    let form = form.then(|| view! { <ResumeForm id=cluster.id form=resume /> });
    let title = match cluster.state {
        ClusterState::Pausing => "Pausing",
        _ => "Paused",
    };
    Some(
        view! {
            <div data-power="paused">
                <Notice tone=Tone::Idle title=title>
                    <p class="mb-3">
                        {changed(&power)} " Its data, address and kubeconfig stay."
                    </p>
                    {form}
                </Notice>
            </div>
        }
        .into_any(),
    )
}

/// `Paused 2 hours ago by Ada.`
pub fn changed(power: &PowerChange) -> impl IntoView + use<> {
    let change = if power.paused { "Paused " } else { "Resumed " };
    let cause = format!(" {}.", power.by);
    view! {
        {change}
        <RelativeTime at=power.at />
        {cause}
    }
}

#[component]
fn ResumeForm(id: ClusterId, form: FormState) -> impl IntoView {
    view! {
        <Form state=form>
            <input type="hidden" name="id" value=id.to_string() />
            <Button kind=ButtonKind::Primary>"Resume cluster"</Button>
        </Form>
    }
    .into_any()
}
