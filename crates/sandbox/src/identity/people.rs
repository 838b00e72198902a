//! Who can sign in: one person for each role the portal knows, so that every page can be seen.

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The stable subject; never the e-mail address, which may change hands.
    pub subject: String,
    pub name: String,
    pub email: String,
    pub email_verified: bool,
    pub groups: Vec<String>,
    pub role: String,
}

impl Person {
    pub fn ready() -> Vec<Self> {
        [
            (
                "Ada Keller",
                "ada@example.com",
                "platform-admins",
                "Platform admin",
            ),
            (
                "Grace Okafor",
                "grace@example.com",
                "vision-developers",
                "Developer, Vision",
            ),
            (
                "Linus Brandt",
                "linus@example.com",
                "payments-developers",
                "Developer, Payments",
            ),
            (
                "Maya Lindt",
                "maya@example.com",
                "vision-viewers",
                "Viewer, Vision",
            ),
        ]
        .into_iter()
        .map(|(name, email, group, role)| Self {
            subject: format!("sandbox-{}", email.split('@').next().unwrap_or(email)),
            name: name.to_owned(),
            email: email.to_owned(),
            email_verified: true,
            groups: vec![group.to_owned()],
            role: role.to_owned(),
        })
        .collect()
    }

    pub fn initials(&self) -> String {
        self.name
            .split_whitespace()
            .filter_map(|word| word.chars().next())
            .take(2)
            .collect()
    }
}
