//! The list page of a resource. Search, filters, order and position are in the address and work by plain links and a
//! GET form.

use domain::listing::{ListPage, StateCount};
use domain::resource::State as _;
use leptos::prelude::*;

use super::{PageKind, Permission, Section};
use crate::address::Address;
use crate::page::{Page, PageRequest};
use crate::routes;
use crate::ui::{
    ButtonKind, Chip, Chips, Empty, EmptyState, Icon, LinkButton, List, PageHeader, Paging,
    SearchBar, Symbol,
};

const NEWEST_FIRST: &str = "-created";

/// The list page. `actions` are buttons before the one that creates.
pub fn list<K: PageKind>(request: &PageRequest, page: ListPage<K>, actions: ViewFnOnce) -> Page {
    let section = K::SECTION;
    let permission = Permission::of(&request.caller, section.create);
    let paging = Paging::by_key(&page.paging, page.per_page, page.total);
    let chips = chips::<K>(&request.address, &page.counts);
    let place = request.address.place();
    let new = routes::with_query(section.new, [("place", place.as_str())]);
    let view = move || {
        // Inside the view, because times read its context.
        let rows = page.items.iter().map(K::list_row).collect();
        let create = (permission == Permission::Create).then(|| {
            view! {
                <LinkButton kind=ButtonKind::Primary href=new.clone()>
                    <Icon symbol=Symbol::Plus size=16 />
                    {format!("New {}", section.noun)}
                </LinkButton>
            }
        });
        let list = match permission {
            Permission::None => view! {
                <section class="bg-surface border border-line rounded-card shadow-card">
                    <NoTenant section=section />
                </section>
            }
            .into_any(),
            _ => {
                let tools = move || {
                    view! {
                        <SearchBar label=section.search />
                        <Chips label="Filters" chips=chips />
                    }
                };
                let empty =
                    move || view! { <NoneYet section=section permission=permission new=new /> };
                view! {
                    <List
                        noun=section.noun
                        columns=K::COLUMNS
                        default_sort=NEWEST_FIRST
                        tools=tools
                        rows=rows
                        paging=paging
                        empty=empty
                    />
                }
                .into_any()
            }
        };
        view! {
            <PageHeader
                title=section.title
                summary=move || section.summary
                actions=move || (actions.run(), create)
            />
            {list}
        }
    };
    request.show(section.title, view).live(section.events)
}

/// For callers without a tenant.
#[component]
pub fn NoTenant(section: &'static Section) -> impl IntoView {
    view! {
        <EmptyState
            why=Empty::NoPermission
            title="You are not a member of a tenant"
            text=format!("{} belong to tenants. Ask your platform team to add you to one.", section.title)
        />
    }
}

#[component]
fn NoneYet(section: &'static Section, permission: Permission, new: String) -> impl IntoView {
    let noun = section.noun;
    let title = format!("No {noun}s yet");
    if permission == Permission::Create {
        view! {
            <EmptyState why=Empty::NothingYet title=title text=section.purpose>
                <LinkButton href=new>{format!("Create a {noun}")}</LinkButton>
            </EmptyState>
        }
        .into_any()
    } else {
        let text = format!(
            "No one in your tenants has created a {noun}. You will see their {noun}s here."
        );
        view! { <EmptyState why=Empty::NothingYet title=title text=text /> }.into_any()
    }
}

/// Chips for all states, for each filter of the kind, and for what the caller created.
fn chips<K: PageKind>(address: &Address, counts: &[StateCount<K::State>]) -> Vec<Chip> {
    let chosen = address.get("state").unwrap_or_default();
    let count = |counted: &dyn Fn(K::State) -> bool| {
        let counts = counts.iter().filter(|count| counted(count.state));
        Some(counts.map(|count| count.count).sum())
    };
    let all = Chip {
        label: "All",
        count: count(&|state| state != K::State::DELETED),
        href: address.with("state", "").to_string(),
        chosen: chosen.is_empty(),
    };
    let filters = K::FILTERS.iter().map(|(label, states)| {
        let words: Vec<_> = states.iter().map(|state| state.word()).collect();
        let words = words.join(",");
        Chip {
            label,
            count: count(&|state| states.contains(&state)),
            chosen: chosen == words,
            href: address.with("state", &words).to_string(),
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
    std::iter::once(all).chain(filters).chain([mine]).collect()
}

#[cfg(test)]
mod tests {
    use domain::node::view::{NodeKind, NodeState};

    use super::*;

    #[test]
    fn the_active_filter_is_marked_and_mine_turns_itself_off() {
        let address = Address::new("/nodes", "state=stopped&mine=true");
        let count = |state, count| StateCount { state, count };
        let counts = [
            count(NodeState::Stopped, 2),
            count(NodeState::Failed, 3),
            count(NodeState::Deleted, 9),
        ];
        let chips = chips::<NodeKind>(&address, &counts);
        let labels: Vec<_> = chips.iter().map(|chip| chip.label).collect();
        let chosen = chips.iter().filter(|chip| chip.chosen);
        let chosen: Vec<_> = chosen.map(|chip| chip.label).collect();
        assert_eq!(chosen, ["Stopped", "Mine"]);
        let chip = |label| &chips[labels.iter().position(|found| *found == label).unwrap()];
        assert_eq!(chip("All").count, Some(5));
        assert_eq!(chip("All").href, "/nodes?mine=true");
        assert_eq!(chip("Stopped").count, Some(2));
        assert_eq!(chip("Needs attention").count, Some(3));
        assert_eq!(
            chip("Needs attention").href,
            "/nodes?mine=true&state=failed%2Cdegraded"
        );
        assert_eq!(chip("Mine").href, "/nodes?state=stopped");
    }
}
