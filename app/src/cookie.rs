//! Cookies. Over TLS their names begin with `__Host-`: browsers accept such a cookie only with `Secure` and from this very
//! host, so that no other subdomain can plant one.

use axum::http::{HeaderMap, header};

/// A cookie as browsers name it.
pub fn name(https: bool, name: &str) -> String {
    let prefix = if https { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

/// The value of `Set-Cookie` for a cookie that scripts may read; `name` is its full [`name`].
pub fn for_scripts(https: bool, name: &str, value: &str, seconds: i64) -> String {
    let secure = if https { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{secure}")
}

/// The value of `Set-Cookie` for a cookie that only the server reads; `name` is its full [`name`].
pub fn for_server(https: bool, name: &str, value: &str, seconds: i64) -> String {
    for_scripts(https, name, value, seconds) + "; HttpOnly"
}

/// Full names and values of the cookies of a request.
pub fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|cookies| cookies.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
}

/// The value of the cookie with this full name.
pub fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    pairs(headers)
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}
