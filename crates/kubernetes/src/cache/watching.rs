//! Fills the cache with one watch for each kind.

use super::{Kind, Shared, contents::key, locked};
use crate::errors;
use futures::{StreamExt, stream::BoxStream};
use kube::{
    Api, Error as KubeError,
    core::{DynamicObject, PartialObjectMeta},
    runtime::watcher::{self, Config, Error, Event, watcher},
};
use provisioning::ports::host_clusters::HostError;
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::time::sleep;

/// The duration of a watch in seconds. It bounds how long a silently broken connection stays unnoticed.
const RENEWED_AFTER: u32 = 60;
/// The pause before a watch is tried again that fails although the host responds.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Keeps the cache current, until it is dropped.
pub(super) async fn watch(shared: Arc<Shared>, kind: Kind) {
    let mut pause = FIRST_PAUSE;
    let mut interrupted = false;
    loop {
        // Begins with a complete list: what happened during an interruption is in no event.
        let mut events = events(&shared, kind);
        let mut listed = HashSet::new();
        let error = loop {
            let changed: Vec<_> = match events.next().await {
                Some(Ok(Event::Init)) => {
                    listed.clear();
                    continue;
                }
                Some(Ok(Event::InitApply(object))) => {
                    listed.insert(key(kind, &object));
                    locked(&shared.contents)
                        .put(kind, object)
                        .into_iter()
                        .collect()
                }
                Some(Ok(Event::Apply(object))) => locked(&shared.contents)
                    .put(kind, object)
                    .into_iter()
                    .collect(),
                Some(Ok(Event::Delete(object))) => {
                    let mut contents = locked(&shared.contents);
                    contents.remove(kind, &object).into_iter().collect()
                }
                Some(Ok(Event::InitDone)) => {
                    let changed = locked(&shared.contents).retain(kind, &listed);
                    listed = HashSet::new();
                    shared.is_current(kind);
                    pause = FIRST_PAUSE;
                    if std::mem::take(&mut interrupted) {
                        tracing::info!(host = shared.host, ?kind, "the watch has recovered");
                    }
                    changed
                }
                // The version is too old: a new list follows.
                Some(Err(Error::WatchError(status))) if status.code == 410 => continue,
                Some(Err(error)) => break Some(error),
                None => break None,
            };
            shared.tell(changed);
        };
        if let Some(error) = error {
            let error = host_error(&shared.host, kind, error);
            if !std::mem::replace(&mut interrupted, true) {
                let error = &error.message;
                tracing::warn!(
                    host = shared.host,
                    ?kind,
                    error,
                    "the watch failed, retrying"
                );
            }
            shared.is_interrupted(kind, &error);
        }
        shared.recovery.responds().await;
        sleep(pause.mul_f64(rand::random_range(0.75..1.25))).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn events(
    shared: &Shared,
    kind: Kind,
) -> BoxStream<'static, watcher::Result<Event<DynamicObject>>> {
    let resource = kind.resource();
    let mut config = Config::default().timeout(RENEWED_AFTER);
    if let Some(selector) = kind.selector() {
        config = config.labels(selector);
    }
    let client = shared.client.clone();
    if kind == Kind::Kubeconfig {
        // The credential in it is not transferred.
        type Metadata = PartialObjectMeta<DynamicObject>;
        let api = Api::<Metadata>::all_with(client, &resource);
        return watcher(api, config)
            .map(|event| event.map(as_dynamic))
            .boxed();
    }
    watcher(Api::all_with(client, &resource), config).boxed()
}

fn as_dynamic(event: Event<PartialObjectMeta<DynamicObject>>) -> Event<DynamicObject> {
    let object = |found: PartialObjectMeta<DynamicObject>| DynamicObject {
        types: None,
        metadata: found.metadata,
        data: serde_json::Value::Object(serde_json::Map::new()),
    };
    match event {
        Event::Apply(found) => Event::Apply(object(found)),
        Event::Delete(found) => Event::Delete(object(found)),
        Event::InitApply(found) => Event::InitApply(object(found)),
        Event::Init => Event::Init,
        Event::InitDone => Event::InitDone,
    }
}

fn host_error(host: &str, kind: Kind, error: Error) -> HostError {
    let tried = format!("watch {}", kind.resource().plural);
    match error {
        Error::InitialListFailed(error)
        | Error::WatchStartFailed(error)
        | Error::WatchFailed(error) => errors::refused(host, tried, error),
        Error::WatchError(status) => errors::refused(host, tried, KubeError::Api(status)),
        Error::NoResourceVersion => errors::unreadable(host, tried),
    }
}
