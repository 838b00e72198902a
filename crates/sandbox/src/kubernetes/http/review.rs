//! Reviews of the caller's identity and rights, which are not stored.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

use super::{Call, body, object_response};
use crate::kubernetes::authentication::User;
use crate::kubernetes::authorization::Attributes;
use crate::kubernetes::operations::{decoded, expect_kind, own_changes};
use crate::kubernetes::schema;
use crate::kubernetes::server::ApiServer;
use crate::kubernetes::status::Refusal;

pub(super) async fn answer(
    server: &ApiServer,
    call: &Call,
    request: Request,
) -> Result<Response<Body>, Refusal> {
    let options = call.write_options();
    let resource = call.resource;
    let sent = body::object(request, resource.kind).await?;
    expect_kind(resource.group, resource.version, resource.kind, &sent)?;
    let (mut review, warnings) = decoded(resource, &sent, options.validation)?;
    let nothing = schema::zero_of_kind(resource.group, resource.kind);
    own_changes(resource, "", &nothing, &mut review, &options);
    let status = match resource.kind {
        "SelfSubjectAccessReview" => access(server, &call.user, &review),
        _ => json!({"userInfo": user_info(&call.user)}),
    };
    if let Value::Object(fields) = &mut review {
        fields.insert("status".to_owned(), status);
    }
    Ok(object_response(
        call,
        StatusCode::CREATED,
        &review,
        &warnings,
    ))
}

fn access(server: &ApiServer, user: &User, review: &Value) -> Value {
    let spec = &review["spec"];
    let attributes = ["resourceAttributes", "nonResourceAttributes"];
    let wanted = attributes.iter().find_map(|field| spec.get(*field));
    let text = |field: &str| {
        let text = wanted.and_then(|wanted| wanted.get(field)?.as_str());
        text.unwrap_or_default().to_owned()
    };
    let wish = Attributes {
        verb: text("verb"),
        group: text("group"),
        resource: text("resource"),
        subresource: text("subresource"),
        namespace: text("namespace"),
        name: text("name"),
        path: text("path"),
    };
    json!({"allowed": server.authorizer().allows(user, &wish)})
}

fn user_info(user: &User) -> Value {
    let mut info = json!({"username": user.name, "groups": user.groups});
    if !user.uid.is_empty() {
        info["uid"] = user.uid.as_str().into();
    }
    info
}
