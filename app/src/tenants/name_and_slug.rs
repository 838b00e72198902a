//! What something is called by people and by requests. The short name follows the name until somebody types another one.

use domain::tenancy_rules::{LONGEST_NAME, LONGEST_SLUG, check_slug};
use leptos::prelude::*;

use crate::plain_form::FormState;
use crate::ui::{Field, TextInput};

/// What stands in both fields.
#[derive(Clone, Copy)]
pub struct Names {
    name: RwSignal<String>,
    slug: RwSignal<String>,
    /// Whether somebody typed a short name of their own.
    own: RwSignal<bool>,
}

impl Names {
    /// Empty, or as the plain form had them that led here.
    pub fn of(state: FormState) -> Self {
        let slug = state.typed("slug", "");
        Self {
            name: RwSignal::new(state.typed("name", "")),
            own: RwSignal::new(!slug.is_empty()),
            slug: RwSignal::new(slug),
        }
    }

    /// Empties both.
    pub fn clear(self) {
        self.name.set(String::new());
        self.slug.set(String::new());
        self.own.set(false);
    }

    fn type_name(self, typed: String) {
        if !self.own.get_untracked() {
            self.slug.set(slug_of(&typed));
        }
        self.name.set(typed);
    }

    fn type_slug(self, typed: String) {
        self.own.set(!typed.is_empty());
        self.slug.set(typed);
    }

    /// Which rule the short name breaks, once there is one.
    fn broken_rule(self) -> Option<String> {
        let slug = self.slug.get();
        if slug.is_empty() {
            None
        } else {
            check_slug(slug.trim()).err()
        }
    }
}

/// Both fields, named `input[name]` and `input[slug]`.
#[component]
pub fn NameAndSlug(
    names: Names,
    state: FormState,
    name_example: &'static str,
    slug_example: &'static str,
) -> impl IntoView {
    let refused = state.error("slug");
    let slug_error = Signal::derive(move || names.broken_rule().or_else(|| refused.get()));
    view! {
        <Field id="new-name" label="Name" error=state.error("name")>
            <TextInput
                name="input[name]"
                value=names.name.get_untracked()
                placeholder=name_example
                max_length=LONGEST_NAME as u32
                prop:value=names.name
                on:input=move |event| names.type_name(event_target_value(&event))
            />
        </Field>
        <Field
            id="new-slug"
            label="Short name"
            hint=|| {
                "Lower-case letters, digits and hyphens. It stands in addresses and requests and cannot be changed later."
            }
            error=slug_error
        >
            <TextInput
                name="input[slug]"
                value=names.slug.get_untracked()
                placeholder=slug_example
                prop:value=names.slug
                on:input=move |event| names.type_slug(event_target_value(&event))
            />
        </Field>
    }
    .into_any()
}

/// What a short name could be.
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
}
