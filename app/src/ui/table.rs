//! Tables that become two-column rows on a phone. The roles are written out because `display: grid` takes them away.

use leptos::prelude::*;

/// `head` holds the header cells, the children are [`Row`]s.
#[component]
pub fn Table(
    /// What is listed, for those who do not see the heading above.
    #[prop(into)]
    caption: String,
    head: Children,
    children: Children,
) -> impl IntoView {
    view! {
        <table role="table" class="table">
            <caption class="sr-only">{caption}</caption>
            <thead role="rowgroup">
                <tr role="row">{head()}</tr>
            </thead>
            <tbody role="rowgroup">{children()}</tbody>
        </table>
    }
    .into_any()
}

/// A column's name.
#[component]
pub fn HeaderCell(#[prop(optional)] number: bool, children: Children) -> impl IntoView {
    view! {
        <th role="columnheader" scope="col" class:number=number>
            {children()}
        </th>
    }
    .into_any()
}

/// A column's name that sorts by it.
#[component]
pub fn SortableHeader(
    #[prop(into)] label: String,
    /// The address with the list sorted by this column, or turned around if it is already.
    #[prop(into)]
    href: String,
    /// Whether the list is sorted by this column, and then whether upwards.
    ascending: Option<bool>,
    #[prop(optional)] number: bool,
) -> impl IntoView {
    let (order, arrow) = match ascending {
        Some(true) => ("ascending", " ↑"),
        Some(false) => ("descending", " ↓"),
        None => ("none", ""),
    };
    view! {
        <th role="columnheader" scope="col" aria-sort=order class:number=number>
            <a href=href class="hover:text-text">
                {label}
                <span aria-hidden="true">{arrow}</span>
            </a>
        </th>
    }
    .into_any()
}

/// A row. With an id, a refresh of the page recognises it although its place has changed.
#[component]
pub fn Row(#[prop(optional, into)] id: Option<String>, children: Children) -> impl IntoView {
    view! {
        <tr role="row" id=id>
            {children()}
        </tr>
    }
    .into_any()
}

/// One fact about it.
#[component]
pub fn Cell(
    /// Aligned to the right, in figures of one width.
    #[prop(optional)]
    number: bool,
    /// Left out where there is no room.
    #[prop(optional)]
    not_on_phone: bool,
    /// Takes a line of its own there.
    #[prop(optional)]
    wide_on_phone: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <td role="cell" class:number=number class:not-on-phone=not_on_phone class:wide-cell=wide_on_phone>
            {children()}
        </td>
    }
    .into_any()
}
