//! Where a provider's issuer is, and what follows for its endpoints.

use super::http_client::ProviderHttpError;
use provisioning::outgoing::OutgoingRules;
use std::{net::IpAddr, time::Duration};
use tokio::{net::lookup_host, time::timeout};
use url::{Host, Url};

/// The timeout for the lookup of a name.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Where the issuer is. Its metadata may not send the portal anywhere that is less public, or less private.
pub struct Issuer {
    on_this_machine: bool,
    in_private_network: bool,
}

impl Issuer {
    pub async fn at(url: &Url) -> Self {
        let found = addresses(url).await;
        Self {
            on_this_machine: found.iter().any(IpAddr::is_loopback),
            in_private_network: any_private(&found),
        }
    }

    /// Whether browsers may be sent to `url`.
    pub fn allows_browsers(&self, url: &Url) -> Result<(), ProviderHttpError> {
        match url.scheme() {
            "https" => Ok(()),
            "http" if self.on_this_machine => Ok(()),
            _ => Err(ProviderHttpError::NotAllowed(format!(
                "the provider's endpoint at {} must begin with https://",
                url.host_str().unwrap_or("an unknown host")
            ))),
        }
    }

    /// Whether the portal itself may send a request to `url`.
    pub async fn allows_requests(&self, url: &Url) -> Result<(), ProviderHttpError> {
        self.allows_browsers(url)?;
        if !self.in_private_network && any_private(&addresses(url).await) {
            return Err(ProviderHttpError::NotAllowed(format!(
                "the provider's endpoint at {} has a private address, and the issuer has a public one",
                url.host_str().unwrap_or("an unknown host")
            )));
        }
        Ok(())
    }
}

fn any_private(addresses: &[IpAddr]) -> bool {
    let public = OutgoingRules::default();
    addresses.iter().any(|address| !public.permit(*address))
}

/// Empty if the name is not known: the request itself will say so.
async fn addresses(url: &Url) -> Vec<IpAddr> {
    let port = url.port_or_known_default().unwrap_or(443);
    match url.host() {
        Some(Host::Ipv4(ip)) => vec![ip.into()],
        Some(Host::Ipv6(ip)) => vec![ip.into()],
        Some(Host::Domain(name)) => match timeout(TIMEOUT, lookup_host((name, port))).await {
            Ok(Ok(found)) => found.map(|address| address.ip()).collect(),
            _ => Vec::new(),
        },
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn metadata_may_not_send_the_portal_or_browsers_elsewhere() {
        let public = Issuer {
            on_this_machine: false,
            in_private_network: false,
        };
        let private = Issuer {
            on_this_machine: false,
            in_private_network: true,
        };
        let here = Issuer {
            on_this_machine: true,
            in_private_network: true,
        };
        for (issuer, url, browsers, requests) in [
            (&public, "http://8.8.8.8/token", false, false),
            (&public, "https://8.8.8.8/token", true, true),
            (&public, "https://10.0.0.1/token", true, false),
            (&public, "https://169.254.169.254/latest", true, false),
            (&public, "https://[::1]/token", true, false),
            (&public, "javascript:alert(1)", false, false),
            (&public, "file:///etc/passwd", false, false),
            (&private, "https://10.0.0.1/token", true, true),
            (&private, "http://10.0.0.1/token", false, false),
            (&here, "http://127.0.0.1:9000/token", true, true),
            (&here, "javascript:alert(1)", false, false),
        ] {
            let url: Url = url.parse().unwrap();
            assert_eq!(issuer.allows_browsers(&url).is_ok(), browsers, "{url}");
            assert_eq!(
                issuer.allows_requests(&url).await.is_ok(),
                requests,
                "{url}"
            );
        }
    }
}
