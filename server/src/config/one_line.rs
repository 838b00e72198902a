//! The rule for text in the configuration, the same for the file, variables and the files that `*_file` keys name.

/// The text without its final line ends. The error says what it must not contain.
pub fn one_line(text: &str) -> Result<&str, &'static str> {
    let text = text.trim_end_matches(['\r', '\n']);
    if text.contains('\u{feff}') {
        return Err("contains a byte order mark (U+FEFF); save it as UTF-8 without one");
    }
    if text.contains(char::is_control) {
        return Err("must be one line without control characters");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn only_final_line_ends_are_trimmed() {
        for (text, expected) in [
            ("s3cret\n", "s3cret"),
            ("s3cret\r\n", "s3cret"),
            ("s3cret\n\n", "s3cret"),
            (" s3 cret \n", " s3 cret "),
            ("", ""),
            ("Grüße", "Grüße"),
        ] {
            assert_eq!(one_line(text), Ok(expected));
        }
    }

    #[test]
    fn control_characters_and_byte_order_marks_are_refused() {
        for text in [
            "\u{feff}a",
            "a\u{feff}",
            "a\nb",
            "a\rb",
            "a\tb",
            "a\0",
            "a\u{7f}",
            "\u{85}a",
        ] {
            assert!(one_line(text).is_err(), "{text:?}");
        }
    }
}
