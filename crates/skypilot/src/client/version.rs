//! Version compatibility of server and portal.

use super::{Answer, ErrorKind, SkyPilotError};
use reqwest::header::HeaderMap;

/// The API version that the portal uses, `API_VERSION` in `sky/server/constants.py` of SkyPilot 0.14.1. Newer servers
/// support it; older ones lack what the portal needs.
pub const API_VERSION: u32 = 62;
/// The SkyPilot version with this API version.
pub const VERSION: &str = "0.14.1";

pub(super) const API_VERSION_HEADER: &str = "X-SkyPilot-API-Version";
pub(super) const VERSION_HEADER: &str = "X-SkyPilot-Version";

/// Fails if a response's headers report a server that is too old. The server may be replaced while the portal runs.
pub(super) fn checked(headers: &HeaderMap) -> Answer<()> {
    let api_version = headers
        .get(API_VERSION_HEADER)
        .and_then(|version| version.to_str().ok());
    match api_version {
        Some(api_version) => check(api_version, header(headers, VERSION_HEADER)),
        None => Ok(()),
    }
}

/// Whether the response is one of SkyPilot itself, not of a proxy.
pub(super) fn has_api_version(headers: &HeaderMap) -> bool {
    headers.contains_key(API_VERSION_HEADER)
}

/// Fails if `api_version` is too old.
pub(super) fn check(api_version: &str, version: Option<&str>) -> Answer<()> {
    match api_version.parse::<u32>() {
        Ok(number) if number >= API_VERSION => Ok(()),
        _ => Err(SkyPilotError::new(
            ErrorKind::VersionMismatch,
            format!(
                "The SkyPilot API server has version {} and API version {api_version}, but Hangar needs API \
                 version {API_VERSION}. Upgrade it to SkyPilot {VERSION} or newer.",
                version.unwrap_or("unknown")
            ),
        )),
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_server_is_refused_with_the_version_to_upgrade_to() {
        let error = check("61", Some("0.14.0")).unwrap_err();
        assert_eq!(error.kind, ErrorKind::VersionMismatch);
        for word in ["0.14.0", "61", "62", "0.14.1"] {
            assert!(error.message.contains(word), "{word}: {}", error.message);
        }
        check("62", None).unwrap();
        check("70", None).unwrap();
        check("one", None).unwrap_err();
    }
}
