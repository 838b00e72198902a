//! `/admin/host-clusters`.

use domain::platform::{HostCheck, HostCluster};
use domain::problem::Problem;
use leptos::prelude::*;
use leptos_meta::Title;

use super::api::{HostClustersView, load_host_clusters};
use super::check::Check;
use crate::problem_page::{ProblemPage, problem_notice};
use crate::ui::{
    Badge, Card, Clock, Empty, EmptyState, Fact, Facts, PageHeader, Skeleton, Tone, waiting,
};

/// A card for each.
#[component]
pub fn HostClustersPage() -> impl IntoView {
    let hosts = Resource::new_blocking(|| (), |()| load_host_clusters());
    let clock = Clock::provide();
    let page = move || {
        Suspend::new(async move {
            match hosts.await {
                Ok(view) => {
                    clock.sync(view.now);
                    view! { <Hosts view=view /> }.into_any()
                }
                Err(refusal) => view! { <ProblemPage problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Transition> }
}

#[component]
fn Hosts(view: HostClustersView) -> impl IntoView {
    let HostClustersView { hosts, checked, .. } = view;
    // Only a form that somebody changed names a host that is not there.
    let homeless = checked.clone().and_then(|(name, answer)| {
        let there = hosts
            .iter()
            .any(|host| host.configured && host.name == name);
        answer.err().filter(|_| !there).map(problem_notice)
    });
    let list = if hosts.is_empty() {
        view! {
            <section class="bg-surface border border-line rounded-card shadow-card">
                <EmptyState
                    why=Empty::NothingYet
                    title="No host cluster"
                    text="No cluster can be made until the portal's configuration names a Kubernetes cluster as [hosts.NAME]."
                />
            </section>
        }
        .into_any()
    } else {
        let cards = hosts.into_iter().map(|host| {
            let answer = checked
                .as_ref()
                .filter(|(name, _)| *name == host.name)
                .map(|(_, answer)| answer.clone());
            view! { <HostCard host=host answer=answer /> }
        });
        view! {
            <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-2">
                {cards.collect_view()}
            </div>
        }
        .into_any()
    };
    view! {
        <Title text="Host clusters" />
        <PageHeader
            title="Host clusters"
            summary=|| {
                view! {
                    "The Kubernetes clusters that virtual clusters are put on. They are configured as "
                    <code>"[hosts.NAME]"</code> " in the portal's configuration file."
                }
            }
        />
        <div class="mb-4 empty:hidden">{homeless}</div>
        {list}
    }
    .into_any()
}

#[component]
fn HostCard(host: HostCluster, answer: Option<Result<HostCheck, Problem>>) -> impl IntoView {
    let badge = if !host.configured {
        Some((Tone::Bad, "Not in the configuration any more"))
    } else if host.takes_new_clusters {
        Some((Tone::Ok, "New clusters go here"))
    } else {
        None
    };
    let badge = badge.map(|(tone, label)| view! { <Badge tone=tone label=label /> });
    let reached = host.configured.then(|| {
        let ways: Vec<_> = host.exposures.iter().map(|kind| kind.title()).collect();
        let domain = match host.ingress_domain {
            Some(domain) => view! { <code>{domain}</code> }.into_any(),
            None => view! { <span class="text-muted">"none"</span> }.into_any(),
        };
        view! {
            <Fact name="Reached by">{ways.join(", ")}</Fact>
            <Fact name="Ingress domain">{domain}</Fact>
        }
    });
    let need = match host.need_somebody {
        0 => view! { "none" }.into_any(),
        count => view! { <span class="text-bad font-semibold">{count}</span> }.into_any(),
    };
    let check = if host.configured {
        view! { <Check host=host.name.clone() answer=answer /> }.into_any()
    } else {
        view! {
            <p class="text-muted">
                "The portal cannot reach the clusters on it. Put it back into the configuration to look after them or to delete them."
            </p>
        }
        .into_any()
    };
    view! {
        <Card title=host.name.clone() aside=move || badge>
            <Facts>
                {reached}
                <Fact name="Clusters">{host.clusters}</Fact>
                <Fact name="Need somebody">{need}</Fact>
                <Fact name="Cost an hour">{host.price_per_hour.to_string()}</Fact>
            </Facts>
            <div class="mt-3.5 pt-3.5 border-t border-line">{check}</div>
        </Card>
    }
    .into_any()
}
