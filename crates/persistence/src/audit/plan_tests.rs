//! How SQLite finds entries of the audit log: it never sorts them.

use super::*;
use crate::new_id;
use domain::ids::UserId;

async fn plan(database: &Database, query: &AuditQuery, tenants: Option<usize>) -> String {
    let scope = tenants.map_or(TenantScope::All, |count| {
        let ids = (0..count).map(|_| new_id());
        TenantScope::Only(ids.collect())
    });
    let part = Part {
        after: 0,
        through: i64::MAX,
        newest_first: true,
        limit: 51,
    };
    let sql = sequences(database.dialect(), &Filter { query, scope }, &part);
    let rows = sql.explained().query().fetch_all(database.readers()).await;
    let steps: Vec<String> = rows
        .unwrap()
        .iter()
        .map(|row| text(row, "detail").unwrap())
        .collect();
    steps.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_question_goes_through_one_index_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hangar.db");
    let database = Database::open(path.to_str().unwrap(), None).await.unwrap();
    let everything = AuditQuery::default();
    let of_user = AuditQuery {
        user_id: Some(new_id::<UserId>()),
        actions: vec![AuditAction::SignIn, AuditAction::SignOut],
        outcome: Some(AuditOutcome::Refused),
        search: "ci".into(),
        ..AuditQuery::default()
    };
    let of_one = AuditQuery {
        target: Some("cluster/1".into()),
        ..of_user.clone()
    };
    let refused = AuditQuery {
        outcome: Some(AuditOutcome::Refused),
        ..AuditQuery::default()
    };
    let done = AuditQuery {
        actions: vec![AuditAction::SignIn, AuditAction::SignOut],
        outcome: Some(AuditOutcome::Done),
        ..AuditQuery::default()
    };
    for (query, tenants, way) in [
        (&everything, None, "USING INTEGER PRIMARY KEY"),
        (&everything, Some(1), "audit_entries_by_tenant"),
        (&of_user, Some(2), "audit_entries_by_user"),
        (&of_one, None, "audit_entries_by_target"),
        (&refused, Some(1), "audit_entries_by_outcome"),
    ] {
        let plan = plan(&database, query, tenants).await;
        assert!(plan.contains(way), "{query:?}: {plan}");
        assert!(!plan.contains("FOR ORDER BY"), "{query:?}: {plan}");
        assert!(!plan.contains("SCAN"), "{query:?}: {plan}");
    }
    for (query, tenants, way) in [
        (&everything, Some(3), "audit_entries_by_tenant"),
        (&done, Some(3), "audit_entries_by_action"),
    ] {
        let plan = plan(&database, query, tenants).await;
        let values = if query.actions.is_empty() { 3 } else { 2 };
        assert_eq!(plan.matches(way).count(), values, "{plan}");
    }
    database.close().await;
}
