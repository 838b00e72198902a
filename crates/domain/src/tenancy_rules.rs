//! Rules for slugs, email addresses and limits, for forms that check as the user types and for the core.

use crate::{
    display_name::{check_name, is_hidden},
    dns_label,
    problem::FieldError,
    tenancy::{EnvironmentInput, EnvironmentLimits, InvitationInput, TenantInput},
};

/// Slugs become part of the names of machines and workspaces.
pub const LONGEST_SLUG: usize = 20;
/// From RFC 5321.
pub const LONGEST_EMAIL: usize = 254;
/// The highest limit on clusters or nodes.
pub const MOST_THINGS: u32 = 10_000;
/// The highest limit on the price per hour, in dollars.
pub const MOST_DOLLARS_PER_HOUR: i64 = 1_000_000;

/// Checks a slug. The error names the rule that is broken.
pub fn check_slug(slug: &str) -> Result<(), String> {
    dns_label::check(
        slug,
        LONGEST_SLUG,
        "Slug is required. Use a–z, 0–9 and hyphens.",
    )?;
    if slug == "new" {
        return Err("“new” is reserved. Choose another slug.".into());
    }
    Ok(())
}

/// Trims and checks an email address. The error says what is wrong.
pub fn check_email(email: &str) -> Result<String, String> {
    let email = email.trim();
    if email.is_empty() {
        return Err("Email address is required.".into());
    }
    if email.len() > LONGEST_EMAIL {
        return Err(format!(
            "Email address must have at most {LONGEST_EMAIL} characters."
        ));
    }
    let odd = |c: char| c.is_whitespace() || is_hidden(c);
    if email.chars().any(odd) {
        return Err("Email address must not contain spaces.".into());
    }
    if email.contains(['<', '>', '(', ')', ',', ';', ':', '"', '\\', '[', ']']) {
        return Err("Use a single email address, such as ann@example.com.".into());
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
        _ => Err("Email address is invalid. Use one like ann@example.com.".into()),
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
    /// Trims and checks the fields; one [`FieldError`] per invalid field.
    pub fn checked(&self) -> Result<Self, Vec<FieldError>> {
        check_both(&self.name, &self.slug).map(|(name, slug)| Self { name, slug })
    }
}

impl EnvironmentInput {
    /// Trims and checks the fields; one [`FieldError`] per invalid field.
    pub fn checked(&self) -> Result<Self, Vec<FieldError>> {
        check_both(&self.name, &self.slug).map(|(name, slug)| Self { name, slug })
    }
}

impl InvitationInput {
    /// Trims and checks the address.
    pub fn checked(&self) -> Result<Self, Vec<FieldError>> {
        let email =
            check_email(&self.email).map_err(|message| vec![FieldError::new("email", message)])?;
        Ok(Self {
            email,
            role: self.role,
            user_id: self.user_id,
        })
    }
}

impl EnvironmentLimits {
    /// Checks each limit; one [`FieldError`] per limit out of range. Zero allows nothing.
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        for (field, limit) in [
            ("max_clusters", self.max_clusters),
            ("max_nodes", self.max_nodes),
        ] {
            if limit.is_some_and(|limit| limit > MOST_THINGS) {
                let message = format!(
                    "Use a number from 0 to {MOST_THINGS}, or leave it empty for no limit."
                );
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
                format!(
                    "Use $0 to ${MOST_DOLLARS_PER_HOUR} per hour, or leave it empty for no limit."
                ),
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
                user_id: None,
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
