//! The rule for names that become host names, namespaces or machine names.

/// Checks that `text` has 1 to `longest` characters of `a-z`, `0-9` and `-`, starts with a letter and does not end in
/// `-`. `missing` is the message for an empty text; other messages name the rule that is broken.
pub(crate) fn check(text: &str, longest: usize, missing: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err(missing.to_owned());
    }
    if let Some(wrong) = text
        .chars()
        .find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-'))
    {
        return Err(match wrong {
            'A'..='Z' => format!(
                "Use lowercase letters: “{}” instead of “{wrong}”.",
                wrong.to_ascii_lowercase()
            ),
            ' ' | '_' | '.' => format!("“{wrong}” is not allowed; use a hyphen instead."),
            _ => format!("“{wrong}” is not allowed; use a–z, 0–9 and hyphens."),
        });
    }
    if text.len() > longest {
        return Err(format!(
            "Use at most {longest} characters, not {}.",
            text.len()
        ));
    }
    if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err("Start with a letter.".into());
    }
    if text.ends_with('-') {
        return Err("End with a letter or a digit.".into());
    }
    Ok(())
}
