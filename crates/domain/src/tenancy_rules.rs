//! What names, slugs, addresses and limits must look like, for forms that check as you type and for
//! the core that decides.

use crate::{
    dns_label,
    problem::FieldError,
    tenancy::{EnvironmentInput, EnvironmentLimits, InvitationInput, TenantInput},
};

/// The longest name of a tenant or environment, in characters.
pub const LONGEST_NAME: usize = 60;
/// The longest slug: it becomes a part of names of machines and workspaces.
pub const LONGEST_SLUG: usize = 20;
/// The longest address, as RFC 5321 has it.
pub const LONGEST_EMAIL: usize = 254;
/// The most clusters, or nodes, that a limit may allow.
pub const MOST_THINGS: u32 = 10_000;
/// The most dollars an hour that a limit may allow.
pub const MOST_DOLLARS_PER_HOUR: i64 = 1_000_000;

/// A name without space around it.
///
/// # Errors
/// A sentence that names the rule that was broken.
pub fn check_name(name: &str) -> Result<String, String> {
    let name = name.trim();
    if name.is_empty() {
        return Err("Give it a name.".into());
    }
    let length = name.chars().count();
    if length > LONGEST_NAME {
        return Err(format!(
            "At most {LONGEST_NAME} characters; this has {length}."
        ));
    }
    if name.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err("Use printable characters only.".into());
    }
    Ok(name.to_owned())
}

/// Characters that are not seen but turn or hide what is around them.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What requests call a tenant or environment.
///
/// # Errors
/// A sentence that names the rule that was broken.
pub fn check_slug(slug: &str) -> Result<(), String> {
    dns_label::check(
        slug,
        LONGEST_SLUG,
        "Give it a short name: a–z, 0–9 and hyphens.",
    )?;
    if slug == "new" {
        return Err("“new” is an address of the portal; choose another.".into());
    }
    Ok(())
}

/// An e-mail address without space around it.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn check_email(email: &str) -> Result<String, String> {
    let email = email.trim();
    if email.is_empty() {
        return Err("Give an e-mail address.".into());
    }
    if email.len() > LONGEST_EMAIL {
        return Err(format!("At most {LONGEST_EMAIL} characters."));
    }
    let odd = |c: char| c.is_whitespace() || c.is_control() || is_invisible(c);
    if email.chars().any(odd) {
        return Err("An address has no spaces in it.".into());
    }
    if email.contains(['<', '>', '(', ')', ',', ';', ':', '"', '\\', '[', ']']) {
        return Err("One address by itself, such as ann@example.com.".into());
    }
    let is_domain = |domain: &str| {
        let is_label = |label: &str| {
            let inner = |c: char| c.is_alphanumeric() || c == '-';
            !label.is_empty()
                && label.chars().all(inner)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        domain.contains('.') && domain.split('.').all(is_label)
    };
    match email.split_once('@') {
        Some((local, domain)) if !local.is_empty() && is_domain(domain) => Ok(email.to_owned()),
        _ => Err("This is no e-mail address; it looks like ann@example.com.".into()),
    }
}

fn check_both(name: &str, slug: &str) -> Result<(String, String), Vec<FieldError>> {
    let slug = slug.trim();
    let name = check_name(name).map_err(|message| FieldError::new("name", message));
    let checked = check_slug(slug).map_err(|message| FieldError::new("slug", message));
    match (name, checked) {
        (Ok(name), Ok(())) => Ok((name, slug.to_owned())),
        (name, checked) => Err(name.err().into_iter().chain(checked.err()).collect()),
    }
}

impl TenantInput {
    /// The request without space around its fields.
    ///
    /// # Errors
    /// One [`FieldError`] for each field at fault.
    pub fn checked(&self) -> Result<Self, Vec<FieldError>> {
        check_both(&self.name, &self.slug).map(|(name, slug)| Self { name, slug })
    }
}

impl EnvironmentInput {
    /// The request without space around its fields.
    ///
    /// # Errors
    /// One [`FieldError`] for each field at fault.
    pub fn checked(&self) -> Result<Self, Vec<FieldError>> {
        check_both(&self.name, &self.slug).map(|(name, slug)| Self { name, slug })
    }
}

impl InvitationInput {
    /// The request without space around the address.
    ///
    /// # Errors
    /// One [`FieldError`] for each field at fault.
    pub fn checked(&self) -> Result<Self, Vec<FieldError>> {
        let email =
            check_email(&self.email).map_err(|message| vec![FieldError::new("email", message)])?;
        Ok(Self {
            email,
            role: self.role,
        })
    }
}

impl EnvironmentLimits {
    /// Checks each limit. Zero allows nothing more.
    ///
    /// # Errors
    /// One [`FieldError`] for each limit out of range.
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        for (field, limit) in [
            ("max_clusters", self.max_clusters),
            ("max_nodes", self.max_nodes),
        ] {
            if limit.is_some_and(|limit| limit > MOST_THINGS) {
                let message = format!("A number from 0 to {MOST_THINGS}, or nothing for no limit.");
                errors.push(FieldError::new(field, message));
            }
        }
        let most = MOST_DOLLARS_PER_HOUR * 1_000_000;
        if self
            .max_price_per_hour
            .is_some_and(|price| !(0..=most).contains(&price.0))
        {
            errors.push(FieldError::new(
                "max_price_per_hour",
                format!("From $0 to ${MOST_DOLLARS_PER_HOUR} an hour, or nothing for no limit."),
            ));
        }
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{access::TenantRole, money::MicroDollars};

    #[test]
    fn names_and_slugs_at_fault_are_named_together() {
        let fields = |name: &str, slug: &str| -> Vec<String> {
            let input = TenantInput {
                name: name.into(),
                slug: slug.into(),
            };
            let errors = input.checked().err().unwrap_or_default();
            errors.into_iter().map(|error| error.field).collect()
        };
        assert!(fields(" Vision team ", " vision ").is_empty());
        assert_eq!(fields(" ", "Vision"), ["name", "slug"]);
        for name in ["a\u{7}b", "a\u{202e}b", &"x".repeat(61)] {
            assert_eq!(fields(name, "vision"), ["name"], "{name:?}");
        }
        for slug in ["", "a.b", "-a", "9a", "a-", "new", &"x".repeat(21)] {
            assert_eq!(fields("Vision", slug), ["slug"], "{slug:?}");
        }
    }

    #[test]
    fn an_address_is_one_address() {
        let checked = |email: &str| {
            InvitationInput {
                email: email.into(),
                role: TenantRole::Viewer,
            }
            .checked()
        };
        assert_eq!(
            checked(" Ann.Lee+x@Corp.example ").unwrap().email,
            "Ann.Lee+x@Corp.example"
        );
        for email in [
            "",
            "ann",
            "ann@corp",
            "@corp.com",
            "a@b@corp.com",
            "ann@corp..com",
            "ann@-corp.com",
            "ann lee@corp.com",
            "Ann <ann@corp.com>",
            "ann@corp.com,bob@corp.com",
            "ann\u{200b}@corp.com",
        ] {
            assert_eq!(checked(email).unwrap_err()[0].field, "email", "{email:?}");
        }
    }

    #[test]
    fn limits_out_of_range_are_named() {
        let limits = EnvironmentLimits {
            max_clusters: Some(MOST_THINGS + 1),
            max_nodes: Some(0),
            max_price_per_hour: Some(MicroDollars(-1)),
        };
        let fields: Vec<_> = limits
            .check()
            .unwrap_err()
            .into_iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(fields, ["max_clusters", "max_price_per_hour"]);
        assert_eq!(EnvironmentLimits::default().check(), Ok(()));
    }
}
