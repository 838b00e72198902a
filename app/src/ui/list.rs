//! A list in a card: search and filters, rows, paging. The address holds its whole state.

use leptos::prelude::*;

use super::{Column, Empty, EmptyState, LinkButton, Pagination, Table};
use crate::address::Address;
use crate::page::Rendering;

/// The part of a list that is shown, and the parameters of the address that lead to others.
#[derive(Clone, Debug)]
pub struct Paging {
    /// From 1.
    page: u32,
    per_page: u32,
    total: u64,
    previous: Option<(&'static str, String)>,
    next: Option<(&'static str, String)>,
    last: Option<(&'static str, String)>,
}

impl Paging {
    pub fn by_key(paging: &domain::listing::Paging, per_page: u32, total: u64) -> Self {
        let next = paging.next.as_ref();
        let previous = paging.previous.as_ref();
        Self {
            page: paging.page,
            per_page,
            total,
            previous: previous.map(|cursor| ("before", cursor.to_string())),
            last: next.map(|_| ("before", "end".to_owned())),
            next: next.map(|cursor| ("after", cursor.to_string())),
        }
    }

    /// Of a list that is held in memory.
    pub fn by_number(page: u32, per_page: u32, total: u64) -> Self {
        let is_last = u64::from(page) * u64::from(per_page) >= total;
        let at = |page: u32| ("page", page.to_string());
        Self {
            page,
            per_page,
            total,
            previous: (page > 1).then(|| at(page - 1)),
            next: (!is_last).then(|| at(page + 1)),
            last: None,
        }
    }

    /// The position of a page with so many rows, and links to others.
    pub fn links(self, shown: usize, address: &Address) -> impl IntoView + use<> {
        let before = u64::from(self.page.saturating_sub(1)) * u64::from(self.per_page);
        let at = |(name, value): (&'static str, String)| address.at(name, &value).to_string();
        let first = self
            .previous
            .is_some()
            .then(|| address.at("page", "").to_string());
        view! {
            <Pagination
                from=before + 1
                to=before + shown as u64
                total=self.total
                first=first
                previous=self.previous.map(at)
                next=self.next.map(at)
                last=self.last.map(at)
            />
        }
    }
}

#[component]
pub fn List(
    /// "cluster".
    noun: &'static str,
    columns: &'static [Column],
    /// The order of a list whose address names none: `-created`.
    default_sort: &'static str,
    /// Search and filters.
    #[prop(into)]
    tools: ViewFnOnce,
    rows: Vec<AnyView>,
    paging: Paging,
    /// In place of rows where the list has none without search and filters.
    #[prop(into)]
    empty: ViewFnOnce,
    /// Parameters of the address that hide no rows, in addition to those of order and paging.
    #[prop(optional)]
    neutral: &'static [&'static str],
) -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    let neutral = [["sort", "per_page"].as_slice(), neutral].concat();
    let is_narrowed = paging.total > 0 || !address.shows_everything(&neutral);
    let everything = address.with_only(&neutral).to_string();
    let shown = rows.len();
    let links = (shown > 0).then(|| paging.links(shown, &address));
    let empty = move || match is_narrowed {
        true => view! {
            <EmptyState
                why=Empty::NoMatch
                title=format!("No {noun}s match")
                text="Change the search or the filters to see more."
            >
                <LinkButton href=everything>{format!("Show all {noun}s")}</LinkButton>
            </EmptyState>
        }
        .into_any(),
        false => empty.run(),
    };
    view! {
        <section aria-label=format!("List of {noun}s") class="bg-surface border border-line rounded-card shadow-card">
            <div class="flex flex-wrap items-center gap-3 px-4 py-3 border-b border-line">{tools.run()}</div>
            <Table caption=format!("List of {noun}s") columns=columns default_sort=default_sort rows=rows empty=empty />
            {links}
        </section>
    }
    .into_any()
}
