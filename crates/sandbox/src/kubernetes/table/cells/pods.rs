//! Cells of pods.

use serde_json::Value;

use super::{NONE, condition, get, int, list, or_none};
use crate::kubernetes::object;

pub fn pod_ready(pod: &Value) -> Value {
    let ready = list(pod, "/status/containerStatuses")
        .iter()
        .filter(|c| {
            c.get("ready") == Some(&Value::Bool(true)) && c.pointer("/state/running").is_some()
        })
        .count();
    format!("{ready}/{}", list(pod, "/spec/containers").len()).into()
}

pub fn pod_status(pod: &Value) -> Value {
    if object::is_terminating(pod) {
        return "Terminating".into();
    }
    let statuses = list(pod, "/status/initContainerStatuses");
    let total = list(pod, "/spec/initContainers").len();
    for (i, status) in statuses.iter().enumerate() {
        if status
            .pointer("/state/terminated/exitCode")
            .is_some_and(|code| *code == 0)
        {
            continue;
        }
        let waiting = get(status, "/state/waiting/reason");
        let ended = get(status, "/state/terminated/reason");
        return match (waiting, ended) {
            ("", "") | ("PodInitializing", _) => format!("Init:{i}/{total}"),
            ("", ended) => format!("Init:{ended}"),
            (waiting, _) => format!("Init:{waiting}"),
        }
        .into();
    }
    let mut shown = match get(pod, "/status/reason") {
        "" => get(pod, "/status/phase"),
        reason => reason,
    };
    for status in list(pod, "/status/containerStatuses").iter().rev() {
        for pointer in ["/state/waiting/reason", "/state/terminated/reason"] {
            let reason = get(status, pointer);
            if !reason.is_empty() {
                shown = reason;
            }
        }
    }
    shown.into()
}

pub fn pod_restarts(pod: &Value) -> Value {
    let restarts: i64 = list(pod, "/status/containerStatuses")
        .iter()
        .map(|c| int(c, "/restartCount"))
        .sum();
    restarts.to_string().into()
}

pub fn pod_ip(pod: &Value) -> Value {
    or_none(pod, "/status/podIP")
}

pub fn pod_node(pod: &Value) -> Value {
    or_none(pod, "/spec/nodeName")
}

pub fn pod_nominated_node(pod: &Value) -> Value {
    or_none(pod, "/status/nominatedNodeName")
}

pub fn pod_gates(pod: &Value) -> Value {
    let gates = list(pod, "/spec/readinessGates");
    if gates.is_empty() {
        return NONE.into();
    }
    let met = gates
        .iter()
        .filter(|gate| condition(pod, get(gate, "/conditionType")) == "True")
        .count();
    format!("{met}/{}", gates.len()).into()
}
