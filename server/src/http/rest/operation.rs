//! An operation of the API: address, id, permission and handler, declared once.

use super::{
    PREFIX,
    signature::{Described, Signature, text},
};
use crate::portal::Portal;
use axum::{
    Router,
    handler::Handler,
    routing::{self, MethodRouter},
};
use domain::access::{Action, PlatformAction, TenantRole, TokenScope, least_role};
use http::Method;
use serde::Serialize;
use std::sync::Arc;
use utoipa::{
    ToSchema,
    openapi::{
        Components, HttpMethod, Object, ObjectBuilder, Ref, RefOr, Type,
        path::{OperationBuilder, Paths},
    },
};

/// An operation.
pub struct Operation {
    pub method: Method,
    /// Below `/api/v1`.
    path: String,
    id: String,
    tag: &'static str,
    pub permission: Option<Permission>,
    description: String,
    signature: Signature,
    handler: MethodRouter<Arc<Portal>>,
}

/// What an operation requires; the core enforces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    InTenant(Action),
    OnPlatform(PlatformAction),
}

impl From<Action> for Permission {
    fn from(action: Action) -> Self {
        Self::InTenant(action)
    }
}

impl From<PlatformAction> for Permission {
    fn from(action: PlatformAction) -> Self {
        Self::OnPlatform(action)
    }
}

macro_rules! methods {
    ($($name:ident $method:ident),+) => {$(
        /// An operation that answers requests with this method to `path`. Its summary is its id in words.
        pub fn $name<H, M, A>(path: impl Into<String>, id: impl Into<String>, handler: H) -> Operation
        where
            H: Handler<M, Arc<Portal>> + Described<A>,
            M: 'static,
        {
            let mut signature = Signature::default();
            H::describe(&mut signature);
            Operation {
                method: Method::$method,
                path: path.into(),
                id: id.into(),
                tag: "",
                permission: None,
                description: String::new(),
                signature,
                handler: routing::$name(handler),
            }
        }
    )+};
}
methods!(get GET, post POST, put PUT, patch PATCH, delete DELETE);

/// Operations under one heading of the document.
pub fn tagged<const N: usize>(tag: &'static str, operations: [Operation; N]) -> Vec<Operation> {
    operations
        .into_iter()
        .map(|operation| Operation { tag, ..operation })
        .collect()
}

impl Operation {
    /// Says which permission the caller needs.
    pub fn requires(mut self, permission: impl Into<Permission>) -> Self {
        self.permission = Some(permission.into());
        self
    }

    /// Says what the name does not.
    pub fn about(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Adds statuses of problems that the types of the handler do not tell.
    pub fn fails<const N: usize>(mut self, statuses: [u16; N]) -> Self {
        self.signature.errors.extend(statuses);
        self
    }

    /// Says that a handler that answers [`axum::response::Response`] sends text of these media types.
    pub fn sends_text(mut self, media_types: &[&str]) -> Self {
        self.signature.response(200, text(), media_types);
        self
    }

    /// Says that a handler that answers [`axum::response::Response`] sends a YAML document.
    pub fn sends_yaml(mut self) -> Self {
        let schema = Object::with_type(Type::Object);
        self.signature
            .response(200, schema.into(), &["application/yaml"]);
        self
    }

    /// Says that a handler that answers [`axum::response::Response`] sends server-sent events of this name, whose data is
    /// JSON. The schema is that of one event, as in OpenAPI 3.2.
    pub fn sends_events<T: ToSchema>(mut self, name: &str) -> Self {
        let mut data = Object::with_type(Type::String);
        data.content_media_type = "application/json".to_owned();
        data.description = Some(format!("A `{}` as JSON.", T::name()));
        self.signature.schema::<T>();
        let event = ObjectBuilder::new()
            .property(
                "event",
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some([name])),
            )
            .required("event")
            .property("data", data)
            .required("data")
            .property("id", text())
            .build();
        self.signature
            .response(200, event.into(), &["text/event-stream"]);
        self
    }

    /// Says that a handler that answers [`axum::response::Response`] sends JSON.
    pub fn sends_json<T: ToSchema>(mut self) -> Self {
        self.signature.json_response::<T>(200);
        self
    }

    /// The path as requests have it.
    pub fn full_path(&self) -> String {
        format!("{PREFIX}{}", self.path)
    }

    /// Adds the route to a router below `/api/v1`.
    pub fn route(self, router: Router<Arc<Portal>>) -> Router<Arc<Portal>> {
        router.route(&self.path, self.handler)
    }

    /// Adds the description to the document.
    pub fn describe(self, paths: &mut Paths, components: &mut Components) {
        let path = self.full_path();
        let mut operation = OperationBuilder::new()
            .tag(self.tag)
            .operation_id(Some(self.id.clone()))
            .summary(Some(in_words(&self.id)))
            .description(self.full_description());
        for (status, response) in self.signature.responses {
            operation = operation.response(status.to_string(), response);
        }
        for status in self.signature.errors {
            let name = super::document::error_name(status);
            let shared = Ref::new(format!("#/components/responses/{name}"));
            operation = operation.response(status.to_string(), RefOr::Ref(shared));
        }
        let mut operation = operation.build();
        operation.request_body = self.signature.body.map(Into::into);
        if !self.signature.parameters.is_empty() {
            operation.parameters = Some(self.signature.parameters);
        }
        paths.add_path_operation(path, vec![http_method(&self.method)], operation);
        let found = self.signature.components;
        components.schemas.extend(found.schemas);
        components.parameters.extend(found.parameters);
    }

    fn full_description(&self) -> Option<String> {
        let permission = self.permission.map(Permission::sentence);
        let parts = [Some(self.description.clone()), permission];
        let parts: Vec<_> = parts
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        (!parts.is_empty()).then(|| parts.join("\n\n"))
    }
}

impl Permission {
    fn sentence(self) -> String {
        match self {
            Self::InTenant(action) => {
                let role = match least_role(action) {
                    TenantRole::Viewer => "any tenant role",
                    TenantRole::Developer => "tenant role `developer` or `admin`",
                    TenantRole::Admin => "tenant role `admin`",
                };
                let scopes: Vec<_> = TokenScope::ALL
                    .into_iter()
                    .filter(|scope| scope.includes(action))
                    .map(|scope| format!("`{}`", scope.as_str()))
                    .collect();
                let scopes = if scopes.len() == TokenScope::ALL.len() {
                    "any token scope".to_owned()
                } else {
                    format!("token scope {}", scopes.join(" or "))
                };
                format!("Permission `{}`: {role}; {scopes}.", name(&action))
            }
            Self::OnPlatform(action) => format!(
                "Permission `{}`: platform admin; token scope `admin` for all tenants.",
                name(&action)
            ),
        }
    }
}

/// The name of an action, as the table of permissions has it.
fn name(action: &impl Serialize) -> String {
    serde_json::to_value(action)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// `list_host_clusters` as “List host clusters”.
fn in_words(id: &str) -> String {
    let words = id.replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn http_method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}
