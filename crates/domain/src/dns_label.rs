//! The rule behind names that become host names, namespaces or machine names.

/// Checks that `text` is 1 to `longest` characters of `a-z`, `0-9` and `-`, begins with a letter
/// and does not end in `-`. `missing` is what an empty text is answered with.
///
/// # Errors
/// A sentence that names the rule that was broken and the way out.
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
                "Use lower-case letters only: “{}” instead of “{wrong}”.",
                wrong.to_ascii_lowercase()
            ),
            ' ' | '_' | '.' => format!("“{wrong}” is not allowed; use a hyphen instead."),
            _ => format!("“{wrong}” is not allowed; use a–z, 0–9 and hyphens."),
        });
    }
    if text.len() > longest {
        return Err(format!(
            "At most {longest} characters; this has {}.",
            text.len()
        ));
    }
    if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err("Begin with a letter.".into());
    }
    if text.ends_with('-') {
        return Err("End with a letter or a digit.".into());
    }
    Ok(())
}
