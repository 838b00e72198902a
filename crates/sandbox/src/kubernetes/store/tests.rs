//! The rules that hold whoever writes.

use super::*;
use crate::kubernetes::resources::{CONFIG_MAPS, PODS, STATEFUL_SETS};

fn config_map(name: &str) -> Value {
    json!({"kind": "ConfigMap", "metadata": {"name": name, "namespace": "a"}})
}

#[test]
fn a_change_that_changes_nothing_keeps_the_version_and_is_not_seen_by_watches() {
    let store = Store::default();
    let made = store.create(CONFIG_MAPS, config_map("x")).unwrap();
    let version = object::resource_version(&made);
    let key = Key::of(CONFIG_MAPS, &made);
    let same = store.modify(&key, |_| ()).unwrap();
    assert_eq!(object::resource_version(&same), version);
    assert!(
        store
            .changes_after(CONFIG_MAPS, version)
            .unwrap()
            .0
            .is_empty()
    );
}

#[test]
fn a_stale_version_is_refused() {
    let store = Store::default();
    let made = store.create(CONFIG_MAPS, config_map("x")).unwrap();
    let key = Key::of(CONFIG_MAPS, &made);
    let stale = object::resource_version(&made);
    store
        .modify(&key, |o| object::set_label(o, "a", "b"))
        .unwrap();
    assert_eq!(
        store.replace(&key, config_map("x"), Some(stale)),
        Err(StoreError::Conflict(key))
    );
}

#[test]
fn the_generation_counts_changes_of_the_spec_and_not_of_the_status() {
    let store = Store::default();
    let set = json!({"kind": "StatefulSet", "metadata": {"name": "s", "namespace": "a"}, "spec": {"replicas": 1}});
    let made = store.create(STATEFUL_SETS, set).unwrap();
    let key = Key::of(STATEFUL_SETS, &made);
    let generation = |o: &Value| o.pointer("/metadata/generation").and_then(Value::as_i64);
    assert_eq!(generation(&made), Some(1));
    let status = store
        .modify(&key, |o| {
            object::field_mut(o, "status").insert("replicas".into(), json!(1));
        })
        .unwrap();
    assert_eq!(generation(&status), Some(1));
    let spec = store
        .modify(&key, |o| {
            object::field_mut(o, "spec").insert("replicas".into(), json!(2));
        })
        .unwrap();
    assert_eq!(generation(&spec), Some(2));
}

#[test]
fn an_object_with_a_finalizer_stays_until_the_finalizer_is_removed() {
    let store = Store::default();
    let mut held = config_map("x");
    object::set_metadata(&mut held, "finalizers", Some(json!(["x/y"])));
    let made = store.create(CONFIG_MAPS, held).unwrap();
    let key = Key::of(CONFIG_MAPS, &made);
    let deletion = store.delete(&key, &Delete::default()).unwrap();
    assert!(matches!(deletion, Deletion::Marked(_)));
    assert!(store.get(&key).is_some());
    store
        .modify(&key, |o| object::set_metadata(o, "finalizers", None))
        .unwrap();
    assert!(store.get(&key).is_none());
}

#[test]
fn a_running_pod_gets_its_grace_period_and_goes_when_its_kubelet_confirms() {
    let store = Store::default();
    let pod = json!({
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "a"},
        "spec": {"nodeName": "n", "terminationGracePeriodSeconds": 15},
    });
    let made = store.create(PODS, pod).unwrap();
    let key = Key::of(PODS, &made);
    let deletion = store.delete(&key, &Delete::default()).unwrap();
    assert!(matches!(deletion, Deletion::Marked(_)));
    assert_eq!(
        deletion
            .object()
            .pointer("/metadata/deletionGracePeriodSeconds"),
        Some(&json!(15))
    );
    let confirmed = Delete {
        grace_seconds: Some(0),
        ..Delete::default()
    };
    let (_, before) = store.list(PODS, None);
    assert!(matches!(
        store.delete(&key, &confirmed).unwrap(),
        Deletion::Gone(_)
    ));
    let seen = store.changes_after(PODS, before).unwrap().0;
    assert_eq!(seen.len(), 2, "once more with no time left, then gone");
}

#[test]
fn an_earlier_state_can_be_listed_while_its_changes_are_remembered() {
    let store = Store::default();
    let one = store.create(CONFIG_MAPS, config_map("one")).unwrap();
    store.create(CONFIG_MAPS, config_map("two")).unwrap();
    let (before, version) = store.list(CONFIG_MAPS, None);
    store
        .modify(&Key::of(CONFIG_MAPS, &one), |o| {
            object::set_label(o, "a", "b")
        })
        .unwrap();
    store
        .delete(&Key::new(CONFIG_MAPS, "a", "two"), &Delete::default())
        .unwrap();
    store.create(CONFIG_MAPS, config_map("three")).unwrap();
    let then = store.list_at(CONFIG_MAPS, Some("a"), version).unwrap();
    let names = |list: &[Arc<Value>]| -> Vec<String> {
        list.iter().map(|o| object::name(o).to_owned()).collect()
    };
    assert_eq!(names(&then), names(&before));
    assert_eq!(then[0], before[0]);
    store.compact();
    assert!(store.list_at(CONFIG_MAPS, None, version).is_err());
}

#[test]
fn a_forgotten_version_cannot_be_resumed_from() {
    let store = Store::new(Registry::default(), 2);
    for name in ["a", "b", "c", "d"] {
        store.create(CONFIG_MAPS, config_map(name)).unwrap();
    }
    assert!(store.watch(CONFIG_MAPS, None, 1).is_err());
    let (_, version) = store.list(CONFIG_MAPS, None);
    assert!(store.watch(CONFIG_MAPS, None, version).is_ok());
    store.compact();
    assert!(store.watch(CONFIG_MAPS, None, version - 1).is_err());
    assert!(store.watch(CONFIG_MAPS, None, version).is_ok());
}

#[test]
fn a_store_goes_on_from_a_snapshot_where_it_was() {
    let store = Store::default();
    let made = store.create(CONFIG_MAPS, config_map("x")).unwrap();
    let text = serde_json::to_string(&store.snapshot()).unwrap();
    let kept = serde_json::from_str(&text).unwrap();
    let again = Store::restore(Registry::default(), DEFAULT_HISTORY, kept);
    let key = Key::of(CONFIG_MAPS, &made);
    assert_eq!(again.get(&key), Some(made.clone()));
    assert_eq!(again.revision(), store.revision());
    assert!(again.watch(CONFIG_MAPS, None, 1).is_err());
    let next = again.create(CONFIG_MAPS, config_map("y")).unwrap();
    assert!(object::resource_version(&next) > object::resource_version(&made));
}

#[tokio::test]
async fn a_feed_gives_every_change_in_order_and_waits_for_more() {
    let store = Store::default();
    let (_, mut feed) = store.list_and_watch(CONFIG_MAPS, Some("a"));
    let writer = store.clone();
    let writing = tokio::spawn(async move {
        for i in 0..100 {
            writer
                .create(CONFIG_MAPS, config_map(&format!("x{i}")))
                .unwrap();
            tokio::task::yield_now().await;
        }
    });
    for i in 0..100 {
        let change = feed.next().await.unwrap();
        assert_eq!(object::name(&change.object), format!("x{i}"));
    }
    writing.await.unwrap();
}
