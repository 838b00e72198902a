//! Workspaces: who may use which, what their configuration may hold, and what stands in the way of a change.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::clouds::Cloud;
use super::exception::Exception;
use super::python::repr;
use super::store::{DEFAULT_WORKSPACE, State};
use super::users::Role;

const LONGEST_NAME: usize = 63;
/// Clouds that SkyPilot knows and of which a workspace can only be kept away.
const ONLY_DISABLED: [&str; 17] = [
    "azure",
    "cudo",
    "do",
    "fluidstack",
    "hyperbolic",
    "ibm",
    "lambda",
    "mithril",
    "oci",
    "paperspace",
    "primeintellect",
    "runpod",
    "scp",
    "seeweb",
    "shadeform",
    "vast",
    "vsphere",
];

impl State {
    /// The configuration of a workspace that exists.
    pub fn workspace(&self, name: &str) -> Option<Map<String, Value>> {
        match self.workspaces.get(name) {
            Some(config) => Some(config.clone()),
            None => (name == DEFAULT_WORKSPACE).then(Map::new),
        }
    }

    /// The names of all workspaces.
    pub fn workspace_names(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<_> = self.workspaces.keys().cloned().collect();
        names.insert(DEFAULT_WORKSPACE.to_owned());
        names
    }

    /// Whether somebody may work in a workspace.
    pub fn may_use(&self, user_id: &str, workspace: &str) -> bool {
        let Some(user) = self.user(user_id) else {
            return false;
        };
        if user.role == Role::Admin {
            return true;
        }
        let Some(config) = self.workspace(workspace) else {
            return false;
        };
        if config.get("private") != Some(&json!(true)) {
            return true;
        }
        // People and accounts are listed by id or by name.
        let listed = config.get("allowed_users").and_then(Value::as_array);
        listed.into_iter().flatten().any(|allowed| {
            allowed
                .as_str()
                .is_some_and(|allowed| allowed == user.id || allowed == user.name)
        })
    }

    /// Whether a cloud is switched off for a workspace.
    pub fn is_disabled(&self, workspace: &str, cloud: Cloud) -> bool {
        self.workspace(workspace)
            .and_then(|config| config.get(cloud.id())?.get("disabled")?.as_bool())
            .unwrap_or(false)
    }

    /// The clouds of a workspace, as its last check found them; before that, those that are not switched off.
    pub fn enabled_clouds(&self, workspace: &str) -> BTreeSet<Cloud> {
        let allowed = Cloud::ALL
            .into_iter()
            .filter(|cloud| !self.is_disabled(workspace, *cloud));
        match self.enabled_clouds.get(workspace) {
            Some(found) => allowed.filter(|cloud| found.contains(cloud)).collect(),
            None => allowed.collect(),
        }
    }

    /// What somebody sees of the workspaces: those they may use, with marks.
    pub fn visible_workspaces(&self, user_id: &str) -> Value {
        let mut visible = Map::new();
        for name in self.workspace_names() {
            if self.may_use(user_id, &name) {
                let mut config = self.workspace(&name).unwrap_or_default();
                config.insert("writable".to_owned(), json!(true));
                config.insert("read_only".to_owned(), json!(false));
                visible.insert(name, config.into());
            }
        }
        visible.into()
    }

    /// The map of the configured ones, which changes answer with.
    pub fn configured_workspaces(&self) -> Value {
        json!(self.workspaces)
    }

    /// Adds one.
    pub fn create_workspace(
        &mut self,
        name: &str,
        config: Map<String, Value>,
    ) -> Result<(), Exception> {
        check_name(name)?;
        check_config(name, &config)?;
        if self.workspaces.contains_key(name) {
            return Err(Exception::value(format!(
                "Workspace {} already exists. Use update instead.",
                repr(name)
            )));
        }
        self.workspaces.insert(name.to_owned(), config);
        Ok(())
    }

    /// Replaces a configuration.
    pub fn update_workspace(
        &mut self,
        name: &str,
        config: Map<String, Value>,
    ) -> Result<(), Exception> {
        check_config(name, &config)?;
        let current = self.workspace(name).unwrap_or_default();
        if without_access(&current) != without_access(&config) {
            self.check_empty(name, "update")?;
        }
        let before = self.workspaces.insert(name.to_owned(), config);
        let shut_out = self.shut_out(name);
        if shut_out.is_empty() {
            return Ok(());
        }
        match before {
            Some(before) => self.workspaces.insert(name.to_owned(), before),
            None => self.workspaces.remove(name),
        };
        Err(Exception::value(shut_out))
    }

    /// Why a workspace as it is would shut out people whose clusters are in it; empty if it does not.
    fn shut_out(&self, workspace: &str) -> String {
        let stranded: Vec<_> = self
            .clusters
            .values()
            .filter(|cluster| cluster.workspace == workspace)
            .filter(|cluster| {
                self.user(&cluster.user_id).is_some() && !self.may_use(&cluster.user_id, workspace)
            })
            .collect();
        if stranded.is_empty() {
            return String::new();
        }
        let clusters: Vec<_> = stranded
            .iter()
            .map(|cluster| cluster.name.as_str())
            .collect();
        let users: BTreeSet<_> = stranded
            .iter()
            .map(|cluster| self.user_name(&cluster.user_id))
            .collect();
        let users: Vec<_> = users.into_iter().collect();
        let (what, who, have) = if users.len() == 1 {
            ("remove user", "the user", "has")
        } else {
            ("remove users", "the users", "have")
        };
        format!(
            "Cannot {what} {} from workspace {} because {who} {have} {} active cluster(s): {}, but not in the \
             allowed_users list. Please either add the users to allowed_users or ask them to terminate their resources.",
            repr(&users.join(", ")),
            repr(workspace),
            clusters.len(),
            clusters.join(", "),
        )
    }

    /// Removes one that is empty.
    pub fn delete_workspace(&mut self, name: &str) -> Result<(), Exception> {
        if name == DEFAULT_WORKSPACE {
            return Err(Exception::value(format!(
                "Cannot delete the default workspace {}.",
                repr(name)
            )));
        }
        if !self.workspaces.contains_key(name) {
            return Err(Exception::value(format!(
                "Workspace {} does not exist.",
                repr(name)
            )));
        }
        self.check_empty(name, "delete")?;
        self.workspaces.remove(name);
        self.enabled_clouds.remove(name);
        Ok(())
    }

    fn check_empty(&self, workspace: &str, operation: &str) -> Result<(), Exception> {
        let clusters = self
            .clusters
            .values()
            .filter(|cluster| cluster.workspace == workspace)
            .map(|cluster| cluster.name.as_str());
        active(clusters, operation, "workspace", workspace)
    }

    /// Whether an account can be deleted: its clusters would be nobody's.
    pub fn check_without_clusters(&self, user_id: &str) -> Result<(), Exception> {
        let clusters = self
            .clusters
            .values()
            .filter(|cluster| cluster.user_id == user_id)
            .map(|cluster| cluster.name.as_str());
        active(clusters, "delete", "user", &self.user_name(user_id))
    }
}

fn active<'a>(
    clusters: impl Iterator<Item = &'a str>,
    operation: &str,
    kind: &str,
    name: &str,
) -> Result<(), Exception> {
    let clusters: Vec<_> = clusters.collect();
    if clusters.is_empty() {
        return Ok(());
    }
    Err(Exception::value(format!(
        "Cannot {operation} {kind} {} because it has {} active cluster(s): {}. Please terminate these resources first.",
        repr(name),
        clusters.len(),
        clusters.join(", ")
    )))
}

fn without_access(config: &Map<String, Value>) -> Map<String, Value> {
    let mut rest = config.clone();
    for field in ["private", "allowed_users", "read_access"] {
        rest.remove(field);
    }
    rest
}

fn check_name(name: &str) -> Result<(), Exception> {
    if name.is_empty() {
        return Err(Exception::value(
            "Workspace name must be a non-empty string.",
        ));
    }
    if name.len() > LONGEST_NAME {
        return Err(Exception::new(
            "InvalidWorkspaceNameError",
            format!(
                "Workspace name \"{name}\" is too long; maximum length is {LONGEST_NAME} characters, got {}",
                name.len()
            ),
        ));
    }
    let good = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
    if good {
        return Ok(());
    }
    Err(Exception::new(
        "InvalidWorkspaceNameError",
        format!(
            "Workspace name \"{name}\" is invalid; ensure it starts with a lowercase letter, ends with a lowercase \
             letter or number, and contains only lowercase letters, numbers, dashes, and underscores."
        ),
    ))
}

/// The fields that a workspace's configuration may have, as the server's schema lists them.
fn check_config(name: &str, config: &Map<String, Value>) -> Result<(), Exception> {
    let refused = |problem: String| {
        Exception::value(format!(
            "Invalid configuration for workspace {}: {problem}",
            repr(name)
        ))
    };
    for (field, value) in config {
        let allowed: &[&str] = match field.as_str() {
            "private" if value.is_boolean() => continue,
            "allowed_users" if is_list_of_texts(value) => continue,
            "read_access" if matches!(value.as_str(), Some("allowed_users" | "all")) => continue,
            "private" | "allowed_users" | "read_access" => {
                return Err(refused(format!(
                    "{value} is not valid for {}. ",
                    repr(field)
                )));
            }
            "aws" => &["profile", "disabled", "capabilities", "remote_identity"],
            "gcp" => &["project_id", "disabled", "capabilities", "remote_identity"],
            "nebius" => &[
                "credentials_file_path",
                "tenant_id",
                "domain",
                "disabled",
                "capabilities",
            ],
            "kubernetes" => &[
                "allowed_contexts",
                "disabled",
                "namespace",
                "kueue",
                "quota",
                "context_configs",
                "remote_identity",
            ],
            "ssh" => &["allowed_node_pools", "disabled"],
            "slurm" => &["allowed_clusters", "disabled", "cluster_configs"],
            cloud if ONLY_DISABLED.contains(&cloud) => &["disabled"],
            _ => {
                return Err(refused(format!("Found unsupported field {}.", repr(field))));
            }
        };
        let Some(settings) = value.as_object() else {
            return Err(refused(format!("{value} is not of type 'object'. ")));
        };
        for (setting, value) in settings {
            if !allowed.contains(&setting.as_str()) {
                return Err(refused(format!(
                    "Found unsupported field {}.",
                    repr(setting)
                )));
            }
            let right = match setting.as_str() {
                "disabled" => value.is_boolean(),
                "profile" | "project_id" | "namespace" => value.is_string(),
                _ => true,
            };
            if !right {
                return Err(refused(format!(
                    "{value} is not valid for {}. ",
                    repr(setting)
                )));
            }
        }
    }
    Ok(())
}

fn is_list_of_texts(value: &Value) -> bool {
    value
        .as_array()
        .is_some_and(|list| list.iter().all(Value::is_string))
}
