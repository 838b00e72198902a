//! What each route needs. A new route gets a line here, with an address and a body that would do what the route is for
//! if whoever asks may; where that would change something that other lines need, a body that is refused afterwards.

use super::Need::{
    self, In, List, Nothing, OnPlatform, OnPlatformIn, OrderIn, Session, SomebodyKnown,
};
use domain::access::{
    Action::{
        ConnectNode, DeleteCluster, DeleteNode, ManageCredentials, ManageEnvironments,
        ManageMembers, OperateCluster, OperateNode, OrderCluster, OrderNode, ReadAudit,
        ReadCluster, ReadCredentials, ReadKubeconfig, ReadNode, ReadNodeLogs, ReadTenant,
    },
    PlatformAction::{
        ManageHosts, ManageIdentityProvider, ManageOrphans, ManageTenants, ManageUsers,
        ReadPermissions, ReadPlatformAudit,
    },
};
use reqwest::Method;

/// What is sent.
pub enum Body {
    None,
    Json(&'static str),
    Form(&'static str),
}

/// A route and how it is tried.
pub struct Route {
    pub method: Method,
    /// As the router has it.
    pub path: &'static str,
    pub address: &'static str,
    pub body: Body,
    pub need: Need,
    /// What whoever may ask is told is missing.
    pub misses: Option<&'static str>,
    /// Is not tried by those who may: it would reach outside, or change what other lines need.
    pub only_refusals: bool,
}

impl Route {
    pub fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }

    pub fn is_page(&self) -> bool {
        self.method == Method::GET
            && !self.is_api()
            && !self.path.contains("/logs/")
            && !self.path.starts_with("/events/")
    }

    fn json(mut self, body: &'static str) -> Self {
        self.body = Body::Json(body);
        self
    }

    fn form(mut self, body: &'static str) -> Self {
        self.body = Body::Form(body);
        self
    }

    fn misses(mut self, what: &'static str) -> Self {
        self.misses = Some(what);
        self
    }

    fn only_refusals(mut self) -> Self {
        self.only_refusals = true;
        self
    }
}

fn route(method: Method, path: &'static str, address: &'static str, need: Need) -> Route {
    Route {
        method,
        path,
        address,
        body: Body::None,
        need,
        misses: None,
        only_refusals: false,
    }
}

fn get(path: &'static str, address: &'static str, need: Need) -> Route {
    route(Method::GET, path, address, need)
}

fn post(path: &'static str, address: &'static str, need: Need) -> Route {
    route(Method::POST, path, address, need)
}

fn put(path: &'static str, address: &'static str, need: Need) -> Route {
    route(Method::PUT, path, address, need)
}

fn patch(path: &'static str, address: &'static str, need: Need) -> Route {
    route(Method::PATCH, path, address, need)
}

fn delete(path: &'static str, address: &'static str, need: Need) -> Route {
    route(Method::DELETE, path, address, need)
}

/// A server function.
fn call(path: &'static str, need: Need, form: &'static str) -> Route {
    post(path, path, need).form(form)
}

pub fn routes() -> Vec<Route> {
    let mut all = rest_clusters_and_nodes();
    all.extend(rest_administration());
    all.extend(browser());
    all.extend(pages());
    all.extend(functions_of_clusters_and_nodes());
    all.extend(functions_of_administration());
    all
}

fn rest_clusters_and_nodes() -> Vec<Route> {
    vec![
        get("/api/openapi.json", "/api/openapi.json", Nothing),
        get("/api/v1/me", "/api/v1/me", SomebodyKnown),
        get("/api/v1/order-options", "/api/v1/order-options", SomebodyKnown),
        get("/api/v1/clusters", "/api/v1/clusters", List(ReadCluster)),
        post("/api/v1/clusters", "/api/v1/clusters", OrderIn(OrderCluster))
            .json(r#"{"name": "", "tenant": "{tenant}", "environment": "dev", "plan": "small", "kubernetes_version": "v1.36.0", "exposure": "load_balancer"}"#),
        get("/api/v1/clusters/{id}", "/api/v1/clusters/{cluster}", In(ReadCluster)),
        delete("/api/v1/clusters/{id}", "/api/v1/clusters/{cluster}?confirmation=no", In(DeleteCluster)),
        post("/api/v1/clusters/{id}/restore", "/api/v1/clusters/{cluster}/restore", In(OperateCluster)),
        put("/api/v1/clusters/{id}/schedule", "/api/v1/clusters/{cluster}/schedule", In(OperateCluster)).json("{}"),
        get("/api/v1/usage", "/api/v1/usage", List(ReadTenant)),
        get("/api/v1/usage/export", "/api/v1/usage/export", List(ReadTenant)),
        post("/api/v1/clusters/{id}/pause", "/api/v1/clusters/{cluster}/pause", In(OperateCluster)),
        post("/api/v1/clusters/{id}/resume", "/api/v1/clusters/{cluster}/resume", In(OperateCluster)),
        get("/api/v1/clusters/{id}/kubeconfig", "/api/v1/clusters/{cluster}/kubeconfig", In(ReadKubeconfig)),
        get("/api/v1/clusters/{id}/events", "/api/v1/clusters/{cluster}/events", In(ReadCluster)),
        get("/api/v1/clusters/{id}/stream", "/api/v1/clusters/{cluster}/stream", In(ReadCluster)),
        get("/api/v1/nodes", "/api/v1/nodes", List(ReadNode)),
        post("/api/v1/nodes", "/api/v1/nodes", OrderIn(OrderNode))
            .json(r#"{"name": "", "tenant": "{tenant}", "environment": "dev", "accelerator": "L4"}"#),
        get("/api/v1/nodes/catalogue", "/api/v1/nodes/catalogue", SomebodyKnown),
        post("/api/v1/nodes/quote", "/api/v1/nodes/quote", SomebodyKnown).json(r#"{"accelerator": "L4"}"#),
        get("/api/v1/nodes/{id}", "/api/v1/nodes/{node}", In(ReadNode)),
        delete("/api/v1/nodes/{id}", "/api/v1/nodes/{node}?confirmation=no", In(DeleteNode)),
        post("/api/v1/nodes/{id}/stop", "/api/v1/nodes/{node}/stop", In(OperateNode)),
        post("/api/v1/nodes/{id}/start", "/api/v1/nodes/{node}/start", In(OperateNode)),
        put("/api/v1/nodes/{id}/autostop", "/api/v1/nodes/{node}/autostop", In(OperateNode))
            .json(r#"{"idle_minutes": 5, "idle_action": "stop"}"#),
        get("/api/v1/nodes/{id}/events", "/api/v1/nodes/{node}/events", In(ReadNode)),
        get("/api/v1/nodes/{id}/stream", "/api/v1/nodes/{node}/stream", In(ReadNode)),
        get("/api/v1/nodes/{id}/ssh", "/api/v1/nodes/{node}/ssh", In(ConnectNode)),
        get("/api/v1/nodes/{id}/logs/provisioning", "/api/v1/nodes/{node}/logs/provisioning", In(ReadNodeLogs)),
        get("/api/v1/nodes/{id}/jobs", "/api/v1/nodes/{node}/jobs", In(ReadNode)),
        post("/api/v1/nodes/{id}/jobs", "/api/v1/nodes/{node}/jobs", In(OperateNode)).json(r#"{"run": ""}"#),
        delete("/api/v1/nodes/{id}/jobs/{job}", "/api/v1/nodes/{node}/jobs/99", In(OperateNode)).misses("The job does not exist"),
        get("/api/v1/nodes/{id}/jobs/{job}/logs", "/api/v1/nodes/{node}/jobs/99/logs", In(ReadNodeLogs)).misses("The job does not exist"),
    ]
}

fn rest_administration() -> Vec<Route> {
    vec![
        get(
            "/api/v1/orphans",
            "/api/v1/orphans",
            OnPlatform(ManageOrphans),
        ),
        delete(
            "/api/v1/orphans/{machine}",
            "/api/v1/orphans/none?confirmation=none",
            OnPlatform(ManageOrphans),
        )
        .misses("The machine does not exist"),
        get(
            "/api/v1/host-clusters",
            "/api/v1/host-clusters",
            OnPlatform(ManageHosts),
        ),
        post(
            "/api/v1/host-clusters/{name}/check",
            "/api/v1/host-clusters/none/check",
            OnPlatform(ManageHosts),
        )
        .misses("The host cluster does not exist"),
        get("/api/v1/plans", "/api/v1/plans", OnPlatform(ManageHosts)),
        get(
            "/api/v1/audit",
            "/api/v1/audit?tenant={tenant}",
            In(ReadAudit),
        ),
        get(
            "/api/v1/audit/export",
            "/api/v1/audit/export?tenant={tenant}",
            In(ReadAudit),
        ),
        get("/api/v1/audit/{id}", "/api/v1/audit/{entry}", In(ReadAudit)),
        get(
            "/api/v1/permissions",
            "/api/v1/permissions",
            OnPlatform(ReadPermissions),
        ),
        get("/api/v1/users", "/api/v1/users", OnPlatform(ManageUsers)),
        get(
            "/api/v1/users/{id}",
            "/api/v1/users/{person}",
            OnPlatform(ManageUsers),
        ),
        put(
            "/api/v1/users/{id}/platform-role",
            "/api/v1/users/{person}/platform-role",
            OnPlatform(ManageUsers),
        )
        .json(r#"{"role": "admin", "version": 0, "confirmation": ""}"#),
        post(
            "/api/v1/users/{id}/suspend",
            "/api/v1/users/{person}/suspend",
            OnPlatform(ManageUsers),
        )
        .json(r#"{"confirmation": ""}"#),
        post(
            "/api/v1/users/{id}/restore",
            "/api/v1/users/{person}/restore",
            OnPlatform(ManageUsers),
        ),
        delete(
            "/api/v1/users/{id}/sessions",
            "/api/v1/users/{person}/sessions",
            OnPlatform(ManageUsers),
        ),
        get(
            "/api/v1/users/{id}/tokens",
            "/api/v1/users/{person}/tokens",
            OnPlatform(ManageUsers),
        ),
        delete(
            "/api/v1/users/{id}/tokens/{token}",
            "/api/v1/users/{person}/tokens/{entry}",
            OnPlatform(ManageUsers),
        )
        .misses("The token does not exist"),
        get(
            "/api/v1/claim-rules",
            "/api/v1/claim-rules",
            OnPlatform(ManageIdentityProvider),
        ),
        post(
            "/api/v1/claim-rules/try",
            "/api/v1/claim-rules/try",
            OnPlatform(ManageIdentityProvider),
        )
        .json(r#"{"provider": "sandbox", "token": "{}"}"#),
        get(
            "/api/v1/user-pools",
            "/api/v1/user-pools",
            OnPlatform(ManageIdentityProvider),
        ),
        get(
            "/api/v1/user-pools/{provider}/users",
            "/api/v1/user-pools/none/users",
            OnPlatform(ManageIdentityProvider),
        )
        .misses("The user pool does not exist"),
        post(
            "/api/v1/user-pools/{provider}/users",
            "/api/v1/user-pools/none/users",
            OnPlatform(ManageIdentityProvider),
        )
        .json(r#"{"email": "a@example.com"}"#)
        .misses("The user pool does not exist"),
        get(
            "/api/v1/user-pools/{provider}/users/{username}",
            "/api/v1/user-pools/none/users/a",
            OnPlatform(ManageIdentityProvider),
        )
        .misses("The user pool does not exist"),
        post(
            "/api/v1/user-pools/{provider}/users/{username}/enable",
            "/api/v1/user-pools/none/users/a/enable",
            OnPlatform(ManageIdentityProvider),
        )
        .misses("The user pool does not exist"),
        post(
            "/api/v1/user-pools/{provider}/users/{username}/disable",
            "/api/v1/user-pools/none/users/a/disable",
            OnPlatform(ManageIdentityProvider),
        )
        .misses("The user pool does not exist"),
        post(
            "/api/v1/user-pools/{provider}/users/{username}/reset-password",
            "/api/v1/user-pools/none/users/a/reset-password",
            OnPlatform(ManageIdentityProvider),
        )
        .misses("The user pool does not exist"),
        put(
            "/api/v1/user-pools/{provider}/users/{username}/groups/{group}",
            "/api/v1/user-pools/none/users/a/groups/b",
            OnPlatform(ManageIdentityProvider),
        )
        .misses("The user pool does not exist"),
        delete(
            "/api/v1/user-pools/{provider}/users/{username}/groups/{group}",
            "/api/v1/user-pools/none/users/a/groups/b",
            OnPlatform(ManageIdentityProvider),
        )
        .misses("The user pool does not exist"),
        get("/api/v1/tenants", "/api/v1/tenants", List(ReadTenant)),
        post(
            "/api/v1/tenants",
            "/api/v1/tenants",
            OnPlatform(ManageTenants),
        )
        .json(r#"{"name": "", "slug": ""}"#),
        get(
            "/api/v1/tenants/{tenant}",
            "/api/v1/tenants/{tenant}",
            In(ReadTenant),
        ),
        patch(
            "/api/v1/tenants/{tenant}",
            "/api/v1/tenants/{tenant}",
            OnPlatformIn(ManageTenants),
        )
        .json(r#"{"name": "Other", "version": 0}"#),
        get(
            "/api/v1/tenants/{tenant}/obstacles",
            "/api/v1/tenants/{tenant}/obstacles",
            OnPlatformIn(ManageTenants),
        ),
        post(
            "/api/v1/tenants/{tenant}/archive",
            "/api/v1/tenants/{tenant}/archive?confirmation=no",
            OnPlatformIn(ManageTenants),
        ),
        post(
            "/api/v1/tenants/{tenant}/environments",
            "/api/v1/tenants/{tenant}/environments",
            In(ManageEnvironments),
        )
        .json(r#"{"name": "", "slug": ""}"#),
        patch(
            "/api/v1/tenants/{tenant}/environments/{environment}",
            "/api/v1/tenants/{tenant}/environments/{environment}",
            In(ManageEnvironments),
        )
        .json(r#"{"name": "Other", "version": 0}"#),
        put(
            "/api/v1/tenants/{tenant}/environments/{environment}/limits",
            "/api/v1/tenants/{tenant}/environments/{environment}/limits",
            OnPlatformIn(ManageTenants),
        )
        .json(r#"{"max_nodes": 100, "version": 0}"#),
        post(
            "/api/v1/tenants/{tenant}/environments/{environment}/archive",
            "/api/v1/tenants/{tenant}/environments/{environment}/archive?confirmation=no",
            In(ManageEnvironments),
        ),
        put(
            "/api/v1/tenants/{tenant}/members/{id}",
            "/api/v1/tenants/{tenant}/members/{person}",
            In(ManageMembers),
        )
        .json(r#"{"role": "viewer"}"#),
        delete(
            "/api/v1/tenants/{tenant}/members/{id}",
            "/api/v1/tenants/{tenant}/members/{person}",
            In(ManageMembers),
        ),
        post(
            "/api/v1/tenants/{tenant}/invitations",
            "/api/v1/tenants/{tenant}/invitations",
            In(ManageMembers),
        )
        .json(r#"{"email": "nobody", "role": "viewer"}"#),
        delete(
            "/api/v1/tenants/{tenant}/invitations/{id}",
            "/api/v1/tenants/{tenant}/invitations/{invitation}",
            In(ManageMembers),
        )
        .only_refusals(),
        get(
            "/api/v1/credentials",
            "/api/v1/credentials?tenant={tenant}",
            In(ReadCredentials),
        ),
        post(
            "/api/v1/credentials",
            "/api/v1/credentials",
            OrderIn(ManageCredentials),
        )
        .json(r#"{"tenant": "{tenant}", "provider": "aws", "name": "", "fields": {}}"#),
        get(
            "/api/v1/credentials/{id}",
            "/api/v1/credentials/{credential}",
            In(ReadCredentials),
        ),
        patch(
            "/api/v1/credentials/{id}",
            "/api/v1/credentials/{credential}",
            In(ManageCredentials),
        )
        .json(r#"{"name": "other", "version": 0}"#),
        put(
            "/api/v1/credentials/{id}/secret",
            "/api/v1/credentials/{credential}/secret",
            In(ManageCredentials),
        )
        .json(r#"{"fields": {}, "version": 0}"#),
        post(
            "/api/v1/credentials/{id}/choose",
            "/api/v1/credentials/{credential}/choose",
            In(ManageCredentials),
        ),
        post(
            "/api/v1/credentials/{id}/suspend",
            "/api/v1/credentials/{credential}/suspend",
            In(ManageCredentials),
        ),
        post(
            "/api/v1/credentials/{id}/restore",
            "/api/v1/credentials/{credential}/restore",
            In(ManageCredentials),
        ),
        post(
            "/api/v1/credentials/{id}/check",
            "/api/v1/credentials/{credential}/check",
            In(ManageCredentials),
        )
        .only_refusals(),
        delete(
            "/api/v1/credentials/{id}",
            "/api/v1/credentials/{credential}?confirmation=no",
            In(ManageCredentials),
        ),
    ]
}

/// What browsers use besides pages and their server functions.
fn browser() -> Vec<Route> {
    vec![
        get("/sign-in/{provider}", "/sign-in/none", Nothing),
        get(
            "/sign-in/{provider}/callback",
            "/sign-in/none/callback",
            Nothing,
        ),
        post("/sign-out", "/sign-out", Nothing).only_refusals(),
        post(
            "/clusters/{id}/kubeconfig",
            "/clusters/{cluster}/kubeconfig",
            In(ReadKubeconfig),
        ),
        post(
            "/nodes/{id}/ssh/key",
            "/nodes/{node}/ssh/key",
            In(ConnectNode),
        ),
        post(
            "/nodes/{id}/ssh/config",
            "/nodes/{node}/ssh/config",
            In(ConnectNode),
        ),
        get(
            "/nodes/{id}/logs/provisioning",
            "/nodes/{node}/logs/provisioning",
            In(ReadNodeLogs),
        ),
        get(
            "/nodes/{id}/logs/provisioning/stream",
            "/nodes/{node}/logs/provisioning/stream",
            In(ReadNodeLogs),
        ),
        get(
            "/nodes/{id}/logs/jobs/{job}",
            "/nodes/{node}/logs/jobs/99",
            In(ReadNodeLogs),
        )
        .misses("The job does not exist"),
        get(
            "/nodes/{id}/logs/jobs/{job}/stream",
            "/nodes/{node}/logs/jobs/99/stream",
            In(ReadNodeLogs),
        )
        .misses("The job does not exist"),
        get("/events/clusters", "/events/clusters", SomebodyKnown),
        get(
            "/events/clusters/{id}",
            "/events/clusters/{cluster}",
            In(ReadCluster),
        ),
        get("/events/nodes", "/events/nodes", SomebodyKnown),
        get("/events/nodes/{id}", "/events/nodes/{node}", In(ReadNode)),
    ]
}

fn pages() -> Vec<Route> {
    vec![
        get("/sign-in", "/sign-in", Nothing),
        get("/", "/", SomebodyKnown),
        get("/clusters", "/clusters", List(ReadCluster)),
        get("/clusters/new", "/clusters/new", SomebodyKnown),
        get("/clusters/{id}", "/clusters/{cluster}", In(ReadCluster)),
        get(
            "/clusters/{id}/{tab}",
            "/clusters/{cluster}/events",
            In(ReadCluster),
        ),
        get("/usage", "/usage", List(ReadTenant)),
        get("/nodes", "/nodes", List(ReadNode)),
        get("/nodes/catalogue", "/nodes/catalogue", SomebodyKnown),
        get("/nodes/new", "/nodes/new", SomebodyKnown),
        get("/nodes/{id}", "/nodes/{node}", In(ReadNode)),
        get("/nodes/{id}/{tab}", "/nodes/{node}/jobs", In(ReadNode)),
        get("/account", "/account", Session),
        get("/api", "/api", SomebodyKnown),
        get(
            "/admin/orphans",
            "/admin/orphans",
            OnPlatform(ManageOrphans),
        ),
        get(
            "/admin/host-clusters",
            "/admin/host-clusters",
            OnPlatform(ManageHosts),
        ),
        get("/admin/plans", "/admin/plans", OnPlatform(ManageHosts)),
        get("/admin/users", "/admin/users", OnPlatform(ManageUsers)),
        get(
            "/admin/users/claim-rules",
            "/admin/users/claim-rules",
            OnPlatform(ManageIdentityProvider),
        ),
        get(
            "/admin/users/invite",
            "/admin/users/invite",
            OnPlatform(ManageUsers),
        ),
        get(
            "/admin/users/sessions",
            "/admin/users/sessions",
            OnPlatform(ManageUsers),
        ),
        get(
            "/admin/users/{id}",
            "/admin/users/{person}",
            OnPlatform(ManageUsers),
        ),
        get(
            "/admin/tenants",
            "/admin/tenants",
            OnPlatform(ManageTenants),
        ),
        get(
            "/admin/identity-provider",
            "/admin/identity-provider",
            OnPlatform(ManageIdentityProvider),
        ),
        get(
            "/admin/identity-provider/{provider}/{username}",
            "/admin/identity-provider/none/none",
            OnPlatform(ManageIdentityProvider),
        )
        .misses("The user pool does not exist"),
        get(
            "/admin/audit",
            "/admin/audit",
            OnPlatform(ReadPlatformAudit),
        ),
        get(
            "/admin/permissions",
            "/admin/permissions",
            OnPlatform(ReadPermissions),
        ),
        get("/tenants", "/tenants", SomebodyKnown),
        get("/tenants/{slug}", "/tenants/{tenant}", In(ReadTenant)),
        get(
            "/tenants/{slug}/{tab}",
            "/tenants/{tenant}/environments",
            In(ReadTenant),
        ),
        get(
            "/tenants/{slug}/audit",
            "/tenants/{tenant}/audit",
            In(ReadAudit),
        ),
        get(
            "/tenants/{slug}/credentials/new",
            "/tenants/{tenant}/credentials/new",
            In(ManageCredentials),
        ),
        get(
            "/tenants/{slug}/credentials/{id}",
            "/tenants/{tenant}/credentials/{credential}",
            In(ReadCredentials),
        ),
    ]
}

fn functions_of_clusters_and_nodes() -> Vec<Route> {
    vec![
        call("/rpc/set-theme", Nothing, "theme=dark"),
        call(
            "/rpc/create-cluster",
            OrderIn(OrderCluster),
            "draft[place]={tenant}/dev&idempotency_key=1",
        ),
        call(
            "/rpc/delete-cluster",
            In(DeleteCluster),
            "id={cluster}&confirmation=no",
        ),
        call("/rpc/restore-cluster", In(OperateCluster), "id={cluster}"),
        call(
            "/rpc/set-cluster-schedule",
            In(OperateCluster),
            "id={cluster}",
        ),
        call("/rpc/pause-cluster", In(OperateCluster), "id={cluster}"),
        call("/rpc/resume-cluster", In(OperateCluster), "id={cluster}"),
        call(
            "/rpc/create-node",
            OrderIn(OrderNode),
            "draft[place]={tenant}/dev&draft[accelerator]=L4&idempotency_key=1",
        ),
        call(
            "/rpc/submit-node-job",
            In(OperateNode),
            "id={node}&input[run]=",
        ),
        call("/rpc/cancel-node-job", In(OperateNode), "id={node}&job=99")
            .misses("The job does not exist"),
        call("/rpc/show-node-ssh-config", In(ConnectNode), "id={node}"),
        call("/rpc/stop-node", In(OperateNode), "id={node}"),
        call("/rpc/start-node", In(OperateNode), "id={node}"),
        call(
            "/rpc/set-node-autostop",
            In(OperateNode),
            "id={node}&idle_minutes=5&idle_action=stop",
        ),
        call(
            "/rpc/delete-node",
            In(DeleteNode),
            "id={node}&confirmation=no",
        ),
        call(
            "/rpc/delete-orphan",
            OnPlatform(ManageOrphans),
            "machine=none&confirmation=none",
        )
        .misses("The machine does not exist"),
    ]
}

fn functions_of_administration() -> Vec<Route> {
    vec![
        call(
            "/rpc/create-token",
            Session,
            "input[name]=wider&input[expires_in_days]=1&input[scopes][0]=admin",
        ),
        call("/rpc/revoke-token", Session, "id={entry}").misses("The token does not exist"),
        call(
            "/rpc/set-platform-role",
            OnPlatform(ManageUsers),
            "id={person}&role=admin&version=0&confirmation=",
        ),
        call(
            "/rpc/suspend-user",
            OnPlatform(ManageUsers),
            "id={person}&confirmation=",
        ),
        call("/rpc/restore-user", OnPlatform(ManageUsers), "id={person}"),
        call("/rpc/sign-out-user", OnPlatform(ManageUsers), "id={person}"),
        call(
            "/rpc/revoke-user-token",
            OnPlatform(ManageUsers),
            "user={person}&id={entry}",
        )
        .misses("The token does not exist"),
        call(
            "/rpc/check-host-cluster",
            OnPlatform(ManageHosts),
            "host=none",
        )
        .misses("The host cluster does not exist"),
        call(
            "/rpc/try-claim-rules",
            OnPlatform(ManageIdentityProvider),
            "provider=sandbox&token=%7B%7D",
        ),
        call(
            "/rpc/invite-pool-user",
            OnPlatform(ManageIdentityProvider),
            "provider=none&input[email]=a@example.com",
        )
        .misses("The user pool does not exist"),
        call(
            "/rpc/set-pool-user-enabled",
            OnPlatform(ManageIdentityProvider),
            "provider=none&username=a&enabled=true",
        )
        .misses("The user pool does not exist"),
        call(
            "/rpc/reset-pool-user-password",
            OnPlatform(ManageIdentityProvider),
            "provider=none&username=a",
        )
        .misses("The user pool does not exist"),
        call(
            "/rpc/set-pool-user-group",
            OnPlatform(ManageIdentityProvider),
            "provider=none&username=a&group=a&member=true",
        )
        .misses("The user pool does not exist"),
        call(
            "/rpc/create-tenant",
            OnPlatform(ManageTenants),
            "name=&slug=",
        ),
        call(
            "/rpc/rename-tenant",
            OnPlatformIn(ManageTenants),
            "id={tenant_id}&name=Other&version=0",
        ),
        call(
            "/rpc/archive-tenant",
            OnPlatformIn(ManageTenants),
            "id={tenant_id}&confirmation=no",
        ),
        call(
            "/rpc/create-environment",
            In(ManageEnvironments),
            "tenant={tenant_id}&name=&slug=",
        ),
        call(
            "/rpc/rename-environment",
            In(ManageEnvironments),
            "tenant={tenant_id}&id={environment_id}&name=Other&version=0",
        ),
        call(
            "/rpc/set-environment-limits",
            OnPlatformIn(ManageTenants),
            "tenant={tenant_id}&id={environment_id}&version=0",
        ),
        call(
            "/rpc/archive-environment",
            In(ManageEnvironments),
            "tenant={tenant_id}&id={environment_id}&confirmation=no",
        ),
        call(
            "/rpc/set-member",
            In(ManageMembers),
            "tenant={tenant_id}&user={person}&role=viewer",
        ),
        call(
            "/rpc/remove-member",
            In(ManageMembers),
            "tenant={tenant_id}&user={person}",
        ),
        call(
            "/rpc/invite-member",
            In(ManageMembers),
            "tenant={tenant}&email=none&role=viewer",
        ),
        call(
            "/rpc/cancel-invitation",
            In(ManageMembers),
            "tenant={tenant_id}&id={invitation}",
        )
        .only_refusals(),
        call(
            "/rpc/create-credential",
            OrderIn(ManageCredentials),
            "tenant={tenant}&environment=&provider=aws&name=",
        ),
        call(
            "/rpc/check-credential",
            In(ManageCredentials),
            "id={credential}",
        )
        .only_refusals(),
        call(
            "/rpc/choose-credential",
            In(ManageCredentials),
            "id={credential}",
        ),
        call(
            "/rpc/suspend-credential",
            In(ManageCredentials),
            "id={credential}",
        ),
        call(
            "/rpc/restore-credential",
            In(ManageCredentials),
            "id={credential}",
        ),
        call(
            "/rpc/rename-credential",
            In(ManageCredentials),
            "id={credential}&name=other&version=0",
        ),
        call(
            "/rpc/replace-credential",
            In(ManageCredentials),
            "id={credential}&version=0",
        ),
        call(
            "/rpc/delete-credential",
            In(ManageCredentials),
            "tenant={tenant}&id={credential}&confirmation=no",
        ),
    ]
}
