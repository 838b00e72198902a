//! Figures over clusters and nodes, and the sentence above them.

use domain::overview::Overview;
use jiff::Timestamp;
use leptos::prelude::*;

use crate::resource::note;
use crate::ui::{Stat, remaining_words};

#[component]
pub fn Figures(overview: Overview) -> impl IntoView {
    let month = overview.now.strftime("%B").to_string();
    let problems = overview.need_attention.len() + overview.nodes_need_attention.len();
    let alarming = problems > 0;
    let expiring = overview.ends_soon.len() + overview.nodes_end_soon.len();
    view! {
        <div class="grid gap-3.5 grid-cols-2 lg:grid-cols-4">
            <Stat
                label="Running"
                value=(overview.running + overview.nodes_running).to_string()
                note=running(&overview)
            />
            <Stat
                label="Needs attention"
                value=problems.to_string()
                note=newest_problem(&overview)
                alarming=alarming
            />
            <Stat
                label="Expires within 24 h"
                value=expiring.to_string()
                note=next_expiry(&overview)
            />
            <Stat
                label=format!("Spent in {month}")
                value=overview.spent_this_month.to_string()
                note=format!("{}/h now", overview.price_per_hour)
            />
        </div>
    }
    .into_any()
}

/// “4 clusters · 2 nodes · 1 in progress”.
fn running(overview: &Overview) -> String {
    let clusters = counted(overview.running, "cluster");
    let nodes = counted(overview.nodes_running, "node");
    match overview.moving + overview.nodes_moving {
        0 => format!("{clusters} · {nodes}"),
        moving => format!("{clusters} · {nodes} · {moving} in progress"),
    }
}

/// A node's before a cluster's, since its machine may still be charged.
fn newest_problem(overview: &Overview) -> String {
    let node = overview.nodes_need_attention.first().map(|node| {
        let note = note(&node.into()).unwrap_or_default();
        format!("{}: {note}", node.name)
    });
    let cluster = overview.need_attention.first().map(|cluster| {
        let note = note(&cluster.into()).unwrap_or_default();
        format!("{}: {note}", cluster.name)
    });
    node.or(cluster).unwrap_or_else(|| "no problems".to_owned())
}

/// “checkout-preview in 6 h 12 min”.
fn next_expiry(overview: &Overview) -> String {
    let cluster = overview
        .ends_soon
        .first()
        .and_then(|cluster| Some((cluster.ends_at?, cluster.name.to_string())));
    let node = overview
        .nodes_end_soon
        .first()
        .and_then(|node| Some((node.ends_at?, node.name.to_string())));
    first_expiry(cluster.into_iter().chain(node), overview.now)
}

fn first_expiry(ends: impl Iterator<Item = (Timestamp, String)>, now: Timestamp) -> String {
    ends.min().map_or_else(
        || "nothing".to_owned(),
        |(at, name)| format!("{name} in {}", remaining_words(at, now)),
    )
}

/// “4 clusters and 2 nodes are running, 1 needs attention”.
pub fn summary(overview: &Overview) -> String {
    let running = match (overview.running, overview.nodes_running) {
        (0, 0) => "Nothing is running".to_owned(),
        (clusters, 0) => are_running(clusters, "cluster"),
        (0, nodes) => are_running(nodes, "node"),
        (clusters, nodes) => format!(
            "{} and {} are running",
            counted(clusters, "cluster"),
            counted(nodes, "node")
        ),
    };
    match overview.need_attention.len() + overview.nodes_need_attention.len() {
        0 => running,
        1 => format!("{running}, 1 needs attention"),
        many => format!("{running}, {many} need attention"),
    }
}

fn are_running(count: u64, noun: &str) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb} running", counted(count, noun))
}

fn counted(count: u64, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        count => format!("{count} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use domain::money::MicroDollars;
    use jiff::SignedDuration;

    use super::*;

    fn overview(clusters: u64, nodes: u64) -> Overview {
        Overview {
            running: clusters,
            moving: 0,
            need_attention: Vec::new(),
            ends_soon: Vec::new(),
            mine: Vec::new(),
            nodes_running: nodes,
            nodes_moving: 0,
            nodes_need_attention: Vec::new(),
            nodes_end_soon: Vec::new(),
            my_nodes: Vec::new(),
            price_per_hour: MicroDollars(0),
            spent_this_month: MicroDollars(0),
            limited: Vec::new(),
            recent: Vec::new(),
            now: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_sentence_counts_both_kinds() {
        assert_eq!(summary(&overview(0, 0)), "Nothing is running");
        assert_eq!(summary(&overview(1, 0)), "1 cluster is running");
        assert_eq!(summary(&overview(0, 2)), "2 nodes are running");
        assert_eq!(
            summary(&overview(4, 1)),
            "4 clusters and 1 node are running"
        );
    }

    #[test]
    fn the_first_to_expire_is_named() {
        let at = |hours| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        let ends = [(at(9), "shop".to_owned()), (at(2), "trainer".to_owned())];
        assert_eq!(
            first_expiry(ends.into_iter(), Timestamp::UNIX_EPOCH),
            "trainer in 2 h"
        );
    }
}
