//! `/sign-in`: one link for each provider, and what went wrong last time.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::api::{Provider, SignInOptions, load_sign_in};
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{Icon, Notice, Symbol, Tone, waiting};

/// Keeps where one was going.
#[component]
pub fn SignInPage() -> impl IntoView {
    let options = Resource::new_blocking(|| (), |()| load_sign_in());
    let query = use_query_map();
    let return_to =
        Memo::new(move |_| query.with(|query| query.get("return_to").unwrap_or_default()));
    let error = Memo::new(move |_| query.with(|query| query.get("error")));
    let ways = move || {
        Suspend::new(async move {
            match options.await {
                Ok(options) => {
                    view! { <Ways options=options return_to=return_to.get_untracked() /> }
                        .into_any()
                }
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Sign in" />
        <main id="page" class="min-h-screen grid place-items-center px-4 py-10">
            <div class="w-full max-w-100">
                <div class="flex flex-col items-center text-center mb-6">
                    <span class="text-accent">
                        <Icon symbol=Symbol::Mark size=40 />
                    </span>
                    <h1 class="text-title font-semibold mt-3">"Sign in to Hangar"</h1>
                    <p class="text-muted mt-1">"Virtual Kubernetes clusters in a minute, without a ticket."</p>
                </div>
                {move || error.get().map(|code| view! { <WentWrong code=code /> })}
                <div class="bg-surface border border-line rounded-card shadow-card p-5">
                    <Suspense>{waiting(ways)}</Suspense>
                </div>
            </div>
        </main>
    }
    .into_any()
}

#[component]
fn Ways(options: SignInOptions, return_to: String) -> impl IntoView {
    let none = options.providers.is_empty();
    let way = |provider: Provider| {
        let start = format!("{}/{}", routes::SIGN_IN, provider.slug);
        let href = routes::with_query(&start, [("return_to", return_to.as_str())]);
        view! {
            <li>
                <a
                    href=href
                    rel="external"
                    class="flex items-center justify-center h-10 px-4 rounded-control bg-accent text-on-accent font-semibold hover:bg-accent-hover"
                >
                    {format!("Continue with {}", provider.title)}
                </a>
            </li>
        }
    };
    view! {
        <ul class="grid gap-2.5">{options.providers.into_iter().map(way).collect_view()}</ul>
        {none
            .then(|| {
                view! {
                    <p class="text-muted">
                        "No identity provider is configured. Whoever runs this portal has to add one."
                    </p>
                }
            })}
        {options
            .sandbox
            .then(|| {
                view! {
                    <p class="text-small text-muted text-center mt-3">
                        "This is the sandbox: pick any of its ready people, no password needed."
                    </p>
                }
            })}
    }
    .into_any()
}

/// What the code in the address means. The address may be anybody's work, so nothing of it is shown.
#[component]
fn WentWrong(code: String) -> impl IntoView {
    let (title, text) = words(&code);
    view! {
        <div class="mb-4">
            <Notice tone=Tone::Bad title=title>
                <p>{text}</p>
            </Notice>
        </div>
    }
    .into_any()
}

const fn generic() -> (&'static str, &'static str) {
    (
        "Sign-in did not work",
        "Try again. If it stays, tell your platform team when you tried.",
    )
}

fn words(code: &str) -> (&'static str, &'static str) {
    match code {
        "provider_unreachable" => (
            "The identity provider does not answer",
            "Nothing is wrong with your account. Try again in a moment, or use another way to sign in.",
        ),
        "provider_misconfigured" => (
            "The identity provider is not set up right",
            "What it answers does not fit this portal's settings. Tell your platform team; trying again will not help.",
        ),
        "denied" => (
            "Sign-in was cancelled",
            "The identity provider says that you, or it, said no. Try again if that was not meant.",
        ),
        "expired" => (
            "That took too long",
            "The sign-in was begun too long ago, or in another window. Begin again.",
        ),
        "suspended" => (
            "Your account is suspended",
            "An admin has suspended it. Ask your platform team.",
        ),
        "unknown_provider" => (
            "There is no such way to sign in",
            "It may have been removed since the link was made. Choose one of those below.",
        ),
        "invalid_token" => (
            "The identity provider's answer could not be trusted",
            "Its signature or its contents are not right, so nobody was signed in. Try again; if it stays, tell your platform team.",
        ),
        "address_not_allowed" => (
            "This e-mail address may not sign in here",
            "The portal takes verified addresses of certain domains only. Use another account, or ask your platform team.",
        ),
        _ => generic(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_from_elsewhere_says_nothing_of_its_own() {
        assert_eq!(words("<b>call 555-0100</b>"), generic());
    }
}
