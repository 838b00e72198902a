//! How to get onto the node: the key and the configuration for SSH, once, and then one word.

use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use super::ssh_block::SshBlock;
use crate::routes;
use crate::ui::{Button, ButtonKind, Card, Code, Icon, Notice, Symbol, Tone};

/// Makes SSH read the files of all nodes. At the top of its configuration, because it takes what it finds first.
const INCLUDE: &str = "touch ~/.ssh/config\n\
    { echo 'Include *.ssh-config'; cat ~/.ssh/config; } > ~/.ssh/config.new\n\
    mv ~/.ssh/config.new ~/.ssh/config";

/// Shows the way, or why there is none now.
#[component]
pub fn ConnectTab(node: RwSignal<Node>) -> impl IntoView {
    let situation = Memo::new(move |_| {
        node.with(|node| (node.state, node.allowed.connect, node.address.clone()))
    });
    move || {
        let (state, allowed, address) = situation.get();
        if allowed {
            node.with_untracked(connect).into_any()
        } else {
            let has_address = address.is_some();
            let id = node.with_untracked(|node| node.id);
            view! { <NotNow state=state has_address=has_address settings=routes::node_tab(id, "settings") /> }
                .into_any()
        }
    }
}

fn connect(node: &Node) -> impl IntoView + use<> {
    let (id, name) = (node.id, node.name.to_string());
    // A machine of this name that is gone by now had another host key.
    let place_key = format!(
        "mv ~/Downloads/{name}.pem ~/.ssh/\nchmod 600 ~/.ssh/{name}.pem\nrm -f ~/.ssh/{name}.known_hosts"
    );
    let place_config = format!("mv ~/Downloads/{name}.ssh-config ~/.ssh/");
    let open_code = format!("code --remote ssh-remote+{name}");
    let go = format!("ssh {name}");
    let copy_files = format!("rsync -avz ./data/ {name}:data/");
    view! {
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
            <Card title="SSH">
                <ol class="grid grid-cols-1 gap-5">
                    <Step number=1 title="Get the key">
                        <p class="text-muted">
                            "It opens this node and no other. It is read at this moment, never kept here, and the audit log says that you have it."
                        </p>
                        <form method="post" action=routes::ssh_key(id) class="mt-2.5">
                            <Button kind=ButtonKind::Primary>
                                <Icon symbol=Symbol::Key size=16 />
                                "Download key"
                            </Button>
                        </form>
                        <p class="text-muted mt-2.5 mb-2">"Put it where SSH looks, for you alone:"</p>
                        <Code label="Commands to place the key" text=place_key />
                    </Step>
                    <Step number=2 title="Tell SSH about the node">
                        <p class="text-muted">
                            "Address, user and key, under the node's name. After a stop and a start the address may be another one; then get it again."
                        </p>
                        <form method="post" action=routes::ssh_config(id) class="mt-2.5">
                            <Button>
                                <Icon symbol=Symbol::Download size=16 />
                                "Download configuration"
                            </Button>
                        </form>
                        <p class="text-muted mt-2.5 mb-2">"Put it beside the key:"</p>
                        <Code label="Command to place the configuration" text=place_config />
                        <p class="text-muted mt-2.5 mb-2">
                            "Once on each computer, let SSH read such files:"
                        </p>
                        <Code label="Commands to include the configuration" text=INCLUDE />
                        <SshBlock id=id name=name />
                    </Step>
                    <Step number=3 title="Go there">
                        <Code label="Command to connect" text=go />
                    </Step>
                </ol>
            </Card>
            <Card title="Once SSH knows it">
                <h3 class="mb-2">"Open it in VS Code"</h3>
                <p class="text-muted mb-2">
                    "With the extension Remote - SSH, from a terminal:"
                </p>
                <Code label="Command to open VS Code" text=open_code />
                <h3 class="mt-4 mb-2">"Bring files along"</h3>
                <Code label="Command to copy files" text=copy_files />
                <p class="text-small text-muted mt-4">
                    "While you are signed in by SSH or a job runs, the node does not count as idle."
                </p>
            </Card>
        </div>
    }
}

/// One of the things to do, in order.
#[component]
fn Step(number: u8, title: &'static str, children: Children) -> impl IntoView {
    view! {
        <li class="flex gap-3">
            <span
                aria-hidden="true"
                class="grid place-items-center flex-none w-6 h-6 rounded-full bg-accent-soft text-accent-text text-small font-semibold"
            >
                {number}
            </span>
            <div class="min-w-0 flex-1">
                <h3 class="mb-1.5 mt-0.5">{title}</h3>
                {children()}
            </div>
        </li>
    }
    .into_any()
}

#[component]
fn NotNow(state: NodeState, has_address: bool, settings: String) -> impl IntoView {
    let (title, text) = match state {
        NodeState::Pending | NodeState::Provisioning | NodeState::Starting => (
            "Not ready yet",
            "Key and address are here as soon as the machine answers. This page shows them by itself.",
        ),
        NodeState::Stopping => (
            "It is being stopped",
            "It can be reached again once it has been started.",
        ),
        NodeState::Stopped => (
            "It is stopped",
            "Its disk is kept, but nothing runs that could be reached. Start it, and come back here.",
        ),
        NodeState::Failed => (
            "There is nothing to connect to",
            "The machine did not come up, or it is gone. The overview says what is wrong.",
        ),
        NodeState::Deleting | NodeState::Deleted => (
            "The node is being taken down",
            "There is nothing left to connect to.",
        ),
        NodeState::Ready | NodeState::Degraded if !has_address => (
            "No address yet",
            "The machine runs, but its address for SSH is not known yet. This page shows it by itself.",
        ),
        NodeState::Ready | NodeState::Degraded => (
            "You may look, but not connect",
            "The key to a node takes the role developer or admin in this tenant. Ask an admin of it.",
        ),
    };
    let tone = if state.is_moving() {
        Tone::Busy
    } else {
        Tone::Idle
    };
    let way = (state == NodeState::Stopped).then(|| {
        view! {
            <p>
                <a class="link" href=settings>
                    "Start it on the Settings page"
                </a>
            </p>
        }
    });
    view! {
        <Notice tone=tone title=title>
            <p>{text}</p>
            {way}
        </Notice>
    }
    .into_any()
}
