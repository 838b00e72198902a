//! Nodes from order to deletion, over a real database and a scripted SkyPilot API server.

use domain::{
    access::TenantRole::{Developer, Viewer},
    audit::AuditAction,
    failure::FailureCode,
    node::{
        job::JobInput,
        log::NodeLog,
        machine_name::machine_name,
        order::{AutostopInput, NodeOrderInput},
        view::NodeState,
    },
    operation::{Operation, OperationKind},
    problem::ProblemKind,
};
use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use persistence::{
    audit_records::AuditEntry,
    new_id,
    node_records::{NewNode, NodeColumns},
    records::OrderStored,
};
use scripted::{TestCore, eventually, node_order};
use secrecy::ExposeSecret;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn a_node_comes_up_stops_starts_and_goes() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let _running = core.reconcile();
    let node = core.order_node(&grace, "trainer").await;
    assert_eq!(node.state, NodeState::Pending);
    core.until(&node, NodeState::Ready).await;

    let up = core.nodes.get(&grace, node.id).await.unwrap();
    assert_eq!(up.address.as_deref(), Some("203.0.113.7:22"));
    // Quoted as the cheapest; found in a dearer cloud.
    assert_eq!(up.cost.price_per_hour.unwrap().0, 6_880_000);
    assert!(up.cost.charged);

    core.nodes.stop(&grace, node.id).await.unwrap();
    core.until(&node, NodeState::Stopped).await;
    let stopped = core.nodes.get(&grace, node.id).await.unwrap();
    assert!(!stopped.cost.charged);

    core.nodes.start(&grace, node.id).await.unwrap();
    core.until(&node, NodeState::Ready).await;
    core.nodes.delete(&grace, node.id, "trainer").await.unwrap();
    core.until(&node, NodeState::Deleted).await;
    assert!(core.machines.names().is_empty());
    assert_eq!(core.machines.launches(), 1);
    assert_eq!(core.machines.workspaces()[&up.workspace], 1);
}

#[tokio::test]
async fn a_lack_of_capacity_is_explained_and_can_be_tried_again() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let _running = core.reconcile();
    core.machines.no_capacity.store(true, Ordering::SeqCst);
    let node = core.order_node(&grace, "trainer").await;
    core.until(&node, NodeState::Failed).await;
    let failed = core.nodes.get(&grace, node.id).await.unwrap();
    let failure = failed.failure.as_ref().unwrap();
    assert_eq!(failure.code, FailureCode::NoCapacity);
    assert!(failure.message.contains("AWS (us-east-1)"));
    assert!(failed.allowed.start);

    core.machines.no_capacity.store(false, Ordering::SeqCst);
    core.nodes.start(&grace, node.id).await.unwrap();
    core.until(&node, NodeState::Ready).await;
    assert_eq!(core.machines.launches(), 2);
}

#[tokio::test]
async fn a_machine_ended_outside_shows_when_its_workspace_is_looked_at() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let node = core.order_node(&grace, "trainer").await;
    {
        let _running = core.reconcile();
        core.until(&node, NodeState::Ready).await;
    }
    core.machines.end(&node.machine);
    // A reconciler that starts looks at workspaces that are due; this one is made so.
    let workspace = core
        .database
        .workspaces()
        .of_environment(node.environment.id)
        .await
        .unwrap()
        .unwrap();
    core.database.workspaces().wake(workspace.id).await.unwrap();
    let _running = core.reconcile();
    core.until(&node, NodeState::Failed).await;
    let gone = core.nodes.get(&grace, node.id).await.unwrap();
    assert_eq!(
        gone.failure.as_ref().unwrap().code,
        FailureCode::MachineGone
    );
    assert!(!gone.cost.charged);
}

#[tokio::test]
async fn an_empty_workspace_is_looked_at_often_once_a_node_is_ordered_in_it() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let _running = core.reconcile();
    // Until the workspaces are ready and at rest, the next look is at once.
    let soon = SignedDuration::from_secs(60);
    let next_look = || async {
        let due = core.database.workspaces().next_due().await.unwrap();
        due.unwrap().duration_since(Timestamp::now())
    };
    eventually(async || match next_look().await {
        pause if pause >= soon => Ok(()),
        pause => Err(pause),
    })
    .await;
    let node = core.order_node(&grace, "trainer").await;
    core.until(&node, NodeState::Ready).await;
    assert!(
        next_look().await < soon,
        "a machine that is ended shows within a minute"
    );
}

#[tokio::test]
async fn a_server_that_restarts_in_the_middle_is_asked_again_and_makes_one_machine() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let node = core.order_node(&grace, "trainer").await;
    let _running = core.reconcile();
    eventually(async || match core.machines.launches() {
        0 => Err("no launch"),
        _ => Ok(()),
    })
    .await;
    core.machines.forget_requests();
    core.until(&node, NodeState::Ready).await;
    assert_eq!(core.machines.names(), [node.details.machine]);
}

#[tokio::test]
async fn a_server_that_is_away_loses_nothing() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    core.machines.unreachable.store(true, Ordering::SeqCst);
    let _running = core.reconcile();
    let node = core.order_node(&grace, "trainer").await;
    let failure = eventually(async || {
        let node = core.nodes.get(&grace, node.id).await.unwrap();
        node.failure.ok_or(node.state)
    })
    .await;
    assert_eq!(failure.code, FailureCode::ServerUnreachable);
    core.machines.heal();
    core.until(&node, NodeState::Ready).await;
}

#[tokio::test]
async fn an_idle_rule_reaches_the_machine() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let _running = core.reconcile();
    let node = core.order_node(&grace, "trainer").await;
    core.until(&node, NodeState::Ready).await;
    let rule = |minutes| AutostopInput {
        idle_minutes: Some(minutes),
        idle_action: "stop".into(),
    };
    let refused = core.nodes.set_autostop(&grace, node.id, rule(-1)).await;
    assert_eq!(refused.unwrap_err().fields[0].field, "idle_minutes");
    let changed = core.nodes.set_autostop(&grace, node.id, rule(15)).await;
    assert_eq!(changed.unwrap().autostop.unwrap().idle_minutes, 15);
    use provisioning::ports::machines::Machines;
    eventually(async || {
        let machines = core.machines.all_machines().await.unwrap();
        let rule = machines[0].autostop;
        rule.filter(|rule| rule.idle_minutes == 15).ok_or(rule)
    })
    .await;
}

#[tokio::test]
async fn the_same_key_orders_once_and_a_name_is_taken_once() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let order = |name: &str, key| core.nodes.create(&grace, node_order(name), key);
    let first = order("trainer", Some("k-1")).await.unwrap();
    let again = order("trainer", Some("k-1")).await.unwrap();
    assert!(again.replayed);
    assert_eq!(first.node.id, again.node.id);
    let reused = order("other", Some("k-1")).await.unwrap_err();
    assert_eq!(reused.kind, ProblemKind::IdempotencyKeyReused);
    let taken = order("trainer", None).await.unwrap_err();
    assert_eq!(
        (taken.kind, taken.fields[0].field.as_str()),
        (ProblemKind::Conflict, "name")
    );
}

#[tokio::test]
async fn a_quote_says_what_an_order_would_come_to_and_sends_nothing() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let quote = core
        .nodes
        .quote(
            &grace,
            NodeOrderInput {
                time_to_live_hours: Some(10),
                ..node_order("trainer")
            },
        )
        .await
        .unwrap();
    assert_eq!(quote.errors, []);
    assert_eq!(quote.price_per_hour.unwrap().0, 6_880_000);
    assert_eq!(quote.until_end.unwrap().0, 68_800_000);
    assert!(quote.task_yaml.unwrap().contains("accelerators: H100:1"));
    assert_eq!(core.machines.launches(), 0);

    let nameless = core.nodes.quote(&grace, node_order("")).await.unwrap();
    assert_eq!(nameless.errors[0].field, "name");
    assert_eq!(nameless.price_per_hour.unwrap().0, 6_880_000);
    assert_eq!(nameless.task_yaml, None);

    let bad = core
        .nodes
        .quote(
            &grace,
            NodeOrderInput {
                name: "Trainer".into(),
                count: Some(0),
                environment: "mars".into(),
                ..node_order("x")
            },
        )
        .await
        .unwrap();
    let fields: Vec<_> = bad
        .errors
        .iter()
        .map(|error| error.field.as_str())
        .collect();
    assert_eq!(fields, ["environment", "name", "count"]);
}

#[tokio::test]
async fn a_task_of_ones_own_is_checked_here_and_by_the_server() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let _running = core.reconcile();
    // The server is asked once the workspace is there.
    let first = core.order_node(&grace, "first").await;
    core.until(&first, NodeState::Ready).await;
    let quote = |task: &str| {
        core.nodes.quote(
            &grace,
            NodeOrderInput {
                accelerator: String::new(),
                task: Some(task.into()),
                ..node_order("trainer")
            },
        )
    };
    let local = quote("run: a\nworkdir: .\n").await.unwrap();
    assert!(local.errors[0].message.starts_with("Line 2"));
    let server = quote("resources:\n  unknown_to_skypilot: 1\n")
        .await
        .unwrap();
    assert!(server.errors[0].message.contains("unsupported field"));
    let good = quote("resources:\n  accelerators: H100:1\n").await.unwrap();
    assert_eq!(good.price_per_hour.unwrap().0, 6_880_000);
    assert!(good.task_yaml.unwrap().contains("- 22"));
}

#[tokio::test]
async fn keys_and_logs_are_handed_out_with_an_entry_in_the_audit_log() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let _running = core.reconcile();
    let node = core.order_node(&grace, "trainer").await;
    let early = core.nodes.ssh(&grace, node.id).await.unwrap_err();
    assert_eq!(early.kind, ProblemKind::NotReady);
    core.until(&node, NodeState::Ready).await;
    let access = core.nodes.ssh(&grace, node.id).await.unwrap();
    assert!(access.private_key.expose_secret().contains("PRIVATE KEY"));
    assert!(access.config_block().contains("HostName 203.0.113.7"));
    core.nodes
        .submit_job(
            &grace,
            node.id,
            JobInput {
                name: None,
                run: "nvidia-smi".into(),
            },
        )
        .await
        .unwrap();
    let log: Vec<_> = core
        .nodes
        .log(&grace, node.id, NodeLog::Job(None), true, None)
        .await
        .unwrap()
        .map(|lines| lines.unwrap().text)
        .collect()
        .await;
    assert_eq!(log, ["run: |\n  nvidia-smi\n"]);
    let did: Vec<_> = core
        .database
        .audit()
        .recent(&domain::caller::TenantScope::All, 20)
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.did)
        .collect();
    for action in [
        AuditAction::ReadNodeKey,
        AuditAction::ReadNodeLog,
        AuditAction::SubmitJob,
    ] {
        assert!(
            did.iter().any(|did| did == action.phrase()),
            "{action:?}: {did:?}"
        );
    }
}

#[tokio::test]
async fn others_find_nothing_and_viewers_may_only_look() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let node = core.order_node(&grace, "trainer").await;
    let stranger = core.member("eve", "payments", Developer).await;
    let viewer = core.member("vera", "vision", Viewer).await;
    let kinds = |caller: domain::caller::Caller| {
        let (core, id) = (&core, node.id);
        async move {
            vec![
                core.nodes.get(&caller, id).await.err().map(|it| it.kind),
                core.nodes.stop(&caller, id).await.err().map(|it| it.kind),
                core.nodes.ssh(&caller, id).await.err().map(|it| it.kind),
                core.nodes
                    .delete(&caller, id, "trainer")
                    .await
                    .err()
                    .map(|it| it.kind),
                core.nodes.orphans(&caller).await.err().map(|it| it.kind),
            ]
        }
    };
    let (missing, forbidden) = (Some(ProblemKind::NotFound), Some(ProblemKind::Forbidden));
    assert_eq!(
        kinds(stranger).await,
        [missing, missing, missing, missing, forbidden]
    );
    assert_eq!(
        kinds(viewer).await,
        [None, forbidden, forbidden, forbidden, forbidden]
    );
}

#[tokio::test]
async fn machines_nobody_ordered_are_listed_to_admins_and_deleted_when_they_say_so() {
    let core = TestCore::start().await;
    let mut admin = core.member("ada", "vision", Developer).await;
    let tenant = admin.memberships[0].tenant_id;
    let name = &machine_name(tenant, &"forgotten".parse().unwrap());
    // The second is of another portal on the same server.
    core.machines.strand("hgr-00000000-forgotten");
    core.machines.strand(name);
    let _running = core.reconcile();
    admin.platform_role = domain::access::PlatformRole::Admin;
    let orphan = eventually(async || {
        let orphan = core.nodes.orphans(&admin).await.unwrap().pop();
        orphan.ok_or("no orphan")
    })
    .await;
    assert_eq!(&orphan.machine, name);
    assert_eq!(core.nodes.orphans(&admin).await.unwrap().len(), 1);
    let foreign = "hgr-00000000-forgotten";
    let refused = core.nodes.delete_orphan(&admin, foreign, foreign).await;
    assert_eq!(refused.unwrap_err().kind, ProblemKind::NotFound);
    let typo = core.nodes.delete_orphan(&admin, name, "no").await;
    assert_eq!(typo.unwrap_err().fields[0].field, "confirmation");
    core.nodes.delete_orphan(&admin, name, name).await.unwrap();
    assert!(core.nodes.orphans(&admin).await.unwrap()[0].going);
    eventually(async || match core.machines.names() {
        names if names == [foreign] => Ok(()),
        names => Err(names),
    })
    .await;
}

#[tokio::test]
async fn a_node_whose_time_is_over_is_deleted() {
    let core = TestCore::start().await;
    let grace = core.member("grace", "vision", Developer).await;
    let node = core.order_node(&grace, "lasting").await;
    let lasting = core.database.nodes().get(node.id).await.unwrap().unwrap();
    let now = Timestamp::now();
    let short = NewNode {
        id: new_id(),
        name: "short".parse().unwrap(),
        tenant_id: lasting.tenant.id,
        environment_id: lasting.environment.id,
        created_by: lasting.created_by.id,
        created_at: now,
        ends_at: Some(now + SignedDuration::from_millis(1500)),
        operation: Operation::begin(new_id(), OperationKind::LaunchNode, now),
        details: NodeColumns::ordered(
            lasting.spec.clone(),
            lasting.task_yaml.clone(),
            "hgr-00000000-short".into(),
        ),
        idempotency: None,
    };
    let audit = AuditEntry::by(&grace, AuditAction::OrderNode, now, "node", "short");
    let OrderStored::Created(short) = core.database.nodes().create(short, audit).await.unwrap()
    else {
        panic!("not stored");
    };
    let _running = core.reconcile();
    core.until(&node, NodeState::Ready).await;
    let short = domain::node::view::Node {
        id: short.id,
        ..node.clone()
    };
    core.until(&short, NodeState::Deleted).await;
    assert_eq!(core.machines.names(), [node.details.machine]);
}
