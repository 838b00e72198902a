//! What a task of one's own may say.

use crate::bounded_yaml::{Kind, Node};
use domain::{display_name::is_hidden, node::name::NodeName};

/// Where a file may come from: stores and addresses, never a path, which SkyPilot would read from
/// the API server's own disk.
const REMOTE: [&str; 10] = [
    "s3://",
    "gs://",
    "r2://",
    "cos://",
    "oci://",
    "nebius://",
    "azure://",
    "https://",
    "hf://",
    "cw://",
];

/// Checks every key that matters.
///
/// # Errors
/// A sentence with the line.
pub(super) fn check(task: &Node, name: Option<&NodeName>) -> Result<(), String> {
    if !matches!(task.kind, Kind::Mapping(_)) {
        return Err("A task is a mapping with keys such as resources, setup and run.".into());
    }
    for (key, line, value) in task.entries() {
        let refuse = |why: &str| Err(format!("Line {line}: {why}"));
        match key.as_str() {
            "name" => {
                if let (Some(name), Some(text)) = (name, value.scalar())
                    && text != name.as_str()
                {
                    return refuse(&format!(
                        "the name is {name}, as in the form; remove this line or write the same."
                    ));
                }
            }
            "resources" => resources(value)?,
            "setup" | "run" | "envs" => {}
            "num_nodes" => {
                if value.scalar() != Some("1") {
                    return refuse("a node is one machine; num_nodes can only be 1.");
                }
            }
            "workdir" => workdir(*line, value)?,
            "file_mounts" => file_mounts(value)?,
            "env_vars" => {
                return refuse("env_vars are the portal's own; use envs for your variables.");
            }
            "secrets" => {
                return refuse(
                    "secrets would be kept in clear by SkyPilot; fetch them on the node instead.",
                );
            }
            "config" | "experimental" => {
                return refuse(&format!(
                    "{key} would change how the portal talks to SkyPilot and is not allowed."
                ));
            }
            "service" | "pool" | "job" | "volumes" => {
                return refuse(&format!("{key} is not offered for nodes."));
            }
            other => {
                return refuse(&format!(
                    "“{other}” is not allowed; a task has resources, envs, file_mounts, setup and run."
                ));
            }
        }
    }
    Ok(())
}

fn resources(resources: &Node) -> Result<(), String> {
    for (key, line, value) in resources.entries() {
        match key.as_str() {
            "autostop" => {
                return Err(format!(
                    "Line {line}: when it stops by itself is set in the form, not in the task."
                ));
            }
            "job_recovery" | "spot_recovery" | "_cluster_config_overrides" => {
                return Err(format!("Line {line}: {key} is not offered for nodes."));
            }
            "any_of" | "ordered" => {
                if let Kind::Sequence(candidates) = &value.kind {
                    candidates.iter().try_for_each(self::resources)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn workdir(line: usize, value: &Node) -> Result<(), String> {
    no_variables(value)?;
    if !value.get("url").and_then(Node::scalar).is_some_and(is_git) {
        return Err(format!(
            "Line {line}: a local workdir cannot be used here; give a git repository (url, ref) or clone it in setup."
        ));
    }
    match value.get("ref") {
        Some(node) if !node.scalar().is_some_and(is_argument) => Err(format!(
            "Line {}: ref is the name of a branch or tag, or a commit.",
            node.line
        )),
        _ => Ok(()),
    }
}

/// Git takes a host or path that begins with a dash for an option.
fn is_git(url: &str) -> bool {
    // Git decodes addresses before it looks at them.
    let url = url.replace("%2d", "-").replace("%2D", "-");
    let rest = ["https://", "ssh://", "git@"]
        .iter()
        .find_map(|scheme| url.strip_prefix(scheme));
    rest.is_some_and(|rest| {
        is_argument(rest) && !["@-", ":-", "/-"].iter().any(|dash| rest.contains(dash))
    })
}

/// Whether a program takes `text` for one argument that is no option.
fn is_argument(text: &str) -> bool {
    let splits = |c: char| c.is_whitespace() || is_hidden(c);
    !text.is_empty() && !text.starts_with('-') && !text.contains(splits)
}

/// SkyPilot puts the values of `envs` into the text of these parts before it reads them, so a value could be anything, also
/// another entry.
fn no_variables(part: &Node) -> Result<(), String> {
    let check = |line: usize, text: &str| {
        let mut after = text.split('$').skip(1);
        let is_name = |c: char| c == '{' || c == '_' || c.is_ascii_alphabetic();
        if after.any(|rest| rest.starts_with(is_name)) {
            return Err(format!(
                "Line {line}: variables such as $NAME cannot be used here; write the value."
            ));
        }
        Ok(())
    };
    match &part.kind {
        Kind::Scalar(text) | Kind::Plain(text) => check(part.line, text),
        Kind::Sequence(items) => items.iter().try_for_each(no_variables),
        Kind::Mapping(entries) => entries.iter().try_for_each(|(key, line, value)| {
            check(*line, key)?;
            no_variables(value)
        }),
    }
}

fn file_mounts(mounts: &Node) -> Result<(), String> {
    no_variables(mounts)?;
    for (target, line, value) in mounts.entries() {
        let source = match &value.kind {
            Kind::Scalar(source) | Kind::Plain(source) => Some(source.as_str()),
            Kind::Mapping(_) => match value.get("source") {
                // Without a source it is a bucket of the tenant's own.
                None => None,
                Some(Node {
                    kind: Kind::Scalar(source) | Kind::Plain(source),
                    ..
                }) => Some(source.as_str()),
                Some(_) => Some(""),
            },
            Kind::Sequence(_) => Some(""),
        };
        if source.is_some_and(|source| !REMOTE.iter().any(|scheme| source.starts_with(scheme))) {
            return Err(format!(
                "Line {line}: {target} mounts a local file; only sources such as s3://, gs:// or https:// can be used."
            ));
        }
    }
    Ok(())
}
