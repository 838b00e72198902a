//! `/sign-in`: one link for each provider, and the error of the last attempt. The only page without navigation.

use axum::extract::{OriginalUri, State};
use jiff::Timestamp;
use leptos::prelude::*;

use crate::address::Address;
use crate::page::{self, Page, Rendering};
use crate::routes;
use crate::site::{SignInProvider, Site};
use crate::ui::{Icon, Notice, Symbol, Tone};

/// Signing in leads to the page in `return_to`.
pub async fn page(State(site): State<Site>, OriginalUri(uri): OriginalUri) -> Page {
    let address = Address::from(&uri);
    let return_to = address.get("return_to").unwrap_or_default().to_owned();
    let error = address.get("error").map(str::to_owned);
    let rendering = Rendering {
        address,
        now: Timestamp::now(),
    };
    let view = move || {
        view! {
            <main id="page" class="min-h-screen grid place-items-center px-4 py-10">
                <div class="w-full max-w-100">
                    <div class="flex flex-col items-center text-center mb-6">
                        <span class="text-accent">
                            <Icon symbol=Symbol::Mark size=40 />
                        </span>
                        <h1 class="text-title font-semibold mt-3">"Sign in to Hangar"</h1>
                        <p class="text-muted mt-1">
                            "Kubernetes clusters and GPUs in minutes, without a ticket."
                        </p>
                    </div>
                    {error.map(|code| view! { <SignInError code=code /> })}
                    <div class="bg-surface border border-line rounded-card shadow-card p-5">
                        <Providers site=site return_to=return_to />
                    </div>
                </div>
            </main>
        }
    };
    Page::new("Sign in", page::render(rendering, view)).without_navigation()
}

#[component]
fn Providers(site: Site, return_to: String) -> impl IntoView {
    let none = site.providers.is_empty();
    let link = |provider: &SignInProvider| {
        let start = format!("{}/{}", routes::SIGN_IN, provider.slug);
        let href = routes::with_query(&start, [("return_to", return_to.as_str())]);
        view! {
            <li>
                <a
                    href=href
                    data-external=""
                    class="flex items-center justify-center h-10 px-4 rounded-control bg-accent text-on-accent font-semibold hover:bg-accent-hover"
                >
                    {format!("Continue with {}", provider.title)}
                </a>
            </li>
        }
    };
    let unconfigured = || {
        view! {
            <p class="text-muted">
                "No identity provider is configured. Ask your platform team to add one."
            </p>
        }
    };
    let sandbox = || {
        view! {
            <p class="text-small text-muted text-center mt-3">
                "This is the sandbox: choose one of its users, no password needed."
            </p>
        }
    };
    view! {
        <ul class="grid gap-2.5">{site.providers.iter().map(link).collect_view()}</ul>
        {none.then(unconfigured)}
        {site.sandbox.then(sandbox)}
    }
    .into_any()
}

/// Explains the error code in the address. Anyone can write an address, so no text from it is shown.
#[component]
fn SignInError(code: String) -> impl IntoView {
    let (title, text) = message(&code);
    view! {
        <div class="mb-4" data-error=code>
            <Notice tone=Tone::Bad title=title>
                <p>{text}</p>
            </Notice>
        </div>
    }
    .into_any()
}

const fn generic() -> (&'static str, &'static str) {
    (
        "Sign-in failed",
        "Try again. If the problem persists, contact your platform team with the time of your attempt.",
    )
}

fn message(code: &str) -> (&'static str, &'static str) {
    match code {
        "provider_unreachable" => (
            "The identity provider did not respond",
            "Your account is not affected. Try again in a moment, or sign in another way.",
        ),
        "provider_misconfigured" => (
            "The identity provider is misconfigured",
            "Its response does not match the portal's settings. Contact your platform team; retrying will not help.",
        ),
        "denied" => (
            "Sign-in was cancelled",
            "You or the identity provider cancelled the sign-in. Try again if this was unintended.",
        ),
        "expired" => (
            "The sign-in attempt expired",
            "It was started too long ago or in another window. Start again.",
        ),
        "suspended" => (
            "Your account is suspended",
            "An admin suspended your account. Contact your platform team.",
        ),
        "unknown_provider" => (
            "This sign-in method does not exist",
            "It may have been removed. Choose one of the methods below.",
        ),
        "invalid_token" => (
            "The identity provider's response is not valid",
            "Its signature or contents could not be verified, so you were not signed in. Try again. If the problem persists, contact your platform team.",
        ),
        "address_not_allowed" => (
            "This email address is not allowed",
            "Only verified addresses of certain domains can sign in. Use another account or contact your platform team.",
        ),
        _ => generic(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_from_elsewhere_says_nothing_of_its_own() {
        assert_eq!(message("<b>call 555-0100</b>"), generic());
    }
}
