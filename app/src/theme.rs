//! Light, dark, or the theme of the operating system. The choice is a cookie, so that the first page is right.

use leptos::server;

use crate::form_error::FormError;
use crate::site::set_cookie;

/// The name of the cookie, without the prefix that it has over TLS.
pub const COOKIE: &str = "theme";
/// A year.
const SECONDS: i64 = 31_536_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// The theme of the operating system.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The value in the form and the cookie.
    pub const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Unknown words are [`Theme::System`].
    pub fn from_word(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|theme| theme.word() == word)
            .unwrap_or_default()
    }

    /// The value of `<html data-theme>`, if there is one.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light | Self::Dark => Some(self.word()),
        }
    }
}

/// Stores the choice in a cookie.
#[server(prefix = "/rpc", endpoint = "set-theme")]
pub async fn set_theme(theme: String) -> Result<(), FormError> {
    set_cookie(COOKIE, Theme::from_word(&theme).word(), SECONDS);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_is_no_choice() {
        assert_eq!(Theme::from_word("dark"), Theme::Dark);
        assert_eq!(Theme::from_word("<script>"), Theme::System);
        assert_eq!(Theme::System.attribute(), None);
    }
}
