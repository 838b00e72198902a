//! Columns of the other groups.

use serde_json::Value;

use super::{AGE, Column, NAME, column};
use crate::kubernetes::table::cells;

pub static ENDPOINT_SLICES: &[Column] = &[
    NAME,
    column("AddressType", "Kind of addresses.", |o| {
        cells::text(o, "/addressType")
    }),
    column("Ports", "Ports.", cells::slice_ports),
    column("Endpoints", "Addresses.", cells::slice_endpoints),
    AGE,
];

pub static INGRESSES: &[Column] = &[
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

pub static NETWORK_POLICIES: &[Column] = &[
    NAME,
    column(
        "Pod-Selector",
        "Labels of the pods that it is about.",
        cells::policy_selector,
    ),
    AGE,
];

pub static ROLES: &[Column] = &[
    NAME,
    column("Created At", "When it was made.", cells::created).date(),
];

pub static BINDINGS: &[Column] = &[
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

pub static STORAGE_CLASSES: &[Column] = &[
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

pub static LEASES: &[Column] = &[
    NAME,
    column("Holder", "Who holds it.", |o| {
        cells::text(o, "/spec/holderIdentity")
    }),
    AGE,
];

pub static PRIORITY_CLASSES: &[Column] = &[
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
