//! Columns of the core group.

use super::{AGE, Column, NAME, column};
use crate::kubernetes::table::cells;

pub static LIMIT_RANGES: &[Column] = &[
    NAME,
    column("Created At", "When it was made.", cells::created).date(),
];

pub static PODS: &[Column] = &[
    NAME,
    column(
        "Ready",
        "Containers that are ready, of all.",
        cells::pod_ready,
    ),
    column(
        "Status",
        "What the pod is doing, or what keeps it from running.",
        cells::pod_status,
    ),
    column(
        "Restarts",
        "How often containers were started again.",
        cells::pod_restarts,
    ),
    AGE,
    column("IP", "Address of the pod.", cells::pod_ip).wide(),
    column("Node", "Node that the pod runs on.", cells::pod_node).wide(),
    column(
        "Nominated Node",
        "Node that is being cleared for the pod.",
        cells::pod_nominated_node,
    )
    .wide(),
    column(
        "Readiness Gates",
        "Further conditions of readiness that are met.",
        cells::pod_gates,
    )
    .wide(),
];

pub static NAMESPACES: &[Column] = &[
    NAME,
    column(
        "Status",
        "Whether the namespace is in use or ends.",
        cells::phase,
    ),
    AGE,
];

pub static NODES: &[Column] = &[
    NAME,
    column("Status", "Whether the node takes pods.", cells::node_status),
    column("Roles", "Roles of the node.", cells::node_roles),
    AGE,
    column("Version", "Version of the kubelet.", cells::node_version),
    column(
        "Internal-IP",
        "Address inside the cluster.",
        cells::node_internal_ip,
    )
    .wide(),
    column(
        "External-IP",
        "Address outside the cluster.",
        cells::node_external_ip,
    )
    .wide(),
    column("OS-Image", "Operating system.", cells::node_os).wide(),
    column(
        "Kernel-Version",
        "Version of the kernel.",
        cells::node_kernel,
    )
    .wide(),
    column(
        "Container-Runtime",
        "Container runtime and its version.",
        cells::node_runtime,
    )
    .wide(),
];

pub static SERVICES: &[Column] = &[
    NAME,
    column("Type", "How the service is reached.", cells::service_type),
    column(
        "Cluster-IP",
        "Address inside the cluster.",
        cells::service_cluster_ip,
    ),
    column(
        "External-IP",
        "Address outside the cluster.",
        cells::service_external_ip,
    ),
    column(
        "Port(s)",
        "Ports, with those of the nodes.",
        cells::service_ports,
    ),
    AGE,
    column(
        "Selector",
        "Labels of the pods behind the service.",
        cells::service_selector,
    )
    .wide(),
];

pub static ENDPOINTS: &[Column] = &[
    NAME,
    column("Endpoints", "Addresses and ports.", cells::endpoints),
    AGE,
];

pub static CONFIG_MAPS: &[Column] = &[
    NAME,
    column("Data", "How many entries there are.", cells::data_count),
    AGE,
];

pub static SECRETS: &[Column] = &[
    NAME,
    column("Type", "What the secret is for.", |o| {
        cells::text(o, "/type")
    }),
    column("Data", "How many entries there are.", |o| {
        cells::count(o, "/data")
    })
    .integer(),
    AGE,
];

pub static SERVICE_ACCOUNTS: &[Column] = &[
    NAME,
    column("Secrets", "How many secrets belong to the account.", |o| {
        cells::count(o, "/secrets")
    }),
    AGE,
];

pub static CLAIMS: &[Column] = &[
    NAME,
    column("Status", "Whether a volume was found.", cells::phase),
    column("Volume", "The volume.", |o| {
        cells::text(o, "/spec/volumeName")
    }),
    column("Capacity", "Its size.", |o| {
        cells::text(o, "/status/capacity/storage")
    }),
    column(
        "Access Modes",
        "How it may be mounted.",
        cells::access_modes,
    ),
    column("StorageClass", "Class of storage.", |o| {
        cells::text(o, "/spec/storageClassName")
    }),
    column("VolumeAttributesClass", "Class of attributes.", |o| {
        cells::or_unset(o, "/spec/volumeAttributesClassName")
    }),
    AGE,
    column("VolumeMode", "File system or block device.", |o| {
        cells::text(o, "/spec/volumeMode")
    })
    .wide(),
];

pub static VOLUMES: &[Column] = &[
    NAME,
    column("Capacity", "Size.", |o| {
        cells::text(o, "/spec/capacity/storage")
    }),
    column(
        "Access Modes",
        "How it may be mounted.",
        cells::access_modes,
    ),
    column(
        "Reclaim Policy",
        "What becomes of it when nobody claims it.",
        |o| cells::text(o, "/spec/persistentVolumeReclaimPolicy"),
    ),
    column("Status", "Whether it is bound.", cells::phase),
    column(
        "Claim",
        "The claim that it is bound to.",
        cells::volume_claim,
    ),
    column("StorageClass", "Class of storage.", |o| {
        cells::text(o, "/spec/storageClassName")
    }),
    column("VolumeAttributesClass", "Class of attributes.", |o| {
        cells::or_unset(o, "/spec/volumeAttributesClassName")
    }),
    column("Reason", "Why it is in this state.", |o| {
        cells::text(o, "/status/reason")
    }),
    AGE,
    column("VolumeMode", "File system or block device.", |o| {
        cells::text(o, "/spec/volumeMode")
    })
    .wide(),
];

pub static QUOTAS: &[Column] = &[
    NAME,
    column("Request", "What is requested, and what may be.", |o| {
        cells::quota(o, false)
    }),
    column(
        "Limit",
        "What containers are limited to, and what they may be.",
        |o| cells::quota(o, true),
    ),
    AGE,
];

pub static EVENTS: &[Column] = &[
    column(
        "Last Seen",
        "Time since it was last seen.",
        cells::event_last_seen,
    ),
    column("Type", "Normal or warning.", |o| cells::text(o, "/type")),
    column("Reason", "What happened, in one word.", |o| {
        cells::text(o, "/reason")
    }),
    column("Object", "What it happened to.", cells::event_object),
    column("Subobject", "Part of it.", |o| {
        cells::text(o, "/involvedObject/fieldPath")
    })
    .wide(),
    column("Source", "Who tells.", cells::event_source).wide(),
    column("Message", "What happened.", cells::event_message),
    column(
        "First Seen",
        "Time since it was first seen.",
        cells::event_first_seen,
    )
    .wide(),
    column("Count", "How often it was seen.", cells::event_count).wide(),
    NAME.wide(),
];
