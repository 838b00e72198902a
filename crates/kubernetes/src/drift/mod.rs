//! What differs on a host from what the portal applied.
//!
//! A wanted object must be contained in the one that is there: a server adds defaults, and others may add labels.
//! Objects that isolate must have nothing else in their content, and no object of others may open what they close.

mod compare;
mod openings;
mod quantity;

pub(crate) use compare::compare;

use crate::{
    cache::{Found, Kind, Snapshot, digest},
    host::Host,
    objects::Objects,
};
use domain::drift::{Drift, DriftChange};
use serde_json::Value;

/// `NetworkPolicy/vc-work-ci`.
pub(crate) fn reference(kind: Kind, name: &str) -> String {
    format!("{kind:?}/{name}")
}

/// How the objects that were `found` in a namespace differ from those that are `wanted`.
pub(crate) fn drift(
    host: &Host,
    namespace: &str,
    wanted: &Objects,
    found: &Snapshot,
) -> Vec<Drift> {
    let wanted = wanted.all();
    let mut drift: Vec<_> = wanted
        .iter()
        .filter_map(|(kind, wanted)| of_object(host, namespace, (*kind, wanted), found))
        .collect();
    drift.extend(openings::openings(namespace, &wanted, found));
    drift
}

fn of_object(
    host: &Host,
    namespace: &str,
    (kind, wanted): (Kind, &Value),
    found: &Snapshot,
) -> Option<Drift> {
    let name = name(wanted);
    let digest = digest(&wanted.to_string());
    let (change, fields) = match found.find(kind, name) {
        Found::Missing => (DriftChange::Missing, Vec::new()),
        Found::AsWanted(as_before) if as_before == digest => return None,
        Found::AsWanted(_) => (DriftChange::Changed, Vec::new()),
        Found::Object(object) => match compare(kind, wanted, &object) {
            Some(difference) => (DriftChange::Changed, difference.fields),
            None => {
                if may_settle(kind) {
                    host.cache.settle(namespace, kind, name, digest);
                }
                return None;
            }
        },
    };
    Some(Drift {
        object: reference(kind, name),
        change,
        fields,
        isolation: kind.isolates(),
    })
}

/// Whether the content of such an object is read only here.
fn may_settle(kind: Kind) -> bool {
    kind == Kind::Ingress || (kind.isolates() && kind != Kind::Namespace)
}

/// Whether an object that was `found` is as `wanted`.
pub(crate) fn is_as_wanted(kind: Kind, wanted: &Value, found: &Snapshot) -> bool {
    match found.find(kind, name(wanted)) {
        Found::Missing => false,
        Found::AsWanted(as_before) => as_before == digest(&wanted.to_string()),
        Found::Object(object) => compare(kind, wanted, &object).is_none(),
    }
}

pub(crate) fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}
