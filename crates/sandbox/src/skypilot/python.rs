//! Python's ways of writing values, which show in SkyPilot's messages.

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

pub fn repr_list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<_> = texts.into_iter().map(repr).collect();
    format!("[{}]", texts.join(", "))
}

pub fn float(number: f64) -> String {
    format!("{number:?}")
}

/// A count of accelerators: whole ones are written without a point.
pub fn count(number: f64) -> String {
    format!("{number}")
}
