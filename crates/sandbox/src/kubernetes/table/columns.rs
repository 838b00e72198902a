//! Which columns a resource's table has.

use serde_json::Value;

use super::cells::{self, age, name};
use crate::kubernetes::resources::Resource;

/// A column: how it is called, and what of an object stands in it.
pub(super) struct Column {
    pub name: &'static str,
    pub kind: &'static str,
    pub description: &'static str,
    /// Whether it is only shown when asked for.
    pub wide: bool,
    pub cell: fn(&Value) -> Value,
}

const fn column(
    name: &'static str,
    description: &'static str,
    cell: fn(&Value) -> Value,
) -> Column {
    Column {
        name,
        kind: "string",
        description,
        wide: false,
        cell,
    }
}

impl Column {
    const fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    const fn integer(mut self) -> Self {
        self.kind = "integer";
        self
    }

    const fn date(mut self) -> Self {
        self.kind = "date";
        self
    }
}

const NAME: Column = column("Name", "Name of the object.", name);
const AGE: Column = column("Age", "Time since the object was made.", age);

/// The columns of a resource.
pub(super) fn columns_of(resource: &Resource) -> &'static [Column] {
    match (resource.group, resource.plural) {
        ("", "pods") => PODS,
        ("", "namespaces") => NAMESPACES,
        ("", "nodes") => NODES,
        ("", "services") => SERVICES,
        ("", "endpoints") => ENDPOINTS,
        ("", "configmaps") => CONFIG_MAPS,
        ("", "secrets") => SECRETS,
        ("", "serviceaccounts") => SERVICE_ACCOUNTS,
        ("", "persistentvolumeclaims") => CLAIMS,
        ("", "persistentvolumes") => VOLUMES,
        ("", "resourcequotas") => QUOTAS,
        (_, "events") => EVENTS,
        ("apps", "statefulsets") => STATEFUL_SETS,
        ("apps", "deployments") => DEPLOYMENTS,
        ("apps", "replicasets") => REPLICA_SETS,
        ("apps", "daemonsets") => DAEMON_SETS,
        ("networking.k8s.io", "ingresses") => INGRESSES,
        ("networking.k8s.io", "networkpolicies") => NETWORK_POLICIES,
        ("rbac.authorization.k8s.io", "roles" | "clusterroles") => ROLES,
        ("rbac.authorization.k8s.io", _) => BINDINGS,
        ("storage.k8s.io", "storageclasses") => STORAGE_CLASSES,
        ("coordination.k8s.io", "leases") => LEASES,
        ("scheduling.k8s.io", "priorityclasses") => PRIORITY_CLASSES,
        ("discovery.k8s.io", "endpointslices") => ENDPOINT_SLICES,
        ("", "limitranges") => LIMIT_RANGES,
        _ => DEFAULT,
    }
}

static DEFAULT: &[Column] = &[NAME, AGE];

static LIMIT_RANGES: &[Column] = &[
    NAME,
    column("Created At", "When it was made.", cells::created).date(),
];

static PODS: &[Column] = &[
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

static NAMESPACES: &[Column] = &[
    NAME,
    column(
        "Status",
        "Whether the namespace is in use or ends.",
        cells::phase,
    ),
    AGE,
];

static NODES: &[Column] = &[
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

static SERVICES: &[Column] = &[
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

static ENDPOINTS: &[Column] = &[
    NAME,
    column("Endpoints", "Addresses and ports.", cells::endpoints),
    AGE,
];

static ENDPOINT_SLICES: &[Column] = &[
    NAME,
    column("AddressType", "Kind of addresses.", |o| {
        cells::text(o, "/addressType")
    }),
    column("Ports", "Ports.", cells::slice_ports),
    column("Endpoints", "Addresses.", cells::slice_endpoints),
    AGE,
];

static CONFIG_MAPS: &[Column] = &[
    NAME,
    column("Data", "How many entries there are.", cells::data_count),
    AGE,
];

static SECRETS: &[Column] = &[
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

static SERVICE_ACCOUNTS: &[Column] = &[
    NAME,
    column("Secrets", "How many secrets belong to the account.", |o| {
        cells::count(o, "/secrets")
    }),
    AGE,
];

static CLAIMS: &[Column] = &[
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

static VOLUMES: &[Column] = &[
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

static QUOTAS: &[Column] = &[
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

static EVENTS: &[Column] = &[
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

static STATEFUL_SETS: &[Column] = &[
    NAME,
    column(
        "Ready",
        "Pods that are ready, of those wanted.",
        cells::ready_of_wanted,
    ),
    AGE,
    column(
        "Containers",
        "Names of the containers.",
        cells::container_names,
    )
    .wide(),
    column(
        "Images",
        "Images of the containers.",
        cells::container_images,
    )
    .wide(),
];

static DEPLOYMENTS: &[Column] = &[
    NAME,
    column(
        "Ready",
        "Pods that are ready, of those wanted.",
        cells::ready_of_wanted,
    ),
    column("Up-to-date", "Pods made from the present template.", |o| {
        cells::number(o, "/status/updatedReplicas")
    }),
    column(
        "Available",
        "Pods that have been ready for long enough.",
        |o| cells::number(o, "/status/availableReplicas"),
    ),
    AGE,
    column(
        "Containers",
        "Names of the containers.",
        cells::container_names,
    )
    .wide(),
    column(
        "Images",
        "Images of the containers.",
        cells::container_images,
    )
    .wide(),
    column("Selector", "Labels of the pods.", cells::selector).wide(),
];

static REPLICA_SETS: &[Column] = &[
    NAME,
    column("Desired", "Pods wanted.", |o| {
        cells::number(o, "/spec/replicas")
    })
    .integer(),
    column("Current", "Pods there are.", |o| {
        cells::number(o, "/status/replicas")
    })
    .integer(),
    column("Ready", "Pods that are ready.", |o| {
        cells::number(o, "/status/readyReplicas")
    })
    .integer(),
    AGE,
    column(
        "Containers",
        "Names of the containers.",
        cells::container_names,
    )
    .wide(),
    column(
        "Images",
        "Images of the containers.",
        cells::container_images,
    )
    .wide(),
    column("Selector", "Labels of the pods.", cells::selector).wide(),
];

static DAEMON_SETS: &[Column] = &[
    NAME,
    column("Desired", "Nodes that should run the pod.", |o| {
        cells::number(o, "/status/desiredNumberScheduled")
    })
    .integer(),
    column("Current", "Nodes that run the pod.", |o| {
        cells::number(o, "/status/currentNumberScheduled")
    })
    .integer(),
    column("Ready", "Pods that are ready.", |o| {
        cells::number(o, "/status/numberReady")
    })
    .integer(),
    column("Up-to-date", "Pods made from the present template.", |o| {
        cells::number(o, "/status/updatedNumberScheduled")
    })
    .integer(),
    column(
        "Available",
        "Pods that have been ready for long enough.",
        |o| cells::number(o, "/status/numberAvailable"),
    )
    .integer(),
    column(
        "Node Selector",
        "Labels of the nodes.",
        cells::node_selector,
    ),
    AGE,
    column(
        "Containers",
        "Names of the containers.",
        cells::container_names,
    )
    .wide(),
    column(
        "Images",
        "Images of the containers.",
        cells::container_images,
    )
    .wide(),
    column("Selector", "Labels of the pods.", cells::selector).wide(),
];

static INGRESSES: &[Column] = &[
    NAME,
    column("Class", "Class of the controller.", |o| {
        cells::or_none(o, "/spec/ingressClassName")
    }),
    column("Hosts", "Host names.", cells::ingress_hosts),
    column(
        "Address",
        "Where it is reached.",
        cells::load_balancer_address,
    ),
    column("Ports", "Ports.", cells::ingress_ports),
    AGE,
];

static NETWORK_POLICIES: &[Column] = &[
    NAME,
    column(
        "Pod-Selector",
        "Labels of the pods that it is about.",
        cells::policy_selector,
    ),
    AGE,
];

static ROLES: &[Column] = &[
    NAME,
    column("Created At", "When it was made.", cells::created).date(),
];

static BINDINGS: &[Column] = &[
    NAME,
    column("Role", "The role.", cells::binding_role),
    AGE,
    column("Users", "Users who have it.", |o| {
        cells::subjects(o, "User")
    })
    .wide(),
    column("Groups", "Groups that have it.", |o| {
        cells::subjects(o, "Group")
    })
    .wide(),
    column("ServiceAccounts", "Service accounts that have it.", |o| {
        cells::subjects(o, "ServiceAccount")
    })
    .wide(),
];

static STORAGE_CLASSES: &[Column] = &[
    column("Name", "Name of the object.", cells::storage_class_name),
    column("Provisioner", "Who makes the volumes.", |o| {
        cells::text(o, "/provisioner")
    }),
    column(
        "ReclaimPolicy",
        "What becomes of volumes that nobody claims.",
        |o| cells::text(o, "/reclaimPolicy"),
    ),
    column("VolumeBindingMode", "When volumes are made.", |o| {
        cells::text(o, "/volumeBindingMode")
    }),
    column(
        "AllowVolumeExpansion",
        "Whether volumes can grow.",
        cells::expansion,
    ),
    AGE,
];

static LEASES: &[Column] = &[
    NAME,
    column("Holder", "Who holds it.", |o| {
        cells::text(o, "/spec/holderIdentity")
    }),
    AGE,
];

static PRIORITY_CLASSES: &[Column] = &[
    NAME,
    column("Value", "Priority of its pods.", |o| {
        cells::number(o, "/value")
    })
    .integer(),
    column(
        "Global-Default",
        "Whether pods without a class get it.",
        |o| (o.get("globalDefault") == Some(&Value::Bool(true))).into(),
    ),
    AGE,
    column(
        "PreemptionPolicy",
        "Whether its pods displace others.",
        |o| cells::text(o, "/preemptionPolicy"),
    ),
];
