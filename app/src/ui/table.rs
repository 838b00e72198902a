//! Tables that become two-column rows on a phone. The roles are written out because `display: grid` removes them.

use leptos::prelude::*;

use crate::address::Address;
use crate::page::Rendering;

/// A column of a [`Table`].
#[derive(Clone, Copy, Debug)]
pub struct Column {
    label: &'static str,
    sort: Option<&'static str>,
    number: bool,
    hidden: bool,
}

impl Column {
    /// Buttons and links of a row. The heading is for screen readers only.
    pub const ACTIONS: Self = Self {
        hidden: true,
        ..Self::text("Actions")
    };

    pub const fn text(label: &'static str) -> Self {
        Self {
            label,
            sort: None,
            number: false,
            hidden: false,
        }
    }

    /// Aligned to the right.
    pub const fn number(label: &'static str) -> Self {
        Self {
            number: true,
            ..Self::text(label)
        }
    }

    /// The heading sorts the list: `sort` is the value of this parameter of the address.
    pub const fn sorted_by(mut self, sort: &'static str) -> Self {
        self.sort = Some(sort);
        self
    }
}

#[component]
pub fn Table(
    /// For screen readers.
    #[prop(into)]
    caption: String,
    columns: &'static [Column],
    /// The order of a list whose address names none: `-created`.
    #[prop(optional)]
    default_sort: &'static str,
    /// Each a [`Row`].
    rows: Vec<AnyView>,
    /// In place of a table without rows.
    #[prop(optional, into)]
    empty: ViewFnOnce,
) -> impl IntoView {
    if rows.is_empty() {
        return empty.run();
    }
    let address = use_context::<Rendering>().map(|rendering| rendering.address);
    let address = address.unwrap_or_default();
    let headings = columns
        .iter()
        .map(|column| heading(*column, &address, default_sort));
    view! {
        <table role="table" class="table">
            <caption class="sr-only">{caption}</caption>
            <thead role="rowgroup">
                <tr role="row">{headings.collect_view()}</tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}

fn heading(column: Column, address: &Address, default_sort: &str) -> AnyView {
    let Column {
        label,
        sort,
        number,
        hidden,
    } = column;
    let Some(sort) = sort else {
        return view! {
            <th role="columnheader" scope="col" class:number=number>
                <span class:sr-only=hidden>{label}</span>
            </th>
        }
        .into_any();
    };
    let (order, arrow) = match address.ascending(sort, default_sort) {
        Some(true) => ("ascending", " ↑"),
        Some(false) => ("descending", " ↓"),
        None => ("none", ""),
    };
    view! {
        <th role="columnheader" scope="col" aria-sort=order class:number=number>
            <a href=address.sorted_by(sort, default_sort).to_string() class="hover:text-text">
                {label}
                <span aria-hidden="true">{arrow}</span>
            </a>
        </th>
    }
    .into_any()
}

/// With an id, a refresh of the page recognizes the row at another position.
#[component]
pub fn Row(#[prop(optional, into)] id: Option<String>, children: Children) -> impl IntoView {
    view! {
        <tr role="row" id=id>
            {children()}
        </tr>
    }
    .into_any()
}

#[component]
pub fn Cell(
    /// Aligned to the right, in figures of one width.
    #[prop(optional)]
    number: bool,
    #[prop(optional)] not_on_small: bool,
    /// Takes a line of its own on a phone.
    #[prop(optional)]
    wide_on_small: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <td role="cell" class:number=number class:not-on-small=not_on_small class:wide-cell=wide_on_small>
            {children()}
        </td>
    }
    .into_any()
}
