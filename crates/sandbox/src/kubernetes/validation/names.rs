//! The forms that names and labels may have.

use super::super::resources::{GroupResource, NAMESPACES, SERVICES};

/// A form that a name has or has not; the error is the rule.
pub type Form = fn(&str) -> Result<(), &'static str>;

/// The form of the names of a resource's objects.
pub fn form_of(resource: GroupResource) -> Form {
    match resource {
        NAMESPACES => label,
        SERVICES => dns_1035,
        _ if resource.group == "rbac.authorization.k8s.io" => path_segment,
        _ => subdomain,
    }
}

fn is_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_label(name: &str) -> bool {
    let bytes = name.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(first), Some(last)) => {
            is_alphanumeric(*first)
                && is_alphanumeric(*last)
                && bytes.iter().all(|b| is_alphanumeric(*b) || *b == b'-')
        }
        _ => false,
    }
}

/// A DNS label.
pub fn label(name: &str) -> Result<(), &'static str> {
    if !is_label(name) {
        return Err(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        );
    }
    if name.len() > 63 {
        return Err("must be no more than 63 characters");
    }
    Ok(())
}

/// DNS labels with dots between them.
pub fn subdomain(name: &str) -> Result<(), &'static str> {
    if !name.split('.').all(is_label) {
        return Err(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        );
    }
    if name.len() > 253 {
        return Err("must be no more than 253 characters");
    }
    Ok(())
}

/// A DNS label that starts with a letter.
pub fn dns_1035(name: &str) -> Result<(), &'static str> {
    if !is_label(name) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
        );
    }
    if name.len() > 63 {
        return Err("must be no more than 63 characters");
    }
    Ok(())
}

/// Anything that can stand in a path.
fn path_segment(name: &str) -> Result<(), &'static str> {
    match name {
        "." => Err("may not be '.'"),
        ".." => Err("may not be '..'"),
        _ if name.contains('/') => Err("may not contain '/'"),
        _ if name.contains('%') => Err("may not contain '%'"),
        _ => Ok(()),
    }
}

fn is_word(word: &str) -> bool {
    let bytes = word.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(first), Some(last)) => {
            first.is_ascii_alphanumeric()
                && last.is_ascii_alphanumeric()
                && bytes
                    .iter()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        }
        _ => false,
    }
}

/// The key of a label: a word, perhaps after a domain and a slash.
pub fn qualified(key: &str) -> Result<(), &'static str> {
    let name = match key.split_once('/') {
        None => key,
        Some(("", _)) => return Err("prefix part must be non-empty"),
        Some((prefix, _)) if subdomain(prefix).is_err() => {
            return Err(
                "prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
            );
        }
        Some((_, name)) => name,
    };
    if name.is_empty() {
        return Err("name part must be non-empty");
    }
    if name.len() > 63 {
        return Err("name part must be no more than 63 characters");
    }
    if !is_word(name) {
        return Err(
            "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
        );
    }
    Ok(())
}

/// The value of a label.
pub fn label_value(value: &str) -> Result<(), &'static str> {
    if value.len() > 63 {
        return Err("must be no more than 63 characters");
    }
    if !value.is_empty() && !is_word(value) {
        return Err(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        );
    }
    Ok(())
}

/// A key in a ConfigMap or Secret.
pub fn data_key(key: &str) -> Result<(), &'static str> {
    let word = key
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if key.is_empty() || !word {
        return Err(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
        );
    }
    match key {
        "." => Err("must not be '.'"),
        ".." => Err("must not be '..'"),
        _ if key.len() > 253 => Err("must be no more than 253 characters"),
        _ => Ok(()),
    }
}
