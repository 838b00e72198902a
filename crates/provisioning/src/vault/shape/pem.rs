//! Keys and certificates as PEM (RFC 7468). Seen from outside only: no key is taken apart here.

use base64::{Engine, engine::general_purpose::STANDARD};

/// What is wrong with a private key, if anything.
pub(super) fn private_key(text: &str) -> Option<String> {
    if text.contains("ENCRYPTED") {
        return Some(
            "The key has a passphrase, which the portal cannot enter. Paste the key without it: openssl pkey -in KEY."
                .to_owned(),
        );
    }
    let labels = ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"];
    let fits = matches!(blocks(text).as_deref(), Some([label]) if labels.contains(label));
    (!fits).then(|| {
        "Must be one private key as PEM: from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----, every line."
            .to_owned()
    })
}

/// Whether `text` is one certificate or several.
pub(super) fn are_certificates(text: &str) -> bool {
    blocks(text).is_some_and(|labels| {
        !labels.is_empty() && labels.iter().all(|label| *label == "CERTIFICATE")
    })
}

/// The labels of the blocks that `text` consists of; `None`: it is something else.
fn blocks(text: &str) -> Option<Vec<&str>> {
    let mut labels = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in text.lines().map(str::trim) {
        let marked = |start: &str| line.strip_prefix(start)?.strip_suffix("-----");
        match &mut open {
            None if line.is_empty() => {}
            None => open = Some((marked("-----BEGIN ")?, String::new())),
            Some((label, body)) => match marked("-----END ") {
                Some(end) => {
                    // Every key and certificate is an ASN.1 sequence.
                    let der = STANDARD.decode(body.as_str()).ok()?;
                    if end != *label || der.len() < 32 || der.first() != Some(&0x30) {
                        return None;
                    }
                    labels.push(*label);
                    open = None;
                }
                None => body.push_str(line),
            },
        }
    }
    open.is_none().then_some(labels)
}
