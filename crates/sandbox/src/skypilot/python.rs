//! Python's ways of writing values, which show in SkyPilot's messages.

/// `repr()` of a string.
pub fn repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// `repr()` of a list of strings.
pub fn repr_list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<_> = texts.into_iter().map(repr).collect();
    format!("[{}]", texts.join(", "))
}

/// `str()` of a float: whole ones keep a `.0`.
pub fn float(number: f64) -> String {
    format!("{number:?}")
}

/// A count of accelerators: whole ones are written without a point.
pub fn count(number: f64) -> String {
    format!("{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted_as_python_does() {
        assert_eq!(repr("dev-a"), "'dev-a'");
        assert_eq!(repr("it's"), "\"it's\"");
        assert_eq!(repr("it's \"so\""), "'it\\'s \"so\"'");
        assert_eq!(repr("a\nb"), "'a\\nb'");
        assert_eq!(repr_list(["a", "b"]), "['a', 'b']");
    }

    #[test]
    fn numbers_are_written_as_python_does() {
        assert_eq!((float(16.0), float(0.5)), ("16.0".into(), "0.5".into()));
        assert_eq!((count(1.0), count(0.5)), ("1".into(), "0.5".into()));
    }
}
