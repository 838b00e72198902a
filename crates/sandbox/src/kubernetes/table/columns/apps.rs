//! Columns of the group apps.

use super::{AGE, Column, NAME, column};
use crate::kubernetes::table::cells;

pub static STATEFUL_SETS: &[Column] = &[
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

pub static DEPLOYMENTS: &[Column] = &[
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

pub static REPLICA_SETS: &[Column] = &[
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

pub static DAEMON_SETS: &[Column] = &[
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
