//! The use cases on user pools: who may, and what the audit log is told.

use domain::{
    access::TenantRole,
    audit::{AuditOutcome, AuditRow},
    problem::ProblemKind,
    user_pool::PoolInvitation,
};
use scripted::TestCore;

/// What the audit log has about pools, oldest first.
async fn audited(core: &TestCore) -> Vec<AuditRow> {
    let mut rows = core.audited().await;
    rows.retain(|row| row.target.starts_with("pool/"));
    rows
}

#[tokio::test]
async fn a_change_is_recorded_and_done_once() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let (people, pools) = (&core.pool, &core.user_pools);
    let changed = pools.set_group(&ada, "corp", "grace", "admins", true).await;
    assert_eq!(changed.unwrap().groups, ["a", "b"]);
    pools
        .set_enabled(&ada, "corp", "grace", false)
        .await
        .unwrap();
    assert_eq!(people.asked(), ["join grace admins", "enable grace false"]);
    let audited = audited(&core).await;
    let told: Vec<_> = audited
        .iter()
        .map(|row| (row.action.as_str(), row.target_name.as_str(), row.outcome))
        .collect();
    assert_eq!(
        told,
        [
            ("join_group_in_pool", "grace", AuditOutcome::Done),
            ("disable_in_pool", "grace", AuditOutcome::Done),
        ]
    );
    assert_eq!(audited[0].detail.as_deref(), Some("the group admins"));
}

#[tokio::test]
async fn a_failure_is_recorded_with_its_reason_and_told_with_the_way_out() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let (_, pools) = (&core.pool, &core.user_pools);
    let problem = pools
        .reset_password(&ada, "corp", "grace")
        .await
        .unwrap_err();
    assert_eq!(problem.kind, ProblemKind::Unavailable);
    assert!(problem.detail.contains("AdminResetUserPassword"));
    assert_eq!(problem.next_step.as_deref(), Some("Add the permission."));
    let last = audited(&core).await.pop().unwrap();
    assert_eq!(last.outcome, AuditOutcome::Failed);
    assert!(last.detail.unwrap().contains("AdminResetUserPassword"));
}

#[tokio::test]
async fn others_change_nothing_and_their_try_is_recorded() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", TenantRole::Admin).await;
    let (people, pools) = (&core.pool, &core.user_pools);
    for problem in [
        pools.pools(&grace).await.unwrap_err(),
        pools.get(&grace, "corp", "ada").await.unwrap_err(),
        pools.get(&grace, "nothing", "ada").await.unwrap_err(),
        pools
            .set_enabled(&grace, "corp", "ada", false)
            .await
            .unwrap_err(),
    ] {
        assert_eq!(problem.kind, ProblemKind::Forbidden);
    }
    assert!(people.asked().is_empty());
    let audited = audited(&core).await;
    assert_eq!(audited.len(), 1);
    assert_eq!(audited[0].outcome, AuditOutcome::Refused);
}

#[tokio::test]
async fn an_address_that_is_none_reaches_no_pool() {
    let core = TestCore::start().await;
    let ada = core.admin("ada").await;
    let (people, pools) = (&core.pool, &core.user_pools);
    let input = PoolInvitation {
        email: "a@b@corp.com".into(),
        name: String::new(),
    };
    let problem = pools.invite(&ada, "corp", input).await.unwrap_err();
    assert_eq!(problem.fields[0].field, "email");
    assert!(people.asked().is_empty());
    assert!(audited(&core).await.is_empty());
}
