//! Workspaces: who may use which, what their configuration may hold, and what stands in the way of a change.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::clouds::Cloud;
use super::exception::Exception;
use super::python::repr;
use super::store::{DEFAULT_WORKSPACE, State};
use super::users::Role;

const LONGEST_NAME: usize = 63;
impl State {
    pub fn workspace(&self, name: &str) -> Option<Map<String, Value>> {
        match self.workspaces.get(name) {
            Some(config) => Some(config.clone()),
            None => (name == DEFAULT_WORKSPACE).then(Map::new),
        }
    }

    pub fn workspace_names(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<_> = self.workspaces.keys().cloned().collect();
        names.insert(DEFAULT_WORKSPACE.to_owned());
        names
    }

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

    pub fn configured_workspaces(&self) -> Value {
        json!(self.workspaces)
    }

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

/// What a cloud's settings in a workspace's configuration may be, as far as the portal writes them.
fn check_config(name: &str, config: &Map<String, Value>) -> Result<(), Exception> {
    const SETTINGS: [&str; 5] = [
        "disabled",
        "profile",
        "capabilities",
        "remote_identity",
        "allowed_contexts",
    ];
    let settings = config.values().filter_map(Value::as_object);
    let unknown = settings
        .flat_map(Map::keys)
        .find(|setting| !SETTINGS.contains(&setting.as_str()));
    match unknown {
        Some(setting) => Err(Exception::value(format!(
            "Invalid configuration for workspace {}: Found unsupported field {}.",
            repr(name),
            repr(setting)
        ))),
        None => Ok(()),
    }
}
