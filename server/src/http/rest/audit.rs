//! `/api/v1/audit`.

use super::{
    Answer,
    extract::ApiQuery,
    operation::{Operation, get, tagged},
    path::PathId,
};
use crate::http::{
    audit_export::{self, Format},
    call::Call,
};
use axum::{Json, response::Response};
use domain::{
    access::Action,
    audit::{AuditPage, AuditQueryInput, AuditRow},
    ids::AuditId,
    problem::{FieldError, Problem},
};
use serde::Deserialize;
use utoipa::IntoParams;

pub fn operations() -> Vec<Operation> {
    tagged(
        "audit",
        [
            get("/audit", "list_audit_entries", list)
                .requires(Action::ReadAudit)
                .about(
                    "Newest first. Platform admins read all entries, others those of their \
                     tenants. The next page starts at `before` = `next`.",
                )
                .fails([404, 422]),
            get("/audit/export", "export_audit_entries", export)
                .requires(Action::ReadAudit)
                .about(
                    "All matching entries, oldest first; `before` and `limit` are ignored. The \
                     export itself is audited. In CSV, a cell that starts like a formula gets an \
                     apostrophe in front. The transfer is aborted if the export fails.",
                )
                .fails([404, 422])
                .sends_text(&["text/csv", "application/jsonl"]),
            get("/audit/{id}", "get_audit_entry", read).requires(Action::ReadAudit),
        ],
    )
}

async fn list(call: Call, ApiQuery(query): ApiQuery<AuditQueryInput>) -> Answer<Json<AuditPage>> {
    let query = query.validate().map_err(Problem::invalid)?;
    Ok(Json(call.core().audit.list(&call.caller, query).await?))
}

async fn read(call: Call, PathId(id): PathId<AuditId>) -> Answer<Json<AuditRow>> {
    Ok(Json(call.core().audit.get(&call.caller, id).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportFormat {
    /// `csv` (default) or `jsonl`: one JSON object per line.
    format: Option<String>,
}

async fn export(
    call: Call,
    ApiQuery(query): ApiQuery<AuditQueryInput>,
    ApiQuery(ExportFormat { format }): ApiQuery<ExportFormat>,
) -> Answer<Response> {
    let format = match format.as_deref().unwrap_or_default() {
        "" | "csv" => Ok(Format::Csv),
        "jsonl" => Ok(Format::Jsonl),
        _ => Err(FieldError::new("format", "Use csv or jsonl.")),
    };
    match (query.validate(), format) {
        (Ok(query), Ok(format)) => {
            let rows = call.core().audit.export(&call.caller, query).await?;
            Ok(audit_export::file(rows, format))
        }
        (query, format) => {
            let mut errors = query.err().unwrap_or_default();
            errors.extend(format.err());
            Err(Problem::invalid(errors).into())
        }
    }
}
