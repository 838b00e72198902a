//! Defaults of the kinds that make pods.

use serde_json::json;

use super::pods::template;
use super::{Fields, default, each_in, if_some, with};

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
    each_in(spec, "volumeClaimTemplates", |claim| {
        claim.insert("kind".to_owned(), "PersistentVolumeClaim".into());
        claim.insert("apiVersion".to_owned(), "v1".into());
        let mut object = serde_json::Value::Object(std::mem::take(claim));
        with(&mut object, "spec", |spec| {
            default(spec, "volumeMode", "Filesystem")
        });
        with(&mut object, "status", |status| {
            default(status, "phase", "Pending")
        });
        if let serde_json::Value::Object(object) = object {
            *claim = object;
        }
    });
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
