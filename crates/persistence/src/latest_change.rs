//! Who last changed something, as the audit log has it.

use crate::{
    Cause,
    database::Database,
    rows::{text, time},
    sql::Sql,
    user_records::LatestChange,
};
use domain::audit::AuditAction;

pub(crate) async fn of(
    database: &Database,
    target: &str,
    actions: &[AuditAction],
) -> Result<Option<LatestChange>, Cause> {
    let mut sql = Sql::new("SELECT who, at FROM audit_entries WHERE target = ");
    sql.bind(target)
        .push(" AND outcome = 'done' AND action IN ")
        .bind_list(actions.iter().map(|action| action.as_str()))
        .push(" ORDER BY sequence DESC LIMIT 1");
    let row = sql.query().fetch_optional(database.readers()).await?;
    row.map(|row| {
        Ok(LatestChange {
            who: text(&row, "who")?,
            at: time(&row, "at")?,
        })
    })
    .transpose()
}
