//! `/api/v1/credentials`: the vault of cloud credentials. Secrets are written and never read.

use super::{
    Answer, Rename,
    extract::{ApiQuery, Confirmation, SecretJson},
    operation::{Operation, delete, get, patch, post, put, tagged},
    path::PathId,
    reply::{Created, Empty, List},
};
use crate::http::call::Call;
use axum::Json;
use domain::{
    access::Action::{ManageCredentials, ReadCredentials},
    credential::{CheckResult, Credential, CredentialInput, SecretText},
    ids::CredentialId,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

pub fn operations() -> Vec<Operation> {
    tagged(
        "credentials",
        [
            get("/credentials", "list_credentials", list)
                .requires(ReadCredentials)
                .about(
                    "Credentials of a tenant without their secrets, by provider, environment and \
                     name.",
                )
                .fails([404]),
            post("/credentials", "create_credential", create)
                .requires(ManageCredentials)
                .about(
                    "`fields` are those of the provider. The first credential of its tenant, \
                     environment and provider becomes the default; `chosen` makes a later one \
                     the default.",
                ),
            get("/credentials/{id}", "get_credential", read).requires(ReadCredentials),
            put(
                "/credentials/{id}/secret",
                "replace_credential_secret",
                replace,
            )
            .requires(ManageCredentials)
            .fails([409]),
            patch("/credentials/{id}", "rename_credential", rename)
                .requires(ManageCredentials)
                .fails([409]),
            post("/credentials/{id}/choose", "choose_credential", choose)
                .requires(ManageCredentials)
                .about("Makes the credential the default of its tenant, environment and provider."),
            post("/credentials/{id}/suspend", "suspend_credential", suspend)
                .requires(ManageCredentials)
                .about(
                    "The credential is not used until it is restored, and no other credential \
                     replaces it. Sessions based on it expire within an hour.",
                ),
            post("/credentials/{id}/restore", "restore_credential", restore)
                .requires(ManageCredentials),
            post("/credentials/{id}/check", "check_credential", check)
                .requires(ManageCredentials)
                .about(
                    "Asks the provider whose the credential is, and \
                     stores the result.",
                )
                .fails([409]),
            delete("/credentials/{id}", "delete_credential", remove)
                .requires(ManageCredentials)
                .about(
                    "Erases the secret immediately. Sessions based on it expire within an hour.",
                ),
        ],
    )
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct TenantQuery {
    /// Slug of the tenant.
    tenant: String,
}

async fn list(
    call: Call,
    ApiQuery(TenantQuery { tenant }): ApiQuery<TenantQuery>,
) -> Answer<List<Credential>> {
    Ok(List(
        call.core().credentials.list(&call.caller, &tenant).await?,
    ))
}

async fn create(
    call: Call,
    SecretJson(input): SecretJson<CredentialInput>,
) -> Answer<Created<Credential>> {
    let credential = call.core().credentials.create(&call.caller, input).await?;
    Ok(Created {
        path: format!("/credentials/{}", credential.id),
        body: credential,
    })
}

async fn read(call: Call, PathId(id): PathId<CredentialId>) -> Answer<Json<Credential>> {
    Ok(Json(call.core().credentials.get(&call.caller, id).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecretReplacement {
    /// All fields of the provider.
    fields: BTreeMap<String, SecretText>,
    /// The `version` that the change is based on.
    version: i64,
}

async fn replace(
    call: Call,
    PathId(id): PathId<CredentialId>,
    SecretJson(SecretReplacement { fields, version }): SecretJson<SecretReplacement>,
) -> Answer<Json<Credential>> {
    let vault = &call.core().credentials;
    let replaced = vault.replace(&call.caller, id, fields, version).await?;
    Ok(Json(replaced))
}

async fn rename(
    call: Call,
    PathId(id): PathId<CredentialId>,
    SecretJson(Rename { name, version }): SecretJson<Rename>,
) -> Answer<Json<Credential>> {
    let vault = &call.core().credentials;
    Ok(Json(vault.rename(&call.caller, id, &name, version).await?))
}

async fn choose(call: Call, PathId(id): PathId<CredentialId>) -> Answer<Json<Credential>> {
    Ok(Json(
        call.core().credentials.choose(&call.caller, id).await?,
    ))
}

async fn suspend(call: Call, PathId(id): PathId<CredentialId>) -> Answer<Json<Credential>> {
    Ok(Json(
        call.core().credentials.suspend(&call.caller, id).await?,
    ))
}

async fn restore(call: Call, PathId(id): PathId<CredentialId>) -> Answer<Json<Credential>> {
    Ok(Json(
        call.core().credentials.restore(&call.caller, id).await?,
    ))
}

async fn check(call: Call, PathId(id): PathId<CredentialId>) -> Answer<Json<CheckResult>> {
    Ok(Json(call.core().credentials.check(&call.caller, id).await?))
}

async fn remove(
    call: Call,
    PathId(id): PathId<CredentialId>,
    Confirmation(name): Confirmation,
) -> Answer<Empty<204>> {
    call.core()
        .credentials
        .delete(&call.caller, id, &name)
        .await?;
    Ok(Empty)
}
