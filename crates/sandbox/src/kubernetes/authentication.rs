//! Users: of bearer tokens and client certificates.

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    pub name: String,
    /// Empty if unknown.
    pub uid: String,
    pub groups: Vec<String>,
}

impl User {
    pub fn known(name: impl Into<String>, groups: &[&str]) -> Self {
        let mut groups: Vec<String> = groups.iter().map(|g| (*g).to_owned()).collect();
        groups.push("system:authenticated".to_owned());
        Self {
            name: name.into(),
            uid: String::new(),
            groups,
        }
    }

    pub fn anonymous() -> Self {
        Self {
            name: "system:anonymous".to_owned(),
            uid: String::new(),
            groups: vec!["system:unauthenticated".to_owned()],
        }
    }

    pub fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|g| g == group)
    }
}

/// The common name and the organizations of a verified client certificate. The TLS listener puts it into the request's
/// extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientIdentity {
    pub user: String,
    pub groups: Vec<String>,
}

impl From<&ClientIdentity> for User {
    fn from(identity: &ClientIdentity) -> Self {
        let groups: Vec<&str> = identity.groups.iter().map(String::as_str).collect();
        Self::known(identity.user.clone(), &groups)
    }
}
