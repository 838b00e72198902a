//! Key and configuration for SSH.

use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use crate::form::{Form, FormState};
use crate::nodes::functions::SshConfig;
use crate::resource::Unavailable;
use crate::routes;
use crate::ui::{Button, ButtonKind, Card, Code, CopyButton, Icon, Symbol};

/// Makes SSH read the files of all nodes. The line comes first because SSH uses the first value that it finds.
const INCLUDE: &str = "touch ~/.ssh/config\n\
    { echo 'Include *.ssh-config'; cat ~/.ssh/config; } > ~/.ssh/config.new\n\
    mv ~/.ssh/config.new ~/.ssh/config";

#[component]
pub fn Connect(
    node: Node,
    /// The form that shows the SSH configuration on the page.
    form: FormState,
) -> impl IntoView {
    if node.allowed.connect {
        steps(&node, form).into_any()
    } else {
        not_now(&node)
    }
}

fn steps(node: &Node, form: FormState) -> impl IntoView + use<> {
    let (id, name) = (node.id, node.name.to_string());
    // An earlier machine of this name had another host key.
    let place_key = format!(
        "mv ~/Downloads/{name}.pem ~/.ssh/\nchmod 600 ~/.ssh/{name}.pem\nrm -f ~/.ssh/{name}.known_hosts"
    );
    let place_config = format!("mv ~/Downloads/{name}.ssh-config ~/.ssh/");
    let open_code = format!("code --remote ssh-remote+{name}");
    let connect = format!("ssh {name}");
    let copy_files = format!("rsync -avz ./data/ {name}:data/");
    let key = view! {
        <p class="text-muted">
            "The key opens this node only. It is read from SkyPilot on request and not stored by the portal, and the audit log records each request."
        </p>
        <form
            method="post"
            action=routes::ssh_key(id)
            data-external=""
            class="flex flex-wrap gap-2 mt-2.5"
        >
            <Button kind=ButtonKind::Primary>
                <Icon symbol=Symbol::Key size=16 />
                "Download key"
            </Button>
            <CopyButton from=routes::ssh_key(id) label="Copy key" />
        </form>
        <p class="text-muted mt-2.5 mb-2">"Move it to your SSH directory, readable only by you:"</p>
        <Code label="Commands to place the key" text=place_key />
    };
    let configuration = view! {
        <p class="text-muted">
            "The configuration contains address, user and key under the node's name. The address can change when a node is stopped and started; then download the configuration again."
        </p>
        <form
            method="post"
            action=routes::ssh_config(id)
            data-external=""
            class="flex flex-wrap gap-2 mt-2.5"
        >
            <Button>
                <Icon symbol=Symbol::Download size=16 />
                "Download configuration"
            </Button>
        </form>
        <p class="text-muted mt-2.5 mb-2">"Move it to the same directory:"</p>
        <Code label="Command to place the configuration" text=place_config />
        <p class="text-muted mt-2.5 mb-2">"Once on each computer, let SSH read such files:"</p>
        <Code label="Commands to include the configuration" text=INCLUDE />
    };
    view! {
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
            <Card title="SSH">
                <ol class="grid grid-cols-1 gap-5">
                    <Step number=1 title="Download the key">
                        {key}
                    </Step>
                    <Step number=2 title="Configure SSH">
                        {configuration}
                        <ShownConfig id=id.to_string() name=name form=form />
                    </Step>
                    <Step number=3 title="Connect">
                        <Code label="Command to connect" text=connect />
                    </Step>
                </ol>
            </Card>
            <Card title="After SSH is configured">
                <h3 class="mb-2">"Open the node in VS Code"</h3>
                <p class="text-muted mb-2">
                    "With the Remote - SSH extension, run in a terminal:"
                </p>
                <Code label="Command to open VS Code" text=open_code />
                <h3 class="mt-4 mb-2">"Copy files to the node"</h3>
                <Code label="Command to copy files" text=copy_files />
                <p class="text-small text-muted mt-4">
                    "While an SSH session is open or a job runs, the node does not count as idle."
                </p>
            </Card>
        </div>
    }
}

/// The SSH configuration on the page, on request: only then are the user on the node and the link to VS Code known.
#[component]
fn ShownConfig(id: String, name: String, form: FormState) -> impl IntoView {
    let config = form.answer::<SshConfig>().map(|config| {
        let link = vs_code(&name, &config.user);
        view! {
            <div class="mt-2">
                <Code label="Block for ~/.ssh/config" text=config.block />
                <p class="mt-2.5">
                    "After you added it, "
                    <a class="link" href=link data-external="">
                        "open the node in VS Code"
                    </a>
                    "."
                </p>
            </div>
        }
    });
    view! {
        <Form state=form class="mt-3">
            <input type="hidden" name="id" value=id />
            <Button kind=ButtonKind::Quiet>
                <Icon symbol=Symbol::Eye size=16 />
                "Show configuration"
            </Button>
        </Form>
        {config}
    }
    .into_any()
}

/// The address at which VS Code opens the user's home on the node.
fn vs_code(name: &str, user: &str) -> String {
    let home = match user {
        "root" => "/root".to_owned(),
        user => format!("/home/{user}"),
    };
    format!("vscode://vscode-remote/ssh-remote+{name}{home}")
}

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

fn not_now(node: &Node) -> AnyView {
    let (reason, title, text) = match node.state {
        NodeState::Pending | NodeState::Provisioning | NodeState::Starting => (
            "not-ready",
            "Not ready yet",
            "Key and address appear here when the node is ready. This page updates automatically.",
        ),
        NodeState::Stopping => (
            "stopping",
            "The node is stopping",
            "You can connect again after you start it.",
        ),
        NodeState::Stopped => (
            "stopped",
            "The node is stopped",
            "Its disk is kept, but the machine does not run. Start the node to connect to it.",
        ),
        NodeState::Failed => (
            "failed",
            "The node has no machine",
            "The launch failed or the machine no longer exists. The Overview tab shows what failed.",
        ),
        NodeState::Deleting | NodeState::Deleted => (
            "deleting",
            "The node is being deleted",
            "You can no longer connect to it.",
        ),
        NodeState::Ready | NodeState::Degraded if node.address.is_none() => (
            "no-address",
            "No address yet",
            "The machine runs, but the cloud has not reported its address. This page updates automatically.",
        ),
        NodeState::Ready | NodeState::Degraded => (
            "no-permission",
            "You can view this node, but not connect to it",
            "A key requires the developer or admin role in this tenant. Ask a tenant admin for the role.",
        ),
    };
    let start = node.allowed.start && node.state == NodeState::Stopped;
    let start = start.then(|| {
        view! {
            <p>
                <a class="link" href=routes::node_tab(node.id, "settings")>
                    "Start the node on the Settings tab"
                </a>
            </p>
        }
    });
    view! {
        <Unavailable resource=node.into() reason=reason title=title text=text>
            {start}
        </Unavailable>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::vs_code;

    #[test]
    fn the_link_opens_the_home_of_the_user() {
        let home = |user| vs_code("trainer", user);
        assert_eq!(
            home("ubuntu"),
            "vscode://vscode-remote/ssh-remote+trainer/home/ubuntu"
        );
        assert_eq!(
            home("root"),
            "vscode://vscode-remote/ssh-remote+trainer/root"
        );
    }
}
