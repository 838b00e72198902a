//! `/api/v1/audit`.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

use super::{Answer, extract::ApiQuery};
use crate::{
    http::{
        audit_export::{Format, attachment},
        identity::SignedIn,
        problem::ProblemDocument,
    },
    portal::Portal,
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use domain::{
    audit::{AuditPage, AuditQueryInput, AuditRow},
    ids::AuditId,
    problem::{FieldError, Problem},
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// Look things up in the audit log
///
/// Newest first. Platform admins read all of it, developers and admins of a tenant what concerns that tenant. `next` of
/// a page is `before` of the page after it.
#[utoipa::path(get, path = "/audit", operation_id = "list_audit", tag = "audit", params(AuditQueryInput), responses(
    (status = 200, description = "A page of entries", body = AuditPage),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may read no audit log, or your token lacks the scope `read` or `admin`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such tenant, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "A parameter breaks a rule", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn list(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    ApiQuery(query): ApiQuery<AuditQueryInput>,
) -> Answer<Json<AuditPage>> {
    let query = query.validate().map_err(Problem::invalid)?;
    Ok(Json(portal.core.audit.list(&caller, query).await?))
}

/// Read an audit entry
#[utoipa::path(get, path = "/audit/{id}", operation_id = "get_audit_entry", tag = "audit", params(("id" = AuditId, Path, description = "The entry's id")), responses(
    (status = 200, description = "The entry", body = AuditRow),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "Your token lacks the scope `read` or `admin`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such entry, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn get(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<AuditRow>> {
    let id = id.parse().map_err(|_| Problem::not_found("audit entry"))?;
    Ok(Json(portal.core.audit.get(&caller, id).await?))
}

/// What kind of file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportFormat {
    /// `csv` (unless told otherwise) or `jsonl`: one JSON object a line.
    format: Option<String>,
}

/// Export the audit log
///
/// Everything that matches, oldest first; `before` and `limit` do not count here. That you do so is recorded before
/// anything leaves. A cell of CSV that begins like a formula has an apostrophe before it. A file that is cut off ends in
/// the middle of the transfer.
#[utoipa::path(get, path = "/audit/export", operation_id = "export_audit", tag = "audit", params(AuditQueryInput, ExportFormat), responses(
    (status = 200, description = "The entries", content((String = "text/csv"), (String = "application/jsonl")), headers(("Content-Disposition" = String, description = "A name for the file"))),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may read no audit log, or your token lacks the scope `read` or `admin`", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such tenant, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "A parameter breaks a rule", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn export(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    ApiQuery(query): ApiQuery<AuditQueryInput>,
    ApiQuery(wanted): ApiQuery<ExportFormat>,
) -> Answer<Response> {
    let format = match wanted.format.as_deref().unwrap_or_default() {
        "" | "csv" => Ok(Format::Csv),
        "jsonl" => Ok(Format::Jsonl),
        _ => Err(FieldError::new("format", "One of csv and jsonl.")),
    };
    let (query, format) = match (query.validate(), format) {
        (Ok(query), Ok(format)) => (query, format),
        (query, format) => {
            let mut errors = query.err().unwrap_or_default();
            errors.extend(format.err());
            return Err(Problem::invalid(errors).into());
        }
    };
    let rows = portal.core.audit.export(&caller, query).await?;
    Ok(attachment(rows, format))
}
