//! Adds a service account with its token, a priority and tolerations to new pods.

use serde_json::{Value, json};

use crate::kubernetes::object;
use crate::kubernetes::resources::{PODS, SERVICE_ACCOUNTS};
use crate::kubernetes::status::Refusal;
use crate::kubernetes::store::{Key, Store};

const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// Seconds that a pod stays on a node which does not answer.
const TOLERATION_SECONDS: i64 = 300;
/// Characters of generated names: no vowels, so that no words come out.
const NAME_CHARACTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

pub(super) fn complete(store: &Store, pod: &mut Value) -> Result<(), Refusal> {
    priority(pod);
    tolerations(pod);
    service_account(store, pod)
}

fn forbidden(pod: &Value, why: &str) -> Refusal {
    Refusal::forbidden(PODS, object::name(pod), why)
}

fn text<'a>(pod: &'a Value, pointer: &str) -> &'a str {
    pod.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn priority(pod: &mut Value) {
    let spec = object::field_mut(pod, "spec");
    spec.insert("priority".into(), 0.into());
    spec.entry("preemptionPolicy")
        .or_insert_with(|| "PreemptLowerPriority".into());
}

fn tolerations(pod: &mut Value) {
    let spec = object::field_mut(pod, "spec");
    let tolerations = spec.entry("tolerations").or_insert_with(|| json!([]));
    let Value::Array(tolerations) = tolerations else {
        return;
    };
    for key in [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    ] {
        let tolerated = tolerations.iter().any(|t| {
            t.get("key").is_none_or(|k| k == key)
                && t.get("effect").is_none_or(|e| e == "NoExecute")
        });
        if !tolerated {
            tolerations.push(json!({
                "key": key,
                "operator": "Exists",
                "effect": "NoExecute",
                "tolerationSeconds": TOLERATION_SECONDS,
            }));
        }
    }
}

fn service_account(store: &Store, pod: &mut Value) -> Result<(), Refusal> {
    let namespace = object::namespace(pod).to_owned();
    let mut name = text(pod, "/spec/serviceAccountName").to_owned();
    if name.is_empty() {
        name = "default".to_owned();
        let spec = object::field_mut(pod, "spec");
        spec.insert("serviceAccountName".into(), "default".into());
        spec.insert("serviceAccount".into(), "default".into());
    }
    let account = store
        .get(&Key::new(SERVICE_ACCOUNTS, &namespace, &name))
        .ok_or_else(|| {
            forbidden(
                pod,
                &format!("error looking up service account {namespace}/{name}: serviceaccount \"{name}\" not found"),
            )
        })?;
    let wanted = pod
        .pointer("/spec/automountServiceAccountToken")
        .or_else(|| account.get("automountServiceAccountToken"))
        .and_then(Value::as_bool)
        .unwrap_or(true);
    if wanted {
        mount_token(pod);
    }
    Ok(())
}

fn mount_token(pod: &mut Value) {
    let volume = generated_name("kube-api-access-");
    let spec = object::field_mut(pod, "spec");
    let mut mounted = false;
    for list in ["initContainers", "containers"] {
        for container in spec
            .get_mut(list)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            let Value::Object(container) = container else {
                continue;
            };
            let mounts = container.entry("volumeMounts").or_insert_with(|| json!([]));
            if let Value::Array(mounts) = mounts
                && !mounts
                    .iter()
                    .any(|m| m.get("mountPath").is_some_and(|p| p == TOKEN_PATH))
            {
                mounts.push(json!({"name": volume, "readOnly": true, "mountPath": TOKEN_PATH}));
                mounted = true;
            }
        }
    }
    if !mounted {
        return;
    }
    let volumes = spec.entry("volumes").or_insert_with(|| json!([]));
    if let Value::Array(volumes) = volumes {
        volumes.push(json!({"name": volume, "projected": {"defaultMode": 0o644, "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}},
        ]}}));
    }
}

/// A name with a random suffix.
pub fn generated_name(prefix: &str) -> String {
    format!("{prefix}{}", letters(&rand::random::<[u8; 5]>()))
}

pub fn letters(bytes: &[u8]) -> String {
    let letter = |byte: &u8| NAME_CHARACTERS[usize::from(*byte) % NAME_CHARACTERS.len()];
    bytes.iter().map(|byte| char::from(letter(byte))).collect()
}
