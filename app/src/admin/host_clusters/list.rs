//! A card for each host cluster.

use domain::platform::HostCluster;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::check::Check;
use super::functions::CheckHostCluster;
use crate::form::FormState;
use crate::page::{PageRequest, PageResult, hide_forbidden};
use crate::ui::{Badge, Card, Empty, EmptyState, Fact, Facts, PageHeader, Tone};

pub async fn list(request: PageRequest) -> PageResult {
    let hosts = request.core.platform.host_clusters(&request.caller).await;
    let hosts = hosts.map_err(hide_forbidden)?;
    let form = request.form(CheckHostCluster::url());
    let view = move || {
        view! {
            <PageHeader
                title="Host clusters"
                summary=|| {
                    view! {
                        "The Kubernetes clusters that virtual clusters run on. They are configured as "
                        <code>"[hosts.NAME]"</code> " in the portal's configuration file."
                    }
                }
            />
            <Hosts hosts=hosts form=form />
        }
    };
    Ok(request.show("Host clusters", view))
}

#[component]
fn Hosts(hosts: Vec<HostCluster>, form: FormState) -> impl IntoView {
    if hosts.is_empty() {
        return view! {
            <section class="bg-surface border border-line rounded-card shadow-card">
                <EmptyState
                    why=Empty::NothingYet
                    title="No host clusters"
                    text="Clusters need a Kubernetes cluster to run on. Add one to the portal's configuration as [hosts.NAME]."
                />
            </section>
        }
        .into_any();
    }
    let cards = hosts.into_iter().map(|host| {
        let form = form.clone().keyed(&host.name);
        view! { <HostCard host=host form=form /> }
    });
    view! {
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-2">
            {cards.collect_view()}
        </div>
    }
    .into_any()
}

#[component]
fn HostCard(host: HostCluster, form: FormState) -> impl IntoView {
    let badge = if !host.configured {
        Some((Tone::Bad, "Removed from the configuration"))
    } else if host.takes_new_clusters {
        Some((Tone::Ok, "Used for new clusters"))
    } else {
        None
    };
    let badge = badge.map(|(tone, label)| view! { <Badge tone=tone label=label /> });
    let exposure = host.configured.then(|| {
        let exposures: Vec<_> = host.exposures.iter().map(|kind| kind.title()).collect();
        let domain = match host.ingress_domain {
            Some(domain) => view! { <code>{domain}</code> }.into_any(),
            None => view! { <span class="text-muted">"none"</span> }.into_any(),
        };
        view! {
            <Fact name="Exposure">{exposures.join(", ")}</Fact>
            <Fact name="Ingress domain">{domain}</Fact>
        }
    });
    let need_attention = match host.need_attention {
        0 => "none".into_any(),
        count => view! { <span class="text-bad font-semibold">{count}</span> }.into_any(),
    };
    let check = if host.configured {
        view! { <Check host=host.name.clone() form=form /> }.into_any()
    } else {
        view! {
            <p class="text-muted">
                "The portal cannot reach the clusters on this host. Add the host to the configuration again to manage or delete them."
            </p>
        }
        .into_any()
    };
    view! {
        <Card title=host.name aside=move || badge>
            <Facts>
                {exposure}
                <Fact name="Clusters">{host.clusters}</Fact>
                <Fact name="Need attention">{need_attention}</Fact>
                <Fact name="Cost per hour">{host.price_per_hour.to_string()}</Fact>
            </Facts>
            <div class="mt-3.5 pt-3.5 border-t border-line">{check}</div>
        </Card>
    }
    .into_any()
}
