//! The reconciler is ended at each of its calls to the SkyPilot API server, before and after the
//! call has its effect; another one goes on, and no machine is lost or launched twice.

use domain::{access::TenantRole::Developer, node::view::NodeState};
use scripted::TestCore;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Runs a reconciler that dies at `call`; answers whether it came that far.
async fn dies_at(core: &TestCore, call: usize, after_effect: bool) -> bool {
    core.machines.hang_at(call, after_effect);
    let reconciler = core.reconciler();
    let worker = tokio::spawn(async move { reconciler.run(CancellationToken::new()).await });
    let died = tokio::time::timeout(Duration::from_millis(2500), core.machines.hung.notified())
        .await
        .is_ok();
    worker.abort();
    let _ = worker.await;
    core.machines.heal();
    died
}

#[tokio::test]
async fn a_launch_survives_an_end_at_every_call_with_one_machine() {
    for after_effect in [false, true] {
        for call in 0.. {
            let core = TestCore::start().await;
            let grace = core.member("grace", "vision", Developer).await;
            let node = core.order_node(&grace, "trainer").await;
            let died = dies_at(&core, call, after_effect).await;
            let _running = core.reconcile();
            core.until(&node, NodeState::Ready).await;
            assert_eq!(core.machines.names(), [node.details.machine]);
            assert_eq!(core.machines.launches(), 1, "call {call}, {after_effect}");
            if !died {
                assert!(call > 5, "the reconciler made only {call} calls");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_deletion_survives_an_end_at_every_call() {
    for after_effect in [false, true] {
        for call in 0.. {
            let core = TestCore::start().await;
            let grace = core.member("grace", "vision", Developer).await;
            let node = core.order_node(&grace, "trainer").await;
            {
                let _running = core.reconcile();
                core.until(&node, NodeState::Ready).await;
            }
            core.nodes.delete(&grace, node.id, "trainer").await.unwrap();
            let died = dies_at(&core, call, after_effect).await;
            let _running = core.reconcile();
            core.until(&node, NodeState::Deleted).await;
            assert!(core.machines.names().is_empty());
            if !died {
                assert!(call > 3, "the reconciler made only {call} calls");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_deletion_in_the_middle_of_a_launch_leaves_nothing() {
    for call in 0..8 {
        let core = TestCore::start().await;
        let grace = core.member("grace", "vision", Developer).await;
        let node = core.order_node(&grace, "trainer").await;
        dies_at(&core, call, true).await;
        core.nodes.delete(&grace, node.id, "trainer").await.unwrap();
        let _running = core.reconcile();
        core.until(&node, NodeState::Deleted).await;
        assert!(core.machines.names().is_empty(), "call {call}");
    }
}
