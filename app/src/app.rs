//! The pages and their addresses.

use domain::problem::{Problem, ProblemKind};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::account::AccountPage;
use crate::api_reference::ApiReferencePage;
use crate::audit::{AuditPage, TenantAuditPage};
use crate::clusters::{ClusterPage, ClustersPage, NewClusterPage};
use crate::credentials::{CredentialPage, NewCredentialPage};
use crate::dashboard::OverviewPage;
use crate::host_clusters::HostClustersPage;
use crate::layout::Layout;
use crate::nodes::{CataloguePage, NewNodePage, NodePage, NodesPage, OrphansPage};
use crate::permissions::PermissionsPage;
use crate::plans::PlansPage;
use crate::problem_page::{NotFound, ProblemPage};
use crate::sign_in::SignInPage;
use crate::tenants::{AllTenantsPage, TeamsPage, TenantPage};
use crate::user_pools::{PoolPage, PoolUserPage};
use crate::users::{ClaimRulesPage, InvitePage, PersonPage, UsersPage};

/// The whole portal. Every page is rendered to the end before it is sent: the status is right, and without JavaScript
/// there is nothing left to wait for.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| format!("{title} · Hangar") />
        <ErrorBoundary fallback=|_| {
            let problem = Problem::new(ProblemKind::Internal, "This page could not be shown.")
                .next("Reload it; if it stays, tell your platform team.");
            view! { <ProblemPage problem=problem /> }
        }>
            <Router>
                <Routes fallback=NotFound>
                    <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                    <ParentRoute path=path!("") view=Layout ssr=SsrMode::Async>
                        <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async />
                        <Route path=path!("/clusters") view=ClustersPage ssr=SsrMode::Async />
                        <Route path=path!("/clusters/new") view=NewClusterPage ssr=SsrMode::Async />
                        <Route
                            path=path!("/clusters/:id/:tab?")
                            view=ClusterPage
                            ssr=SsrMode::Async
                        />
                        <Route path=path!("/nodes") view=NodesPage ssr=SsrMode::Async />
                        <Route
                            path=path!("/nodes/catalogue")
                            view=CataloguePage
                            ssr=SsrMode::Async
                        />
                        <Route path=path!("/nodes/new") view=NewNodePage ssr=SsrMode::Async />
                        <Route
                            path=path!("/admin/identity-provider")
                            view=PoolPage
                            ssr=SsrMode::Async
                        />
                        <Route
                            path=path!("/admin/identity-provider/:provider/:username")
                            view=PoolUserPage
                            ssr=SsrMode::Async
                        />
                        <Route path=path!("/admin/orphans") view=OrphansPage ssr=SsrMode::Async />
                        <Route
                            path=path!("/admin/host-clusters")
                            view=HostClustersPage
                            ssr=SsrMode::Async
                        />
                        <Route path=path!("/admin/plans") view=PlansPage ssr=SsrMode::Async />
                        <Route path=path!("/admin/users") view=UsersPage ssr=SsrMode::Async />
                        <Route
                            path=path!("/admin/users/claim-rules")
                            view=ClaimRulesPage
                            ssr=SsrMode::Async
                        />
                        <Route
                            path=path!("/admin/users/invite")
                            view=InvitePage
                            ssr=SsrMode::Async
                        />
                        <Route path=path!("/admin/users/:id") view=PersonPage ssr=SsrMode::Async />
                        <Route
                            path=path!("/admin/tenants")
                            view=AllTenantsPage
                            ssr=SsrMode::Async
                        />
                        <Route
                            path=path!("/tenants/:slug/audit")
                            view=TenantAuditPage
                            ssr=SsrMode::Async
                        />
                        <Route path=path!("/tenants") view=TeamsPage ssr=SsrMode::Async />
                        <Route
                            path=path!("/tenants/:slug/credentials/new")
                            view=NewCredentialPage
                            ssr=SsrMode::Async
                        />
                        <Route
                            path=path!("/tenants/:slug/credentials/:id")
                            view=CredentialPage
                            ssr=SsrMode::Async
                        />
                        <Route
                            path=path!("/tenants/:slug/:tab?")
                            view=TenantPage
                            ssr=SsrMode::Async
                        />
                        <Route path=path!("/nodes/:id/:tab?") view=NodePage ssr=SsrMode::Async />
                        <Route path=path!("/admin/audit") view=AuditPage ssr=SsrMode::Async />
                        <Route
                            path=path!("/admin/permissions")
                            view=PermissionsPage
                            ssr=SsrMode::Async
                        />
                        <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async />
                        <Route path=path!("/api") view=ApiReferencePage ssr=SsrMode::Async />
                        <Route path=path!("/*any") view=NotFound ssr=SsrMode::Async />
                    </ParentRoute>
                </Routes>
            </Router>
        </ErrorBoundary>
    }
}
