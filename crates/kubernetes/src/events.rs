//! Events in a vCluster's namespace.

use crate::{errors::LONGEST, host::Host};
use domain::{
    cluster::ClusterEvent,
    event_page::{EventKey, Events},
    outside_text::readable,
};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Event;
use kube::ResourceExt;
use provisioning::ports::host_clusters::{Hosted, VirtualCluster};

/// The maximum number of events that are read: workloads of a busy vCluster cause thousands, and Kubernetes lists them by
/// name, so that the newest can be anywhere.
pub(crate) const MOST: usize = 5000;

pub(crate) async fn events(host: &Host, cluster: &VirtualCluster) -> Hosted<Events<ClusterEvent>> {
    host.own_namespace(cluster).await?;
    let (found, truncated) = host
        .list_at_most::<Event>(&cluster.name.namespace(), MOST)
        .await?;
    Ok(Events {
        events: found.into_iter().filter_map(event).collect(),
        truncated,
    })
}

/// When the event was last seen. Different generations of event APIs fill different fields.
pub(crate) fn last_seen(event: &Event) -> Option<Timestamp> {
    let series = event.series.as_ref();
    series
        .and_then(|series| series.last_observed_time.as_ref())
        .map(|time| time.0)
        .or(event.last_timestamp.as_ref().map(|time| time.0))
        .or(event.event_time.as_ref().map(|time| time.0))
        .or_else(|| first_seen(event))
}

/// When the event was first seen.
pub(crate) fn first_seen(event: &Event) -> Option<Timestamp> {
    let first = event.first_timestamp.as_ref().map(|time| time.0);
    first
        .or(event.event_time.as_ref().map(|time| time.0))
        .or(event.creation_timestamp().map(|time| time.0))
}

fn event(event: Event) -> Option<(EventKey, ClusterEvent)> {
    let count = event.series.as_ref().and_then(|series| series.count);
    let count = count.or(event.count).unwrap_or(1).max(1);
    let object = &event.involved_object;
    let at = last_seen(&event)?;
    let id = event
        .metadata
        .uid
        .as_deref()
        .and_then(|uid| uid.parse().ok());
    let key = EventKey {
        at,
        id: id.unwrap_or_default(),
    };
    let seen = ClusterEvent {
        at,
        warning: event.type_.as_deref() == Some("Warning"),
        object: format!(
            "{}/{}",
            object.kind.as_deref().unwrap_or("Unknown"),
            object.name.as_deref().unwrap_or("unknown")
        ),
        count: count.unsigned_abs(),
        reason: readable(&event.reason.unwrap_or_default(), LONGEST),
        message: readable(&event.message.unwrap_or_default(), LONGEST),
    };
    Some((key, seen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(fields: Value) -> ClusterEvent {
        let mut whole = json!({
            "metadata": {"creationTimestamp": "2026-11-21T00:00:00Z"},
            "involvedObject": {"kind": "Pod", "name": "ci-0"},
            "type": "Warning", "reason": "Failed", "message": "why\n",
        });
        let fields = fields.as_object().unwrap().clone();
        whole.as_object_mut().unwrap().extend(fields);
        event(serde_json::from_value(whole).unwrap()).unwrap().1
    }

    #[test]
    fn old_and_new_ways_of_counting_and_timing_are_read() {
        let old = read(
            json!({"count": 3, "firstTimestamp": "2026-11-21T00:01:00Z", "lastTimestamp": "2026-11-21T00:02:00Z", "eventTime": null}),
        );
        assert_eq!(
            (old.count, old.at),
            (3, "2026-11-21T00:02:00Z".parse().unwrap())
        );

        let new = read(json!({"eventTime": "2026-11-21T00:03:00.000000Z"}));
        assert_eq!(
            (new.count, new.at),
            (1, "2026-11-21T00:03:00Z".parse().unwrap())
        );

        let series = read(json!({
            "eventTime": "2026-11-21T00:03:00.000000Z",
            "series": {"count": 7, "lastObservedTime": "2026-11-21T00:04:00.000000Z"},
        }));
        assert_eq!(
            (series.count, series.at),
            (7, "2026-11-21T00:04:00Z".parse().unwrap())
        );

        let bare = read(json!({}));
        assert_eq!(bare.at, "2026-11-21T00:00:00Z".parse().unwrap());
    }

    #[test]
    fn an_event_says_only_what_can_be_read() {
        let hostile = "ok\u{202e}\u{1b}[2J".to_owned() + &"x".repeat(100_000);
        let seen = read(json!({"message": hostile, "reason": "Fa\u{200b}iled"}));
        assert!(seen.message.starts_with("ok[2Jxxx"));
        assert_eq!(seen.message.chars().count(), LONGEST);
        assert_eq!(seen.reason, "Failed");
    }

    #[test]
    fn an_event_names_its_object_and_whether_it_warns() {
        let seen = read(json!({}));
        assert!(seen.warning);
        assert_eq!(
            (seen.object.as_str(), seen.message.as_str()),
            ("Pod/ci-0", "why")
        );
    }
}
