//! The rule for display names of tenants, environments, credentials, tokens and users.
//!
//! Names stand beside each other in lists, confirmations and the audit log. A character that is invisible or changes
//! the direction of text would make one name look like another.

use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

/// In characters, of what is named in the portal.
pub const LONGEST_NAME: usize = 60;
/// In characters, of users, whom identity providers name.
pub const LONGEST_USER_NAME: usize = 200;

/// Trims and checks a name. The error names the rule that is broken.
pub fn check_name(name: &str) -> Result<String, String> {
    check_within(name, LONGEST_NAME)
}

/// As [`check_name`], for the name of a user.
pub fn check_user_name(name: &str) -> Result<String, String> {
    check_within(name, LONGEST_USER_NAME)
}

fn check_within(name: &str, longest: usize) -> Result<String, String> {
    let name = name.trim();
    if name.is_empty() {
        return Err("Name is required.".into());
    }
    let length = name.chars().count();
    if length > longest {
        return Err(format!(
            "Name must have at most {longest} characters, not {length}."
        ));
    }
    if let Some(c) = name.chars().find(|c| is_hidden(*c)) {
        return Err(format!(
            "Name must not contain control or invisible characters. Remove U+{:04X}.",
            u32::from(c)
        ));
    }
    Ok(name.to_owned())
}

/// The name of a user as an identity provider tells it, without what the rule forbids; empty if nothing is left.
pub fn clean_user_name(name: &str) -> String {
    let visible: String = name.chars().filter(|c| !is_hidden(*c)).collect();
    let short: String = visible.trim().chars().take(LONGEST_USER_NAME).collect();
    short.trim_end().to_owned()
}

/// The same for names that are alike: in another case, width or form (NFKC), with other spaces, or of characters that look
/// the same (UTS 39), such as Cyrillic and Latin ones.
pub fn name_key(name: &str) -> String {
    // Upper case first: `ß` and `SS` are alike, and so are both small sigmas.
    let fold = |text: &str| -> String {
        let text = text.nfkc().filter(|c| !is_hidden(*c));
        text.flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase)
            .collect()
    };
    // The skeleton of a digit can be a capital letter.
    let alike = fold(&skeleton(&fold(name)).collect::<String>());
    alike.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Control characters, those that change the direction of text or break lines, and those without a width or a glyph.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIDDEN: [&str; 10] = [
        "a\u{7}b",
        "a\nb",
        "a\u{202e}b",
        "a\u{2066}b",
        "a\u{61c}b",
        "a\u{200b}b",
        "a\u{200d}b",
        "a\u{feff}b",
        "a\u{ad}b",
        "a\u{e0041}b",
    ];

    #[test]
    fn names_that_hide_something_are_blank_or_are_too_long_are_refused() {
        for name in HIDDEN {
            assert!(check_name(name).is_err(), "{name:?}");
            assert!(check_user_name(name).is_err(), "{name:?}");
        }
        for name in [
            "",
            "  ",
            "\u{a0}\u{3000}",
            "\u{3164}",
            "\u{2800}",
            "\u{200b}",
        ] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
        let of_length = |length: usize| "é".repeat(length);
        assert!(check_name(&of_length(LONGEST_NAME)).is_ok());
        assert!(check_name(&of_length(LONGEST_NAME + 1)).is_err());
        assert!(check_user_name(&of_length(LONGEST_USER_NAME)).is_ok());
        assert!(check_user_name(&of_length(LONGEST_USER_NAME + 1)).is_err());
    }

    #[test]
    fn names_of_all_scripts_are_allowed_and_trimmed() {
        for name in [
            "Vision team",
            "Ståle Ødegård",
            "视觉",
            "فريق",
            "צוות",
            "R&D – “lab”",
            "GPU 🚀",
        ] {
            assert_eq!(check_name(&format!(" {name}\t")).as_deref(), Ok(name));
        }
    }

    #[test]
    fn names_of_an_identity_provider_are_cleaned() {
        for name in HIDDEN {
            assert_eq!(clean_user_name(name), "ab", "{name:?}");
        }
        assert_eq!(clean_user_name(" Ada\u{202e} Lovelace "), "Ada Lovelace");
        assert_eq!(clean_user_name("\u{200b} \u{feff}"), "");
        let long = clean_user_name(&"x".repeat(500));
        assert_eq!(long.len(), LONGEST_USER_NAME);
        assert_eq!(check_user_name(&long), Ok(long));
    }

    #[test]
    fn names_that_look_alike_have_the_same_key() {
        for (name, others) in [
            (
                "Vision team",
                &[
                    "vision TEAM",
                    "Vision  team",
                    " Vision\u{a0}team",
                    "Ｖｉｓｉｏｎ　ｔｅａｍ",
                    "V\u{456}sion team",
                    "Visi\u{3bf}n te\u{430}m",
                    "\u{1d415}ision team",
                    "Vi\u{200b}sion team",
                ][..],
            ),
            ("Café", &["CAFE\u{301}", "cafe\u{301}"]),
            ("Straße", &["STRASSE", "strasse"]),
            ("ΟΔΟΣ", &["οδος", "οδοσ"]),
            ("Office", &["O\u{fb03}ce"]),
            ("Team 10", &["Team l0", "team 1o"]),
        ] {
            for other in others {
                assert_eq!(name_key(name), name_key(other), "{name:?} {other:?}");
            }
        }
    }

    #[test]
    fn names_that_differ_have_different_keys() {
        let names = [
            "Vision",
            "Vision 2",
            "Visions",
            "Vision-team",
            "Vision team",
            "Cafe",
            "Café",
            "视觉",
            "听觉",
            "GPU 🚀",
            "R&D",
            "RD",
            "Команда",
            "Команды",
        ];
        let keys: std::collections::BTreeSet<String> =
            names.iter().map(|name| name_key(name)).collect();
        assert_eq!(keys.len(), names.len());
        for name in names {
            assert!(!name_key(name).is_empty());
        }
    }
}
