//! A portal without a core: services that answer from memory, and the pages mounted as the server mounts them.

pub mod audit;
pub mod credentials;
pub mod node_sample;
mod nodes;
pub mod people;
pub mod platform;
mod sample;
mod services;
pub mod tenancy;
mod user_pools;

use std::sync::Arc;

use app::server_context::{Assets, PageContext, SignInProvider};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use domain::access::{PlatformRole, TenantRole};
use domain::caller::{Caller, Channel, Membership};
use http_body_util::BodyExt;
use leptos::prelude::LeptosOptions;
use leptos_axum::{LeptosRoutes, generate_route_list};
use tower::ServiceExt;

pub use sample::{ADA, READY, UNKNOWN, WORKING};
pub use services::SECRET;

/// The pages over services that answer from memory.
pub fn portal() -> Router {
    portal_with(nodes::NodesInMemory::default())
}

/// The same before the prices of nodes have been read.
pub fn portal_without_prices() -> Router {
    portal_with(nodes::NodesInMemory::without_prices())
}

/// The same while the SkyPilot API server does not answer.
pub fn portal_without_skypilot() -> Router {
    portal_with(nodes::NodesInMemory::without_server())
}

fn portal_with(nodes: nodes::NodesInMemory) -> Router {
    let services = Arc::new(services::InMemory::default());
    let context = PageContext {
        assets: Arc::new(Assets {
            js: "hangar-1.js".into(),
            wasm: "hangar-1_bg.wasm".into(),
            css: "hangar-1.css".into(),
        }),
        clusters: services.clone(),
        nodes: Arc::new(nodes),
        account: services,
        audit: Arc::new(audit::AuditInMemory),
        people: Arc::new(people::PeopleInMemory::default()),
        tenancy: Arc::new(tenancy::TenancyInMemory::default()),
        user_pools: Arc::new(user_pools::OnePool),
        platform: Arc::new(platform::FourHosts),
        credentials: Arc::new(credentials::VaultInMemory::default()),
        sandbox: true,
        providers: Arc::new([SignInProvider {
            slug: "sandbox".into(),
            title: "the sandbox".into(),
        }]),
        public_url: "https://hangar.example.com".into(),
        api_document: Arc::new(sample::api_document()),
    };
    let options = LeptosOptions::builder().output_name("hangar").build();
    let routes = generate_route_list(app::App);
    let provide = move || context.provide();
    Router::new()
        .leptos_routes_with_context(&options, routes, provide.clone(), app::shell)
        .merge(app::posted_pages(provide))
        .with_state(options)
}

/// Somebody who orders clusters.
pub fn developer() -> Caller {
    Caller {
        user_id: Some(ADA.into()),
        name: "Ada Keller".into(),
        email: "ada@example.com".into(),
        platform_role: PlatformRole::User,
        memberships: vec![Membership {
            tenant_id: sample::tenant().id,
            role: TenantRole::Developer,
        }],
        channel: Channel::Session,
        token_reach: None,
        source: None,
    }
}

/// Somebody who only looks.
pub fn viewer() -> Caller {
    let mut viewer = developer();
    for membership in &mut viewer.memberships {
        membership.role = TenantRole::Viewer;
    }
    viewer
}

/// Somebody who runs the platform.
pub fn admin() -> Caller {
    Caller {
        platform_role: PlatformRole::Admin,
        memberships: Vec::new(),
        ..developer()
    }
}

/// Somebody who runs the tenant.
pub fn tenant_admin() -> Caller {
    let mut admin = developer();
    for membership in &mut admin.memberships {
        membership.role = TenantRole::Admin;
    }
    admin
}

/// Somebody whom no tenant knows yet.
pub fn member_of_nothing() -> Caller {
    Caller {
        memberships: Vec::new(),
        ..developer()
    }
}

/// An answer that has been read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Answer {
    /// Where it leads.
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    }

    /// The cookies it sets, as a browser sends them back.
    pub fn cookies(&self) -> String {
        let pairs: Vec<_> = self
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next())
            .collect();
        pairs.join("; ")
    }
}

/// What a browser asks, with or without somebody signed in.
pub struct Browser {
    pub portal: Router,
    pub caller: Option<Caller>,
    pub cookies: String,
}

impl Browser {
    /// A signed-in developer's.
    pub fn of_a_developer() -> Self {
        Self {
            portal: portal(),
            caller: Some(developer()),
            cookies: String::new(),
        }
    }

    /// Somebody else's.
    pub fn of(caller: Caller) -> Self {
        Self {
            caller: Some(caller),
            ..Self::of_a_developer()
        }
    }

    /// Sends a plain form and follows where it leads, with the cookies that it sets.
    pub async fn submit(&mut self, address: &str, form: &str) -> Answer {
        let answer = self.post(address, form).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{address}");
        self.cookies = answer.cookies();
        self.get(answer.location()).await
    }

    /// Follows a link.
    pub async fn get(&self, address: &str) -> Answer {
        self.send(Request::get(address), Body::empty()).await
    }

    /// Sends a plain form, as a browser without JavaScript does.
    pub async fn post(&self, address: &str, form: &str) -> Answer {
        let request = Request::post(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(form.to_owned())).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: Body) -> Answer {
        let mut request = request
            .header(header::ACCEPT, "text/html,application/xhtml+xml")
            .header(header::COOKIE, &self.cookies)
            .body(body)
            .expect("the request is well-formed");
        if let Some(caller) = &self.caller {
            request.extensions_mut().insert(caller.clone());
        }
        let answer: Response<Body> = self
            .portal
            .clone()
            .oneshot(request)
            .await
            .expect("a router always answers");
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.expect("the body is whole").to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).expect("pages are UTF-8"),
        }
    }
}

/// Whether the button with this text is off. There must be one.
pub fn is_off(page: &str, text: &str) -> bool {
    let (before, _) = page
        .split_once(&format!("{text}</button>"))
        .unwrap_or_else(|| panic!("no button says {text}"));
    let tag = before.rsplit("<button").next().unwrap_or_default();
    let attributes = tag.split('>').next().unwrap_or_default();
    let words: Vec<_> = attributes.split(' ').collect();
    words
        .iter()
        .any(|word| *word == "disabled" || word.starts_with("disabled="))
}
