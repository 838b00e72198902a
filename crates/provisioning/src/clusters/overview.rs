//! The dashboard's figures.

use super::{ClusterService, scope, view};
use crate::ports::stores::Lifespan;
use domain::{
    caller::Caller,
    cluster::{Cluster, ClusterState},
    listing::ClusterQuery,
    money::MicroDollars,
    overview::Overview,
    problem::Problem,
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

const SHOWN: u32 = 8;

impl ClusterService {
    pub(super) async fn dashboard(&self, caller: &Caller) -> Result<Overview, Problem> {
        let now = Timestamp::now();
        let scope = scope(caller);
        let everything = ClusterQuery {
            states: vec![ClusterState::Failed, ClusterState::Degraded],
            per_page: SHOWN,
            ..ClusterQuery::default()
        };
        let mine = ClusterQuery {
            mine: true,
            per_page: SHOWN,
            ..ClusterQuery::default()
        };
        let needs_you = self
            .store
            .clusters(&scope, caller.user_id, &everything)
            .await?;
        let mine = self.store.clusters(&scope, caller.user_id, &mine).await?;
        let ends_soon = self
            .store
            .ending_before(&scope, now + SignedDuration::from_hours(24), SHOWN)
            .await?;
        let month = month_start(now);
        let lifespans = self.store.lifespans(&scope, month).await?;
        let count = |wanted: fn(ClusterState) -> bool| {
            needs_you
                .counts
                .iter()
                .filter(|entry| wanted(entry.state))
                .map(|entry| entry.count)
                .sum()
        };
        let views = |records: Vec<_>| -> Vec<Cluster> {
            records
                .into_iter()
                .map(|record| view::cluster(record, caller))
                .collect()
        };
        Ok(Overview {
            running: count(|state| matches!(state, ClusterState::Ready | ClusterState::Degraded)),
            moving: count(ClusterState::is_moving),
            needs_you: views(needs_you.items),
            ends_soon: views(ends_soon),
            mine: views(mine.items),
            price_per_hour: lifespans
                .iter()
                .filter(|span| span.until.is_none())
                .map(|span| span.price_per_hour)
                .sum(),
            spent_this_month: lifespans.iter().map(|span| cost(span, month, now)).sum(),
            lately: self.store.lately(&scope, SHOWN).await?,
            now,
        })
    }
}

/// What `span` cost between `since` and `now`.
fn cost(span: &Lifespan, since: Timestamp, now: Timestamp) -> MicroDollars {
    let from = span.from.max(since);
    let until = span.until.unwrap_or(now).min(now);
    span.price_per_hour
        .times_seconds(until.duration_since(from).as_secs().max(0))
}

/// The first moment of the month of `now`, in UTC.
fn month_start(now: Timestamp) -> Timestamp {
    let date = now.to_zoned(TimeZone::UTC).date().first_of_month();
    date.to_zoned(TimeZone::UTC)
        .map_or(now, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn only_the_hours_of_this_month_are_counted() {
        let now = at("2026-11-21T10:00:00Z");
        let month = month_start(now);
        assert_eq!(month, at("2026-11-01T00:00:00Z"));
        let span = |from: &str, until: Option<&str>| Lifespan {
            price_per_hour: MicroDollars(1_000_000),
            from: at(from),
            until: until.map(at),
            state: ClusterState::Ready,
        };
        let hours = |from, until| cost(&span(from, until), month, now).0 / 1_000_000;
        assert_eq!(hours("2026-11-21T08:00:00Z", None), 2);
        assert_eq!(
            hours("2026-10-31T00:00:00Z", Some("2026-11-01T03:00:00Z")),
            3
        );
        assert_eq!(
            hours("2026-10-01T00:00:00Z", Some("2026-10-02T00:00:00Z")),
            0
        );
    }
}
