//! Defaults of the kinds that make pods.

use serde_json::{Value, json};

use super::pods::template;
use super::{Fields, claim, default, if_some};

pub(super) fn stateful_set(spec: &mut Fields) {
    default(spec, "replicas", 1);
    default(spec, "podManagementPolicy", "OrderedReady");
    default(spec, "revisionHistoryLimit", 10);
    default(spec, "updateStrategy", json!({}));
    if_some(spec, "updateStrategy", |strategy| {
        default(strategy, "type", "RollingUpdate");
        if strategy["type"] == "RollingUpdate" {
            default(strategy, "rollingUpdate", json!({}));
            if_some(strategy, "rollingUpdate", |rolling| {
                default(rolling, "partition", 0)
            });
        }
    });
    default(spec, "persistentVolumeClaimRetentionPolicy", json!({}));
    if_some(spec, "persistentVolumeClaimRetentionPolicy", |policy| {
        default(policy, "whenDeleted", "Retain");
        default(policy, "whenScaled", "Retain");
    });
    if let Some(Value::Array(templates)) = spec.get_mut("volumeClaimTemplates") {
        for template in templates {
            template["kind"] = "PersistentVolumeClaim".into();
            template["apiVersion"] = "v1".into();
            claim(template);
        }
    }
    template(spec);
}

pub(super) fn deployment(spec: &mut Fields) {
    default(spec, "replicas", 1);
    default(spec, "revisionHistoryLimit", 10);
    default(spec, "progressDeadlineSeconds", 600);
    default(spec, "strategy", json!({}));
    if_some(spec, "strategy", |strategy| {
        default(strategy, "type", "RollingUpdate");
        if strategy["type"] == "RollingUpdate" {
            default(strategy, "rollingUpdate", json!({}));
            if_some(strategy, "rollingUpdate", |rolling| {
                default(rolling, "maxUnavailable", "25%");
                default(rolling, "maxSurge", "25%");
            });
        }
    });
    template(spec);
}
