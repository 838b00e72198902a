//! `/admin/audit` and `/tenants/:slug/audit`.

use domain::problem::{Problem, ProblemKind};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::address::AuditAddress;
use super::api::{AuditView, load_audit};
use super::entry::Entry;
use super::filters::Filters;
use super::rows::Entries;
use crate::problem_page::{ProblemPage, ProblemPanel, problem_notice};
use crate::ui::{
    Clock, Empty, EmptyState, Icon, LinkButton, PageHeader, Skeleton, Symbol, waiting,
};

/// The log of the whole platform.
#[component]
pub fn AuditPage() -> impl IntoView {
    log(String::new)
}

/// The log of one tenant.
#[component]
pub fn TenantAuditPage() -> impl IntoView {
    let params = use_params_map();
    log(move || params.with(|params| params.get("slug").unwrap_or_default()))
}

fn log(slug: impl Fn() -> String + Send + Sync + 'static) -> impl IntoView {
    let query = use_query_map();
    let here = Memo::new(move |_| query.with(|query| AuditAddress::read(slug(), query)));
    let log = Resource::new_blocking(
        move || here.get(),
        |here| {
            let slug = Some(here.slug.clone()).filter(|slug| !slug.is_empty());
            load_audit(here.question(), Some(here.entry.clone()), slug)
        },
    );
    let clock = Clock::provide();
    let page = move || {
        let here = here.get();
        Suspend::new(async move {
            match log.await {
                Ok(view) => {
                    clock.sync(view.page.now);
                    view! { <Log view=view here=here /> }.into_any()
                }
                Err(refusal) => refused(refusal.0, here).into_any(),
            }
        })
    };
    view! { <Transition fallback=|| view! { <Skeleton lines=8 /> }>{waiting(page)}</Transition> }
}

fn refused(problem: Problem, here: AuditAddress) -> impl IntoView {
    match problem.kind {
        ProblemKind::Forbidden => view! {
            <Header title="Audit log".to_owned() here=None />
            <Framed>
                <EmptyState
                    why=Empty::NoPermission
                    title="Not for you to read"
                    text="Developers and admins of a tenant read its audit log. Ask an admin of the tenant for that role."
                />
            </Framed>
        }
        .into_any(),
        ProblemKind::Invalid => view! {
            <Header title="Audit log".to_owned() here=None />
            <Filters here=here tenants=Vec::new() problem=Some(problem.clone()) />
            <Framed>
                <ProblemPanel problem=problem />
            </Framed>
        }
        .into_any(),
        _ => view! { <ProblemPage problem=problem /> }.into_any(),
    }
}

#[component]
fn Log(view: AuditView, here: AuditAddress) -> impl IntoView {
    let AuditView {
        page,
        open,
        tenants,
    } = view;
    let own = tenants.iter().find(|tenant| tenant.slug == here.slug);
    let title = match own {
        Some(tenant) => format!("Audit log of {}", tenant.name),
        None => "Audit log".to_owned(),
    };
    let entry = open.map(|open| match open {
        Ok(row) => view! { <Entry row=row here=here.clone() /> }.into_any(),
        Err(problem) => view! { <div class="mb-4">{problem_notice(problem)}</div> }.into_any(),
    });
    let older = page.next.map(|next| here.from(Some(next)));
    let newest = (!here.before.is_empty()).then(|| here.from(None));
    let ways = (older.is_some() || newest.is_some()).then(|| {
        let way = |href: Option<String>, words: &'static str, rel: &'static str| {
            href.map(|href| {
                view! {
                    <a href=href rel=rel class="link">
                        {words}
                    </a>
                }
            })
        };
        view! {
            <nav aria-label="Pages" class="flex gap-4 px-4 py-2.5 border-t border-line text-small">
                {way(newest, "Newest", "first")}
                {way(older, "Older", "next")}
            </nav>
        }
    });
    let list = if page.items.is_empty() {
        nothing(&here).into_any()
    } else {
        view! { <Entries rows=page.items here=here.clone() /> }.into_any()
    };
    view! {
        <Header title=title here=Some(here.clone()) />
        {entry}
        <Filters here=here tenants=tenants problem=None />
        <Framed>{list} {ways}</Framed>
    }
    .into_any()
}

/// Where there is nothing to show, why.
fn nothing(here: &AuditAddress) -> impl IntoView {
    if here.asks_for_everything() {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="Nothing has happened yet"
                text="Whatever somebody orders, changes or is handed out is written here and stays."
            />
        }
        .into_any()
    } else {
        let everything = AuditAddress {
            slug: here.slug.clone(),
            ..AuditAddress::default()
        };
        view! {
            <EmptyState
                why=Empty::NoMatch
                title="Nothing matches"
                text="There are entries, but none for these filters."
            >
                <LinkButton href=everything.address()>"Clear filters"</LinkButton>
            </EmptyState>
        }
        .into_any()
    }
}

#[component]
fn Header(
    title: String,
    /// The question that can be asked anew and taken as a file.
    here: Option<AuditAddress>,
) -> impl IntoView {
    let actions = move || {
        here.map(|here| {
            // Files and a page that is loaded anew are nothing for the pages' own router.
            let link = |href: String, words: &'static str, symbol: Symbol| {
                view! {
                    <LinkButton href=href attr:rel="external">
                        <Icon symbol=symbol size=16 />
                        {words}
                    </LinkButton>
                }
            };
            view! {
                {link(here.from(None), "Load new entries", Symbol::Clock)}
                {link(here.export("csv"), "CSV", Symbol::Download)}
                {link(here.export("jsonl"), "JSON lines", Symbol::Download)}
            }
        })
    };
    view! {
        <Title text=title.clone() />
        <PageHeader
            title=title
            summary=|| "Who did what to what, from where and how it went. Entries are never changed."
            actions=actions
        />
    }
    .into_any()
}

#[component]
fn Framed(children: Children) -> impl IntoView {
    view! {
        <section
            aria-label="Entries"
            class="bg-surface border border-line rounded-card shadow-card"
        >
            {children()}
        </section>
    }
    .into_any()
}
