//! Pages of the events of a resource. Another system holds the events, so a page is cut from those that were read.

use crate::{
    listing::{Cursor, Paging, Parameters, Position},
    problem::FieldError,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A query for events as it stands in a URL; empty is the same as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct EventQueryInput {
    /// The page after this cursor: `next` of another page.
    pub after: Option<String>,
    /// The page before this cursor: `previous` of another page, or `end` for the last page.
    pub before: Option<String>,
    /// How many a page, 1 to 200.
    pub per_page: Option<String>,
}

/// A valid query for events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventQuery {
    pub position: Position,
    pub per_page: u32,
}

impl Default for EventQuery {
    fn default() -> Self {
        Self {
            position: Position::First,
            per_page: 50,
        }
    }
}

impl EventQueryInput {
    /// Checks every parameter.
    ///
    /// # Errors
    /// One [`FieldError`] for each parameter at fault.
    pub fn validate(&self) -> Result<EventQuery, Vec<FieldError>> {
        let mut parameters = Parameters::default();
        let query = EventQuery {
            position: parameters.position(&self.after, &self.before),
            per_page: parameters.per_page(&self.per_page, EventQuery::default().per_page),
        };
        parameters.finish(query)
    }
}

/// The place of an event in the order of events. The id breaks ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventKey {
    pub at: Timestamp,
    pub id: Uuid,
}

/// The events that were read, in any order.
#[derive(Clone, Debug)]
pub struct Events<E> {
    pub events: Vec<(EventKey, E)>,
    /// Whether there are more than were read.
    pub truncated: bool,
}

/// One page of the events of a resource, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPage<E> {
    pub items: Vec<E>,
    /// How many were read; see `truncated`.
    pub total: u64,
    #[serde(flatten)]
    pub paging: Paging,
    pub per_page: u32,
    /// Whether there are more events than could be read, so that some are on no page.
    pub truncated: bool,
}

impl<E> Events<E> {
    /// All events of a system whose events have no ids, oldest first.
    pub fn oldest_first(events: Vec<E>, at: impl Fn(&E) -> Timestamp) -> Self {
        let keyed = (0..).zip(events).map(|(number, event)| {
            let (at, id) = (at(&event), Uuid::from_u128(number));
            (EventKey { at, id }, event)
        });
        Self {
            events: keyed.collect(),
            truncated: false,
        }
    }

    pub fn page(mut self, query: &EventQuery) -> EventPage<E> {
        self.events
            .sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
        let (count, size) = (self.events.len(), query.per_page.max(1) as usize);
        let index = |cursor: &Cursor, counted: fn(&EventKey, &EventKey) -> bool| {
            // A forged cursor is behind all events.
            cursor.event_key().map_or(count, |edge| {
                self.events.partition_point(|(key, _)| counted(key, &edge))
            })
        };
        let start = match &query.position {
            Position::First => 0,
            Position::After(cursor) => index(cursor, |key, edge| key >= edge),
            Position::Before(cursor) => index(cursor, |key, edge| key > edge).saturating_sub(size),
            // As many as are left for it when pages are counted from the first.
            Position::Last => count.saturating_sub(1) / size * size,
        };
        let end = match &query.position {
            Position::Before(cursor) => index(cursor, |key, edge| key > edge),
            _ => (start + size).min(count),
        };
        let number = |page: usize| u32::try_from(page).unwrap_or(u32::MAX);
        let page = start.div_ceil(size) + 1;
        let edge = |index: usize, page: usize| {
            let (key, _) = self.events.get(index)?;
            Some(Cursor {
                page: number(page),
                value: Some(key.at.as_microsecond().to_string()),
                id: key.id,
            })
        };
        let paging = Paging {
            page: number(page),
            previous: (start > 0).then(|| edge(start, page - 1)).flatten(),
            next: (end < count)
                .then(|| edge(end.checked_sub(1)?, page + 1))
                .flatten(),
        };
        EventPage {
            items: self
                .events
                .into_iter()
                .map(|(_, event)| event)
                .skip(start)
                .take(end - start)
                .collect(),
            total: count as u64,
            paging,
            per_page: query.per_page,
            truncated: self.truncated,
        }
    }
}

impl<E> EventPage<E> {
    /// The same page with other items.
    pub fn map<F>(self, view: impl FnMut(E) -> F) -> EventPage<F> {
        EventPage {
            items: self.items.into_iter().map(view).collect(),
            total: self.total,
            paging: self.paging,
            per_page: self.per_page,
            truncated: self.truncated,
        }
    }
}

impl Cursor {
    fn event_key(&self) -> Option<EventKey> {
        let at = self.value.as_deref()?.parse().ok()?;
        Some(EventKey {
            at: Timestamp::from_microsecond(at).ok()?,
            id: self.id,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events with the numbers of `range`, two in each second.
    fn events(range: std::ops::Range<u32>) -> Events<u32> {
        let at = |number: &u32| Timestamp::from_second(i64::from(number / 2)).unwrap();
        Events::oldest_first(range.collect(), at)
    }

    fn query(position: Position) -> EventQuery {
        EventQuery {
            position,
            per_page: 4,
        }
    }

    #[test]
    fn every_event_is_on_one_page_in_both_directions() {
        let mut seen = Vec::new();
        let mut position = Position::First;
        let last = loop {
            let page = events(0..10).page(&query(position));
            assert_eq!(page.total, 10);
            seen.push(page.items);
            match page.paging.next {
                Some(next) => position = Position::After(next),
                None => break page.paging,
            }
        };
        assert_eq!(seen, [vec![9, 8, 7, 6], vec![5, 4, 3, 2], vec![1, 0]]);
        assert_eq!(last.page, 3);
        let end = events(0..10).page(&query(Position::Last));
        assert_eq!((end.items, end.paging), (vec![1, 0], last));
        let mut position = end_of(Position::Last);
        for expected in [vec![5, 4, 3, 2], vec![9, 8, 7, 6]] {
            let page = events(0..10).page(&query(Position::Before(position.unwrap())));
            assert_eq!(page.items, expected);
            position = page.paging.previous;
        }
        assert_eq!(position, None);
    }

    fn end_of(position: Position) -> Option<Cursor> {
        events(0..10).page(&query(position)).paging.previous
    }

    #[test]
    fn new_events_repeat_none_on_the_next_page() {
        let next = events(0..10).page(&query(Position::First)).paging.next;
        let page = events(0..13).page(&query(Position::After(next.unwrap())));
        assert_eq!(page.items, [5, 4, 3, 2]);
        // Those that are newer are on the way back.
        let page = events(0..13).page(&query(Position::Before(page.paging.previous.unwrap())));
        assert_eq!(page.items, [9, 8, 7, 6]);
        assert!(page.paging.previous.is_some());
    }

    #[test]
    fn a_cursor_that_leads_nowhere_finds_nothing() {
        let page = events(0..0).page(&query(Position::Last));
        assert_eq!((page.items.len(), page.paging.page), (0, 1));
        let forged = |value: Option<&str>| Cursor {
            page: 1,
            value: value.map(str::to_owned),
            id: Uuid::nil(),
        };
        for value in [
            None,
            Some("never"),
            Some("99999999999999999999"),
            Some("-1"),
        ] {
            let page = events(0..10).page(&query(Position::After(forged(value))));
            assert_eq!(page.items, [0; 0], "{value:?}");
            assert_eq!(page.paging.next, None);
        }
    }
}
