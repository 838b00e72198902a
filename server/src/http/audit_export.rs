//! The audit log as a file: CSV for spreadsheets, JSON lines for programs.

use crate::http::{attachment::attachment, csv, layers::disconnects::WhileListened};
use axum::{
    body::{Body, Bytes},
    response::Response,
};
use clap::ValueEnum;
use domain::audit::AuditRow;
use futures::StreamExt as _;
use provisioning::audit_log::AuditStream;
use serde::{Deserialize, Serialize};
use std::io;
use utoipa::ToSchema;

/// A file format.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema, ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated, as RFC 4180 has it, with with a header line.
    #[default]
    Csv,
    /// One JSON object per line.
    Jsonl,
}

/// The columns of CSV.
const COLUMNS: &str = "sequence,at,who,user_id,channel,source,action,tenant,target,target_name,\
                       outcome,detail,changes,hash,times\r\n";

/// The largest number of rows in one chunk.
const TOGETHER: usize = 100;

impl Format {
    /// The text before the first row.
    pub fn head(self) -> &'static str {
        match self {
            Self::Csv => COLUMNS,
            Self::Jsonl => "",
        }
    }

    /// An entry as a line, including the line end.
    pub fn line(self, row: &AuditRow) -> String {
        match self {
            Self::Csv => csv_line(row),
            Self::Jsonl => json(row) + "\n",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Jsonl => "application/jsonl",
        }
    }

    fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "hangar-audit.csv",
            Self::Jsonl => "hangar-audit.jsonl",
        }
    }
}

/// The entries as a file, sent as they are read. The transfer is aborted if reading fails, so that the file does not look
/// complete.
pub fn file(rows: AuditStream, format: Format) -> Response {
    let lines = rows.ready_chunks(TOGETHER).map(move |rows| {
        let mut text = String::new();
        for row in rows {
            match row {
                Ok(row) => text.push_str(&format.line(&row)),
                Err(problem) => {
                    tracing::error!(%problem, "an export of the audit log was cut off");
                    return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
                }
            }
        }
        Ok(Bytes::from(text))
    });
    let head = futures::stream::iter([Ok(Bytes::from_static(format.head().as_bytes()))]);
    let body = Body::from_stream(head.chain(lines));
    let mut response = attachment(body, format.media_type(), format.file_name());
    response.extensions_mut().insert(WhileListened);
    response
}

fn json(row: &AuditRow) -> String {
    // Texts and numbers always become JSON.
    serde_json::to_string(row).unwrap_or_default()
}

fn csv_line(row: &AuditRow) -> String {
    let changes = if row.changes.is_empty() {
        String::new()
    } else {
        serde_json::to_string(&row.changes).unwrap_or_default()
    };
    let user_id = row.user_id.map(|id| id.to_string()).unwrap_or_default();
    let tenant = row.tenant.as_ref().map(|tenant| tenant.slug.clone());
    let (sequence, at) = (row.sequence.to_string(), row.at.to_string());
    let times = row.times.to_string();
    let cells = [
        &*sequence,
        &at,
        &row.who,
        &user_id,
        &row.channel,
        row.source.as_deref().unwrap_or_default(),
        &row.action,
        tenant.as_deref().unwrap_or_default(),
        &row.target,
        &row.target_name,
        row.outcome.as_str(),
        row.detail.as_deref().unwrap_or_default(),
        &changes,
        &row.hash,
        &times,
    ];
    csv::line(cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        audit::{AuditChange, AuditOutcome},
        problem::Problem,
    };
    use http_body_util::BodyExt as _;

    fn row(target_name: &str) -> AuditRow {
        AuditRow {
            id: uuid::Uuid::nil().into(),
            sequence: 7,
            at: "2026-11-21T10:30:00Z".parse().unwrap(),
            user_id: None,
            who: "Ada \"the first\"".into(),
            channel: "session".into(),
            source: None,
            action: "change_tenant".into(),
            did: "changed the tenant".into(),
            tenant: None,
            target: "tenant/1".into(),
            target_name: target_name.into(),
            outcome: AuditOutcome::Done,
            detail: Some("one\ntwo".into()),
            changes: vec![AuditChange::new("name", Some("a"), Some("b"))],
            hash: "00ff".into(),
            times: 1,
            last_at: None,
        }
    }

    #[test]
    fn a_row_of_csv_has_as_many_cells_as_there_are_names() {
        assert_eq!(
            Format::Csv.line(&row("x")),
            "7,2026-11-21T10:30:00Z,\"Ada \"\"the first\"\"\",,session,,change_tenant,,tenant/1,x,done,\
             \"one\ntwo\",\"[{\"\"field\"\":\"\"name\"\",\"\"before\"\":\"\"a\"\",\"\"after\"\":\"\"b\"\"}]\",00ff,1\r\n"
        );
        assert_eq!(COLUMNS.matches(',').count(), 14);
    }

    #[test]
    fn json_lines_stay_lines() {
        let line = Format::Jsonl.line(&row("x"));
        assert_eq!(line.matches('\n').count(), 1);
        let read: AuditRow = serde_json::from_str(&line).unwrap();
        assert_eq!(read, row("x"));
    }

    #[tokio::test]
    async fn an_export_that_fails_is_aborted() {
        let rows = [Ok(row("x")), Err(Problem::internal("1"))];
        let stream = Box::pin(futures::stream::iter(rows));
        let body = file(stream, Format::Csv).into_body();
        assert!(body.collect().await.is_err());
    }
}
