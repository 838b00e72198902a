//! Defaults of pods and of the pod templates of workloads.

use serde_json::{Value, json};

use super::{Fields, default, each_in, if_some, with};

const FILE_MODE: i64 = 0o644;

/// Defaults of a pod.
pub(super) fn pod(object: &mut Value) {
    with(object, "spec", |spec| {
        for list in ["initContainers", "containers"] {
            each_in(spec, list, requests_from_limits);
        }
        pod_spec(spec);
        default(spec, "enableServiceLinks", true);
    });
}

/// Defaults of a pod template.
pub(super) fn template(fields: &mut Fields) {
    if_some(fields, "template", |template| {
        if_some(template, "spec", pod_spec);
    });
}

/// What is limited and not requested is requested as far as the limit.
fn requests_from_limits(container: &mut Fields) {
    if_some(container, "resources", |resources| {
        let Some(Value::Object(limits)) = resources.get("limits").cloned() else {
            return;
        };
        let requests = resources.entry("requests").or_insert_with(|| json!({}));
        if let Value::Object(requests) = requests {
            for (resource, amount) in limits {
                requests.entry(resource).or_insert(amount);
            }
        }
    });
}

fn pod_spec(spec: &mut Fields) {
    default(spec, "dnsPolicy", "ClusterFirst");
    default(spec, "restartPolicy", "Always");
    default(spec, "terminationGracePeriodSeconds", 30);
    default(spec, "securityContext", json!({}));
    default(spec, "schedulerName", "default-scheduler");
    // The older name of the same field is kept equal.
    for (from, to) in [
        ("serviceAccountName", "serviceAccount"),
        ("serviceAccount", "serviceAccountName"),
    ] {
        if let Some(account) = spec.get(from).cloned() {
            default(spec, to, account);
        }
    }
    each_in(spec, "volumes", volume);
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        each_in(spec, list, container);
    }
}

fn volume(volume: &mut Fields) {
    if volume.len() == 1 {
        volume.insert("emptyDir".to_owned(), json!({}));
    }
    for source in ["secret", "configMap", "downwardAPI", "projected"] {
        if_some(volume, source, |source| {
            default(source, "defaultMode", FILE_MODE);
            each_in(source, "items", field_reference);
            each_in(source, "sources", |source| {
                if_some(source, "serviceAccountToken", |token| {
                    default(token, "expirationSeconds", 3600);
                });
                if_some(source, "downwardAPI", |api| {
                    each_in(api, "items", field_reference)
                });
            });
        });
    }
    if_some(volume, "hostPath", |path| default(path, "type", ""));
}

fn field_reference(holder: &mut Fields) {
    if_some(holder, "fieldRef", |field| {
        default(field, "apiVersion", "v1")
    });
}

fn container(container: &mut Fields) {
    default(container, "terminationMessagePath", "/dev/termination-log");
    default(container, "terminationMessagePolicy", "File");
    let image = container
        .get("image")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let policy = if is_latest(image) {
        "Always"
    } else {
        "IfNotPresent"
    };
    default(container, "imagePullPolicy", policy);
    each_in(container, "ports", |port| default(port, "protocol", "TCP"));
    each_in(container, "env", |variable| {
        if_some(variable, "valueFrom", field_reference)
    });
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if_some(container, name, probe);
    }
}

/// Whether an image may change under its name: it has the tag `latest` or none, and no digest.
fn is_latest(image: &str) -> bool {
    if image.contains('@') {
        return false;
    }
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}

fn probe(probe: &mut Fields) {
    default(probe, "timeoutSeconds", 1);
    default(probe, "periodSeconds", 10);
    default(probe, "successThreshold", 1);
    default(probe, "failureThreshold", 3);
    if_some(probe, "httpGet", http_get);
}

fn http_get(get: &mut Fields) {
    default(get, "path", "/");
    default(get, "scheme", "HTTP");
}
