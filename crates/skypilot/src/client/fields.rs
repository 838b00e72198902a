//! Deserializers for SkyPilot's field formats.

use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

/// Seconds since 1970, as integer or float; 0, null and absent are `None`.
pub(super) fn time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let seconds = Option::<f64>::deserialize(deserializer)?;
    Ok(seconds.and_then(timestamp))
}

/// The time that many seconds after 1970.
#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds are enough, and floats saturate"
)]
pub(super) fn timestamp(seconds: f64) -> Option<Timestamp> {
    let milliseconds = (seconds * 1000.0).round() as i64;
    (milliseconds > 0)
        .then(|| Timestamp::from_millisecond(milliseconds).ok())
        .flatten()
}

/// The time in an HTTP `Date` header: `Fri, 20 Nov 2026 23:18:27 GMT`.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text)
        .ok()
        .map(|zoned| zoned.timestamp())
}

/// A secret.
pub(super) fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    Ok(SecretString::from(String::deserialize(deserializer)?))
}

/// An optional secret.
pub(super) fn maybe_secret<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SecretString>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty()).map(SecretString::from))
}

/// Empty text is `None`.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.filter(|text| !text.is_empty() && text != "None"))
}

/// Null is the default.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_http_date_is_read() {
        let time = http_date("Fri, 20 Nov 2026 23:18:27 GMT").unwrap();
        assert_eq!(time.to_string(), "2026-11-20T23:18:27Z");
        assert_eq!(http_date("yesterday"), None);
    }

    #[test]
    fn times_are_read_as_integer_and_float_and_zero_is_none() {
        #[derive(Deserialize)]
        struct Row(#[serde(deserialize_with = "time")] Option<Timestamp>);
        let read = |text: &str| serde_json::from_str::<Row>(text).unwrap().0;
        assert_eq!(
            read("1795218014.9511528").unwrap().to_string(),
            "2026-11-20T23:40:14.951Z"
        );
        assert_eq!(read("1795218014").unwrap().as_second(), 1_795_218_014);
        assert_eq!(read("0"), None);
        assert_eq!(read("null"), None);
        assert_eq!(read("1e300"), None);
    }
}
