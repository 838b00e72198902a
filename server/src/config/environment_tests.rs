//! Values are read by the type of their setting, wherever they come from.

use super::tests::{PRODUCTION, load};
use super::*;
use std::{ffi::OsString, os::unix::ffi::OsStringExt};

const SECRET: &str = "HANGAR__SIGN_IN__PROVIDERS__CORP__CLIENT_SECRET";
const ID: &str = "HANGAR__SIGN_IN__PROVIDERS__CORP__CLIENT_ID";

/// The keys that are at fault with this variable.
fn at(name: &str, value: &str) -> Vec<String> {
    keys(load(PRODUCTION, &[(name, value)]))
}

fn keys(loaded: Result<Settings, ConfigurationError>) -> Vec<String> {
    loaded.map_or_else(
        |error| error.faults.iter().map(|fault| fault.key.clone()).collect(),
        |_| Vec::new(),
    )
}

#[test]
fn text_stays_text_letter_by_letter() {
    let without_secret = PRODUCTION.replace("client_secret", "# client_secret");
    for text in [
        "00501234567890",
        "501234567890123456789",
        "true",
        "False",
        "yes",
        "null",
        "1e5",
        "NaN",
        "0x1F",
        "-0",
        "+5",
        "1_000",
        " padded ",
        "[\"a\"]",
        "a,b",
        "\"quoted\"",
        "Grüße",
    ] {
        let settings = load(&without_secret, &[(SECRET, text), (ID, text)]).unwrap();
        let provider = &settings.sign_in.providers[0];
        assert_eq!(provider.client_secret.as_ref().unwrap().expose(), text);
        assert_eq!(provider.client_id, text);
        let in_file = without_secret.replace(
            "client_id = \"hangar\"",
            &format!("client_id = '{text}'\nclient_secret = '{text}'"),
        );
        let settings = load(&in_file, &[]).unwrap();
        let provider = &settings.sign_in.providers[0];
        assert_eq!(provider.client_secret.as_ref().unwrap().expose(), text);
    }
}

#[test]
fn a_final_line_end_is_trimmed_from_text_numbers_and_lists() {
    let variables = [
        (SECRET, "s3cret\n"),
        (ID, "hangar\r\n"),
        ("HANGAR__LIMITS__CONNECTIONS", "500\n"),
        ("HANGAR__SIGN_IN__PROVIDERS__CORP__USERINFO", "true\n"),
        ("HANGAR__TRUSTED_PROXIES", "10.0.0.0/8\n"),
    ];
    let settings = load(PRODUCTION, &variables).unwrap();
    let provider = &settings.sign_in.providers[0];
    assert_eq!(provider.client_secret.as_ref().unwrap().expose(), "s3cret");
    assert_eq!(provider.client_id, "hangar");
    assert!(provider.userinfo);
    assert_eq!(settings.limits.connections, 500);
    assert!(settings.trusted_proxies.trusts([10, 1, 2, 3].into()));
}

#[test]
fn control_characters_and_byte_order_marks_are_refused_by_the_name_of_the_key() {
    for (name, key) in [
        (SECRET, "sign_in.providers.corp.client_secret"),
        (ID, "sign_in.providers.corp.client_id"),
        ("HANGAR__DATABASE__URL", "database.url"),
        ("HANGAR__PUBLIC_URL", "public_url"),
        ("HANGAR__SKYPILOT__ADMIN_TOKEN", "skypilot.admin_token"),
        ("HANGAR__TRUSTED_PROXIES", "trusted_proxies"),
        ("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_STS"),
    ] {
        for text in ["\u{feff}canary", "can\nary", "can\0ary", "canary\t"] {
            let file = format!("sandbox = true\n{PRODUCTION}[broker]\n")
                .replace("public_url", "# public_url");
            let error = load(&file, &[(name, text)]).unwrap_err();
            let found: Vec<_> = error.faults.iter().map(|fault| &fault.key).collect();
            assert_eq!(found, [key], "{text:?}");
            assert!(!format!("{error} {error:?}").contains("can"), "{error}");
        }
    }
    let in_file = PRODUCTION.replace("canary-secret", "can\\u0000ary");
    assert_eq!(
        keys(load(&in_file, &[])),
        ["sign_in.providers.corp.client_secret"]
    );
}

#[test]
fn an_empty_secret_is_refused() {
    for (name, key) in [
        (SECRET, "sign_in.providers.corp.client_secret"),
        ("HANGAR__DATABASE__URL", "database.url"),
        ("HANGAR__KEYS__CURRENT", "keys.current"),
    ] {
        for text in ["", "\n"] {
            assert_eq!(at(name, text), [key]);
        }
    }
}

#[test]
fn a_number_is_written_as_a_number() {
    let (connections, port) = (
        "HANGAR__LIMITS__CONNECTIONS",
        "HANGAR__HOSTS__MAIN__API_PORT",
    );
    assert_eq!(at(connections, "20000"), [""; 0]);
    assert_eq!(at(port, "6443"), [""; 0]);
    for text in [
        "yes",
        "true",
        "many",
        "",
        "1e4",
        "0x50",
        "0443",
        "+443",
        "-1",
        "20_000",
        "443.0",
        " 443",
        "99999999999999999999999",
    ] {
        assert_eq!(at(connections, text), ["limits.connections"], "{text}");
        assert_eq!(at(port, text), ["hosts.main.api_port"], "{text}");
    }
    assert_eq!(at(port, "70000"), ["hosts.main.api_port"]);
    for value in ["\"443\"", "true", "443.0", "-1", "70000", "[443]"] {
        let file = format!("{PRODUCTION}api_port = {value}");
        assert_eq!(keys(load(&file, &[])), ["hosts.main.api_port"], "{value}");
    }
}

#[test]
fn a_truth_is_written_true_or_false() {
    let (name, key) = ("HANGAR__SANDBOX", "sandbox");
    assert_eq!(at(name, "false"), [""; 0]);
    for text in ["yes", "1", "on", "True", "TRUE", "0", "", " true"] {
        assert_eq!(at(name, text), [key], "{text}");
    }
    for value in ["\"true\"", "1", "\"yes\"", "0.0"] {
        let file = format!("sandbox = {value}\n{PRODUCTION}");
        assert_eq!(keys(load(&file, &[])), [key], "{value}");
    }
}

#[test]
fn the_items_of_a_list_are_separated_by_commas_and_stay_text() {
    let audiences = "HANGAR__SIGN_IN__PROVIDERS__CORP__AUDIENCES";
    for (text, items) in [
        ("301223344556677889", vec!["301223344556677889"]),
        ("00123, true,1e5", vec!["00123", "true", "1e5"]),
        ("", vec![]),
    ] {
        let settings = load(PRODUCTION, &[(audiences, text)]).unwrap();
        assert_eq!(settings.sign_in.providers[0].audiences, items);
    }
    let key = "sign_in.providers.corp.audiences";
    assert_eq!(at(audiences, "[\"a\", \"b\"]"), [key]);
    let file = PRODUCTION.replace("client_id", "audiences = [301]\nclient_id");
    assert_eq!(keys(load(&file, &[])), [format!("{key}[0]")]);
    let file = PRODUCTION.replace("client_id", "audiences = \"a\"\nclient_id");
    assert_eq!(keys(load(&file, &[])), [key]);
}

#[test]
fn a_value_at_the_wrong_place_is_named_and_not_shown() {
    for (name, key) in [
        ("HANGAR__DATABASE", "database"),
        ("HANGAR__PLANS", "plans[0]"),
        ("HANGAR__SIGN_IN__PROVIDERS", "sign_in.providers"),
        ("HANGAR__LISTEN", "listen"),
        ("HANGAR__LOG__FORMAT", "log.format"),
        (
            "HANGAR__HOSTS__MAIN__POD_SECURITY",
            "hosts.main.pod_security",
        ),
    ] {
        let error = load(PRODUCTION, &[(name, "canary")]).unwrap_err();
        let found: Vec<_> = error.faults.iter().map(|fault| &fault.key).collect();
        assert_eq!(found, [key]);
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
    for line in [
        "client_secret = canary",
        "client_secret = \"canary",
        "canary",
    ] {
        let error = load(line, &[]).unwrap_err();
        assert!(error.to_string().contains("line 1"), "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
}

#[test]
fn variables_that_contradict_each_other_or_are_not_utf_8_are_refused() {
    let key = "sign_in.providers.corp.client_secret";
    assert_eq!(
        keys(load(
            PRODUCTION,
            &[(SECRET, "a"), (&SECRET.to_lowercase(), "b")]
        )),
        [key]
    );
    assert_eq!(
        at(&format!("{ID}__X"), "a"),
        ["sign_in.providers.corp.client_id.x"]
    );
    let mut values = Value::parse("").unwrap();
    let mut faults = Faults::default();
    let latin1 = OsString::from_vec(b"caf\xe9".to_vec());
    values.overlay([(SECRET.into(), latin1)], &mut faults);
    assert_eq!(faults.iter().next().unwrap().key, key);
    assert!(!faults.to_string().contains("caf"));
}

#[test]
fn a_file_may_begin_with_a_byte_order_mark() {
    load(&format!("\u{feff}{PRODUCTION}"), &[]).unwrap();
}
