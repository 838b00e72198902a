//! Applies a vCluster's objects to its host, puts them right, and deletes them.

use crate::{
    cache::{Kind, Snapshot},
    drift::{self, compare, is_as_wanted, reference},
    host::{Host, namespace_state},
    labels::{self, FIELD_MANAGER},
    objects::Objects,
    observe::endpoint,
};
use domain::drift::{Drift, DriftChange};
use k8s_openapi::api::{apps::v1::StatefulSet, core::v1::Pod};
use kube::{
    ResourceExt,
    api::{DeleteParams, PostParams, Preconditions},
    core::{DynamicObject, PartialObjectMeta},
};
use provisioning::ports::host_clusters::{HostErrorKind, Hosted, NamespaceState, VirtualCluster};
use serde_json::Value;

/// Creates the namespace. Applying instead of creating would take over a namespace that belongs to something else.
pub(crate) async fn make_namespace(host: &Host, cluster: &VirtualCluster) -> Hosted<()> {
    let wanted = Objects::wanted(cluster, &host.config, &[]).namespace;
    let tried = format!("create the namespace {}", cluster.name.namespace());
    match host
        .ask(&tried, create(host, Kind::Namespace, &wanted))
        .await
    {
        Ok(created) => {
            host.cache.note(Kind::Namespace, created);
            Ok(())
        }
        Err(error) if error.kind == HostErrorKind::Conflict => {
            match namespace_state(host.namespace(cluster).await?.as_ref(), cluster) {
                NamespaceState::Ours => Ok(()),
                NamespaceState::Foreign => Err(host.foreign(cluster)),
                NamespaceState::Terminating(held) => Err(host.terminating(cluster, held)),
                // Deleted in between.
                NamespaceState::Missing => Err(host.terminating(cluster, None)),
            }
        }
        Err(error) => Err(error),
    }
}

async fn create(
    host: &Host,
    kind: Kind,
    object: &impl serde::Serialize,
) -> kube::Result<DynamicObject> {
    let object = serde_json::to_value(object).and_then(serde_json::from_value);
    let object: DynamicObject = object.map_err(kube::Error::SerdeError)?;
    let parameters = PostParams {
        field_manager: Some(FIELD_MANAGER.into()),
        ..PostParams::default()
    };
    let api = host.api(kind, object.metadata.namespace.as_deref());
    api.create(&parameters, &object).await
}

/// Applies every object, the StatefulSet last: its existence means that the rest exists. Until then a repetition goes
/// on where the last one stopped.
pub(crate) async fn apply(host: &Host, cluster: &VirtualCluster) -> Hosted<usize> {
    let (found, mut objects, stateful_set) = look(host, cluster).await?;
    if let Some(stateful_set) = &stateful_set {
        objects.keep_pause(stateful_set);
    }
    for (kind, wanted) in objects.all() {
        // What an older release applied may have to lose fields, which a comparison does not find.
        if stateful_set.is_none() && is_as_wanted(kind, &wanted, &found) {
            continue;
        }
        host.apply(kind, drift::name(&wanted), &wanted).await?;
    }
    Ok(objects.count())
}

/// Puts these objects right. A paused control plane is resumed if its StatefulSet is among them.
pub(crate) async fn restore(host: &Host, cluster: &VirtualCluster, drift: &[Drift]) -> Hosted<()> {
    let (_, objects, _) = look(host, cluster).await?;
    for (kind, wanted) in objects.all() {
        let object = reference(kind, drift::name(&wanted));
        if drift.iter().any(|drift| drift.object == object) {
            put_right(host, kind, &wanted).await?;
        }
    }
    for added in drift
        .iter()
        .filter(|drift| drift.change == DriftChange::Added)
    {
        let (kind, name) = added.object.split_once('/').unwrap_or_default();
        let kinds = [Kind::NetworkPolicy, Kind::RoleBinding];
        if let Some(kind) = kinds.into_iter().find(|of| format!("{of:?}") == kind) {
            remove(host, kind, &cluster.name.namespace(), name).await?;
        }
    }
    Ok(())
}

/// Applies an object, then takes away what others added to it, which applying does not.
async fn put_right(host: &Host, kind: Kind, wanted: &Value) -> Hosted<()> {
    let name = drift::name(wanted);
    let namespace = wanted["metadata"]["namespace"].as_str().unwrap_or_default();
    match host.apply(kind, name, wanted).await {
        // The role of a binding and an immutable Secret cannot be changed.
        Err(error)
            if error.kind == HostErrorKind::Invalid
                && matches!(kind, Kind::RoleBinding | Kind::Secret) =>
        {
            remove(host, kind, namespace, name).await?;
            host.apply(kind, name, wanted).await?;
        }
        outcome => outcome?,
    }
    let of = if kind == Kind::Namespace {
        name
    } else {
        namespace
    };
    let Some(found) = host.cache.noted(of, kind, name) else {
        return Ok(());
    };
    match compare(kind, wanted, &found) {
        None => Ok(()),
        Some(difference) => host.merge(kind, wanted, &difference.correction).await,
    }
}

async fn remove(host: &Host, kind: Kind, namespace: &str, name: &str) -> Hosted<()> {
    let tried = format!("delete the {kind:?} {name}");
    let api = host.api(kind, Some(namespace));
    match host
        .ask(tried, api.delete(name, &DeleteParams::default()))
        .await
    {
        Err(error) if error.kind != HostErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What is in the cluster's namespace, which must be its own, and what is wanted there.
async fn look(
    host: &Host,
    cluster: &VirtualCluster,
) -> Hosted<(Snapshot, Objects, Option<StatefulSet>)> {
    let found = host.cache.look(&cluster.name.namespace()).await?;
    let namespace = host.namespace_in(&found, cluster).await?;
    host.require_own(namespace.as_ref(), cluster)?;
    let stateful_set: Option<StatefulSet> = found.get(Kind::StatefulSet, cluster.name.as_str());
    let nodes = endpoint::nodes(host, cluster).await?;
    let addresses = endpoint::certificate_addresses(stateful_set.as_ref(), &nodes);
    let mut objects = Objects::wanted(cluster, &host.config, &addresses);
    if let Some(stateful_set) = &stateful_set {
        objects.keep_claims(stateful_set);
    }
    Ok((found, objects, stateful_set))
}

/// The pods of the cluster's users.
pub(crate) async fn workloads(
    host: &Host,
    cluster: &VirtualCluster,
) -> Hosted<Vec<PartialObjectMeta<Pod>>> {
    let synced = format!("{}={}", labels::SYNCED_BY, cluster.name);
    host.list_metadata(&cluster.name.namespace(), &synced).await
}

/// Deletes the pods of the cluster's users: nothing makes new ones without its control plane.
pub(crate) async fn stop_workloads(host: &Host, cluster: &VirtualCluster) -> Hosted<()> {
    host.own_namespace(cluster).await?;
    let namespace = cluster.name.namespace();
    for pod in workloads(host, cluster).await? {
        if pod.metadata.deletion_timestamp.is_none() {
            remove(host, Kind::Pod, &namespace, &pod.name_any()).await?;
        }
    }
    Ok(())
}

/// Deletes the namespace and everything in it, but only the namespace that was observed: another one may have taken
/// its name.
pub(crate) async fn delete(host: &Host, cluster: &VirtualCluster) -> Hosted<()> {
    let found = host.namespace(cluster).await?;
    if namespace_state(found.as_ref(), cluster) != NamespaceState::Ours {
        return Ok(());
    }
    let parameters = DeleteParams {
        preconditions: Some(Preconditions {
            uid: found.and_then(|found| found.uid()),
            resource_version: None,
        }),
        ..DeleteParams::default()
    };
    let name = cluster.name.namespace();
    let tried = format!("delete the namespace {name}");
    let api = host.api(Kind::Namespace, None);
    match host.ask(tried, api.delete(&name, &parameters)).await {
        Ok(answer) => {
            if let Some(terminating) = answer.left() {
                host.cache.note(Kind::Namespace, terminating);
            }
            Ok(())
        }
        Err(error)
            if matches!(
                error.kind,
                HostErrorKind::NotFound | HostErrorKind::Conflict | HostErrorKind::Terminating
            ) =>
        {
            // Gone, replaced, or already terminating: the next observation tells which.
            Ok(())
        }
        Err(error) => Err(error),
    }
}
