//! The audit log's use cases, over a real database.

use domain::{
    access::{PlatformRole, TenantRole, TokenReach, TokenScope},
    audit::{AuditOutcome, AuditQuery, AuditRow},
    caller::{Caller, Channel},
    cluster::ClusterState,
    node::{log::NodeLog, view::NodeState},
    order::OrderInput,
    problem::{Problem, ProblemKind},
    tenancy::InvitationInput,
};
use futures::{StreamExt, TryStreamExt};
use persistence::new_id;
use provisioning::audit_log::AuditStream;
use scripted::TestCore;

fn about(tenant: &str) -> AuditQuery {
    AuditQuery {
        tenant: Some(tenant.into()),
        ..AuditQuery::default()
    }
}

async fn rows(stream: AuditStream) -> Vec<AuditRow> {
    stream.try_collect().await.unwrap()
}

fn kind<T>(answer: Result<T, Problem>) -> Option<ProblemKind> {
    answer.err().map(|problem| problem.kind)
}

#[tokio::test]
async fn each_reads_the_log_of_the_tenants_where_they_may() {
    let core = TestCore::start().await;
    let log = &core.audit;
    let grace = core.member("grace", "vision", TenantRole::Developer).await;
    let linus = core
        .member("linus", "payments", TenantRole::Developer)
        .await;
    let maya = core.member("maya", "vision", TenantRole::Viewer).await;
    let ada = core.admin("ada").await;
    core.order(&grace, "seen").await;
    let elsewhere = OrderInput {
        tenant: "payments".into(),
        ..scripted::order("secret")
    };
    core.clusters.create(&linus, elsewhere, None).await.unwrap();

    let names = |mut rows: Vec<AuditRow>| -> Vec<String> {
        rows.retain(|row| row.channel != "claim");
        rows.into_iter().map(|row| row.target_name).collect()
    };
    let own = log.list(&grace, AuditQuery::default()).await.unwrap();
    assert_eq!(names(own.items), ["seen"]);
    let all = log.list(&ada, AuditQuery::default()).await.unwrap();
    let all = names(all.items);
    assert!(
        all.contains(&"secret".into()) && all.contains(&"ada".into()),
        "{all:?}"
    );
    let one = log.list(&ada, about("payments")).await.unwrap();
    assert_eq!(names(one.items), ["secret"]);

    let foreign = log.list(&grace, about("payments")).await.unwrap_err();
    let missing = log.list(&grace, about("nowhere")).await.unwrap_err();
    assert_eq!(foreign, missing);
    assert_eq!(foreign.kind, ProblemKind::NotFound);
    assert_eq!(
        kind(log.list(&maya, about("vision")).await),
        Some(ProblemKind::Forbidden)
    );
    assert_eq!(
        kind(log.list(&maya, AuditQuery::default()).await),
        Some(ProblemKind::Forbidden)
    );
}

#[tokio::test]
async fn a_foreign_entry_is_not_found_and_one_that_may_not_be_read_is_forbidden() {
    let core = TestCore::start().await;
    let log = &core.audit;
    let grace = core.member("grace", "vision", TenantRole::Developer).await;
    let linus = core.member("linus", "payments", TenantRole::Admin).await;
    let maya = core.member("maya", "vision", TenantRole::Viewer).await;
    core.order(&grace, "seen").await;
    let row = log
        .list(&grace, about("vision"))
        .await
        .unwrap()
        .items
        .remove(0);
    assert_eq!(log.get(&grace, row.id).await, Ok(row.clone()));
    let foreign = log.get(&linus, row.id).await.unwrap_err();
    let missing = log.get(&linus, new_id()).await.unwrap_err();
    assert_eq!(foreign, missing);
    assert_eq!(
        kind(log.get(&maya, row.id).await),
        Some(ProblemKind::Forbidden)
    );
    // What concerns no tenant is for those who run the platform.
    let ada = core.admin("ada").await;
    let rows = log.list(&ada, AuditQuery::default()).await.unwrap().items;
    let of_platform = rows.iter().find(|row| row.tenant.is_none()).unwrap();
    assert_eq!(
        kind(log.get(&linus, of_platform.id).await),
        Some(ProblemKind::NotFound)
    );
}

#[tokio::test]
async fn a_token_reads_no_further_than_it_reaches() {
    let core = TestCore::start().await;
    let log = &core.audit;
    let grace = core.member("grace", "vision", TenantRole::Developer).await;
    core.order(&grace, "seen").await;
    let with = |scope| Caller {
        channel: Channel::ApiToken(new_id()),
        token_reach: Some(TokenReach {
            scopes: vec![scope],
            tenant_id: None,
        }),
        ..grace.clone()
    };
    let refused = log.list(&with(TokenScope::Clusters), about("vision")).await;
    let refused = refused.unwrap_err();
    assert!(refused.detail.contains("“read” or “admin”"), "{refused}");
    assert!(
        log.list(&with(TokenScope::Read), about("vision"))
            .await
            .is_ok()
    );
    // A platform admin's token to read reads every tenant's log and not the platform's.
    let ada = Caller {
        platform_role: PlatformRole::Admin,
        ..with(TokenScope::Read)
    };
    let rows = log.list(&ada, AuditQuery::default()).await.unwrap().items;
    assert!(rows.iter().all(|row| row.tenant.is_some()), "{rows:?}");
}

#[tokio::test]
async fn an_export_is_recorded_before_it_begins_and_does_not_contain_itself() {
    let core = TestCore::start().await;
    let log = &core.audit;
    let grace = core.member("grace", "vision", TenantRole::Developer).await;
    for number in 0..3 {
        core.order(&grace, &format!("cluster-{number}")).await;
    }
    let stream = log.export(&grace, about("vision")).await.unwrap();
    let recorded = core.audited().await.pop().unwrap();
    assert_eq!(recorded.action, "export_audit");
    assert_eq!(recorded.tenant.unwrap().slug, "vision");
    let exported = rows(stream).await;
    let names: Vec<_> = exported.iter().map(|row| &*row.target_name).collect();
    // Grace's role is from a claim.
    assert_eq!(names, ["grace", "cluster-0", "cluster-1", "cluster-2"]);
}

#[tokio::test]
async fn a_refused_export_is_recorded() {
    let core = TestCore::start().await;
    let log = &core.audit;
    let maya = core.member("maya", "vision", TenantRole::Viewer).await;
    let refused = log.export(&maya, about("vision")).await;
    assert_eq!(kind(refused), Some(ProblemKind::Forbidden));
    let recorded = core.audited().await.pop().unwrap();
    assert_eq!(recorded.action, "export_audit");
    assert_eq!(recorded.outcome, AuditOutcome::Refused);
}

#[tokio::test]
async fn what_is_refused_is_recorded_in_the_tenant_that_it_was_tried_in() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", TenantRole::Developer).await;
    let maya = core.member("maya", "vision", TenantRole::Viewer).await;
    let cluster = core.order(&grace, "kept").await;
    let refused = core.clusters.delete(&maya, cluster.id, "kept").await;
    assert_eq!(kind(refused), Some(ProblemKind::Forbidden));
    let refused = core
        .clusters
        .create(&maya, scripted::order("mine"), None)
        .await;
    assert_eq!(kind(refused.map(|_| ())), Some(ProblemKind::Forbidden));
    let log = &core.audit;
    let query = AuditQuery {
        outcome: Some(AuditOutcome::Refused),
        ..about("vision")
    };
    let recorded = log.list(&grace, query).await.unwrap().items;
    let seen: Vec<_> = recorded
        .iter()
        .map(|row| (&*row.who, &*row.action, &*row.target_name))
        .collect();
    assert_eq!(
        seen,
        [
            ("maya", "order_cluster", "vision team"),
            ("maya", "delete_cluster", "kept"),
        ]
    );
}

#[tokio::test]
async fn nothing_is_handed_out_that_cannot_be_recorded() {
    let core = TestCore::start().await;
    let _reconciling = core.reconcile();
    let grace = core.member("grace", "vision", TenantRole::Developer).await;
    let cluster = core.order(&grace, "kept").await;
    core.until(&cluster, ClusterState::Ready).await;
    let node = core.order_node(&grace, "trainer").await;
    core.until(&node, NodeState::Ready).await;
    let before = core.audited().await.len();

    let (read_only, database) = core.read_only().await;
    let internal = Some(ProblemKind::Internal);
    assert_eq!(
        kind(read_only.clusters.kubeconfig(&grace, cluster.id).await),
        internal
    );
    assert_eq!(
        kind(read_only.nodes.ssh(&grace, node.id).await.map(|_| ())),
        internal
    );
    let log = read_only
        .nodes
        .log(&grace, node.id, NodeLog::Provisioning, false, None);
    assert_eq!(kind(log.await.map(|_| ())), internal);
    let export = read_only.audit.export(&grace, about("vision")).await;
    assert_eq!(kind(export.map(|_| ())), internal);
    assert_eq!(core.audited().await.len(), before);

    // The same where it can be recorded.
    assert!(core.clusters.kubeconfig(&grace, cluster.id).await.is_ok());
    assert!(core.nodes.ssh(&grace, node.id).await.is_ok());
    let log = core
        .nodes
        .log(&grace, node.id, NodeLog::Provisioning, false, None);
    drop(log.await.unwrap().next().await);
    database.close().await;
}

#[tokio::test]
async fn the_same_refusals_are_one_entry_with_their_number() {
    let core = TestCore::start().await;
    let maya = core.member("maya", "vision", TenantRole::Viewer).await;
    let vision = core.tenants.get(&maya, "vision").await.unwrap().tenant.id;
    let target = maya.user_id.unwrap();
    for _ in 0..7 {
        let refused = core.users.suspend(&maya, target, "").await.unwrap_err();
        assert_eq!(refused.kind, ProblemKind::Forbidden);
        // Each attempt has another id.
        let input = InvitationInput {
            email: "new@example.com".into(),
            role: TenantRole::Admin,
            user_id: None,
        };
        let refused = core.tenants.invite(&maya, vision, input).await.unwrap_err();
        assert_eq!(refused.kind, ProblemKind::Forbidden);
    }
    let counted: Vec<_> = core
        .audited()
        .await
        .into_iter()
        .map(|row| (row.action, row.outcome, row.times))
        .collect();
    assert_eq!(
        counted,
        [
            ("suspend_user".to_owned(), AuditOutcome::Refused, 7),
            ("invite".to_owned(), AuditOutcome::Refused, 7),
        ]
    );
}
