//! SSH access to a node.

use secrecy::SecretString;

/// SSH access to a node. Not serialisable, so that the key leaves only through the downloads made for it, and never
/// stored.
#[derive(Clone, Debug)]
pub struct SshAccess {
    /// The alias for `ssh NAME`, and the base name of the files: the node's name.
    pub host_alias: String,
    pub host: String,
    pub port: u16,
    pub user: String,
    /// In PEM.
    pub private_key: SecretString,
}

impl SshAccess {
    /// The file name of the key: `trainer.pem`.
    pub fn key_file_name(&self) -> String {
        format!("{}.pem", self.host_alias)
    }

    /// The block for `~/.ssh/config`, with the key in `~/.ssh/`.
    pub fn config_block(&self) -> String {
        ssh_config_block(&self.host_alias, &self.host, self.port, &self.user)
    }
}

/// A block for `~/.ssh/config` with the key in `~/.ssh/ALIAS.pem`. Clouds reuse addresses, so each node gets its own
/// known_hosts file.
pub fn ssh_config_block(alias: &str, host: &str, port: u16, user: &str) -> String {
    format!(
        "Host {alias}\n  HostName {host}\n  Port {port}\n  User {user}\n  \
         IdentityFile ~/.ssh/{alias}.pem\n  IdentitiesOnly yes\n  \
         UserKnownHostsFile ~/.ssh/{alias}.known_hosts\n  StrictHostKeyChecking accept-new\n"
    )
}

/// Splits a stored address: `203.0.113.7:22`.
pub fn split_address(address: &str) -> Option<(&str, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    Some((
        host.trim_start_matches('[').trim_end_matches(']'),
        port.parse().ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_names_host_port_user_and_the_keys_file() {
        let block = ssh_config_block("trainer", "203.0.113.7", 2222, "ubuntu");
        for line in [
            "Host trainer",
            "  HostName 203.0.113.7",
            "  Port 2222",
            "  User ubuntu",
            "  IdentityFile ~/.ssh/trainer.pem",
        ] {
            assert!(block.lines().any(|found| found == line), "{line}\n{block}");
        }
    }

    #[test]
    fn addresses_are_split_at_the_last_colon() {
        assert_eq!(split_address("203.0.113.7:22"), Some(("203.0.113.7", 22)));
        assert_eq!(split_address("[2001:db8::1]:22"), Some(("2001:db8::1", 22)));
        assert_eq!(split_address("nonsense"), None);
    }
}
