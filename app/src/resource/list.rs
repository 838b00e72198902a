//! The list page of a resource. Search, filters, order and position are in the address and work by plain links and a
//! GET form.

use leptos::prelude::*;

use super::Permission;
use crate::address::Address;
use crate::page::Rendering;
use crate::ui::{
    ButtonKind, Chip, Chips, Empty, EmptyState, HeaderCell, Icon, LinkButton, PageHeader,
    Pagination, SearchBar, SortableHeader, Symbol, Table,
};

/// The order of a list whose address names none.
const NEWEST_FIRST: &str = "-created";

/// A column of the list.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub label: &'static str,
    /// The value of the address's `sort` that sorts by it.
    pub sort: Option<&'static str>,
    pub number: bool,
}

/// What stands in the place of rows where there are none.
#[derive(Clone, Copy, Debug)]
pub struct EmptyList {
    /// For callers without a tenant.
    pub no_tenant: &'static str,
    /// For callers who may create: what the resource is for.
    pub invitation: &'static str,
    /// For callers who may only look.
    pub nothing_yet: &'static str,
}

/// Which part of the list is shown, and the parameters of the address that lead to others.
#[derive(Clone, Debug)]
pub struct Paging {
    /// From 1.
    page: u32,
    per_page: u32,
    pub shown: usize,
    total: u64,
    previous: Option<(&'static str, String)>,
    next: Option<(&'static str, String)>,
    last: Option<(&'static str, String)>,
}

impl Paging {
    /// Of a list that pages by key.
    pub fn by_key(
        paging: &domain::listing::Paging,
        per_page: u32,
        shown: usize,
        total: u64,
    ) -> Self {
        let next = paging
            .next
            .as_ref()
            .map(|cursor| ("after", cursor.to_string()));
        Self {
            page: paging.page,
            per_page,
            shown,
            total,
            previous: paging
                .previous
                .as_ref()
                .map(|cursor| ("before", cursor.to_string())),
            last: next.is_some().then(|| ("before", "end".to_owned())),
            next,
        }
    }

    /// Of a list that is held in memory and pages by number.
    pub fn by_number(page: u32, per_page: u32, shown: usize, total: u64) -> Self {
        let is_last = u64::from(page) * u64::from(per_page) >= total;
        let at = |page: u32| ("page", page.to_string());
        Self {
            page,
            per_page,
            shown,
            total,
            previous: (page > 1).then(|| at(page - 1)),
            next: (!is_last).then(|| at(page + 1)),
            last: None,
        }
    }
}

/// Header, search, filters, rows and paging. The children are the rows.
#[component]
pub fn ResourceList(
    /// "Clusters".
    title: &'static str,
    /// "cluster".
    noun: &'static str,
    summary: &'static str,
    search: &'static str,
    /// The address of the form that creates one.
    create: &'static str,
    permission: Permission,
    /// Buttons before the one that creates.
    #[prop(optional, into)]
    actions: ViewFnOnce,
    chips: Vec<Chip>,
    columns: &'static [Column],
    empty: EmptyList,
    paging: Paging,
    children: Children,
) -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    let create = crate::routes::with_query(create, [("place", address.place().as_str())]);
    let create_button = (permission == Permission::Create).then(|| {
        view! {
            <LinkButton kind=ButtonKind::Primary href=create.clone()>
                <Icon symbol=Symbol::Plus size=16 />
                {format!("New {noun}")}
            </LinkButton>
        }
    });
    let body = if paging.shown == 0 {
        let narrowed = paging.total > 0 || !address.shows_everything(&["sort", "per_page"]);
        let list = address.path.clone();
        view! { <NothingToList noun=noun list=list create=create permission=permission narrowed=narrowed empty=empty /> }
            .into_any()
    } else {
        let address = address.clone();
        let head = move || headers(columns, &address, NEWEST_FIRST);
        view! {
            <Table caption=title head=Box::new(head)>
                {children()}
            </Table>
        }
        .into_any()
    };
    view! {
        <PageHeader title=title summary=move || summary actions=move || (actions.run(), create_button) />
        <section aria-label=format!("List of {noun}s") class="bg-surface border border-line rounded-card shadow-card">
            <div class="flex flex-wrap items-center gap-3 px-4 py-3 border-b border-line">
                <SearchBar label=search />
                <Chips label="Filters" chips=chips />
            </div>
            {body}
            {paging_links(paging, &address)}
        </section>
    }
    .into_any()
}

/// The head of a list. `default` is the order of a list whose address names none: `-created`.
pub fn headers(columns: &[Column], address: &Address, default: &str) -> AnyView {
    let header = |column: &Column| match column.sort {
        Some(sort) => view! {
            <SortableHeader
                label=column.label
                href=address.sorted_by(sort, default).to_string()
                ascending=address.ascending(sort, default)
                number=column.number
            />
        }
        .into_any(),
        None => {
            let label = column.label;
            view! { <HeaderCell number=column.number>{label}</HeaderCell> }.into_any()
        }
    };
    columns.iter().map(header).collect_view().into_any()
}

/// The links below a list to its other parts; nothing below an empty one.
pub fn paging_links(paging: Paging, address: &Address) -> impl IntoView + use<> {
    if paging.shown == 0 {
        return None;
    }
    let before = u64::from(paging.page.saturating_sub(1)) * u64::from(paging.per_page);
    let at = |(name, value): (&'static str, String)| address.at(name, &value).to_string();
    let first = paging
        .previous
        .is_some()
        .then(|| address.at("page", "").to_string());
    let (previous, next) = (paging.previous.map(at), paging.next.map(at));
    let last = paging.last.map(at);
    Some(view! {
        <Pagination
            from=before + 1
            to=before + paging.shown as u64
            total=paging.total
            first=first
            previous=previous
            next=next
            last=last
        />
    })
}

#[component]
fn NothingToList(
    noun: &'static str,
    list: String,
    create: String,
    permission: Permission,
    narrowed: bool,
    empty: EmptyList,
) -> impl IntoView {
    match (permission, narrowed) {
        (Permission::None, _) => view! {
            <EmptyState
                why=Empty::NoPermission
                title="You are not a member of a tenant"
                text=empty.no_tenant
            />
        }
        .into_any(),
        (_, true) => view! {
            <EmptyState
                why=Empty::NoMatch
                title=format!("No {noun}s match")
                text="Change the search or the filters to see more."
            >
                <LinkButton href=list>{format!("Show all {noun}s")}</LinkButton>
            </EmptyState>
        }
        .into_any(),
        (Permission::Create, false) => view! {
            <EmptyState why=Empty::NothingYet title=format!("No {noun}s yet") text=empty.invitation>
                <LinkButton href=create>{format!("Create a {noun}")}</LinkButton>
            </EmptyState>
        }
        .into_any(),
        (Permission::View, false) => view! {
            <EmptyState
                why=Empty::NothingYet
                title=format!("No {noun}s yet")
                text=empty.nothing_yet
            />
        }
        .into_any(),
    }
}

/// Everything, each of `filters` with the states behind it, and what the caller created. `counts` says how many there are
/// in each state.
pub fn filter_chips<S: Copy + PartialEq>(
    address: &Address,
    filters: &[(&'static str, &[S])],
    counts: &[(S, u64)],
    name: fn(S) -> &'static str,
) -> Vec<Chip> {
    let chosen = address.get("state").unwrap_or_default();
    let count = |counted: &dyn Fn(S) -> bool| {
        let counts = counts.iter().filter(|(state, _)| counted(*state));
        Some(counts.map(|(_, count)| count).sum())
    };
    let everything = Chip {
        label: "All",
        count: count(&|state| name(state) != "deleted"),
        href: address.with("state", "").to_string(),
        chosen: chosen.is_empty(),
    };
    let filters = filters.iter().map(|(label, states)| {
        let names: Vec<_> = states.iter().map(|state| name(*state)).collect();
        let names = names.join(",");
        Chip {
            label,
            count: count(&|state| states.contains(&state)),
            chosen: chosen == names,
            href: address.with("state", &names).to_string(),
        }
    });
    let only_mine = address.get("mine").is_some();
    let mine = Chip {
        label: "Mine",
        count: None,
        href: address
            .with("mine", if only_mine { "" } else { "true" })
            .to_string(),
        chosen: only_mine,
    };
    std::iter::once(everything)
        .chain(filters)
        .chain([mine])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_active_filter_is_marked_and_mine_turns_itself_off() {
        let address = Address::new("/nodes", "state=ready,stopped&mine=true");
        let counts = [("ready", 2), ("failed", 3), ("deleted", 9)];
        let filters: [(_, &[_]); 1] = [("Up", &["ready", "stopped"])];
        let chips = filter_chips(&address, &filters, &counts, |state| state);
        let chosen: Vec<_> = chips.iter().map(|chip| chip.chosen).collect();
        assert_eq!(chosen, [false, true, true]);
        let counts: Vec<_> = chips.iter().map(|chip| chip.count).collect();
        assert_eq!(counts, [Some(5), Some(2), None]);
        assert_eq!(chips[0].href, "/nodes?mine=true");
        assert_eq!(chips[2].href, "/nodes?state=ready%2Cstopped");
    }
}
