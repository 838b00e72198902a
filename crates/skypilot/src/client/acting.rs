//! The identity, workspace and variables of a call.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

#[derive(Clone, Debug)]
pub enum Identity {
    /// The token of a service account (`sky_…`).
    Bearer(SecretString),
    /// For a server without authentication, which accepts any name.
    Named {
        /// Eight hexadecimal digits.
        user_id: String,
        /// The display name in SkyPilot.
        user_name: String,
    },
}

/// Environment variables of SkyPilot's workers for this call. SkyPilot stores them in plain text for more than a day,
/// so they may contain a handle to a credential but never the credential.
pub type Variables = Vec<(String, SecretString)>;

/// The identity, workspace and variables of a call.
#[derive(Clone, Copy, Debug)]
pub struct Acting<'a> {
    pub identity: &'a Identity,
    /// The workspace of the call; by default the server chooses.
    pub workspace: Option<&'a str>,
    /// Variables for SkyPilot's workers.
    pub variables: &'a [(String, SecretString)],
}

impl<'a> Acting<'a> {
    /// `identity`, without a workspace.
    pub fn by(identity: &'a Identity) -> Self {
        Self {
            identity,
            workspace: None,
            variables: &[],
        }
    }

    /// The same in `workspace`.
    pub fn within(self, workspace: &'a str) -> Self {
        Self {
            workspace: Some(workspace),
            ..self
        }
    }

    /// The same with `variables`.
    pub fn with_variables(self, variables: &'a [(String, SecretString)]) -> Self {
        Self { variables, ..self }
    }

    /// The common part of every POST body. Without `env_vars` the server would use its own identity.
    pub(super) fn common(&self) -> Map<String, Value> {
        let mut variables: Map<String, Value> = self
            .variables
            .iter()
            .map(|(name, value)| (name.clone(), value.expose_secret().into()))
            .collect();
        if let Identity::Named { user_id, user_name } = self.identity {
            variables.insert("SKYPILOT_USER_ID".into(), user_id.as_str().into());
            variables.insert("SKYPILOT_USER".into(), user_name.as_str().into());
        }
        let config = match self.workspace {
            Some(workspace) => json!({"active_workspace": workspace}),
            None => json!({}),
        };
        let mut common = Map::new();
        common.insert("env_vars".into(), variables.into());
        common.insert("entrypoint".into(), "sdk".into());
        common.insert("entrypoint_command".into(), "hangar".into());
        common.insert("using_remote_api_server".into(), true.into());
        common.insert("override_skypilot_config".into(), config);
        common
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_does_not_show_in_debug_output() {
        let identity = Identity::Bearer(SecretString::from("sky_canary"));
        let variables = vec![("HANDLE".to_owned(), SecretString::from("canary"))];
        let acting = Acting::by(&identity).with_variables(&variables);
        assert!(!format!("{acting:?}").contains("canary"));
    }

    #[test]
    fn a_bearer_names_nobody_and_somebody_named_names_itself() {
        let bearer = Identity::Bearer(SecretString::from("sky_x"));
        let common = Acting::by(&bearer).within("hgr-acme-dev").common();
        assert_eq!(common["env_vars"], json!({}));
        assert_eq!(
            common["override_skypilot_config"],
            json!({"active_workspace": "hgr-acme-dev"})
        );
        let named = Identity::Named {
            user_id: "aaaa1111".into(),
            user_name: "hangar".into(),
        };
        assert_eq!(
            Acting::by(&named).common()["env_vars"],
            json!({"SKYPILOT_USER_ID": "aaaa1111", "SKYPILOT_USER": "hangar"})
        );
    }
}
