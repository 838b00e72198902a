//! Applies a vCluster's objects to its host, and deletes them.

use crate::{
    host::{Host, namespace_state},
    labels::FIELD_MANAGER,
    objects::Objects,
    observe::endpoint,
};
use k8s_openapi::api::apps::v1::StatefulSet;
use kube::{
    ResourceExt,
    api::{DeleteParams, PostParams, Preconditions},
};
use provisioning::ports::host_clusters::{HostErrorKind, Hosted, NamespaceState, VirtualCluster};

/// Creates the namespace. Applying instead of creating would take over a namespace that belongs to something else.
pub(crate) async fn make_namespace(host: &Host, cluster: &VirtualCluster) -> Hosted<()> {
    let wanted = Objects::wanted(cluster, &host.config, &[]).namespace;
    let namespaces = host.namespaces();
    let parameters = PostParams {
        field_manager: Some(FIELD_MANAGER.into()),
        ..PostParams::default()
    };
    let tried = format!("create the namespace {}", cluster.name.namespace());
    match host
        .ask(tried, namespaces.create(&parameters, &wanted))
        .await
    {
        Ok(_) => Ok(()),
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

/// Applies every object, the StatefulSet last: its existence means that the rest exists.
pub(crate) async fn apply(host: &Host, cluster: &VirtualCluster) -> Hosted<usize> {
    host.own_namespace(cluster).await?;
    let namespace = cluster.name.namespace();
    let found: Option<StatefulSet> = host.get(&namespace, cluster.name.as_str()).await?;
    let nodes = endpoint::nodes(host, cluster).await?;
    let addresses = endpoint::certificate_addresses(found.as_ref(), &nodes);
    let mut objects = Objects::wanted(cluster, &host.config, &addresses);
    if let Some(found) = &found {
        objects.keep(found);
    }
    host.apply_namespace(&objects.namespace).await?;
    host.apply(&objects.limit_range).await?;
    host.apply(&objects.quota).await?;
    for policy in &objects.network_policies {
        host.apply(policy).await?;
    }
    for account in &objects.service_accounts {
        host.apply(account).await?;
    }
    host.apply(&objects.role).await?;
    host.apply(&objects.role_binding).await?;
    host.apply(&objects.config).await?;
    for service in &objects.services {
        host.apply(service).await?;
    }
    if let Some(ingress) = &objects.ingress {
        host.apply(ingress).await?;
    }
    host.apply(&objects.stateful_set).await?;
    Ok(objects.count())
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
    match host
        .ask(tried, host.namespaces().delete(&name, &parameters))
        .await
    {
        Ok(_) => Ok(()),
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
