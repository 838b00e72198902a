//! How objects end: at once, or marked until their finalizers and grace period are done.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::object;

/// The finalizer of an object that waits for what it owns.
pub const FOREGROUND: &str = "foregroundDeletion";
/// Seconds that a pod gets to end when it names none.
const DEFAULT_POD_GRACE: i64 = 30;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delete {
    /// Seconds a running pod gets to end; `None` leaves that to the pod. Other objects need none.
    pub grace_seconds: Option<i64>,
    /// The garbage collector deletes what the object owns first.
    pub foreground: bool,
    /// Refuse unless the object has this resource version.
    pub expected_version: Option<u64>,
}

#[derive(Debug, Clone)]
pub enum Deletion {
    Gone(Arc<Value>),
    /// It is marked and stays until its finalizers and grace period are done.
    Marked(Arc<Value>),
}

impl Deletion {
    pub fn object(&self) -> &Arc<Value> {
        match self {
            Self::Gone(object) | Self::Marked(object) => object,
        }
    }
}

/// The object as it looks once its end was asked for.
pub(super) fn marked(current: &Value, how: &Delete) -> Value {
    let mut object = current.clone();
    let is_namespace = object::kind(current) == "Namespace";
    let now = Timestamp::now();
    if !object::is_terminating(current) {
        let grace = grace(current, how.grace_seconds);
        set_end(&mut object, now, grace, is_namespace);
        if let Some(generation) = current
            .pointer("/metadata/generation")
            .and_then(Value::as_i64)
        {
            object::set_metadata(&mut object, "generation", Some((generation + 1).into()));
        }
    } else if let Some(before) = current
        .pointer("/metadata/deletionGracePeriodSeconds")
        .and_then(Value::as_i64)
    {
        // Time can only be taken away from a pod that is ending.
        let grace = grace(current, how.grace_seconds);
        if how.grace_seconds.is_some() && grace < before {
            set_end(&mut object, now, grace, is_namespace);
        }
    }
    if is_namespace {
        object::field_mut(&mut object, "status").insert("phase".into(), "Terminating".into());
    }
    if how.foreground && !object::is_terminating(current) {
        object::add_finalizer(&mut object, FOREGROUND);
    }
    object
}

fn set_end(object: &mut Value, now: Timestamp, grace: i64, is_namespace: bool) {
    let end = now
        .checked_add(SignedDuration::from_secs(grace))
        .unwrap_or(now);
    object::set_metadata(
        object,
        "deletionTimestamp",
        Some(object::format_time(end).into()),
    );
    if !is_namespace {
        object::set_metadata(object, "deletionGracePeriodSeconds", Some(grace.into()));
    }
}

/// Only a pod that a kubelet runs needs time: nobody would confirm the end of another.
fn grace(object: &Value, asked: Option<i64>) -> i64 {
    if object::kind(object) != "Pod" {
        return 0;
    }
    let text = |path: &str| {
        object
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    if text("/spec/nodeName").is_empty() || matches!(text("/status/phase"), "Succeeded" | "Failed")
    {
        return 0;
    }
    asked
        .or_else(|| {
            object
                .pointer("/spec/terminationGracePeriodSeconds")
                .and_then(Value::as_i64)
        })
        .unwrap_or(DEFAULT_POD_GRACE)
        .max(0)
}

/// Whether two states of an object differ in what is wanted, not only in what is said about it.
pub(super) fn wants_something_else(before: &Value, after: &Value) -> bool {
    let (Some(before), Some(after)) = (before.as_object(), after.as_object()) else {
        return before != after;
    };
    let wish = |name: &&String| !matches!(name.as_str(), "metadata" | "status");
    before.keys().chain(after.keys()).filter(wish).any(|name| {
        match (before.get(name), after.get(name)) {
            (Some(Value::Object(before)), Some(Value::Object(after))) => differ(before, after),
            (before, after) => before != after,
        }
    })
}

/// The node of a pod is found by the scheduler and wished for by nobody.
fn differ(before: &Map<String, Value>, after: &Map<String, Value>) -> bool {
    let counts = |name: &&String| name.as_str() != "nodeName";
    before
        .keys()
        .chain(after.keys())
        .filter(counts)
        .any(|name| before.get(name) != after.get(name))
}
