//! `cargo xtask rules`: who may depend on whom, so that the tree stays what docs/ARCHITECTURE.md says.
//!
//! The rules are data at the top of this file; the reading of cargo's answers is in `dependencies`, and the
//! comparing is a pure function, so that each rule is tested against a workspace that breaks it.

mod dependencies;

use std::fmt;

use anyhow::{Result, bail};
use dependencies::{Edge, Kind, Tree, Workspace};

/// Our crates and those of ours that each may use. A crate that is missing here has no place in the tree yet.
const ARROWS: [(&str, &[&str]); 14] = [
    ("domain", &[]),
    ("app", &["domain", "frontend", "provisioning"]),
    ("frontend", &["domain"]),
    ("persistence", &["domain"]),
    ("provisioning", &["domain", "persistence"]),
    ("kubernetes", &["domain", "provisioning"]),
    ("skypilot", &["domain", "provisioning"]),
    ("cognito", &["domain", "provisioning"]),
    ("secrets", &["domain", "provisioning"]),
    ("aws", &["domain", "provisioning"]),
    ("clouds", &["domain", "provisioning"]),
    (SANDBOX, &[]),
    ("scripted", &["domain", "persistence", "provisioning"]),
    ("xtask", &[]),
];

/// The systems behind the portal, to try and to test it: a program of its own.
const SANDBOX: &str = "sandbox";

/// The crate that puts the others together.
const WIRING: &str = "server";

/// What tests may use besides: an adapter is tested against the sandbox, which speaks the real protocols, and the
/// core over a real database.
const TESTS_MAY_USE: [(&str, &str); 6] = [
    ("app", "persistence"),
    ("app", "scripted"),
    ("aws", "sandbox"),
    ("kubernetes", "sandbox"),
    ("provisioning", "scripted"),
    ("skypilot", "sandbox"),
];

/// Outside crates with one home: (name or prefix ending in `*`, who may use it, why).
const HOMES: [Home; 12] = [
    Home {
        package: "sqlx*",
        crates: &["persistence"],
        why: "the database is behind one adapter",
    },
    Home {
        package: "kube",
        crates: &["kubernetes"],
        why: "Kubernetes is behind one adapter",
    },
    Home {
        package: "kube-*",
        crates: &["kubernetes"],
        why: "Kubernetes is behind one adapter",
    },
    Home {
        package: "k8s-openapi",
        crates: &["kubernetes", "server", SANDBOX],
        why: "Kubernetes is behind one adapter; the binary chooses the version",
    },
    Home {
        package: "openidconnect",
        crates: &["server"],
        why: "sign-in happens in one place",
    },
    Home {
        package: "leptos*",
        crates: &["app", "frontend", "server"],
        why: "pages are in `app`",
    },
    Home {
        package: "aws-sdk-*",
        crates: &["aws", "cognito"],
        why: "clouds are behind their adapters",
    },
    Home {
        package: "aws-smithy-*",
        crates: &["aws", "cognito"],
        why: "clouds are behind their adapters",
    },
    Home {
        package: "aws-config",
        crates: &[],
        why: "it looks for credentials of the machine it runs on, and brings an HTTP client of its own",
    },
    Home {
        package: "chacha20poly1305",
        crates: &["secrets"],
        why: "secrets are sealed and opened in one place",
    },
    Home {
        package: "encre-css",
        crates: &["xtask"],
        why: "styles are made at build time",
    },
    Home {
        package: "wasm-bindgen-cli-support",
        crates: &["xtask"],
        why: "the site is put together at build time",
    },
];

/// Crates that do input and output, which the core leaves to its adapters.
const OUTSIDE_WORLD: [&str; 7] = [
    "axum",
    "hyper",
    "kube",
    "reqwest",
    "rustls",
    "sqlx",
    "tower-sessions",
];

/// What must never reach the browser, neither directly nor through others.
const NOT_IN_THE_BROWSER: [&str; 10] = [
    "aws-*",
    "axum",
    "hyper",
    "k8s-openapi",
    "kube*",
    "mio",
    "reqwest",
    "rustls",
    "sqlx*",
    "tokio",
];

/// What must not be in the server either.
const NOWHERE: [(&str, &str); 3] = [
    (
        "ring",
        "TLS is rustls with aws-lc-rs; a second library of ciphers is a second one to watch",
    ),
    (
        "openssl-sys",
        "TLS is rustls with aws-lc-rs; no system library is needed",
    ),
    (
        "native-tls",
        "TLS is rustls with aws-lc-rs; no system library is needed",
    ),
];

/// What the server may hold in one major version only: their types and global state meet across crates.
const ONCE: [&str; 9] = [
    "axum",
    "http",
    "hyper",
    "kube",
    "leptos",
    "reqwest",
    "rustls",
    "sqlx",
    "tower-sessions",
];

/// The one home of an outside crate.
struct Home {
    package: &'static str,
    crates: &'static [&'static str],
    why: &'static str,
}

/// A rule that is broken: what, and why there is a rule.
#[derive(Debug, PartialEq, Eq)]
struct Violation {
    what: String,
    why: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}\n    rule: {}", self.what, self.why)
    }
}

/// Asks cargo and fails with every rule that is broken.
pub fn run() -> Result<()> {
    let workspace = dependencies::workspace()?;
    let (browser, server) = (dependencies::browser()?, dependencies::server()?);
    let violations = violations(&workspace, &browser, &server);
    if violations.is_empty() {
        println!(
            "Dependency rules hold for {} crates of ours, {} packages of the server, {} of the browser part.",
            workspace.crates.len(),
            server.packages.len(),
            browser.packages.len()
        );
        return Ok(());
    }
    for violation in &violations {
        println!("{violation}");
    }
    bail!(
        "{} dependency rules are broken; the tree is explained in docs/ARCHITECTURE.md",
        violations.len()
    );
}

fn violations(workspace: &Workspace, browser: &Tree, server: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for name in &workspace.crates {
        if name != WIRING && !ARROWS.iter().any(|(known, _)| known == name) {
            found.push(Violation {
                what: format!("`{name}` has no place in the tree"),
                why: "say in xtask/src/rules.rs which of our crates it may use".to_owned(),
            });
        }
    }
    for edge in &workspace.edges {
        found.extend(if workspace.crates.contains(&edge.to) {
            arrow(edge)
        } else {
            home(edge)
        });
    }
    for (name, _) in &browser.packages {
        if NOT_IN_THE_BROWSER
            .iter()
            .any(|pattern| matches(pattern, name))
        {
            found.push(Violation {
                what: format!("`{name}` is compiled for the browser (cargo tree -p frontend --target wasm32-unknown-unknown -i {name})"),
                why: "the browser gets pages, not servers; put it behind app's `ssr` feature".to_owned(),
            });
        }
    }
    for (name, why) in NOWHERE {
        if server
            .packages
            .iter()
            .chain(&browser.packages)
            .any(|(package, _)| package == name)
        {
            found.push(Violation {
                what: format!("`{name}` is in the tree (cargo tree -i {name})"),
                why: why.to_owned(),
            });
        }
    }
    for name in ONCE {
        let majors = server.majors(name);
        if majors.len() > 1 {
            found.push(Violation {
                what: format!("`{name}` is there in versions {}", majors.join(" and ")),
                why: "one version, so that its types fit together and it is built once".to_owned(),
            });
        }
    }
    found
}

/// An arrow between two crates of ours.
fn arrow(edge: &Edge) -> Option<Violation> {
    if edge.to == SANDBOX && edge.kind == Kind::Normal {
        return Some(Violation {
            what: format!("`{}` uses `{SANDBOX}`", edge.from),
            why: "the product does not contain the sandbox; tests may use it".to_owned(),
        });
    }
    let allowed = ARROWS
        .iter()
        .find(|(name, _)| *name == edge.from)
        .map_or(&[][..], |(_, allowed)| allowed);
    let permitted = edge.from == WIRING
        || allowed.contains(&edge.to.as_str())
        || (edge.kind == Kind::Test && TESTS_MAY_USE.contains(&(&*edge.from, &*edge.to)));
    (!permitted).then(|| Violation {
        what: format!("`{}` uses `{}`{}", edge.from, edge.to, edge.kind),
        why: match allowed {
            [] => format!("`{}` uses none of our crates", edge.from),
            some => format!(
                "of our crates `{}` uses only {}",
                edge.from,
                some.join(" and ")
            ),
        },
    })
}

/// An arrow from a crate of ours to an outside one.
fn home(edge: &Edge) -> Option<Violation> {
    let from = edge.from.as_str();
    let violation = |why: &str| Violation {
        what: format!("`{from}` uses `{}`{}", edge.to, edge.kind),
        why: why.to_owned(),
    };
    if from == "provisioning"
        && edge.kind == Kind::Normal
        && OUTSIDE_WORLD.contains(&edge.to.as_str())
    {
        return Some(violation("the core decides; adapters do input and output"));
    }
    let home = HOMES.iter().find(|home| matches(home.package, &edge.to))?;
    (!home.crates.contains(&from)).then(|| violation(home.why))
}

/// Whether a name is meant by a pattern: itself, or any that begins with what stands before `*`.
fn matches(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == name, |prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests;
