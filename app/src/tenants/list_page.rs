//! `/admin/tenants`: all of them, and the form for a new one.

use domain::access::PlatformAction;
use domain::tenancy::TenantSummary;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::{TenantList, list_tenants};
use super::create_form::CreateForm;
use crate::layout::OnlyForAdmins;
use crate::plain_form::provide_returned;
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{
    Badge, Cell, Chip, Chips, Empty, EmptyState, HeaderCell, PageHeader, Row, Skeleton, Table,
    Tone, waiting,
};

/// For platform admins.
#[component]
pub fn AllTenantsPage() -> impl IntoView {
    view! {
        <OnlyForAdmins action=PlatformAction::ManageTenants>
            <AllTenants />
        </OnlyForAdmins>
    }
}

#[component]
fn AllTenants() -> impl IntoView {
    let query = use_query_map();
    let archived = Memo::new(move |_| {
        query.with(|query| query.get("archived").is_some_and(|word| word == "true"))
    });
    let tenants = Resource::new_blocking(move || archived.get(), list_tenants);
    let list = move || {
        Suspend::new(async move {
            match tenants.await {
                Ok(TenantList { tenants, .. }) => view! { <Listing tenants=tenants /> }.into_any(),
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    // What was wrong with a plain form is known from the first answer; the form stays when the list changes.
    let form = Suspend::new(async move {
        let problem = tenants.await.ok().and_then(|list| list.problem);
        provide_returned(problem);
        view! { <CreateForm /> }
    });
    let chips = move || {
        let with_archived = routes::with_query(routes::ALL_TENANTS, [("archived", "true")]);
        let chip = |label, href, chosen| Chip {
            label,
            count: None,
            href,
            chosen,
        };
        vec![
            chip("In use", routes::ALL_TENANTS.to_owned(), !archived.get()),
            chip("With archived", with_archived, archived.get()),
        ]
    };
    view! {
        <Title text="Tenants" />
        <PageHeader
            title="Tenants"
            summary=|| "Teams and customers, and what they have"
        />
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.9fr)_minmax(0,1fr)]">
            <section
                aria-label="List of tenants"
                class="bg-surface border border-line rounded-card shadow-card min-w-0"
            >
                <div class="px-4 py-3 border-b border-line">
                    {move || view! { <Chips label="Filters" chips=chips() /> }}
                </div>
                <Transition fallback=|| view! { <Skeleton lines=6 /> }>{waiting(list)}</Transition>
            </section>
            <Suspense fallback=|| view! { <Skeleton lines=3 /> }>{form}</Suspense>
        </div>
    }
    .into_any()
}

#[component]
fn Listing(tenants: Vec<TenantSummary>) -> impl IntoView {
    if tenants.is_empty() {
        return view! {
            <EmptyState
                why=Empty::NothingYet
                title="No tenants yet"
                text="Clusters, nodes and credentials belong to tenants. Create the first one."
            />
        }
        .into_any();
    }
    view! { <TenantTable tenants=tenants /> }.into_any()
}

/// Tenants with what is in them.
#[component]
pub fn TenantTable(tenants: Vec<TenantSummary>) -> impl IntoView {
    let head = || {
        view! {
            <HeaderCell>"Tenant"</HeaderCell>
            <HeaderCell number=true>"Members"</HeaderCell>
            <HeaderCell>"Environments"</HeaderCell>
            <HeaderCell number=true>"Clusters"</HeaderCell>
            <HeaderCell number=true>"Nodes"</HeaderCell>
        }
        .into_any()
    };
    view! {
        <Table caption="Tenants" head=Box::new(head)>
            {tenants.into_iter().map(row).collect_view()}
        </Table>
    }
    .into_any()
}

fn row(summary: TenantSummary) -> impl IntoView {
    let tenant = summary.tenant;
    let environments: Vec<_> = summary
        .environments
        .into_iter()
        .map(|environment| environment.name)
        .collect();
    let environments = if environments.is_empty() {
        "none".to_owned()
    } else {
        environments.join(", ")
    };
    let members = summary.members;
    let clusters = summary.clusters;
    let nodes = summary.nodes;
    view! {
        <Row>
            <Cell>
                <a
                    href=routes::tenant(&tenant.slug)
                    class="font-semibold break-words hover:text-accent-text"
                >
                    {tenant.name}
                </a>
                <small class="block text-faint break-words">{tenant.slug.clone()}</small>
                {summary
                    .archived_at
                    .map(|_| view! { <Badge tone=Tone::Idle label="Archived" /> })}
            </Cell>
            <Cell number=true>
                {members}
                <span class="md:hidden text-muted">{if members == 1 { " member" } else { " members" }}</span>
            </Cell>
            <Cell>
                <span class="text-muted break-words">{environments}</span>
            </Cell>
            <Cell number=true>
                {clusters}
                <span class="md:hidden text-muted">
                    {if clusters == 1 { " cluster" } else { " clusters" }}
                </span>
            </Cell>
            <Cell number=true not_on_phone=true>
                {nodes}
            </Cell>
        </Row>
    }
}
