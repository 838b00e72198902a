//! The credential broker, from which SkyPilot API servers fetch short-lived credentials.

use super::{address, fault::Faults, one_line};
use serde::Deserialize;
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
};
use url::Url;

/// The variable with which AWS's own tools select another STS endpoint.
const AWS_STS: &str = "AWS_ENDPOINT_URL_STS";

/// `[broker]` in the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokerSection {
    listen: Option<SocketAddr>,
    #[serde(default)]
    names: Vec<String>,
    /// The portal's URL as API servers with a handle see it.
    handle_url: Option<String>,
    /// Replaces AWS STS.
    sts_endpoint: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerSettings {
    /// For API servers with client certificates.
    pub listener: Option<BrokerListener>,
    /// The portal's URL as API servers with a handle see it, ending in `/`.
    pub handle_url: Option<Url>,
    /// Replaces AWS STS.
    pub sts_endpoint: Option<Url>,
}

/// The listener for client certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerListener {
    pub address: SocketAddr,
    /// The host names and addresses in the broker's certificate.
    pub names: Vec<String>,
}

impl BrokerSection {
    /// Validates the section. `environment` replaces the environment of the process.
    pub fn read(
        self,
        environment: Option<&HashMap<String, String>>,
        faults: &mut Faults,
    ) -> BrokerSettings {
        for name in &self.names {
            if !is_name(name) {
                faults.add(
                    "broker.names",
                    format!(
                        "`{name}` is neither a host name nor an IP address; use a name like portal.example.com"
                    ),
                );
            }
        }
        let listener = match (self.listen, self.names) {
            (Some(_), names) if names.is_empty() => faults.none(
                "broker.names",
                "is missing: API servers check the name in the broker's certificate; set it, for example to \
                 [\"portal.example.com\"]",
            ),
            (Some(address), names) => Some(BrokerListener { address, names }),
            (None, names) if !names.is_empty() => faults.none(
                "broker.listen",
                "is missing; set it, for example to 0.0.0.0:7443",
            ),
            (None, _) => None,
        };
        let sts_endpoint = match self.sts_endpoint {
            Some(text) => address::of_service("broker.sts_endpoint", &text, faults),
            None => variable(environment, AWS_STS).and_then(|text| match one_line(&text) {
                Ok(text) => address::of_service(AWS_STS, text, faults),
                Err(rule) => faults.none(AWS_STS, rule),
            }),
        };
        BrokerSettings {
            listener,
            handle_url: self.handle_url.and_then(|text| handle_url(&text, faults)),
            sts_endpoint,
        }
    }
}

/// AWS's libraries send a token over plain HTTP only to a loopback address.
fn handle_url(text: &str, faults: &mut Faults) -> Option<Url> {
    let key = "broker.handle_url";
    let mut url = address::of_service(key, text, faults)?;
    if url.scheme() == "http" && !address::is_this_machine(&url) {
        return faults.none(
            key,
            "must begin with https:// or be a loopback address: AWS's libraries accept nothing else",
        );
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Some(url)
}

fn is_name(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
        || (text.len() <= 253
            && text.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            }))
}

fn variable(environment: Option<&HashMap<String, String>>, name: &str) -> Option<String> {
    let value = match environment {
        Some(environment) => environment.get(name).cloned(),
        None => std::env::var(name).ok(),
    };
    value.filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> (BrokerSettings, Vec<String>) {
        read_with(toml, &HashMap::new())
    }

    fn read_with(
        toml: &str,
        environment: &HashMap<String, String>,
    ) -> (BrokerSettings, Vec<String>) {
        let section: BrokerSection = toml::from_str(toml).unwrap();
        let mut faults = Faults::default();
        let settings = section.read(Some(environment), &mut faults);
        (
            settings,
            faults.iter().map(|fault| fault.key.clone()).collect(),
        )
    }

    #[test]
    fn a_listener_needs_the_names_it_is_reached_by() {
        let (settings, faults) =
            read("listen = \"0.0.0.0:7443\"\nnames = [\"portal.example.com\", \"10.0.0.1\"]");
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(settings.listener.unwrap().names.len(), 2);
        for (toml, key) in [
            ("listen = \"0.0.0.0:7443\"", "broker.names"),
            ("names = [\"portal.example.com\"]", "broker.listen"),
            (
                "listen = \"0.0.0.0:7443\"\nnames = [\"https://portal\"]",
                "broker.names",
            ),
        ] {
            assert_eq!(read(toml).1, [key], "{toml}");
        }
    }

    #[test]
    fn a_handle_leads_where_awss_libraries_go() {
        for (url, read_as) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("http://[::1]:8080/", "http://[::1]:8080/"),
            ("https://hangar.example.com", "https://hangar.example.com/"),
            ("https://example.com/hangar", "https://example.com/hangar/"),
        ] {
            let (settings, faults) = read(&format!("handle_url = \"{url}\""));
            assert!(faults.is_empty(), "{url} {faults:?}");
            assert_eq!(settings.handle_url.unwrap().as_str(), read_as);
        }
        for url in [
            "http://10.0.0.1:8080",
            "http://hangar.example.com",
            "hangar.example.com",
            "https://a:b@hangar.example.com",
            "https://hangar.example.com/?x",
        ] {
            let (_, faults) = read(&format!("handle_url = \"{url}\""));
            assert_eq!(faults, ["broker.handle_url"], "{url}");
        }
    }

    #[test]
    fn awss_own_variable_leads_to_another_sts_unless_the_file_says_where() {
        let environment = HashMap::from([(AWS_STS.to_owned(), "http://127.0.0.1:1".to_owned())]);
        let endpoint = |toml| {
            let (settings, faults) = read_with(toml, &environment);
            assert!(faults.is_empty(), "{faults:?}");
            settings.sts_endpoint.unwrap().to_string()
        };
        assert_eq!(endpoint(""), "http://127.0.0.1:1/");
        let in_file = "sts_endpoint = \"https://sts.example.com\"";
        assert_eq!(endpoint(in_file), "https://sts.example.com/");
        assert_eq!(read("").0.sts_endpoint, None);
    }
}
