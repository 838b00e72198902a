//! Workspaces: their configuration, who may use them, and their clouds.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::clouds::Cloud;
use super::exception::Exception;
use super::python::repr;
use super::store::{DEFAULT_WORKSPACE, State};
use super::users::Role;

impl State {
    pub fn workspace(&self, name: &str) -> Option<Map<String, Value>> {
        match self.workspaces.get(name) {
            Some(config) => Some(config.clone()),
            None => (name == DEFAULT_WORKSPACE).then(Map::new),
        }
    }

    pub fn may_use(&self, user_id: &str, workspace: &str) -> bool {
        let (Some(user), Some(config)) = (self.user(user_id), self.workspace(workspace)) else {
            return false;
        };
        if user.role == Role::Admin || config.get("private") != Some(&json!(true)) {
            return true;
        }
        // Users are listed by id or by name.
        let listed = config.get("allowed_users").and_then(Value::as_array);
        listed
            .into_iter()
            .flatten()
            .any(|allowed| *allowed == *user.id || *allowed == *user.name)
    }

    pub fn is_disabled(&self, workspace: &str, cloud: Cloud) -> bool {
        self.workspace(workspace)
            .and_then(|config| config.get(&cloud.id())?.get("disabled")?.as_bool())
            .unwrap_or(false)
    }

    /// The clouds that the last check of a workspace found; before the first check, those that are not disabled.
    pub fn enabled_clouds(&self, workspace: &str) -> BTreeSet<Cloud> {
        let allowed = Cloud::ALL
            .into_iter()
            .filter(|cloud| !self.is_disabled(workspace, *cloud));
        match self.enabled_clouds.get(workspace) {
            Some(found) => allowed.filter(|cloud| found.contains(cloud)).collect(),
            None => allowed.collect(),
        }
    }

    /// The workspaces that a user may use.
    pub fn visible_workspaces(&self, user_id: &str) -> Value {
        let mut names: BTreeSet<&str> = self.workspaces.keys().map(String::as_str).collect();
        names.insert(DEFAULT_WORKSPACE);
        let mut visible = Map::new();
        for name in names {
            if self.may_use(user_id, name) {
                let mut config = self.workspace(name).unwrap_or_default();
                config.insert("writable".to_owned(), json!(true));
                config.insert("read_only".to_owned(), json!(false));
                visible.insert(name.to_owned(), config.into());
            }
        }
        visible.into()
    }

    pub fn put_workspace(
        &mut self,
        name: &str,
        config: Map<String, Value>,
        is_new: bool,
    ) -> Result<(), Exception> {
        check_config(name, &config)?;
        if is_new && self.workspaces.contains_key(name) {
            return Err(Exception::value(format!(
                "Workspace {} already exists. Use update instead.",
                repr(name)
            )));
        }
        self.workspaces.insert(name.to_owned(), config);
        Ok(())
    }
}

/// The settings of a cloud in a workspace, as far as the portal writes them.
fn check_config(name: &str, config: &Map<String, Value>) -> Result<(), Exception> {
    const SETTINGS: [&str; 3] = ["disabled", "profile", "allowed_contexts"];
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
