//! What happens to pods, and what goes wrong with them.

use std::net::Ipv4Addr;

use sandbox::faults::{FaultSettings, Scope};
use sandbox::kubernetes::resources::{PODS, SERVICES};
use sandbox::kubernetes::{ChangeKind, object};
use serde_json::{Value, json};

use crate::cluster::{NAMESPACE, condition, is_ready, next, pod_key, waiting_reason, with_nodes};

#[tokio::test]
async fn a_pod_is_scheduled_initialized_started_and_ready_in_this_order() {
    let cluster = with_nodes();
    let mut feed = cluster.watch(PODS);
    cluster.stateful_set();
    let mut seen = Vec::new();
    loop {
        let change = next(&mut feed).await;
        let state = |list: &str| -> String {
            let state = change.object.pointer(&format!("/status/{list}/0/state"));
            let name = state
                .and_then(Value::as_object)
                .and_then(|s| s.keys().next());
            name.cloned().unwrap_or_default()
        };
        let line = format!(
            "{} scheduled={} init={} main={} ready={}",
            change.object["status"]["phase"]
                .as_str()
                .unwrap_or_default(),
            condition(&change.object, "PodScheduled").unwrap_or("-"),
            state("initContainerStatuses"),
            state("containerStatuses"),
            condition(&change.object, "Ready").unwrap_or("-"),
        );
        if seen.last() != Some(&line) {
            seen.push(line);
        }
        if is_ready(&change.object) {
            break;
        }
    }
    let expected = [
        "Pending scheduled=- init= main= ready=-",
        "Pending scheduled=True init= main= ready=-",
        "Pending scheduled=True init=waiting main=waiting ready=False",
        "Pending scheduled=True init=running main=waiting ready=False",
        "Pending scheduled=True init=terminated main=waiting ready=False",
        "Running scheduled=True init=terminated main=running ready=False",
        "Running scheduled=True init=terminated main=running ready=True",
    ];
    assert_eq!(seen, expected);
    assert_eq!(
        cluster.events_about("demo-0"),
        [
            "Scheduled",
            "Pulling",
            "Pulled",
            "Created",
            "Started",
            "Pulling",
            "Pulled",
            "Created",
            "Started"
        ]
    );
}

#[tokio::test]
async fn an_image_that_cannot_be_pulled_is_told_and_tried_again() {
    let cluster = with_nodes();
    cluster
        .faults
        .change(|f| f.workloads.image_pull = Scope::namespace(NAMESPACE));
    let mut feed = cluster.watch(PODS);
    cluster.stateful_set();
    let mut reasons: Vec<String> = Vec::new();
    while reasons.last().map(String::as_str) != Some("ImagePullBackOff") {
        let change = next(&mut feed).await;
        let init = change
            .object
            .pointer("/status/initContainerStatuses/0/state/waiting/reason");
        if let Some(reason) = init.and_then(Value::as_str)
            && reasons.last().map(String::as_str) != Some(reason)
        {
            reasons.push(reason.to_owned());
        }
    }
    assert_eq!(
        reasons,
        ["PodInitializing", "ErrImagePull", "ImagePullBackOff"]
    );
    assert!(
        cluster
            .events_about("demo-0")
            .contains(&"Failed".to_owned())
    );

    cluster.faults.replace(FaultSettings::default());
    cluster.until(&pod_key("demo-0"), is_ready).await;
}

#[tokio::test]
async fn a_pod_without_a_node_says_why_and_gets_one_when_there_is_room() {
    let cluster = with_nodes();
    cluster
        .faults
        .change(|f| f.workloads.unschedulable = Scope::EVERYWHERE);
    cluster.stateful_set();
    let pod = cluster
        .until(&pod_key("demo-0"), |pod| {
            condition(pod, "PodScheduled") == Some("False")
        })
        .await;
    let scheduled = &pod["status"]["conditions"][0];
    assert_eq!(scheduled["reason"], "Unschedulable");
    assert!(
        scheduled["message"]
            .as_str()
            .unwrap()
            .starts_with("0/2 nodes are available")
    );
    assert!(
        cluster
            .events_about("demo-0")
            .contains(&"FailedScheduling".to_owned())
    );

    cluster.faults.replace(FaultSettings::default());
    cluster.until(&pod_key("demo-0"), is_ready).await;
}

#[tokio::test]
async fn a_container_that_exits_is_restarted_with_a_back_off() {
    let cluster = with_nodes();
    cluster
        .faults
        .change(|f| f.workloads.crash_loop = Scope::EVERYWHERE);
    cluster.stateful_set();
    let pod = cluster
        .until(&pod_key("demo-0"), |pod| {
            waiting_reason(pod) == Some("CrashLoopBackOff")
                && pod["status"]["containerStatuses"][0]["restartCount"].as_i64() >= Some(2)
        })
        .await;
    let last = &pod["status"]["containerStatuses"][0]["lastState"]["terminated"];
    assert_eq!(last["exitCode"], 1);
    assert_eq!(condition(&pod, "Ready"), Some("False"));

    cluster.faults.replace(FaultSettings::default());
    cluster.until(&pod_key("demo-0"), is_ready).await;
}

#[tokio::test]
async fn a_broken_image_name_is_refused_before_any_pull() {
    let cluster = with_nodes();
    let mut pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "broken", "namespace": NAMESPACE},
        "spec": {"containers": [{"name": "main", "image": "Not An Image"}]},
        "status": {"phase": "Pending"},
    });
    object::set_label(&mut pod, "app", "broken");
    let key = cluster.create(PODS, pod);
    cluster
        .until(&key, |pod| waiting_reason(pod) == Some("InvalidImageName"))
        .await;
}

#[tokio::test]
async fn a_deleted_pod_stays_until_its_kubelet_has_stopped_it() {
    let cluster = with_nodes();
    let key = cluster.create(
        PODS,
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "web", "namespace": NAMESPACE},
            "spec": {"containers": [{"name": "main", "image": "nginx"}]},
            "status": {"phase": "Pending"},
        }),
    );
    cluster.until(&key, is_ready).await;
    let mut feed = cluster.watch(PODS);
    cluster.store.delete(&key, &Default::default()).unwrap();
    let mut seen = Vec::new();
    loop {
        let change = next(&mut feed).await;
        let grace = change.object["metadata"]["deletionGracePeriodSeconds"].as_i64();
        let gone = matches!(change.kind, ChangeKind::Deleted);
        seen.push((gone, grace));
        if gone {
            break;
        }
    }
    assert_eq!(
        seen,
        [
            (false, Some(30)),
            (false, Some(30)),
            (false, Some(0)),
            (true, Some(0))
        ]
    );
}

#[tokio::test]
async fn each_load_balancer_gets_an_address_of_its_own() {
    let cluster = with_nodes();
    let service = |name: &str| {
        json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {"type": "LoadBalancer", "ports": [{"port": 443}]}, "status": {"loadBalancer": {}},
        })
    };
    cluster
        .faults
        .change(|f| f.workloads.no_load_balancer = Scope::namespace(NAMESPACE));
    let (one, two) = (
        cluster.create(SERVICES, service("one")),
        cluster.create(SERVICES, service("two")),
    );
    let address = |service: &Value| -> Option<Ipv4Addr> {
        service
            .pointer("/status/loadBalancer/ingress/0/ip")?
            .as_str()?
            .parse()
            .ok()
    };
    // A pod that comes up meanwhile shows that time passes.
    cluster.stateful_set();
    cluster.until(&pod_key("demo-0"), is_ready).await;
    assert_eq!(address(&cluster.store.get(&one).unwrap()), None);

    cluster.faults.replace(FaultSettings::default());
    let one = cluster.until(&one, |s| address(s).is_some()).await;
    let two = cluster.until(&two, |s| address(s).is_some()).await;
    assert_ne!(address(&one), address(&two));
    assert!(address(&one).unwrap().is_loopback());
    assert_ne!(address(&one), Some(Ipv4Addr::LOCALHOST));
}
