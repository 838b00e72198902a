use super::*;
use crate::objects::{Objects, tests};
use domain::exposure::Exposure;
use serde_json::json;

/// The wanted object of a kind, and the same as a server with its defaults gives it.
fn both(kind: Kind) -> (Value, Value) {
    let objects = Objects::wanted(&tests::cluster(Exposure::LoadBalancer), &tests::host(), &[]);
    let mut all = objects.all().into_iter();
    let (_, wanted) = all.find(|(of, _)| *of == kind).unwrap();
    let mut found = wanted.clone();
    found["metadata"]["labels"]["team"] = json!("added by others");
    found["metadata"]["annotations"]["note"] = json!("added by others");
    if kind == Kind::StatefulSet {
        let spec = &mut found["spec"];
        spec["revisionHistoryLimit"] = json!(10);
        spec["updateStrategy"] = json!({"type": "RollingUpdate"});
        let template = &mut spec["template"];
        template["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] = json!("now");
        let pod = &mut template["spec"];
        pod["dnsPolicy"] = json!("ClusterFirst");
        pod["securityContext"] = json!({});
        pod["tolerations"] = json!([{"key": "by a webhook"}]);
        pod["hostNetwork"] = json!(false);
        pod["volumes"][4]["secret"]["defaultMode"] = json!(420);
        let syncer = &mut pod["containers"][0];
        syncer["imagePullPolicy"] = json!("IfNotPresent");
        syncer["readinessProbe"]["successThreshold"] = json!(1);
    }
    if kind == Kind::Service {
        found["spec"]["clusterIP"] = json!("10.96.0.7");
        found["spec"]["ports"][0]["nodePort"] = json!(31000);
    }
    (wanted, found)
}

/// The fields that differ after a change.
fn changed(kind: Kind, change: impl FnOnce(&mut Value)) -> Vec<String> {
    let (wanted, mut found) = both(kind);
    change(&mut found);
    let Some(difference) = compare(kind, &wanted, &found) else {
        return Vec::new();
    };
    // The correction puts everything right.
    merge(&mut found, &difference.correction);
    assert_eq!(compare(kind, &wanted, &found), None, "{difference:?}");
    difference.fields
}

/// JSON Merge Patch.
fn merge(target: &mut Value, patch: &Value) {
    let Some(patch) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (field, value) in patch {
        if value.is_null() {
            target.as_object_mut().unwrap().remove(field);
        } else {
            merge(&mut target[field], value);
        }
    }
}

#[test]
fn what_a_server_and_others_add_is_no_difference() {
    for kind in Kind::ALL {
        if matches!(
            kind,
            Kind::Ingress | Kind::Pod | Kind::Kubeconfig | Kind::Event
        ) {
            continue;
        }
        assert!(changed(kind, |_| {}).is_empty(), "{kind:?}");
    }
}

#[test]
fn quantities_are_compared_by_amount() {
    let hard = |value: &str| {
        changed(Kind::ResourceQuota, |found| {
            found["spec"]["hard"]["requests.cpu"] = json!(value);
        })
    };
    assert!(hard("2300m").is_empty() && hard("2.3").is_empty());
    assert_eq!(hard("23"), ["spec.hard.requests.cpu"]);
    let range = |value: &str| {
        changed(Kind::LimitRange, |found| {
            found["spec"]["limits"][0]["default"]["memory"] = json!(value);
        })
    };
    assert_eq!(range("64Gi"), ["spec.limits[0].default.memory"]);
}

#[test]
fn every_way_to_open_the_isolation_is_found() {
    type Change = fn(&mut Value);
    let cases: [(Kind, &str, Change); 12] = [
        (
            Kind::Namespace,
            "metadata.labels.pod-security.kubernetes.io/enforce",
            |found| {
                found["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] =
                    json!("privileged");
            },
        ),
        (
            Kind::Namespace,
            "metadata.labels.pod-security.kubernetes.io/enforce-version",
            |found| {
                found["metadata"]["labels"]["pod-security.kubernetes.io/enforce-version"] =
                    json!("v1.20");
            },
        ),
        (Kind::ResourceQuota, "spec.scopes", |found| {
            found["spec"]["scopes"] = json!(["Terminating"]);
        }),
        (Kind::ResourceQuota, "spec.hard.count/pods", |found| {
            found["spec"]["hard"]
                .as_object_mut()
                .unwrap()
                .remove("count/pods");
        }),
        (Kind::NetworkPolicy, "spec.egress", |found| {
            found["spec"]["egress"] = json!([{}]);
        }),
        (Kind::NetworkPolicy, "spec.policyTypes", |found| {
            found["spec"]["policyTypes"] = json!(["Ingress"]);
        }),
        (
            Kind::NetworkPolicy,
            "spec.podSelector.matchLabels.app",
            |found| {
                found["spec"]["podSelector"]["matchLabels"]["app"] = json!("other");
            },
        ),
        (Kind::Role, "rules[0].verbs", |found| {
            found["rules"][0]["verbs"] = json!(["*"]);
        }),
        (Kind::Role, "rules", |found| {
            found["rules"] = json!([]);
        }),
        (Kind::RoleBinding, "subjects", |found| {
            let more = json!({"kind": "Group", "name": "system:authenticated"});
            found["subjects"].as_array_mut().unwrap().push(more);
        }),
        (
            Kind::ServiceAccount,
            "metadata.annotations.eks.amazonaws.com/role-arn",
            |found| {
                found["metadata"]["annotations"]["eks.amazonaws.com/role-arn"] = json!("arn:…");
            },
        ),
        (Kind::Secret, "data.config.yaml", |found| {
            found["data"]["config.yaml"] = json!("e30=");
        }),
    ];
    for (kind, field, change) in cases {
        assert_eq!(changed(kind, change), [field], "{kind:?}");
    }
}

#[test]
fn every_way_to_take_over_the_control_plane_is_found() {
    type Change = fn(&mut Value);
    let cases: [(&str, Change); 9] = [
        ("containers[0].image", |pod| {
            pod["containers"][0]["image"] = json!("evil.example.com/syncer");
        }),
        ("containers", |pod| {
            let more = json!({"name": "miner", "image": "evil.example.com/miner"});
            pod["containers"].as_array_mut().unwrap().push(more);
        }),
        ("initContainers[0].image", |pod| {
            pod["initContainers"][0]["image"] = json!("evil.example.com/kubernetes");
        }),
        ("hostNetwork", |pod| pod["hostNetwork"] = json!(true)),
        ("containers[0].command", |pod| {
            pod["containers"][0]["command"] = json!(["sh"]);
        }),
        ("containers[0].securityContext.privileged", |pod| {
            pod["containers"][0]["securityContext"]["privileged"] = json!(true);
        }),
        ("initContainers[0].securityContext", |pod| {
            pod["initContainers"][0]["securityContext"] = json!({"privileged": true});
        }),
        ("volumes", |pod| {
            let more = json!({"name": "root", "hostPath": {"path": "/"}});
            pod["volumes"].as_array_mut().unwrap().push(more);
        }),
        ("serviceAccountName", |pod| {
            pod["serviceAccountName"] = json!("default");
        }),
    ];
    for (field, change) in cases {
        let fields = changed(Kind::StatefulSet, |found| {
            change(&mut found["spec"]["template"]["spec"]);
        });
        assert_eq!(fields, [format!("spec.template.spec.{field}")]);
    }
}

#[test]
fn a_pause_and_a_scale_to_zero_differ() {
    let fields = changed(Kind::StatefulSet, |found| {
        found["spec"]["replicas"] = json!(0);
        found["metadata"]["annotations"]["loft.sh/paused"] = json!("true");
        found["metadata"]["annotations"]["loft.sh/paused-replicas"] = json!("1");
    });
    assert_eq!(
        fields,
        [
            "metadata.annotations.loft.sh/paused",
            "metadata.annotations.loft.sh/paused-replicas",
            "spec.replicas"
        ]
    );
}

#[test]
fn a_missing_empty_object_is_a_difference_and_a_missing_empty_list_is_none() {
    let wanted = json!({"spec": {"egress": [{"to": [{"namespaceSelector": {}}]}], "ingress": []}});
    let without = json!({"spec": {"egress": [{"to": [{}]}]}});
    let difference = compare(Kind::NetworkPolicy, &wanted, &without).unwrap();
    assert_eq!(
        difference.fields,
        ["spec.egress[0].to[0].namespaceSelector"]
    );
    let same = json!({"spec": {"egress": [{"to": [{"namespaceSelector": {}}]}]}});
    assert_eq!(compare(Kind::NetworkPolicy, &wanted, &same), None);
}
