//! The node's block of `~/.ssh/config` on the page itself, for those who would rather copy it. Asked for like the file,
//! so audited like it; only then is the user on the node known, and with it the link into VS Code.

use domain::ids::NodeId;
use domain::problem::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::problem_page::problem_notice;
use crate::ui::{Button, ButtonKind, Code, Icon, Symbol, use_hydrated};
use crate::{routes, secret_text};

#[derive(Clone, Debug, PartialEq)]
enum Asked {
    NotYet,
    Asking,
    Given(String),
    Refused(Problem),
}

/// A button, and then the block. Shows where it works: with the wasm there.
#[component]
pub fn SshBlock(id: NodeId, name: String) -> impl IntoView {
    let hydrated = use_hydrated();
    let asked = RwSignal::new(Asked::NotYet);
    let ask = move |_| {
        asked.set(Asked::Asking);
        spawn_local(async move {
            let answer = match secret_text::ask(&routes::ssh_config(id)).await {
                Ok(block) => Asked::Given(block),
                Err(problem) => Asked::Refused(problem),
            };
            asked.try_set(answer);
        });
    };
    let asking = Signal::derive(move || asked.get() == Asked::Asking);
    let answer = move || match asked.get() {
        Asked::NotYet | Asked::Asking => None,
        Asked::Given(block) => Some(given(&block, &name).into_any()),
        Asked::Refused(problem) => Some(problem_notice(problem).into_any()),
    };
    view! {
        <div class="mt-3" class:invisible=move || !hydrated.get()>
            <Button kind=ButtonKind::Quiet r#type="button" disabled=asking on:click=ask>
                <Icon symbol=Symbol::Eye size=16 />
                {move || if asking.get() { "Asking …" } else { "Show it here instead" }}
            </Button>
        </div>
        <div class="mt-2 empty:hidden" aria-live="polite">
            {answer}
        </div>
    }
    .into_any()
}

fn given(block: &str, name: &str) -> impl IntoView + use<> {
    let link = user_of(block).map(|user| vs_code(name, user));
    view! {
        <Code label="Block for ~/.ssh/config" text=block.to_owned() />
        {link
            .map(|link| {
                view! {
                    <p class="mt-2.5">
                        "Once it is in place: "
                        <a class="link" href=link rel="external">
                            "open the node in VS Code"
                        </a>
                    </p>
                }
            })}
    }
}

/// The user in a block of `~/.ssh/config`.
fn user_of(block: &str) -> Option<&str> {
    block
        .lines()
        .find_map(|line| line.trim().strip_prefix("User "))
        .map(str::trim)
}

/// Where VS Code opens the person's folder on the node.
fn vs_code(name: &str, user: &str) -> String {
    let home = if user == "root" {
        "/root".to_owned()
    } else {
        format!("/home/{user}")
    };
    format!("vscode://vscode-remote/ssh-remote+{name}{home}")
}

#[cfg(test)]
mod tests {
    use domain::node::connection::ssh_config_block;

    use super::*;

    #[test]
    fn the_link_leads_to_the_home_of_the_user_in_the_block() {
        let block = ssh_config_block("trainer", "203.0.113.7", 22, "ubuntu");
        let user = user_of(&block).unwrap();
        assert_eq!(
            vs_code("trainer", user),
            "vscode://vscode-remote/ssh-remote+trainer/home/ubuntu"
        );
        assert_eq!(
            vs_code("trainer", "root"),
            "vscode://vscode-remote/ssh-remote+trainer/root"
        );
        assert_eq!(user_of("Host trainer\n"), None);
    }
}
