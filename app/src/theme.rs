//! Light, dark, or the theme of the operating system. The choice is a cookie, so that the first page is right.

use leptos::server;

use crate::form_error::FormError;
use crate::site::set_cookie;

pub const COOKIE: &str = "theme";

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

    /// Kept for a year.
    pub fn cookie(self) -> String {
        let word = self.word();
        format!("{COOKIE}={word}; Path=/; Max-Age=31536000; SameSite=Lax")
    }
}

/// Stores the choice in a cookie.
#[server(prefix = "/rpc", endpoint = "set-theme")]
pub async fn set_theme(theme: String) -> Result<(), FormError> {
    set_cookie(&Theme::from_word(&theme).cookie());
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
