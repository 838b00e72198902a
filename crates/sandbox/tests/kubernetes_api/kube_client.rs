//! What the portal's own client sees.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Pod, ServiceAccount};
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams, Preconditions};
use kube::core::PartialObjectMeta;
use kube::runtime::WatchStreamExt as _;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Client, ResourceExt as _};
use sandbox::kubernetes::Delete;
use sandbox::kubernetes::Key;
use sandbox::kubernetes::resources::CONFIG_MAPS;
use serde_json::json;

use crate::server::Server;

const WAIT: Duration = Duration::from_secs(20);

fn config_map(name: &str, value: &str) -> ConfigMap {
    let mut map = ConfigMap {
        data: Some(BTreeMap::from([("x".to_owned(), value.to_owned())])),
        ..ConfigMap::default()
    };
    map.metadata.name = Some(name.to_owned());
    map
}

fn maps(client: Client) -> Api<ConfigMap> {
    Api::namespaced(client, "default")
}

fn reason(error: kube::Error) -> (u16, String) {
    match error {
        kube::Error::Api(status) => (status.code, status.reason),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn applying_twice_changes_nothing_and_another_manager_meets_a_conflict() {
    let server = Server::start();
    let maps = maps(server.client().await);
    let hangar = PatchParams::apply("hangar");
    let first = maps
        .patch("a", &hangar, &Patch::Apply(config_map("a", "1")))
        .await
        .unwrap();
    let again = maps
        .patch("a", &hangar, &Patch::Apply(config_map("a", "1")))
        .await
        .unwrap();
    assert_eq!(first.resource_version(), again.resource_version());
    let other = PatchParams::apply("other");
    let refused = maps
        .patch("a", &other, &Patch::Apply(config_map("a", "2")))
        .await
        .unwrap_err();
    let kube::Error::Api(status) = refused else {
        panic!("{refused}")
    };
    assert_eq!((status.code, status.reason.as_str()), (409, "Conflict"));
    let causes = status.details.unwrap().causes;
    assert_eq!(causes[0].reason, "FieldManagerConflict");
    assert_eq!(causes[0].field, ".data.x");
    let forced = maps
        .patch("a", &other.force(), &Patch::Apply(config_map("a", "2")))
        .await
        .unwrap();
    assert_eq!(forced.data.unwrap()["x"], "2");
}

#[tokio::test]
async fn a_stale_replacement_is_refused_and_a_fresh_one_taken() {
    let server = Server::start();
    let maps = maps(server.client().await);
    let options = PostParams::default();
    let made = maps.create(&options, &config_map("a", "1")).await.unwrap();
    let mut fresh = made.clone();
    fresh.data = config_map("a", "2").data;
    let changed = maps.replace("a", &options, &fresh).await.unwrap();
    assert_ne!(made.resource_version(), changed.resource_version());
    let stale = maps.replace("a", &options, &made).await.unwrap_err();
    assert_eq!(reason(stale), (409, "Conflict".to_owned()));
    let taken = maps
        .create(&options, &config_map("a", "1"))
        .await
        .unwrap_err();
    assert_eq!(reason(taken), (409, "AlreadyExists".to_owned()));
}

#[tokio::test]
async fn typed_objects_come_back_complete() {
    let server = Server::start();
    let client = server.client().await;
    let sets: Api<StatefulSet> = Api::namespaced(client.clone(), "default");
    let set: StatefulSet = serde_json::from_value(json!({
        "metadata": {"name": "s"},
        "spec": {
            "serviceName": "s",
            "selector": {"matchLabels": {"a": "b"}},
            "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i:1"}]}},
        },
    }))
    .unwrap();
    let made = sets.create(&PostParams::default(), &set).await.unwrap();
    let spec = made.spec.unwrap();
    assert_eq!(spec.replicas, Some(1));
    assert_eq!(spec.revision_history_limit, Some(10));
    let scale = sets.get_scale("s").await.unwrap();
    assert_eq!(scale.spec.unwrap().replicas, Some(1));
    let patch = Patch::Merge(json!({"spec": {"replicas": 3}}));
    sets.patch_scale("s", &PatchParams::default(), &patch)
        .await
        .unwrap();
    assert_eq!(sets.get("s").await.unwrap().spec.unwrap().replicas, Some(3));
    let status = Patch::Merge(json!({"status": {"replicas": 2}, "spec": {"replicas": 9}}));
    let changed = sets
        .patch_status("s", &PatchParams::default(), &status)
        .await
        .unwrap();
    assert_eq!(changed.status.unwrap().replicas, 2);
    assert_eq!(
        changed.spec.unwrap().replicas,
        Some(3),
        "only the status changes"
    );
}

#[tokio::test]
async fn a_chunked_list_shows_every_object_once() {
    let server = Server::start();
    let maps = maps(server.client().await);
    for i in 0..25 {
        maps.create(
            &PostParams::default(),
            &config_map(&format!("m{i:02}"), "1"),
        )
        .await
        .unwrap();
    }
    let mut seen = Vec::new();
    let mut params = ListParams::default().limit(10);
    loop {
        let page = maps.list(&params).await.unwrap();
        assert!(page.items.len() <= 10);
        seen.extend(page.items.iter().map(|m| m.name_any()));
        match page.metadata.continue_ {
            Some(token) if !token.is_empty() => params = params.continue_token(&token),
            _ => break,
        }
    }
    let mut expected: Vec<String> = (0..25).map(|i| format!("m{i:02}")).collect();
    expected.insert(0, "kube-root-ca.crt".to_owned());
    assert_eq!(seen, expected);
}

async fn name_of_next(
    stream: &mut (impl futures::Stream<Item = watcher::Result<Event<ConfigMap>>> + Unpin),
) -> String {
    loop {
        let event = tokio::time::timeout(WAIT, stream.next())
            .await
            .unwrap()
            .unwrap();
        match event {
            Ok(Event::Apply(map)) => return format!("+{}", map.name_any()),
            Ok(Event::Delete(map)) => return format!("-{}", map.name_any()),
            Ok(Event::Init) => return "init".to_owned(),
            Ok(Event::InitApply(map)) => return format!("={}", map.name_any()),
            Ok(Event::InitDone) => return "done".to_owned(),
            // The watcher tells of a lost watch and goes on by itself.
            Err(_) => {}
        }
    }
}

#[tokio::test]
async fn a_watcher_goes_on_where_it_was_when_the_server_ends_its_watch() {
    let server = Server::start();
    let maps = maps(server.client().await);
    let config = watcher::Config::default().labels("!none").timeout(1);
    let mut events = Box::pin(watcher(maps.clone(), config));
    for expected in ["init", "=kube-root-ca.crt", "done"] {
        assert_eq!(name_of_next(&mut events).await, expected);
    }
    for i in 0..3 {
        let name = format!("m{i}");
        maps.create(&PostParams::default(), &config_map(&name, "1"))
            .await
            .unwrap();
        // Longer than the server lets a watch live.
        tokio::time::sleep(Duration::from_millis(1200)).await;
        assert_eq!(name_of_next(&mut events).await, format!("+{name}"));
    }
    maps.delete("m1", &DeleteParams::default()).await.unwrap();
    assert_eq!(name_of_next(&mut events).await, "-m1");
}

#[tokio::test]
async fn a_watcher_lists_again_when_its_version_is_forgotten() {
    let server = Server::start();
    let maps = maps(server.client().await);
    let config = watcher::Config::default().timeout(1);
    let mut events = Box::pin(watcher(maps.clone(), config).default_backoff());
    for expected in ["init", "=kube-root-ca.crt", "done"] {
        assert_eq!(name_of_next(&mut events).await, expected);
    }
    // While nobody reads the watch ends; meanwhile an object goes, and the history with it.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let store = server.api.store();
    store
        .delete(
            &Key::new(CONFIG_MAPS, "default", "kube-root-ca.crt"),
            &Delete::default(),
        )
        .unwrap();
    maps.create(&PostParams::default(), &config_map("later", "1"))
        .await
        .unwrap();
    store.compact();
    for expected in ["init", "=later", "done"] {
        assert_eq!(name_of_next(&mut events).await, expected);
    }
}

#[tokio::test]
async fn streaming_lists_and_metadata_watches_are_served() {
    let server = Server::start();
    let maps = maps(server.client().await);
    let config = watcher::Config::default().streaming_lists();
    let mut events = Box::pin(watcher(maps.clone(), config));
    for expected in ["init", "=kube-root-ca.crt", "done"] {
        assert_eq!(name_of_next(&mut events).await, expected);
    }
    let partial: Api<PartialObjectMeta<ConfigMap>> = Api::namespaced(maps.into_client(), "default");
    let mut partial = Box::pin(watcher(partial, watcher::Config::default()).applied_objects());
    let first = partial.try_next().await.unwrap().unwrap();
    assert_eq!(first.name_any(), "kube-root-ca.crt");
}

#[tokio::test]
async fn a_deletion_waits_for_finalizers_and_keeps_its_preconditions() {
    let server = Server::start();
    let client = server.client().await;
    let maps = maps(client);
    let mut held = config_map("a", "1");
    held.metadata.finalizers = Some(vec!["example.com/hold".to_owned()]);
    let made = maps.create(&PostParams::default(), &held).await.unwrap();
    let other = DeleteParams::default().preconditions(Preconditions {
        uid: Some("another".to_owned()),
        resource_version: None,
    });
    let refused = maps.delete("a", &other).await.unwrap_err();
    assert_eq!(reason(refused), (409, "Conflict".to_owned()));
    let this = DeleteParams::default().preconditions(Preconditions {
        uid: made.uid(),
        resource_version: None,
    });
    let held = maps.delete("a", &this).await.unwrap().left().unwrap();
    assert!(held.metadata.deletion_timestamp.is_some());
    let release = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    maps.patch("a", &PatchParams::default(), &release)
        .await
        .unwrap();
    assert!(maps.get_opt("a").await.unwrap().is_none());
}

#[tokio::test]
async fn reviews_and_token_requests_are_answered() {
    let server = Server::start();
    let client = server.client().await;
    let review = SelfSubjectAccessReview {
        spec: SelfSubjectAccessReviewSpec {
            resource_attributes: Some(ResourceAttributes {
                verb: Some("create".to_owned()),
                resource: Some("pods".to_owned()),
                ..ResourceAttributes::default()
            }),
            ..SelfSubjectAccessReviewSpec::default()
        },
        ..SelfSubjectAccessReview::default()
    };
    let reviews: Api<SelfSubjectAccessReview> = Api::all(client.clone());
    let answered = reviews
        .create(&PostParams::default(), &review)
        .await
        .unwrap();
    assert!(answered.status.unwrap().allowed);
    let accounts: Api<ServiceAccount> = Api::namespaced(client, "default");
    let request = TokenRequest {
        spec: Some(TokenRequestSpec {
            expiration_seconds: Some(900),
            ..TokenRequestSpec::default()
        }),
        ..TokenRequest::default()
    };
    let token = accounts
        .create_token_request("default", &PostParams::default(), &request)
        .await
        .unwrap()
        .status
        .unwrap()
        .token
        .unwrap();
    let mine = server
        .call(
            &token,
            "POST",
            "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            "application/json",
            json!({}),
        )
        .await;
    assert_eq!(
        mine.body["status"]["userInfo"]["username"],
        "system:serviceaccount:default:default"
    );
}

#[tokio::test]
async fn discovery_finds_every_resource() {
    let server = Server::start();
    let client = server.client().await;
    let discovery = kube::discovery::Discovery::new(client.clone())
        .run()
        .await
        .unwrap();
    assert!(discovery.has_group("apps") && discovery.has_group("rbac.authorization.k8s.io"));
    let version = client.apiserver_version().await.unwrap();
    assert_eq!(
        (version.major.as_str(), version.minor.as_str()),
        ("1", "36")
    );
    let namespaces: Api<Namespace> = Api::all(client.clone());
    assert_eq!(
        namespaces
            .list(&ListParams::default())
            .await
            .unwrap()
            .items
            .len(),
        4
    );
    let pods: Api<Pod> = Api::all(client);
    assert!(
        pods.list_metadata(&ListParams::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
}
