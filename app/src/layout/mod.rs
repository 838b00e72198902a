//! The frame around every page but the sign-in: navigation, user menu, sandbox banner.

mod navigation;
mod scope_switcher;
mod user_menu;

use domain::access::{PlatformAction, allows_on_platform};
use domain::account::Profile;
use leptos::prelude::*;

use crate::layout::navigation::{AdminNavigation, Brand, Navigation};
use crate::layout::scope_switcher::ScopeSwitcher;
use crate::layout::user_menu::UserMenu;
use crate::page::PageRequest;
use crate::routes;
use crate::ui::{Icon, Notice, Symbol, Tone};

#[derive(Clone)]
pub struct Session {
    profile: Profile,
    sandbox: bool,
}

impl Session {
    /// `None` if the profile cannot be read; then the page is shown without navigation.
    pub async fn load(request: &PageRequest) -> Option<Self> {
        let profile = request.core.account.profile(&request.caller).await;
        let profile = profile
            .inspect_err(|problem| tracing::warn!(%problem, "the profile cannot be read"))
            .ok()?;
        Some(Self {
            profile,
            sandbox: request.site.sandbox,
        })
    }
}

/// Navigation at the left, or behind a button on a phone; the page at the right.
#[component]
pub fn Layout(
    session: Session,
    html: String,
    live: Option<String>,
    refresh_seconds: Option<u32>,
) -> impl IntoView {
    let Session { profile, sandbox } = session;
    let withheld = profile.withheld_claims.join(", ");
    let withheld = (!withheld.is_empty()).then(|| view! { <WithheldClaims claims=withheld /> });
    view! {
        <a href="#page" class="skip-link">
            "Skip to content"
        </a>
        <div class="md:grid md:grid-cols-[232px_minmax(0,1fr)] min-h-screen">
            <aside class="max-md:hidden border-r border-line bg-surface">
                <div
                    id="navigation"
                    class="sticky top-0 h-screen flex flex-col px-3 pt-3.5 overflow-y-auto"
                >
                    <Brand />
                    <SidePanel profile=profile.clone() />
                </div>
            </aside>
            <TopBar profile=profile />
            <Notices />
            <div class="min-w-0">
                <main
                    id="page"
                    tabindex="-1"
                    data-live=live
                    data-refresh-seconds=refresh_seconds
                    class="w-full max-w-[1240px] px-4 pt-4.5 pb-15 md:px-8.5 md:pt-6.5"
                >
                    {sandbox.then(sandbox_banner)}
                    {withheld}
                    <div inner_html=html></div>
                </main>
            </div>
        </div>
    }
    .into_any()
}

/// The same navigation for phones, in a menu that needs no script.
#[component]
fn TopBar(profile: Profile) -> impl IntoView {
    view! {
        <header class="md:hidden sticky top-0 z-10 bg-surface border-b border-line">
            <details>
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
                    <SidePanel profile=profile />
                </div>
            </details>
        </header>
    }
    .into_any()
}

#[component]
fn SidePanel(profile: Profile) -> impl IntoView {
    let admin = allows_on_platform(PlatformAction::ManageOrphans, profile.platform_role);
    view! {
        <ScopeSwitcher tenants=profile.tenants.clone() />
        <Navigation tenants=profile.tenants.clone() />
        {admin.then(|| view! { <AdminNavigation /> })}
        <div class="mt-auto">
            <UserMenu profile=profile />
        </div>
    }
    .into_any()
}

/// The script shows these above the page when it cannot load another one.
#[component]
fn Notices() -> impl IntoView {
    view! {
        <template id="signed-out-notice">
            <div class="mb-4.5">
                <Notice tone=Tone::Bad title="Your session has expired">
                    <p>
                        "What you typed is still here. "
                        <a class="link" href=routes::SIGN_IN target="_blank">
                            "Sign in"
                        </a> " and try again."
                    </p>
                </Notice>
            </div>
        </template>
        <template id="offline-notice">
            <div class="mb-4.5">
                <Notice tone=Tone::Bad title="The portal did not respond">
                    <p>"Check your connection, then try again. What you typed is still here."</p>
                </Notice>
            </div>
        </template>
    }
    .into_any()
}

fn sandbox_banner() -> impl IntoView {
    view! {
        <p role="note" class="bg-busy-soft text-busy rounded-box px-3 py-1.5 mb-4.5 text-small">
            <b>"Sandbox. "</b>
            "Nothing here is real: the identity provider, clusters and GPUs are simulated on this machine."
        </p>
    }
}

/// Until the next sign-in.
#[component]
fn WithheldClaims(claims: String) -> impl IntoView {
    let title = format!("Your identity provider left out a claim: {claims}");
    view! {
        <div class="mb-4.5" data-testid="withheld-claims">
            <Notice tone=Tone::Busy title=title>
                <p>
                    "The value is too large for your sign-in or has another source, so your roles may be missing or outdated. Ask your platform team to limit the groups that the provider sends, then sign in again."
                </p>
            </Notice>
        </div>
    }
    .into_any()
}
