//! From HTTP requests to operations and back.

mod body;
mod media;
mod path;
mod query;
mod read;
mod review;
mod subresource;
mod watch;
mod write;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::Value;

use super::authentication::{ClientIdentity, User};
use super::authorization::Attributes;
use super::discovery;
use super::object;
use super::openapi;
use super::resources::{self, Resource, Subresource};
use super::server::ApiServer;
use super::status::Refusal;
use media::View;
use path::Place;
use query::Query;

/// A request for a resource, after its path is understood and its sender known.
struct Call {
    user: User,
    method: Method,
    resource: &'static Resource,
    subresource: Option<&'static Subresource>,
    namespace: String,
    name: String,
    rest: String,
    query: Query,
    view: View,
    user_agent: String,
}

pub(super) async fn answer(
    server: &ApiServer,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let identity = request.extensions().get::<ClientIdentity>();
    let user = server.authenticate(request.headers(), identity)?;
    let path = request.uri().path().to_owned();
    match Place::of(&path) {
        Place::Path => other_path(server, &user, &request, &path),
        Place::Resource(place) => resource(server, user, request, place).await,
    }
}

fn authorize(server: &ApiServer, user: &User, wish: &Attributes) -> Result<(), Refusal> {
    if server.authorizer().allows(user, wish) {
        return Ok(());
    }
    let why = wish.refusal(user);
    Err(if wish.resource.is_empty() {
        Refusal::new(403, Some("Forbidden"), format!("forbidden: {why}"))
            .with(serde_json::json!({}))
    } else {
        Refusal::forbidden_to(&wish.group, &wish.resource, &wish.name, &why)
    })
}

/// Answers for paths that are no resources: discovery, health, version, schemas.
fn other_path(
    server: &ApiServer,
    user: &User,
    request: &Request,
    path: &str,
) -> Result<Response<Body>, Refusal> {
    let wish = Attributes {
        verb: request.method().as_str().to_lowercase(),
        path: path.to_owned(),
        ..Attributes::default()
    };
    authorize(server, user, &wish)?;
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(Refusal::method_not_allowed());
    }
    let trimmed = path.trim_end_matches('/');
    let document = match trimmed {
        "/healthz" | "/livez" | "/readyz" => return Ok(text_response(StatusCode::OK, "ok")),
        "/version" => Some(discovery::version()),
        "/api" => Some(discovery::core_versions()),
        "/apis" => Some(discovery::groups()),
        "/openapi/v3" => Some(openapi::index()),
        _ => discovery::document_at(trimmed).or_else(|| openapi::document_at(trimmed)),
    };
    match document {
        Some(document) => Ok(json_response(StatusCode::OK, &document, media::JSON)),
        None => Ok(not_found_page()),
    }
}

async fn resource(
    server: &ApiServer,
    user: User,
    request: Request,
    place: path::ResourcePlace,
) -> Result<Response<Body>, Refusal> {
    let query = Query::parse(request.uri().query().unwrap_or_default());
    let verb = place.verb(request.method(), &query);
    let wish = Attributes {
        verb: verb.to_owned(),
        group: place.group.clone(),
        resource: place.plural.clone(),
        subresource: place.subresource.clone(),
        namespace: place.attributed_namespace(),
        name: place.name.clone(),
        path: String::new(),
    };
    authorize(server, &user, &wish)?;
    if !resources::serves(&place.group, &place.version) {
        return Ok(not_found_page());
    }
    let resource = resources::find(&place.group, &place.version, &place.plural)
        .filter(|r| r.namespaced || !place.in_namespace)
        .ok_or_else(Refusal::no_such_resource)?;
    let subresource = match place.subresource.as_str() {
        "" => None,
        name => Some(
            resource
                .subresource(name)
                .ok_or_else(Refusal::no_such_resource)?,
        ),
    };
    let named_without_namespace =
        resource.namespaced && !place.in_namespace && !place.name.is_empty();
    if named_without_namespace {
        return Err(Refusal::no_such_resource());
    }
    let call = Call {
        user,
        method: request.method().clone(),
        resource,
        subresource,
        namespace: place.namespace,
        name: place.name,
        rest: place.rest,
        query,
        view: media::view(request.headers())?,
        user_agent: media::user_agent(request.headers()),
    };
    if !call.known_verbs().contains(&verb) {
        return Err(Refusal::method_not_allowed());
    }
    if !call.query.get("dryRun").is_empty() {
        return Err(Refusal::bad_request("the sandbox has no dry runs"));
    }
    match (subresource, verb) {
        (Some(_), _) => subresource::answer(server, call, request).await,
        (None, "get") => read::get(server, &call),
        (None, "list") => read::list(server, &call),
        (None, "watch") => watch::answer(server, &call),
        (None, _) if !resource.is_stored() => review::answer(server, &call, request).await,
        (None, _) => write::answer(server, call, request).await,
    }
}

impl Call {
    fn known_verbs(&self) -> &'static [&'static str] {
        self.subresource.map_or(self.resource.verbs, |s| s.verbs)
    }

    /// The namespace to look into; `None` for all.
    fn scope(&self) -> Option<&str> {
        (!self.namespace.is_empty()).then_some(self.namespace.as_str())
    }
}

fn json_response(status: StatusCode, body: &Value, content_type: &'static str) -> Response<Body> {
    bytes_response(status, body.to_string().into_bytes(), content_type)
}

fn bytes_response(status: StatusCode, body: Vec<u8>, content_type: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn text_response(status: StatusCode, text: impl Into<Vec<u8>>) -> Response<Body> {
    bytes_response(status, text.into(), "text/plain; charset=utf-8")
}

fn not_found_page() -> Response<Body> {
    text_response(StatusCode::NOT_FOUND, "404 page not found\n")
}

fn object_response(
    call: &Call,
    status: StatusCode,
    object: &Value,
    warnings: &[String],
) -> Response<Body> {
    let shown = match call.view {
        View::Table if object::kind(object) != "Status" => {
            super::table::of_objects(call.resource, &[object], &Value::Null, call.query.table())
        }
        View::Metadata if object::kind(object) != "Status" => media::metadata_only(object),
        _ => object.clone(),
    };
    let mut response = json_response(status, &shown, media::JSON);
    for warning in warnings {
        let text = format!("299 - {warning:?}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::WARNING, value);
        }
    }
    response
}
