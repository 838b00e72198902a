//! The status that a kubelet writes to its pods.

use std::net::Ipv4Addr;

use serde_json::{Value, json};

use super::step::ContainerAt;
use crate::controllers::conditions;
use crate::kubernetes::object;

pub fn accept(pod: &mut Value, ip: Ipv4Addr) {
    let has_init = !object::items(pod.pointer("/spec/initContainers")).is_empty();
    let reason = if has_init {
        "PodInitializing"
    } else {
        "ContainerCreating"
    };
    let waiting = |init: bool, pod: &Value| -> Vec<Value> {
        let field = ContainerAt { init, index: 0 }.spec_field();
        object::items(pod["spec"].get(field))
            .iter()
            .map(|container| {
                json!({
                    "name": container["name"],
                    "image": container["image"],
                    "imageID": "",
                    "state": {"waiting": {"reason": reason}},
                    "lastState": {},
                    "ready": false,
                    "started": false,
                    "restartCount": 0,
                })
            })
            .collect()
    };
    let (init, main) = (waiting(true, pod), waiting(false, pod));
    let status = object::field_mut(pod, "status");
    status.insert("phase".into(), "Pending".into());
    status.insert("startTime".into(), object::now().into());
    status.insert("hostIP".into(), "127.0.0.1".into());
    status.insert("hostIPs".into(), json!([{"ip": "127.0.0.1"}]));
    status.insert("podIP".into(), ip.to_string().into());
    status.insert("podIPs".into(), json!([{"ip": ip.to_string()}]));
    if has_init {
        status.insert("initContainerStatuses".into(), init.into());
    }
    status.insert("containerStatuses".into(), main.into());
    let reason = match has_init {
        true => "ContainersNotInitialized",
        false => "",
    };
    conditions::set(status, "Initialized", !has_init, reason, "");
    report_readiness(pod);
}

pub fn initialized(pod: &mut Value) {
    let status = object::field_mut(pod, "status");
    conditions::set(status, "Initialized", true, "", "");
    if let Some(Value::Array(containers)) = status.get_mut("containerStatuses") {
        for container in containers {
            if let Some(waiting) = container.pointer_mut("/state/waiting") {
                *waiting = json!({"reason": "ContainerCreating"});
            }
        }
    }
}

pub fn wait(pod: &mut Value, at: ContainerAt, reason: &str, message: &str) {
    change(pod, at, |container| {
        container["state"] = json!({"waiting": {"reason": reason, "message": message}});
    });
}

pub fn run(pod: &mut Value, at: ContainerAt, container_id: &str) {
    let image_id = format!(
        "{}@sha256:{}",
        at.spec(pod)["image"].as_str().unwrap_or_default(),
        container_id
    );
    let resources = at.spec(pod)["resources"].clone();
    change(pod, at, |container| {
        // As kubelets do from 1.33 on; a syncer on newer hosts needs it.
        if resources.is_object() {
            container["resources"] = resources;
        }
        if let Some(end) = container.pointer("/state/terminated").cloned() {
            container["lastState"] = json!({ "terminated": end });
        }
        container["state"] = json!({"running": {"startedAt": object::now()}});
        container["imageID"] = image_id.as_str().into();
        container["containerID"] = format!("sandbox://{container_id}").into();
        container["started"] = at.init.into();
    });
    if !at.init {
        object::field_mut(pod, "status").insert("phase".into(), "Running".into());
    }
}

pub fn terminate(pod: &mut Value, at: ContainerAt, exit_code: i32, message: &str) {
    change(pod, at, |container| {
        let started = container
            .pointer("/state/running/startedAt")
            .cloned()
            .unwrap_or_else(|| object::now().into());
        let mut end = json!({
            "exitCode": exit_code,
            "reason": if exit_code == 0 { "Completed" } else { "Error" },
            "startedAt": started,
            "finishedAt": object::now(),
            "containerID": container["containerID"],
        });
        if !message.is_empty() {
            end["message"] = message.into();
        }
        container["state"] = json!({ "terminated": end });
        container["ready"] = (at.init && exit_code == 0).into();
        container["started"] = false.into();
    });
    report_readiness(pod);
}

pub fn crash_loop(pod: &mut Value, at: ContainerAt) {
    let name = at.spec(pod)["name"].as_str().unwrap_or_default().to_owned();
    let pod_name = format!(
        "{}_{}({})",
        object::name(pod),
        object::namespace(pod),
        object::uid(pod)
    );
    change(pod, at, |container| {
        container["lastState"] = container["state"].take();
        container["state"] = json!({"waiting": {
            "reason": "CrashLoopBackOff",
            "message": format!("back-off 10s restarting failed container={name} pod={pod_name}"),
        }});
        let restarts = container["restartCount"].as_i64().unwrap_or(0);
        container["restartCount"] = (restarts + 1).into();
    });
}

pub fn ready(pod: &mut Value, at: ContainerAt) {
    change(pod, at, |container| {
        container["ready"] = true.into();
        container["started"] = true.into();
    });
    report_readiness(pod);
}

pub fn stop(pod: &mut Value) {
    for index in 0..object::items(pod.pointer("/status/containerStatuses")).len() {
        let at = ContainerAt { init: false, index };
        terminate(pod, at, 0, "");
    }
}

fn report_readiness(pod: &mut Value) {
    let containers = object::items(pod.pointer("/status/containerStatuses"));
    let unready: Vec<_> = containers
        .iter()
        .filter(|container| container["ready"] != true)
        .filter_map(|container| container["name"].as_str())
        .collect();
    let message = format!("containers with unready status: [{}]", unready.join(" "));
    let all_ready = unready.is_empty() && !containers.is_empty();
    let status = object::field_mut(pod, "status");
    for kind in ["Ready", "ContainersReady"] {
        let (reason, message) = if all_ready {
            ("", "")
        } else {
            ("ContainersNotReady", message.as_str())
        };
        conditions::set(status, kind, all_ready, reason, message);
    }
}

fn change(pod: &mut Value, at: ContainerAt, change: impl FnOnce(&mut Value)) {
    if let Some(container) = pod
        .get_mut("status")
        .and_then(|status| status.get_mut(at.status_field()))
        .and_then(|containers| containers.get_mut(at.index))
    {
        change(container);
    }
}
