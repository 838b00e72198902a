//! A new tenant.

use leptos::prelude::*;

use super::api::CreateTenant;
use crate::plain_form::FormState;
use crate::ui::{Button, ButtonKind, Card, Field, TextInput};

/// Name and slug; the slug follows the name until somebody types another one.
#[component]
pub fn CreateForm() -> impl IntoView {
    let create = ServerAction::<CreateTenant>::new();
    let state = FormState::of("create", create);
    let name = state.typed("name", "");
    let slug = state.typed("slug", "");
    let own_slug = RwSignal::new(!slug.is_empty());
    let typed_slug = RwSignal::new(slug.clone());
    let pending = create.pending();
    view! {
        <Card title="New tenant">
            {state.notice()}
            <ActionForm action=create attr:class=crate::ui::tw("grid gap-4")>
                <Field id="tenant-name" label="Name" error=state.error("name")>
                    <TextInput
                        name="input[name]"
                        value=name
                        placeholder="Vision team"
                        max_length=60
                        on:input=move |event| {
                            if !own_slug.get_untracked() {
                                typed_slug.set(slug_of(&event_target_value(&event)));
                            }
                        }
                    />
                </Field>
                <Field
                    id="tenant-slug"
                    label="Short name"
                    hint=|| {
                        "Lower-case letters, digits and hyphens. It stands in addresses and requests and cannot be changed later."
                    }
                    error=state.error("slug")
                >
                    <TextInput
                        name="input[slug]"
                        value=slug
                        placeholder="vision"
                        prop:value=typed_slug
                        on:input=move |event| {
                            let typed = event_target_value(&event);
                            own_slug.set(!typed.is_empty());
                            typed_slug.set(typed);
                        }
                    />
                </Field>
                <div>
                    <Button kind=ButtonKind::Primary disabled=pending>
                        {move || if pending.get() { "Creating …" } else { "Create tenant" }}
                    </Button>
                </div>
            </ActionForm>
        </Card>
    }
    .into_any()
}

/// What a short name could be.
pub fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars() {
        let letter = letter.to_ascii_lowercase();
        if letter.is_ascii_lowercase() || (letter.is_ascii_digit() && !slug.is_empty()) {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(30);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::slug_of;

    #[test]
    fn a_short_name_is_made_of_what_may_stand_in_it() {
        assert_eq!(slug_of("Vision team"), "vision-team");
        assert_eq!(slug_of("  R&D — 2nd floor! "), "r-d-2nd-floor");
        assert_eq!(slug_of("42"), "");
        assert_eq!(slug_of("Ünïcode"), "n-code");
    }
}
