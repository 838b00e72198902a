//! The name, checked while one types: the rules at once, whether it is taken a moment later.

use std::time::Duration;

use domain::cluster_name::ClusterName;
use domain::order::NameCheck;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::draft::Draft;
use crate::clusters::api::check_name;
use crate::ui::{Field, TextInput};

/// How long after the last key the portal is asked.
const PAUSE: Duration = Duration::from_millis(250);

/// What is known about the name in the field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The name that was checked.
    name: String,
    check: Option<NameCheck>,
}

impl Verdict {
    /// Why `name` cannot be ordered, as far as is known.
    pub fn refusal(&self, name: &str) -> Option<String> {
        match self.of(name)? {
            NameCheck::Free => None,
            NameCheck::Invalid(rule) => Some(rule.clone()),
            NameCheck::Taken { .. } => Some("The name is taken. Choose another one.".to_owned()),
        }
    }

    fn of(&self, name: &str) -> Option<&NameCheck> {
        self.check.as_ref().filter(|_| self.name == name)
    }
}

/// `refused` is what the portal said about the name when the form was sent.
#[component]
pub fn NameField(
    draft: RwSignal<Draft>,
    verdict: RwSignal<Verdict>,
    #[prop(into)] refused: Signal<Option<(String, String)>>,
) -> impl IntoView {
    let name = Memo::new(move |_| draft.with(|draft| draft.name.clone()));
    let pending = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move || {
        let name = name.get();
        if let Some(earlier) = pending.get_value() {
            earlier.clear();
        }
        if name.is_empty() {
            verdict.set(Verdict::default());
            return;
        }
        if let Err(error) = name.parse::<ClusterName>() {
            let check = Some(NameCheck::Invalid(error.message));
            verdict.set(Verdict { name, check });
            return;
        }
        let ask = move || {
            spawn_local(async move {
                // Without an answer nothing is claimed; the order itself is checked in any case.
                if let Ok(check) = check_name(name.clone()).await {
                    let check = Some(check);
                    verdict.try_set(Verdict { name, check });
                }
            });
        };
        pending.set_value(set_timeout_with_handle(ask, PAUSE).ok());
    });

    let error = Signal::derive(move || {
        let name = name.get();
        verdict.with(|verdict| verdict.refusal(&name)).or_else(|| {
            refused
                .get()
                .filter(|(about, _)| *about == name)
                .map(|(_, message)| message)
        })
    });
    let ok = Signal::derive(move || {
        let name = name.get();
        let free = verdict.with(|verdict| verdict.of(&name) == Some(&NameCheck::Free));
        free.then(|| format!("{name} is free"))
    });
    let suggestion = move || {
        let name = name.get();
        verdict.with(|verdict| match verdict.of(&name) {
            Some(NameCheck::Taken {
                suggestion: Some(suggestion),
            }) => Some(suggestion.clone()),
            _ => None,
        })
    };
    let typed = name.get_untracked();
    view! {
        <div>
            <Field
                id="name"
                label="Name"
                hint=|| "Lower-case letters, digits and hyphens. It becomes part of host names."
                error=error
                ok=ok
                replace_hint=true
            >
                <TextInput
                    name="draft[name]"
                    value=typed
                    placeholder="payments-ci"
                    required=true
                    prop:value=name
                    on:input=move |event| {
                        let value = event_target_value(&event);
                        draft.update(|draft| draft.name = value);
                    }
                />
            </Field>
            {move || {
                suggestion()
                    .map(|suggestion| {
                        let take = suggestion.clone();
                        view! {
                            <p class="text-small">
                                <button
                                    type="button"
                                    class="link"
                                    on:click=move |_| {
                                        draft.update(|draft| draft.name = take.clone());
                                    }
                                >
                                    "Take "
                                    {suggestion}
                                </button>
                            </p>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
