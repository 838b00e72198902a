//! The use cases on user pools: who may, and what the audit log is told.

mod fixture;

use async_trait::async_trait;
use domain::{
    access::TenantRole,
    audit::{AuditOutcome, AuditRow},
    problem::ProblemKind,
    services::UserPools,
    user_pool::{PoolGroup, PoolInvitation, PoolQuery, PoolRef, PoolUser, PoolUserStatus},
};
use fixture::Core;
use provisioning::{
    ports::user_pool::{Asked, PoolError, PoolErrorKind, UserPool},
    user_pools::{KnownPool, UserPoolService},
};
use std::sync::{Arc, Mutex};

/// A pool that remembers what it was asked, and lets nobody reset a password.
#[derive(Default)]
struct ScriptedPool {
    asked: Mutex<Vec<String>>,
}

impl ScriptedPool {
    fn note(&self, what: impl Into<String>) {
        self.asked.lock().unwrap().push(what.into());
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn somebody(username: &str) -> PoolUser {
    PoolUser {
        username: username.into(),
        subject: None,
        email: format!("{username}@example.com"),
        email_verified: true,
        name: String::new(),
        status: PoolUserStatus::Confirmed,
        enabled: true,
        created_at: None,
        changed_at: None,
    }
}

#[async_trait]
impl UserPool for ScriptedPool {
    async fn users(&self, _query: &PoolQuery) -> Asked<(Vec<PoolUser>, Option<String>)> {
        Ok((vec![somebody("grace")], None))
    }
    async fn user(&self, username: &str) -> Asked<PoolUser> {
        Ok(somebody(username))
    }
    async fn groups_of(&self, _username: &str) -> Asked<Vec<String>> {
        Ok(vec!["b".into(), "a".into()])
    }
    async fn groups(&self) -> Asked<Vec<PoolGroup>> {
        Ok(Vec::new())
    }
    async fn invite(&self, invitation: &PoolInvitation) -> Asked<PoolUser> {
        self.note(format!("invite {}", invitation.email));
        Ok(somebody("new"))
    }
    async fn set_enabled(&self, username: &str, enabled: bool) -> Asked<()> {
        self.note(format!("enable {username} {enabled}"));
        Ok(())
    }
    async fn reset_password(&self, username: &str) -> Asked<()> {
        self.note(format!("reset {username}"));
        Err(PoolError {
            kind: PoolErrorKind::Denied,
            message: "it lacks cognito-idp:AdminResetUserPassword".into(),
            next_step: Some("Add the permission.".into()),
            source: None,
        })
    }
    async fn join_group(&self, username: &str, group: &str) -> Asked<()> {
        self.note(format!("join {username} {group}"));
        Ok(())
    }
    async fn leave_group(&self, username: &str, group: &str) -> Asked<()> {
        self.note(format!("leave {username} {group}"));
        Ok(())
    }
}

fn service(core: &Core) -> (Arc<ScriptedPool>, UserPoolService) {
    let people = Arc::new(ScriptedPool::default());
    let known = KnownPool {
        pool: PoolRef {
            provider: "corp".into(),
            title: "Corp".into(),
            pool_id: "eu-central-1_AbCdEfGhI".into(),
        },
        people: people.clone(),
    };
    let pools = UserPoolService::new(core.database.clone(), vec![known]);
    (people, pools)
}

/// What the audit log has about pools, oldest first.
async fn audited(core: &Core) -> Vec<AuditRow> {
    let mut rows = core.audited().await;
    rows.retain(|row| row.target.starts_with("pool/"));
    rows
}

#[tokio::test]
async fn a_change_is_recorded_and_done_once() {
    let core = Core::at_rest().await;
    let ada = core.admin("ada").await;
    let (people, pools) = service(&core);
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
    let core = Core::at_rest().await;
    let ada = core.admin("ada").await;
    let (_, pools) = service(&core);
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
    let core = Core::at_rest().await;
    let grace = core.member("grace", "vision", TenantRole::Admin).await;
    let (people, pools) = service(&core);
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
    let core = Core::at_rest().await;
    let ada = core.admin("ada").await;
    let (people, pools) = service(&core);
    let input = PoolInvitation {
        email: "a@b@corp.com".into(),
        name: String::new(),
    };
    let problem = pools.invite(&ada, "corp", input).await.unwrap_err();
    assert_eq!(problem.fields[0].field, "email");
    assert!(people.asked().is_empty());
    assert!(audited(&core).await.is_empty());
}
