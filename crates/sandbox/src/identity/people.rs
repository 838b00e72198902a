//! Who can sign in: one person for each role of the portal.

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The stable subject, not the email address, which may change hands.
    pub subject: String,
    pub name: &'static str,
    pub email: &'static str,
    pub email_verified: bool,
    pub group: &'static str,
    pub role: &'static str,
}

impl Person {
    pub fn ready() -> Vec<Self> {
        let person = |name, email: &'static str, group, role| Self {
            subject: format!("sandbox-{}", email.split('@').next().unwrap_or(email)),
            name,
            email,
            email_verified: true,
            group,
            role,
        };
        vec![
            person(
                "Ada Keller",
                "ada@example.com",
                "platform-admins",
                "Platform admin",
            ),
            person(
                "Grace Okafor",
                "grace@example.com",
                "vision-developers",
                "Developer, Vision",
            ),
            person(
                "Linus Brandt",
                "linus@example.com",
                "payments-developers",
                "Developer, Payments",
            ),
            person(
                "Maya Lindt",
                "maya@example.com",
                "vision-viewers",
                "Viewer, Vision",
            ),
        ]
    }

    pub fn initials(&self) -> String {
        let words = self.name.split_whitespace();
        words.filter_map(|word| word.chars().next()).collect()
    }
}
