//! Replays recordings of a real kube-apiserver 1.36 against the sandbox's API and compares every answer, field by field.
//!
//! What must differ between two clusters is compared by meaning: ids and versions have to map one to one, moments have to
//! be moments, addresses addresses. What the recorded cluster's controllers did in between is done by `cluster`, through
//! the API and under their name, at the same points.
//!
//! Not replayed as they are:
//! - 004, 005, 006 (discovery): the sandbox serves fewer resources, so each one that it serves is compared with
//!   the recorded entry, without the hash of its stored version.
//! - 068 (watch from version 1): the recorded cluster had an earlier life. The first events of the namespaces that both
//!   have are compared.
//! - The bookmarks of w1, w2 and w3: the sandbox sends none.

mod api;
mod cluster;
mod compare;
mod discovery;

use api::{Api, Recording};
use compare::Comparison;
use serde_json::Value;

use crate::compare::differences as differences_of;

const NAMES: &[&str] = &[
    "001-version",
    "002-readyz",
    "003-api",
    "009-no-token",
    "010-forbidden",
    "011-ssar",
    "012-ssar-admin",
    "013-ns-missing",
    "014-ns-apply",
    "015-ns-apply-again",
    "016-ns-create-exists",
    "017-ns-bad-name",
    "018-bad-json",
    "019-limitrange",
    "020-quota",
    "021-netpol",
    "022-sa-vc-demo",
    "023-sa-vc-workload-demo",
    "024-role",
    "025-role-escalation",
    "026-rolebinding",
    "027-secret-config",
    "028-service",
    "029-service-headless",
    "030-sts-list",
    "w4-watch-sendInitialEvents",
    "031-sts-apply",
    "033-sts-strict-unknown",
    "034-sts-immutable",
    "035-sts-conflict",
    "036-pods",
    "037-pvcs",
    "038-sts-status",
    "039-events",
    "040-quota-status",
    "041-node",
    "043-pod-imagepullbackoff",
    "044-pod-status",
    "045-sts-ready",
    "046-secret-kubeconfig",
    "047-configmap-0",
    "048-configmap-1",
    "049-configmap-2",
    "050-configmap-3",
    "051-svc-nodeport-quota",
    "052-token-request",
    "053-token-request-short",
    "054-merge-patch-annotations",
    "055-sts-paused",
    "056-sts-apply-without-replicas",
    "057-sts-get",
    "058-sts-put-stale",
    "059-sts-scale",
    "060-table",
    "061-table-pods",
    "062-table-ns",
    "063-table-nodes",
    "064-partial-metadata",
    "068-watch-future",
    "069-field-selector-bad",
    "070-unknown-resource",
    "071-method-not-allowed",
    "072-wrong-type",
    "073-evict-missing",
    "074-delete-precondition",
    "075-delete-collection",
    "076-ns-finalizer",
    "077-ns-delete",
    "078-apply-into-terminating",
    "079-pod-force-delete",
    "080-ns-terminating",
    "081-ns-release",
    "082-ns-gone",
    "083-ns-gone",
    "084-ns-gone",
    "085-ns-gone",
    "086-ns-gone",
    "087-node-delete",
];

#[tokio::test]
async fn every_recorded_request_gets_the_recorded_answer() {
    let api = Api::start();
    cluster::bootstrap(&api).await;
    let mut comparison = Comparison::default();
    let mut differences = Vec::new();
    let mut watches = Vec::new();
    for name in NAMES {
        cluster::before(&api, name).await;
        if *name == "014-ns-apply" {
            for (name, path) in [
                (
                    "w1-watch-statefulsets",
                    "/apis/apps/v1/namespaces/vcluster-demo/statefulsets",
                ),
                ("w2-watch-pods", "/api/v1/namespaces/vcluster-demo/pods"),
                ("w3-watch-namespaces", "/api/v1/namespaces"),
            ] {
                let version = api.store().revision();
                let path = format!("{path}?watch=true&resourceVersion={version}&timeoutSeconds=75");
                watches.push((name, api.watch(&path).await));
            }
        }
        let recording = Recording::read(name);
        let recorded = comparison.known(&recording.response);
        let request = comparison.known(&recording.request);
        let answer = api.send(&request).await;
        let (recorded, answer) = cluster::comparable(name, recorded, answer);
        differences.extend(
            differences_of(&mut comparison, &recorded, &answer)
                .into_iter()
                .map(|difference| format!("{name}: {difference}")),
        );
    }
    for (name, mut watch) in watches {
        let recording = Recording::read(name);
        let events: Vec<Value> = recording.response["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["event"].clone())
            .filter(|e| e["type"] != "BOOKMARK")
            .collect();
        // The watch of namespaces began during an earlier life of the recorded one.
        let start = events.iter().rposition(|e| e["type"] == "ADDED").unwrap();
        for (i, event) in events[start..].iter().enumerate() {
            let seen = watch.next().await;
            let seen = seen.unwrap_or(Value::Null);
            let recorded = cluster::without_openshift(comparison.known(event));
            differences.extend(
                differences_of(&mut comparison, &recorded, &seen)
                    .into_iter()
                    .map(|difference| format!("{name} event {i}: {difference}")),
            );
        }
    }
    assert!(
        differences.is_empty(),
        "{} differences:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

#[tokio::test]
async fn every_recording_is_replayed_or_named_as_an_exception() {
    let elsewhere = [
        "004-apis",
        "005-api-v1",
        "006-apps-v1",
        "w1-watch-statefulsets",
        "w2-watch-pods",
        "w3-watch-namespaces",
    ];
    let mut missing = Vec::new();
    for file in std::fs::read_dir(api::recordings()).unwrap() {
        let name = file.unwrap().file_name().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".json")
            && !NAMES.contains(&name)
            && !elsewhere.contains(&name)
        {
            missing.push(name.to_owned());
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}
