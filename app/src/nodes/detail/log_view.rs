//! A log on the page. The server sends its end; a script then brings all of it and goes on as it is written.

use domain::node::view::Node;
use leptos::html;
use leptos::prelude::*;

use super::api::{LogTail, load_log_tail};
use super::log_follower::{Follower, Following};
use crate::problem_page::{ProblemPanel, problem_notice};
use crate::routes;
use crate::ui::{Button, Card, Icon, Symbol, waiting};

/// How the node came up, or what a job writes.
#[component]
pub fn LogView(node: RwSignal<Node>, job: Option<u64>) -> impl IntoView {
    let id = node.with_untracked(|node| node.id);
    // In the browser the stream brings the whole log; nobody has to ask for its end besides.
    let tail = Resource::new_blocking(
        || (),
        move |()| async move {
            if is_server() {
                load_log_tail(id, job).await
            } else {
                Ok(LogTail::default())
            }
        },
    );
    let content = move || {
        Suspend::new(async move {
            match tail.await {
                Ok(tail) => view! { <Log node=node job=job tail=tail /> }.into_any(),
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    let title = match job {
        Some(job) => format!("Log of job {job}"),
        None => "How it came up".to_owned(),
    };
    view! {
        <Card
            title=title
            flush=true
            aside=move || {
                view! {
                    <a
                        href=routes::node_log(id, job)
                        rel="external"
                        download=""
                        class="link inline-flex items-center gap-1.5"
                    >
                        <Icon symbol=Symbol::Download size=14 />
                        "Download"
                    </a>
                }
            }
        >
            <Transition fallback=|| view! { <div class="log"></div> }>{waiting(content)}</Transition>
        </Card>
    }
    .into_any()
}

#[component]
fn Log(node: RwSignal<Node>, job: Option<u64>, tail: LogTail) -> impl IntoView {
    let id = node.with_untracked(|node| node.id);
    let viewport = NodeRef::<html::Div>::new();
    let lines = NodeRef::<html::Pre>::new();
    let follower = Follower::new(id, job, viewport, lines, tail.problem);
    follower.start();
    // A log that is not there yet may be with the next change.
    let version = Memo::new(move |_| node.with(|node| node.version));
    Effect::new(move |earlier: Option<i64>| {
        let version = version.get();
        if earlier.is_some_and(|earlier| earlier != version) {
            follower.try_again_if_refused();
        }
        version
    });
    let refused = move || match follower.following.get() {
        Following::Refused(problem) => Some(view! {
            <div class="p-4">{problem_notice(problem)}</div>
        }),
        _ => None,
    };
    let at_end = follower.at_end;
    view! {
        {refused}
        <div
            node_ref=viewport
            class="log"
            tabindex="0"
            role="log"
            aria-live="off"
            aria-label="Log"
            on:scroll=move |_| follower.scrolled()
        >
            <pre hidden=move || follower.begun.get()>{tail.text}</pre>
            <pre node_ref=lines></pre>
        </div>
        <div class="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5 border-t border-line min-h-13.5 text-small text-muted">
            <p role="status" class="inline-flex items-center gap-2">
                {move || {
                    (follower.following.get() == Following::Live)
                        .then(|| view! { <span class="dot pulse text-ok" aria-hidden="true"></span> })
                }}
                {move || words(&follower.following.get())}
            </p>
            <p class="empty:hidden">
                {move || {
                    follower
                        .shortened
                        .get()
                        .then_some("Earlier lines are not kept here; the download has all of them.")
                }}
            </p>
            <div class="ml-auto" class:invisible=move || at_end.get()>
                <Button r#type="button" on:click=move |_| follower.jump_to_end()>
                    "Jump to the end"
                </Button>
            </div>
        </div>
    }
    .into_any()
}

fn words(following: &Following) -> &'static str {
    match following {
        Following::Served => "The last 200 lines.",
        Following::Opening => "Opening the log …",
        Following::Live => "Live: new lines appear by themselves.",
        Following::Broken => "The connection broke off. Connecting again …",
        Following::Ended => "The log has come to its end.",
        Following::Refused(_) => "The log cannot be read now.",
    }
}
