//! The pages by their addresses.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware;
use axum::routing::{get, post};

use crate::admin::{self, host_clusters, identity_provider, orphans, users};
use crate::form::submit::{Forms, submit};
use crate::site::Site;
use crate::tenants::{self, credentials};
use crate::{account, api, audit, clusters, document, nodes, overview, sign_in, usage};

/// Routes of pages, and the list of their paths for tests that go through all of them.
#[derive(Default)]
struct Pages {
    router: Router<Site>,
    paths: Vec<&'static str>,
}

impl Pages {
    fn page<H, T>(mut self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        self.router = self.router.route(path, get(handler));
        self.paths.push(path);
        self
    }
}

fn pages() -> Pages {
    Pages::default()
        .page("/sign-in", sign_in::page)
        .page("/", overview::overview)
        .page("/clusters", clusters::list)
        .page("/clusters/new", clusters::new)
        .page("/clusters/{id}", clusters::detail)
        .page("/clusters/{id}/{tab}", clusters::detail)
        .page("/nodes", nodes::list)
        .page("/nodes/catalogue", nodes::catalogue)
        .page("/admin/orphans", orphans::list)
        .page("/nodes/new", nodes::new)
        .page("/tenants", tenants::list)
        .page("/tenants/{slug}", tenants::detail)
        .page("/tenants/{slug}/{tab}", tenants::detail)
        .page("/tenants/{slug}/audit", audit::tenant_list)
        .page("/tenants/{slug}/credentials/new", credentials::new)
        .page("/tenants/{slug}/credentials/{id}", credentials::detail)
        .page("/usage", usage::usage)
        .page("/account", account::account)
        .page("/api", api::api_reference)
        .page("/admin/audit", audit::list)
        .page("/admin/host-clusters", host_clusters::list)
        .page("/admin/identity-provider", identity_provider::list)
        .page(
            "/admin/identity-provider/{provider}/{username}",
            identity_provider::detail,
        )
        .page("/admin/permissions", admin::permissions)
        .page("/admin/plans", admin::plans)
        .page("/admin/tenants", tenants::admin_list)
        .page("/admin/users", users::list)
        .page("/admin/users/invite", users::invite)
        .page("/admin/users/claim-rules", users::claim_rules)
        .page("/admin/users/sessions", users::sessions)
        .page("/admin/users/{id}", users::detail)
        .page("/nodes/{id}", nodes::detail)
        .page("/nodes/{id}/{tab}", nodes::detail)
}

/// Every page, and the server functions that their forms send to.
pub fn routes(site: Site) -> Router {
    let pages = pages()
        .router
        .with_state(site.clone())
        .layer(middleware::from_fn_with_state(site.clone(), document::wrap));
    let forms = Forms {
        site,
        pages: pages.clone(),
    };
    let functions = Router::new()
        .route("/rpc/{function}", post(submit))
        .with_state(forms);
    pages.merge(functions)
}

/// Paths of the pages.
pub fn page_paths() -> Vec<&'static str> {
    pages().paths
}

/// Methods and paths of the server functions.
pub fn function_paths() -> Vec<(Method, &'static str)> {
    leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (method, path))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_two_pages_have_the_same_address() {
        // The router panics where two overlap.
        assert!(super::page_paths().contains(&"/admin/users/{id}"));
    }
}
