//! The reconciler is ended at each of its calls to the host, before and after the call has its
//! effect; another one goes on and nothing is lost or doubled.

use domain::{access::TenantRole::Developer, cluster::ClusterState};
use scripted::TestCore;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Runs a reconciler that dies at `call`; answers whether it came that far before `settled`.
pub async fn dies_at(core: &TestCore, call: usize, after_effect: bool) -> bool {
    core.hosts.hang_at(call, after_effect);
    let reconciler = core.reconciler();
    let worker = tokio::spawn(async move { reconciler.run(CancellationToken::new()).await });
    let died = tokio::time::timeout(Duration::from_millis(400), core.hosts.hung.notified())
        .await
        .is_ok();
    worker.abort();
    let _ = worker.await;
    core.hosts.heal();
    died
}

#[tokio::test]
async fn creation_survives_an_end_at_every_call() {
    for after_effect in [false, true] {
        for call in 0.. {
            let core = TestCore::start().await;
            let grace = core.member("grace", "vision", Developer).await;
            let cluster = core.order(&grace, "demo").await;
            let died = dies_at(&core, call, after_effect).await;
            let _running = core.reconcile();
            core.until(&cluster, ClusterState::Ready).await;
            assert_eq!(core.hosts.namespaces(), ["vcluster-demo"]);
            if !died {
                assert!(call > 2, "the reconciler made only {call} calls");
                break;
            }
        }
    }
}

#[tokio::test]
async fn deletion_survives_an_end_at_every_call() {
    for after_effect in [false, true] {
        for call in 0.. {
            let core = Arc::new(TestCore::start().await);
            let grace = core.member("grace", "vision", Developer).await;
            let cluster = core.order(&grace, "demo").await;
            {
                let _running = core.reconcile();
                core.until(&cluster, ClusterState::Ready).await;
            }
            core.clusters
                .delete(&grace, cluster.id, "demo")
                .await
                .unwrap();
            let died = dies_at(&core, call, after_effect).await;
            let _running = core.reconcile();
            core.until(&cluster, ClusterState::Deleted).await;
            assert!(core.hosts.namespaces().is_empty());
            if !died {
                assert!(call > 2, "the reconciler made only {call} calls");
                break;
            }
        }
    }
}
