//! Keys and certificates in PEM (RFC 7468). As OpenSSL does, the reader ignores what stands around the blocks: explanatory
//! text, the last line of Oracle's keys, blocks of another kind.

use rustls_pki_types::{
    CertificateDer, PrivateKeyDer,
    pem::{Error, PemObject},
};

/// Why a text is of no use. Never contains a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    #[error(
        "must contain a certificate in PEM: every line from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----"
    )]
    NoCertificate,
    #[error(
        "must be one private key in PEM: every line from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----"
    )]
    NoKey,
    #[error(
        "has a passphrase, which the portal cannot enter; remove it with: openssl pkey -in KEY"
    )]
    Encrypted,
    #[error("is in OpenSSH's own format; convert it with: ssh-keygen -p -m PEM -f KEY")]
    OpenSsh,
}

/// All certificates in `text`, of which there must be one at least.
pub fn certificates(text: &str) -> Result<Vec<CertificateDer<'static>>, PemError> {
    let found: Result<Vec<_>, Error> =
        CertificateDer::pem_slice_iter(flush_left(text).as_bytes()).collect();
    match found {
        Ok(found) if !found.is_empty() && found.iter().all(|der| is_sequence(der)) => Ok(found),
        _ => Err(PemError::NoCertificate),
    }
}

/// The private key in `text`, in PKCS#8, PKCS#1 or SEC 1 and without a passphrase. The key is not checked.
pub fn private_key(text: &str) -> Result<PrivateKeyDer<'static>, PemError> {
    let text = flush_left(text);
    let begins = |line: &str| text.lines().any(|found| found.starts_with(line));
    let mut keys = PrivateKeyDer::pem_slice_iter(text.as_bytes());
    match (keys.next(), keys.next()) {
        (Some(Ok(key)), None) if is_sequence(key.secret_der()) => Ok(key),
        _ if begins("-----BEGIN ENCRYPTED PRIVATE KEY-----")
            || begins("Proc-Type: 4,ENCRYPTED") =>
        {
            Err(PemError::Encrypted)
        }
        _ if begins("-----BEGIN OPENSSH PRIVATE KEY-----") => Err(PemError::OpenSsh),
        _ => Err(PemError::NoKey),
    }
}

/// The lines without the spaces around them, such as the indentation of a YAML file that they were copied from.
pub fn flush_left(text: &str) -> String {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Every key and certificate is an ASN.1 sequence of some length.
fn is_sequence(der: &[u8]) -> bool {
    der.len() >= 32 && der.first() == Some(&0x30)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, engine::general_purpose::STANDARD};

    fn block(label: &str) -> String {
        let mut der = vec![0x30, 0x82, 0x01, 0x00];
        der.extend([7; 256]);
        let body = STANDARD.encode(der);
        let (first, rest) = body.split_at(64);
        format!("-----BEGIN {label}-----\n{first}\n{rest}\n-----END {label}-----\n")
    }

    #[test]
    fn a_key_is_found_however_it_is_wrapped() {
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"] {
            let key = block(label);
            for text in [
                key.clone(),
                key.trim_end().to_owned(),
                key.replace('\n', "\r\n"),
                format!("{key}OCI_API_KEY"),
                format!("{key}\n\nOCI_API_KEY\n"),
                format!("\u{feff}{key}"),
                format!(
                    "Bag Attributes\n    friendlyName: ENCRYPTED\nKey Attributes: <No Attributes>\n{key}"
                ),
                format!(
                    "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{key}"
                ),
                format!("{}{key}", block("CERTIFICATE")),
                key.replace('\n', "  \n    "),
                key.replacen('\n', "\n\n", 2),
            ] {
                assert!(private_key(&text).is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_key_is_refused_with_the_reason() {
        let key = block("PRIVATE KEY");
        let locked = block("RSA PRIVATE KEY").replacen(
            '\n',
            "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n",
            1,
        );
        for (text, error) in [
            (block("ENCRYPTED PRIVATE KEY"), PemError::Encrypted),
            (locked, PemError::Encrypted),
            (block("OPENSSH PRIVATE KEY"), PemError::OpenSsh),
            (block("CERTIFICATE"), PemError::NoKey),
            (block("PUBLIC KEY"), PemError::NoKey),
            (format!("{key}{key}"), PemError::NoKey),
            (
                key.replace("-----END PRIVATE KEY-----", ""),
                PemError::NoKey,
            ),
            (key.replacen("BwcH", "Bw!H", 1), PemError::NoKey),
            ("OCI_API_KEY".to_owned(), PemError::NoKey),
            (String::new(), PemError::NoKey),
        ] {
            assert_eq!(private_key(&text).map(drop), Err(error), "{text}");
        }
    }

    #[test]
    fn certificates_are_found_among_other_things() {
        let certificate = block("CERTIFICATE");
        for (text, count) in [
            (certificate.clone(), 1),
            (format!("{certificate}{certificate}"), 2),
            (
                format!("subject=CN = eu\nissuer=CN = eu\n{certificate}# end"),
                1,
            ),
            (format!("{}{certificate}", block("PRIVATE KEY")), 1),
            (certificate.replace('\n', "\r\n"), 1),
        ] {
            assert_eq!(certificates(&text).unwrap().len(), count, "{text}");
        }
        for text in ["", "eu", &block("PRIVATE KEY"), &certificate[..100]] {
            assert_eq!(certificates(text), Err(PemError::NoCertificate), "{text}");
        }
    }
}
