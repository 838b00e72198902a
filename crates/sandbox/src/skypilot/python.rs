//! Python's notation of values in SkyPilot's messages.

pub fn repr(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
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
