//! Messages of kubelets, schedulers and controllers, and the failures derived from them.

use super::*;
use jiff::SignedDuration;
use serde_json::{Value, json};

const BORN: &str = "2026-11-21T00:00:00Z";

fn look_after(seconds: i64) -> ObservationTime {
    ObservationTime {
        now: BORN.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds),
        patience: SignedDuration::from_secs(120),
    }
}

fn pod(status: Value) -> Pod {
    serde_json::from_value(json!({
        "metadata": {"name": "ci-0", "creationTimestamp": BORN},
        "spec": {
            "containers": [{"name": "syncer", "image": "r/syncer:1"}],
            "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data-ci-0"}}],
        },
        "status": status,
    }))
    .unwrap()
}

fn waiting(reason: &str, message: &str) -> Pod {
    pod(json!({"phase": "Pending", "containerStatuses": [{
        "name": "syncer", "image": "", "imageID": "", "ready": false, "restartCount": 4,
        "state": {"waiting": {"reason": reason, "message": message}},
        "lastState": {"terminated": {"exitCode": 1, "reason": "Error", "message": "unknown key foo\n"}},
    }]}))
}

fn event(kind: &str, name: &str, reason: &str, message: &str, at: &str) -> Event {
    serde_json::from_value(json!({
        "metadata": {}, "involvedObject": {"kind": kind, "name": name},
        "reason": reason, "message": message, "firstTimestamp": BORN, "lastTimestamp": at,
    }))
    .unwrap()
}

fn unschedulable(message: &str) -> Pod {
    pod(json!({"phase": "Pending", "conditions": [{
        "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
        "message": message, "lastTransitionTime": BORN,
    }]}))
}

#[test]
fn reasons_of_waiting_containers_are_told_apart() {
    use FailureCode as Code;
    for (reason, code, lasting) in [
        ("ErrImagePull", Code::ImagePull, false),
        ("ImagePullBackOff", Code::ImagePull, true),
        ("InvalidImageName", Code::ImagePull, true),
        ("CrashLoopBackOff", Code::CrashLoop, true),
        ("CreateContainerConfigError", Code::ContainerConfig, false),
    ] {
        let found = of_pod(&waiting(reason, "why"), &[], look_after(10)).unwrap();
        assert_eq!((found.code, found.lasting), (code, lasting), "{reason}");
    }
    for usual in ["ContainerCreating", "PodInitializing"] {
        assert_eq!(of_pod(&waiting(usual, ""), &[], look_after(900)), None);
    }
}

#[test]
fn a_missing_configuration_becomes_a_failure_once_it_lasts() {
    let pod = waiting(
        "CreateContainerConfigError",
        "secret \"vc-config-ci\" not found",
    );
    let found = of_pod(&pod, &[], look_after(121)).unwrap();
    assert!(found.lasting);
    assert!(found.message.contains("vc-config-ci"));
}

#[test]
fn a_crash_tells_exit_code_and_last_words() {
    let found = of_pod(
        &waiting("CrashLoopBackOff", "back-off 40s"),
        &[],
        look_after(10),
    )
    .unwrap();
    assert_eq!(
        found.message,
        "Container syncer exited with code 1 and was started 5 times: unknown key foo"
    );
}

#[test]
fn a_pull_failure_says_why_as_the_event_does() {
    let pod = waiting("ImagePullBackOff", "Back-off pulling image \"r/syncer:1\"");
    let why = "Failed to pull image \"r/syncer:1\": not found";
    let events = [event("Pod", "ci-0", "Failed", why, BORN)];
    assert_eq!(of_pod(&pod, &events, look_after(10)).unwrap().message, why);

    let other = [event("Pod", "other-0", "Failed", why, BORN)];
    let found = of_pod(&pod, &other, look_after(10)).unwrap();
    assert!(found.message.starts_with("Back-off"), "{}", found.message);
}

#[test]
fn a_pod_without_a_node_has_the_schedulers_words_and_time_to_find_one() {
    let words = "0/3 nodes are available: 3 Insufficient cpu.";
    let found = of_pod(&unschedulable(words), &[], look_after(30)).unwrap();
    assert_eq!(
        (found.code, found.lasting),
        (FailureCode::Unschedulable, false)
    );
    assert_eq!(found.message, words);
    assert!(
        of_pod(&unschedulable(words), &[], look_after(130))
            .unwrap()
            .lasting
    );
}

#[test]
fn an_unbound_claim_is_a_volume_problem_with_the_claims_own_reason() {
    let pod = unschedulable("pod has unbound immediate PersistentVolumeClaims.");
    let why = "no persistent volumes available for this claim and no storage class is set";
    let events = [event(
        "PersistentVolumeClaim",
        "data-ci-0",
        "FailedBinding",
        why,
        BORN,
    )];
    let found = of_pod(&pod, &events, look_after(10)).unwrap();
    assert_eq!(found.code, FailureCode::Volume);
    assert!(found.message.contains(why), "{}", found.message);
}

#[test]
fn a_volume_that_cannot_be_mounted_is_told_from_its_event_until_the_pod_goes_on() {
    let mut pod = pod(json!({"phase": "Pending"}));
    let failed = event(
        "Pod",
        "ci-0",
        "FailedMount",
        "timed out",
        "2026-11-21T00:03:00Z",
    );
    let went_on = event("Pod", "ci-0", "Pulling", "", "2026-11-21T00:03:30Z");
    pod.spec.as_mut().unwrap().node_name = Some("n1".into());
    let found = of_pod(&pod, std::slice::from_ref(&failed), look_after(200)).unwrap();
    assert_eq!((found.code, found.lasting), (FailureCode::Volume, true));
    assert_eq!(of_pod(&pod, &[failed, went_on], look_after(300)), None);
}

#[test]
fn a_claim_without_a_volume_keeps_a_pod_waiting_that_no_scheduler_has_looked_at() {
    let pod = pod(json!({"phase": "Pending"}));
    let why = "no storage class is set";
    let events = [event(
        "PersistentVolumeClaim",
        "data-ci-0",
        "FailedBinding",
        why,
        BORN,
    )];
    let found = of_pod(&pod, &events, look_after(200)).unwrap();
    assert_eq!((found.code, found.lasting), (FailureCode::Volume, true));
}

#[test]
fn a_ready_pod_has_no_trouble_whatever_its_past() {
    let mut pod = waiting("CrashLoopBackOff", "");
    let status = pod.status.as_mut().unwrap();
    status.conditions =
        serde_json::from_value(json!([{"type": "Ready", "status": "True"}])).unwrap();
    assert_eq!(of_pod(&pod, &[], look_after(10)), None);
}

#[test]
fn a_quota_that_refuses_the_pod_is_found_in_the_events_of_the_stateful_set() {
    let found: StatefulSet = serde_json::from_value(json!({
        "metadata": {"name": "ci"}, "spec": {"replicas": 1, "selector": {}, "template": {}},
    }))
    .unwrap();
    let words = "create Pod ci-0 in StatefulSet ci failed error: pods \"ci-0\" is forbidden: exceeded quota: team";
    let refused = event(
        "StatefulSet",
        "ci",
        "FailedCreate",
        words,
        "2026-11-21T00:00:10Z",
    );
    let trouble = of_stateful_set(&found, std::slice::from_ref(&refused), look_after(11)).unwrap();
    assert_eq!(
        (trouble.code, trouble.lasting),
        (FailureCode::QuotaExceeded, true)
    );
    assert_eq!(trouble.message, words);

    let made = event(
        "StatefulSet",
        "ci",
        "SuccessfulCreate",
        "",
        "2026-11-21T00:00:20Z",
    );
    assert_eq!(
        of_stateful_set(&found, &[refused, made], look_after(30)),
        None
    );
}

#[test]
fn a_load_balancer_is_given_time_before_its_silence_is_a_failure() {
    let service: Service = serde_json::from_value(json!({
        "metadata": {"name": "ci", "creationTimestamp": BORN}, "spec": {"type": "LoadBalancer"},
    }))
    .unwrap();
    assert_eq!(of_address(&service, &[], look_after(60)), None);
    let silent = of_address(&service, &[], look_after(121)).unwrap();
    assert_eq!(
        (silent.code, silent.lasting),
        (FailureCode::NoAddress, true)
    );

    let words = "Error syncing load balancer: quota";
    let events = [event(
        "Service",
        "ci",
        "SyncLoadBalancerFailed",
        words,
        BORN,
    )];
    let early = of_address(&service, &events, look_after(60)).unwrap();
    assert_eq!((early.message.as_str(), early.lasting), (words, false));
}
