//! Cells of events.

use serde_json::Value;

use super::{get, int, since, text};

pub fn event_last_seen(event: &Value) -> Value {
    let moments = [
        "/series/lastObservedTime",
        "/lastTimestamp",
        "/eventTime",
        "/firstTimestamp",
    ];
    since(
        moments
            .iter()
            .map(|m| get(event, m))
            .find(|m| !m.is_empty())
            .unwrap_or_default(),
    )
}

pub fn event_first_seen(event: &Value) -> Value {
    let moments = ["/firstTimestamp", "/eventTime"];
    since(
        moments
            .iter()
            .map(|m| get(event, m))
            .find(|m| !m.is_empty())
            .unwrap_or_default(),
    )
}

pub fn event_object(event: &Value) -> Value {
    let kind = get(event, "/involvedObject/kind").to_lowercase();
    format!("{kind}/{}", get(event, "/involvedObject/name")).into()
}

pub fn event_source(event: &Value) -> Value {
    let (component, host) = (get(event, "/source/component"), get(event, "/source/host"));
    match (component, host) {
        ("", _) => text(event, "/reportingComponent"),
        (component, "") => component.into(),
        (component, host) => format!("{component}, {host}").into(),
    }
}

pub fn event_message(event: &Value) -> Value {
    get(event, "/message").trim().into()
}

pub fn event_count(event: &Value) -> Value {
    let series = int(event, "/series/count");
    let count = if series > 0 {
        series
    } else {
        int(event, "/count")
    };
    count.max(1).into()
}
