//! `/api/v1/credentials`: the vault of cloud credentials. Secrets go in and never come out.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

use super::{Answer, extract::ApiQuery};
use crate::{
    http::{
        identity::SignedIn,
        layers::body_limit,
        problem::{ApiProblem, ProblemDocument},
    },
    portal::Portal,
};
use axum::{
    Json,
    extract::{FromRequest, Path, Request, State, rejection::JsonRejection},
};
use domain::{
    credential::{CheckResult, Credential, CredentialInput, SecretText},
    ids::CredentialId,
    problem::{Problem, ProblemKind},
};
use http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};
use std::{collections::BTreeMap, error::Error, sync::Arc};
use utoipa::{IntoParams, ToSchema};

/// A JSON body with secrets in it: where it cannot be read, the answer says at which place, and nothing of what is there.
pub struct SecretJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for SecretJson<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiProblem> {
        match Json::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(unreadable(&rejection).into()),
        }
    }
}

fn unreadable(rejection: &JsonRejection) -> Problem {
    match rejection {
        JsonRejection::MissingJsonContentType(_) => Problem::new(
            ProblemKind::UnsupportedMediaType,
            "The body must be JSON and say so.",
        )
        .next("Send Content-Type: application/json."),
        rejection if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => body_limit::too_large(),
        rejection => Problem::new(
            ProblemKind::BadRequest,
            match place(rejection) {
                Some((line, column)) => {
                    format!("The body cannot be read at line {line}, column {column}.")
                }
                None => "The body cannot be read.".to_owned(),
            },
        )
        .next(
            "See /api/openapi.json for what belongs into it. What stands there is not repeated: it may be a secret.",
        ),
    }
}

fn place(error: &(dyn Error + 'static)) -> Option<(usize, usize)> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(json) = error.downcast_ref::<serde_json::Error>() {
            return Some((json.line(), json.column()));
        }
        next = error.source();
    }
    None
}

fn credential_id(text: &str) -> Result<CredentialId, Problem> {
    text.parse().map_err(|_| Problem::not_found("credential"))
}

/// Whose credentials.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Whose {
    /// The slug of the tenant.
    tenant: String,
}

/// List a tenant's credentials
///
/// By provider, environment and name; never their secrets.
#[utoipa::path(get, path = "/credentials", operation_id = "list_credentials", tag = "credentials", params(Whose), responses(
    (status = 200, description = "The credentials", body = Vec<Credential>),
    (status = 400, description = "No tenant is named", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not an admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such tenant, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn list(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    ApiQuery(whose): ApiQuery<Whose>,
) -> Answer<Json<Vec<Credential>>> {
    Ok(Json(
        portal.core.credentials.list(&caller, &whose.tenant).await?,
    ))
}

/// Store a credential
///
/// `fields` are those of the provider's form. The first of its tenant, environment and provider is the one that is taken;
/// `chosen` makes a later one so.
#[utoipa::path(post, path = "/credentials", operation_id = "create_credential", tag = "credentials", request_body = CredentialInput, responses(
    (status = 201, description = "Stored", body = Credential),
    (status = 400, description = "Not readable", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not an admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "Fields break rules", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "The key service does not answer", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn create(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    SecretJson(input): SecretJson<CredentialInput>,
) -> Answer<(StatusCode, Json<Credential>)> {
    let stored = portal.core.credentials.create(&caller, input).await?;
    Ok((StatusCode::CREATED, Json(stored)))
}

/// Look at a credential
#[utoipa::path(get, path = "/credentials/{id}", operation_id = "get_credential", tag = "credentials", params(("id" = CredentialId, Path, description = "The credential's id")), responses(
    (status = 200, description = "The credential, without its secret", body = Credential),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not an admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn get(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<Credential>> {
    Ok(Json(
        portal
            .core
            .credentials
            .get(&caller, credential_id(&id)?)
            .await?,
    ))
}

/// Another secret.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretReplacement {
    /// The fields of the provider's form, all of them.
    fields: BTreeMap<String, SecretText>,
    /// The version that you saw.
    version: i64,
}

/// Replace the secret of a credential
#[utoipa::path(put, path = "/credentials/{id}/secret", operation_id = "replace_credential_secret", tag = "credentials", request_body = SecretReplacement, params(("id" = CredentialId, Path, description = "The credential's id")), responses(
    (status = 200, description = "Replaced", body = Credential),
    (status = 400, description = "Not readable", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not an admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "Somebody changed it meanwhile; `errors` say what it is now", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "Fields break rules", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn replace(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
    SecretJson(input): SecretJson<SecretReplacement>,
) -> Answer<Json<Credential>> {
    let id = credential_id(&id)?;
    let replaced = portal
        .core
        .credentials
        .replace(&caller, id, input.fields, input.version)
        .await?;
    Ok(Json(replaced))
}

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialName {
    /// What it is called from now on.
    name: String,
    /// The version that you saw.
    version: i64,
}

/// Rename a credential
#[utoipa::path(patch, path = "/credentials/{id}", operation_id = "rename_credential", tag = "credentials", request_body = CredentialName, params(("id" = CredentialId, Path, description = "The credential's id")), responses(
    (status = 200, description = "Renamed", body = Credential),
    (status = 400, description = "Not readable", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not an admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "Somebody changed it meanwhile; `errors` say what it is now", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "The name does not fit or is taken", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn rename(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
    SecretJson(input): SecretJson<CredentialName>,
) -> Answer<Json<Credential>> {
    let id = credential_id(&id)?;
    let renamed = portal
        .core
        .credentials
        .rename(&caller, id, &input.name, input.version)
        .await?;
    Ok(Json(renamed))
}

/// Make a credential the one that is taken
///
/// Of those with the same tenant, environment and provider.
#[utoipa::path(post, path = "/credentials/{id}/choose", operation_id = "choose_credential", tag = "credentials", params(("id" = CredentialId, Path, description = "The credential's id")), responses(
    (status = 200, description = "It is taken from now on", body = Credential),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not an admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn choose(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<Credential>> {
    let id = credential_id(&id)?;
    Ok(Json(portal.core.credentials.choose(&caller, id).await?))
}

/// Suspend a credential
///
/// It opens for nobody until it is restored, and no other takes its place. Sessions that were made of it end within the
/// hour.
#[utoipa::path(post, path = "/credentials/{id}/suspend", operation_id = "suspend_credential", tag = "credentials", params(("id" = CredentialId, Path, description = "The credential's id")), responses(
    (status = 200, description = "Suspended", body = Credential),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not an admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn suspend(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<Credential>> {
    let id = credential_id(&id)?;
    Ok(Json(portal.core.credentials.suspend(&caller, id).await?))
}

/// Restore a suspended credential
#[utoipa::path(post, path = "/credentials/{id}/restore", operation_id = "restore_credential", tag = "credentials", params(("id" = CredentialId, Path, description = "The credential's id")), responses(
    (status = 200, description = "Restored", body = Credential),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not an admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn restore(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<Credential>> {
    let id = credential_id(&id)?;
    Ok(Json(portal.core.credentials.restore(&caller, id).await?))
}

/// Check a credential with its provider
///
/// Really asks the provider (AWS and Kubernetes can be asked), and keeps what it says.
#[utoipa::path(post, path = "/credentials/{id}/check", operation_id = "check_credential", tag = "credentials", params(("id" = CredentialId, Path, description = "The credential's id")), responses(
    (status = 200, description = "What the provider says, which may be that it does not accept it", body = CheckResult),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not an admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "It is suspended, or the provider cannot be asked", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "The provider does not answer", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn check(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<CheckResult>> {
    let id = credential_id(&id)?;
    Ok(Json(portal.core.credentials.check(&caller, id).await?))
}

/// What must come along with a deletion.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Confirmation {
    /// The credential's name, so that nothing is deleted by a mistyped id.
    confirm: Option<String>,
}

/// Delete a credential
///
/// For good: its secret is emptied at once. Sessions that were made of it end within the hour.
#[utoipa::path(delete, path = "/credentials/{id}", operation_id = "delete_credential", tag = "credentials", params(("id" = CredentialId, Path, description = "The credential's id"), Confirmation), responses(
    (status = 204, description = "Deleted"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not an admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "The name does not fit", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
    ApiQuery(confirmation): ApiQuery<Confirmation>,
) -> Answer<StatusCode> {
    let name = confirmation.confirm.unwrap_or_default();
    portal
        .core
        .credentials
        .delete(&caller, credential_id(&id)?, &name)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
