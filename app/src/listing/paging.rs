//! The foot of a list.

use leptos::prelude::*;

use super::ListAddress;
use crate::ui::Pagination;

/// Where in the list one is. Shows nothing where there is nothing.
#[component]
pub fn Paging(
    list: ListAddress,
    paging: domain::listing::Paging,
    per_page: u32,
    /// How many are on this page.
    shown: usize,
    total: u64,
) -> impl IntoView {
    let before = u64::from(paging.page.saturating_sub(1)) * u64::from(per_page);
    let last = before + shown as u64;
    let previous = paging.previous.map(|cursor| list.before(&cursor));
    let next = paging.next.map(|cursor| list.after(&cursor));
    (shown > 0).then(|| {
        view! {
            <Pagination first=before + 1 last=last total=total previous=previous next=next />
        }
    })
}
