//! Account, theme and sign-out.

use domain::access::PlatformRole;
use domain::account::Profile;
use leptos::prelude::*;

use crate::routes;
use crate::ui::{Icon, Symbol, ThemeToggle};

/// Name and role; in the menu account, theme and sign-out. Sign-out is a form, because other sites could
/// follow a link.
#[component]
pub fn UserMenu(profile: Profile) -> impl IntoView {
    let role = match profile.platform_role {
        PlatformRole::Admin => "platform admin".to_owned(),
        PlatformRole::User => profile.email.clone(),
    };
    view! {
        <details data-menu="" class="relative border-t border-line -mx-3 px-3 py-2.5 mt-3">
            <summary class="flex items-center gap-2.5 px-2 py-1 rounded-control hover:bg-sunken">
                <span
                    aria-hidden="true"
                    class="grid place-items-center flex-none w-7 h-7 rounded-full bg-accent-soft text-accent-text text-tiny font-semibold"
                >
                    {initials(&profile.name)}
                </span>
                <span class="min-w-0 flex-1">
                    <b class="block truncate font-semibold">{profile.name}</b>
                    <small class="block truncate text-muted">{role}</small>
                </span>
                <span class="text-muted when-open">
                    <Icon symbol=Symbol::Chevron size=16 />
                </span>
            </summary>
            <div class="grid grid-cols-1 gap-2 pt-2">
                <ThemeToggle />
                <a
                    href=routes::ACCOUNT
                    class="flex items-center gap-2.5 px-2.5 py-1.5 rounded-control text-muted hover:bg-sunken hover:text-text"
                >
                    <Icon symbol=Symbol::User size=16 />
                    "Account and tokens"
                </a>
                <form method="post" action=routes::SIGN_OUT data-external="">
                    <button class="flex items-center gap-2.5 w-full px-2.5 py-1.5 rounded-control text-muted hover:bg-sunken hover:text-text">
                        <Icon symbol=Symbol::SignOut size=16 />
                        "Sign out"
                    </button>
                </form>
            </div>
        </details>
    }
    .into_any()
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    let letters: String = first.into_iter().chain(last).collect();
    letters.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_first_and_last() {
        assert_eq!(initials("Ada Keller"), "AK");
        assert_eq!(initials("Grace Brewster Hopper"), "GH");
        assert_eq!(initials("plato"), "P");
        assert_eq!(initials(""), "");
    }
}
