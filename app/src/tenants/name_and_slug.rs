//! A name and a short name. The short name is proposed from the name, in a preview of the form, until another one is
//! typed.

use domain::display_name::LONGEST_NAME;
use domain::tenancy_rules::{LONGEST_SLUG, check_slug};
use leptos::prelude::*;

use crate::form::FormState;
use crate::ui::{Field, TextInput};

/// The field with the last proposal, which tells it from a short name that was typed.
const PROPOSED: &str = "proposed_slug";

/// Both fields, `name` and `slug`.
#[component]
pub fn NameAndSlug(
    form: FormState,
    name_example: &'static str,
    slug_example: &'static str,
) -> impl IntoView {
    let sent = |field: &str| form.sent(field).unwrap_or_default();
    let (typed, proposed) = (sent("slug").trim(), sent(PROPOSED));
    let is_proposal = typed.is_empty() || typed == proposed;
    let slug = if is_proposal {
        slug_of(sent("name"))
    } else {
        typed.to_owned()
    };
    let rule = if slug.is_empty() {
        None
    } else {
        check_slug(&slug).err()
    };
    let error = form.error("slug").or(rule);
    let proposal = if is_proposal {
        slug.clone()
    } else {
        String::new()
    };
    view! {
        <Field form=form.clone() name="name" label="Name">
            <TextInput placeholder=name_example max_length=LONGEST_NAME as u32 />
        </Field>
        <input type="hidden" name=PROPOSED value=proposal />
        <Field
            form=form.blank()
            name="slug"
            label="Short name"
            hint=|| {
                "Lowercase letters, digits and hyphens. The short name is part of addresses and API requests and cannot be changed later."
            }
            error=error
        >
            <TextInput value=slug placeholder=slug_example />
        </Field>
    }
    .into_any()
}

/// A short name for `name`; empty if its letters give none.
fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars() {
        let letter = letter.to_ascii_lowercase();
        if letter.is_ascii_lowercase() || (letter.is_ascii_digit() && !slug.is_empty()) {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(LONGEST_SLUG);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::form::{Outcome, Submission};
    use crate::page::{Rendering, render};

    #[test]
    fn a_proposed_short_name_breaks_no_rule() {
        for (name, slug) in [
            ("Vision team", "vision-team"),
            ("  R&D — 2nd floor! ", "r-d-2nd-floor"),
            ("Ünïcode", "n-code"),
            ("A name that is much too long for it", "a-name-that-is-much"),
        ] {
            assert_eq!(slug_of(name), slug);
            assert_eq!(check_slug(slug), Ok(()), "{slug}");
        }
        assert_eq!(slug_of("42"), "");
    }

    /// The form after a preview with these values.
    fn previewed(name: &str, slug: &str, proposed: &str) -> String {
        let fields = [("name", name), ("slug", slug), (PROPOSED, proposed)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let submission = Submission::new("/rpc/create", "", fields, Outcome::Preview);
        let form = FormState::new("/rpc/create", Address::default(), Some(submission));
        let rendering = Rendering {
            address: Address::default(),
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        render(rendering, move || {
            view! { <NameAndSlug form=form name_example="" slug_example="" /> }
        })
    }

    #[test]
    fn the_short_name_follows_the_name_until_another_one_is_typed() {
        let first = previewed("Vision", "", "");
        assert!(
            first.contains(r#"name="proposed_slug" value="vision""#),
            "{first}"
        );
        let longer = previewed("Vision team", "vision", "vision");
        assert!(
            longer.contains(r#"name="proposed_slug" value="vision-team""#),
            "{longer}"
        );
        let own = previewed("Vision team", "eyes", "vision-team");
        assert!(own.contains(r#"value="eyes""#), "{own}");
        assert!(!own.contains("value=\"vision-team\""), "{own}");
    }
}
