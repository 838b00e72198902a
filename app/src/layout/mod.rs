//! The frame around every page but the sign-in: navigation, who and where one is, the sandbox banner.

mod api;
mod navigation;
mod only_for_admins;
mod scope_switcher;
mod user_menu;

pub use only_for_admins::OnlyForAdmins;

use domain::access::{PlatformAction, allows_on_platform};
use domain::problem::ProblemKind;
use leptos::html;
use leptos::prelude::*;
use leptos_router::components::{Outlet, Redirect};
use leptos_router::hooks::use_location;

use crate::layout::api::{Session, load_session};
use crate::layout::navigation::{AdminNavigation, Brand, Navigation, TeamItem};
use crate::layout::scope_switcher::ScopeSwitcher;
use crate::layout::user_menu::UserMenu;
use crate::routes;
use crate::ui::{Icon, Symbol, waiting};

/// Navigation at the left, or behind a button on a phone; the page at the right.
#[component]
pub fn Layout() -> impl IntoView {
    let session = Resource::new_blocking(|| (), |()| load_session());
    provide_context::<SessionResource>(session);
    let main = NodeRef::<html::Main>::new();
    focus_each_new_page(main);
    view! {
        <a href="#page" class="skip-link">
            "Skip to the page"
        </a>
        <div class="md:grid md:grid-cols-[232px_minmax(0,1fr)] min-h-screen">
            <aside class="max-md:hidden border-r border-line bg-surface">
                <div class="sticky top-0 h-screen flex flex-col px-3 pt-3.5 overflow-y-auto">
                    <Brand />
                    <SidePanel session=session />
                </div>
            </aside>
            <TopBar session=session />
            <div class="min-w-0">
                <main node_ref=main id="page" tabindex="-1" class="w-full max-w-[1240px] px-4 pt-4.5 pb-15 md:px-8.5 md:pt-6.5">
                    <SandboxBanner session=session />
                    <Outlet />
                </main>
            </div>
        </div>
    }
    .into_any()
}

/// Following a link leaves the keyboard's focus on a link that may be gone; a page that the server sends begins at its
/// top. So does each new page here. Parts of one page are no new page.
fn focus_each_new_page(main: NodeRef<html::Main>) {
    let path = use_location().pathname;
    let page = Memo::new(move |_| path.with(|path| page_of(path)));
    Effect::new(move |earlier: Option<String>| {
        let page = page.get();
        if earlier.is_some_and(|earlier| earlier != page)
            && let Some(main) = main.get_untracked()
        {
            // Refused only by an element that cannot have the focus; this one can.
            let _ = main.focus();
        }
        page
    });
}

/// The part of a path that names the page: `/clusters/1/events` is a part of `/clusters/1`.
fn page_of(path: &str) -> String {
    path.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

/// Asks anew who is signed in and which tenants there are, after something about that has changed.
pub fn session_again() -> impl Fn() + Copy + Send + Sync + 'static {
    let session = use_context::<SessionResource>();
    move || {
        if let Some(session) = session {
            session.refetch();
        }
    }
}

type SessionResource = Resource<Result<Session, crate::refusal::Refusal>>;

/// The same links twice would confuse nobody but a screen reader: on a phone they are in a menu that needs no script.
#[component]
fn TopBar(session: SessionResource) -> impl IntoView {
    let menu = NodeRef::<html::Details>::new();
    let path = use_location().pathname;
    Effect::new(move || {
        path.track();
        if let Some(menu) = menu.get() {
            menu.set_open(false);
        }
    });
    view! {
        <header class="md:hidden sticky top-0 z-10 bg-surface border-b border-line">
            <details node_ref=menu>
                <summary class="flex items-center gap-2.5 px-4 py-2.5">
                    <span class="text-accent">
                        <Icon symbol=Symbol::Mark size=22 />
                    </span>
                    <span class="text-lead font-semibold">"Hangar"</span>
                    <span class="ml-auto inline-flex items-center gap-1.5 h-8.5 px-3 rounded-control border border-line-strong">
                        <Icon symbol=Symbol::Menu size=16 />
                        "Menu"
                    </span>
                </summary>
                <div class="flex flex-col px-4 pt-1 pb-3 border-t border-line">
                    <SidePanel session=session />
                </div>
            </details>
        </header>
    }
    .into_any()
}

/// Where one is, where one can go, who one is.
#[component]
fn SidePanel(session: SessionResource) -> impl IntoView {
    let location = use_location();
    // The session is loaded once; following a link does not ask again.
    let here = move || {
        let (path, query) = (
            location.pathname.get_untracked(),
            location.search.get_untracked(),
        );
        if query.is_empty() {
            path
        } else {
            format!("{path}?{query}")
        }
    };
    let switcher = move || {
        Suspend::new(async move {
            session
                .await
                .ok()
                .map(|session| view! { <ScopeSwitcher tenants=session.profile.tenants /> })
        })
    };
    let user = move || {
        let here = here();
        Suspend::new(async move {
            match session.await {
                Ok(session) => view! { <UserMenu profile=session.profile /> }.into_any(),
                Err(refusal) if refusal.0.kind == ProblemKind::Unauthenticated => {
                    view! { <Redirect path=routes::sign_in(&here) /> }.into_any()
                }
                Err(_) => ().into_any(),
            }
        })
    };
    let admin = move || {
        Suspend::new(async move {
            let may = session.await.is_ok_and(|session| {
                allows_on_platform(PlatformAction::ManageOrphans, session.profile.platform_role)
            });
            may.then(|| view! { <AdminNavigation /> })
        })
    };
    let team = move || {
        Suspend::new(async move {
            let profile = session.await.ok().map(|session| session.profile);
            let tenants = profile.map(|profile| profile.tenants).unwrap_or_default();
            view! { <TeamItem tenants=tenants /> }
        })
    };
    view! {
        <div class="min-h-15">
            <Transition>{waiting(switcher)}</Transition>
        </div>
        <Navigation team=move || view! { <Transition>{waiting(team)}</Transition> } />
        <Transition>{waiting(admin)}</Transition>
        <div class="mt-auto">
            <Transition>{waiting(user)}</Transition>
        </div>
    }
    .into_any()
}

/// Says on every page that nothing is real.
#[component]
fn SandboxBanner(session: SessionResource) -> impl IntoView {
    let banner = move || {
        Suspend::new(async move {
            let sandbox = session.await.is_ok_and(|session| session.sandbox);
            sandbox
                .then(|| {
                    view! {
                        <p
                            role="note"
                            class="bg-busy-soft text-busy rounded-box px-3 py-1.5 mb-4.5 text-small"
                        >
                            <b>"Sandbox. "</b>
                            "Nothing here is real: identity provider, clusters and GPUs are stand-ins on this machine."
                        </p>
                    }
                })
        })
    };
    view! { <Transition>{waiting(banner)}</Transition> }
}

#[cfg(test)]
mod tests {
    use super::page_of;

    #[test]
    fn parts_of_a_cluster_are_one_page() {
        assert_eq!(page_of("/clusters/1/events"), page_of("/clusters/1"));
        assert_ne!(page_of("/clusters/1"), page_of("/clusters"));
        assert_ne!(page_of("/account"), page_of("/"));
    }
}
