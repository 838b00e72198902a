//! Who somebody is in AWS: users by their keys, and roles under the name of a session.

use serde::{Deserialize, Serialize};

use super::access_key;

/// Who somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The account's number.
    pub account: String,
    /// The full name.
    pub arn: String,
    /// The id, and for a role behind it the session's name.
    pub user_id: String,
}

impl Identity {
    /// The user of a key. Its name ends as the key does.
    pub fn of_user(key: &str) -> Self {
        let account = access_key::account(key);
        let end = key[key.len().saturating_sub(4)..].to_ascii_lowercase();
        Self {
            arn: format!("arn:aws:iam::{account}:user/sandbox-{end}"),
            user_id: access_key::id("AIDA", &account, access_key::digest(key)),
            account,
        }
    }

    /// Whoever assumed a role.
    pub fn of_role(role: &Role, session_name: &str) -> Self {
        let Role {
            arn,
            partition,
            account,
            name,
        } = role;
        let id = access_key::id("AROA", account, access_key::digest(arn));
        Self {
            account: account.clone(),
            arn: format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}"),
            user_id: format!("{id}:{session_name}"),
        }
    }
}

/// A role, by its full name.
pub struct Role {
    /// The full name.
    pub arn: String,
    partition: String,
    account: String,
    /// Without the path before it.
    name: String,
}

impl Role {
    /// The role of this ARN; `None`: it is not that of a role.
    pub fn named(arn: &str) -> Option<Self> {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", partition, "iam", "", account, resource] = parts[..] else {
            return None;
        };
        let name = resource.strip_prefix("role/")?.rsplit('/').next()?;
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        let is_name = (1..=64).contains(&name.len()) && name.bytes().all(is_of_name);
        (partition.starts_with("aws") && is_account && is_name).then(|| Self {
            arn: arn.to_owned(),
            partition: partition.to_owned(),
            account: account.to_owned(),
            name: name.to_owned(),
        })
    }
}

/// Whether names of roles and of sessions may have this in them.
pub fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)
}
