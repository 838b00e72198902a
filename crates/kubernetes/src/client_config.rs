//! What kube's client needs to use a kubeconfig.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::Uri;
use kube::{
    Config,
    config::{AuthInfo, Cluster, ExecAuthCluster},
};
use provisioning::{
    kubeconfig::{Kubeconfig, Section},
    pem,
};
use serde_json::Value;
use std::{fs, path::Path};
use url::Url;

/// What kube's client needs of a kubeconfig. Relative paths in it start at `folder`. Unlike kube's own reader this ignores
/// HTTPS_PROXY and NO_PROXY: the proxy in the portal's environment is for external addresses.
pub(crate) fn client_config(
    kubeconfig: &Kubeconfig,
    folder: Option<&Path>,
) -> Result<Config, String> {
    let section = &kubeconfig.cluster;
    let server = kubeconfig.server()?;
    let mut config = Config::new(uri(section, "server", &server)?);
    config.accept_invalid_certs = kubeconfig.skips_verification()?;
    config.tls_server_name = section.text("tls-server-name").map(str::to_owned);
    let (data, file) = ("certificate-authority-data", "certificate-authority");
    let authority = match (section.pem(data)?, section.text(file)) {
        (Some(pem), _) => Some((data, pem)),
        (None, Some(path)) => Some((file, read_file(in_folder(folder, path))?)),
        (None, None) => None,
    };
    if let Some((key, pem)) = &authority {
        if config.accept_invalid_certs {
            return Err(section.fault(
                "insecure-skip-tls-verify",
                "contradicts the certificate authority. Remove one of them",
            ));
        }
        let certificates = pem::certificates(pem).map_err(|error| section.fault(key, error))?;
        let der = certificates.into_iter().map(|found| found.to_vec());
        config.root_cert = Some(der.collect());
    }
    if let Some(proxy) = section.text("proxy-url") {
        config.proxy_url = Some(uri(section, "proxy-url", &proxy_url(section, proxy)?)?);
    }
    kubeconfig.token()?;
    config.auth_info = auth_info(&kubeconfig.user, folder)?;
    if let Some(exec) = &mut config.auth_info.exec
        && exec.provide_cluster_info
    {
        let mut cluster: Cluster = typed(section, section.to_json())?;
        cluster.certificate_authority = None;
        cluster.certificate_authority_data = authority.map(|(_, pem)| BASE64_STANDARD.encode(pem));
        let cluster = ExecAuthCluster::try_from(&cluster).map_err(|error| error.to_string())?;
        exec.cluster = Some(cluster);
    }
    Ok(config)
}

fn auth_info(user: &Section, folder: Option<&Path>) -> Result<AuthInfo, String> {
    let mut info: AuthInfo = typed(user, user.to_json())?;
    for file in [
        &mut info.client_certificate,
        &mut info.client_key,
        &mut info.token_file,
    ] {
        *file = file.as_deref().map(|file| in_folder(folder, file));
    }
    // A command without a slash is looked for in PATH.
    if let Some(exec) = &mut info.exec
        && let Some(command) = exec.command.as_deref().filter(|text| text.contains('/'))
    {
        exec.command = Some(in_folder(folder, command));
    }
    // kube decodes strictly.
    let data = |key: &str| {
        let pem = user.pem(key)?;
        Ok::<_, String>(pem.map(|pem| BASE64_STANDARD.encode(pem)))
    };
    info.client_certificate_data = data("client-certificate-data")?;
    info.client_key_data = data("client-key-data")?.map(Into::into);
    Ok(info)
}

/// The parser's own error may quote a secret.
fn typed<T: serde::de::DeserializeOwned>(section: &Section, json: Value) -> Result<T, String> {
    serde_json::from_value(json)
        .map_err(|_| section.fault_of_all("has a value of another type than kubectl expects"))
}

/// A proxy that kubectl and kube can both use.
fn proxy_url(section: &Section, text: &str) -> Result<Url, String> {
    let fault = |rule: &str| section.fault("proxy-url", rule);
    let mut url = Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https" | "socks5") && url.has_host())
        .ok_or_else(|| fault("must begin with http://, https:// or socks5:// and name a host"))?;
    if url.scheme() == "socks5" {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fault(
                "has a user or password, which the portal cannot send to a SOCKS5 proxy. Use an HTTP proxy",
            ));
        }
        if url.port().is_none() {
            let _ = url.set_port(Some(1080));
        }
    }
    Ok(url)
}

fn uri(section: &Section, key: &str, url: &Url) -> Result<Uri, String> {
    let uri = url.as_str().parse();
    uri.map_err(|_| section.fault(key, "is not an address"))
}

fn in_folder(folder: Option<&Path>, file: &str) -> String {
    let path = folder.unwrap_or(Path::new("")).join(file);
    path.to_string_lossy().into_owned()
}

/// Text in UTF-8, or in UTF-16 as PowerShell writes it.
pub(crate) fn read_file(path: impl AsRef<Path>) -> Result<String, String> {
    let path = path.as_ref();
    let bytes =
        fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let units = |read: fn([u8; 2]) -> u16| {
        let pairs = bytes[2..].chunks_exact(2);
        let units: Vec<u16> = pairs.map(|pair| read([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok()
    };
    let text = match bytes.get(..2) {
        Some([0xff, 0xfe]) => units(u16::from_le_bytes),
        Some([0xfe, 0xff]) => units(u16::from_be_bytes),
        _ => String::from_utf8(bytes).ok(),
    };
    text.ok_or_else(|| format!("{} is not text in UTF-8", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::Client;

    fn configured(cluster: &str, user: &str) -> Result<Config, String> {
        let text = format!(
            "clusters: [{{name: a, cluster: {cluster}}}]\nusers: [{{name: u, user: {user}}}]\n\
             contexts: [{{name: c, context: {{cluster: a, user: u}}}}]"
        );
        client_config(
            &Kubeconfig::read(&text, None)?,
            Some(Path::new("/etc/hangar")),
        )
    }

    const SERVER: &str = "server: 'https://a'";

    #[test]
    fn a_value_of_no_use_is_refused_by_its_key() {
        for (cluster, user) in [
            (SERVER.to_owned(), "{exec: canary}"),
            (SERVER.to_owned(), "{token: 'canary canary'}"),
            (format!("{SERVER}, proxy-url: 'ftp://user:canary@p'"), "{}"),
            (
                format!("{SERVER}, proxy-url: 'socks5://user:canary@p'"),
                "{}",
            ),
            (format!("{SERVER}, proxy-url: 'canary:3128'"), "{}"),
            (
                format!("{SERVER}, certificate-authority-data: canary"),
                "{}",
            ),
            (
                format!("{SERVER}, certificate-authority-data: Y2FuYXJ5"),
                "{}",
            ),
        ] {
            let error = configured(&format!("{{{cluster}}}"), user)
                .map(drop)
                .unwrap_err();
            assert!(
                error.contains("Line") && !error.contains("canary"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_file_may_be_written_in_utf_16_and_begin_with_a_byte_order_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k.yaml");
        let text = "\u{feff}contexts: []";
        let little = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big, text.as_bytes().to_vec()] {
            fs::write(&path, bytes).unwrap();
            assert_eq!(
                read_file(&path).unwrap().trim_start_matches('\u{feff}'),
                "contexts: []"
            );
        }
        fs::write(&path, b"caf\xe9").unwrap();
        assert!(read_file(&path).is_err());
    }

    #[tokio::test]
    async fn what_is_empty_is_absent() {
        let cluster = format!(
            "{{{SERVER}, certificate-authority-data: '', certificate-authority: '', proxy-url: '', \
             tls-server-name: '', insecure-skip-tls-verify: null}}"
        );
        let user = "{token: abc, tokenFile: '', client-certificate-data: '', client-key: '', exec: null, \
                    auth-provider: null, username: '', password: '', as: '', as-groups: []}";
        let config = configured(&cluster, user).unwrap();
        assert!(config.root_cert.is_none() && config.proxy_url.is_none());
        assert!(config.tls_server_name.is_none() && !config.accept_invalid_certs);
        let info = config.auth_info;
        assert!(info.token.is_some() && info.token_file.is_none() && info.exec.is_none());
        assert!(info.client_certificate_data.is_none() && info.client_key.is_none());
        assert!(info.impersonate.is_none() && info.impersonate_groups.is_none());
        Client::try_from(configured(&cluster, user).unwrap()).unwrap();
    }

    #[test]
    fn relative_paths_start_at_the_kubeconfigs_folder() {
        let user = "{tokenFile: token, client-key: /abs/key, exec: {command: ./plugin, provideClusterInfo: true}}";
        let cluster = format!("{{{SERVER}, tls-server-name: b}}");
        let info = configured(&cluster, user).unwrap().auth_info;
        assert_eq!(info.token_file.as_deref(), Some("/etc/hangar/token"));
        assert_eq!(info.client_key.as_deref(), Some("/abs/key"));
        let exec = info.exec.unwrap();
        assert_eq!(exec.command.as_deref(), Some("/etc/hangar/./plugin"));
        assert_eq!(exec.cluster.unwrap().tls_server_name.as_deref(), Some("b"));
        let plain = configured(&cluster, "{exec: {command: aws}}").unwrap();
        assert_eq!(
            plain.auth_info.exec.unwrap().command.as_deref(),
            Some("aws")
        );
        let missing = format!("{{{SERVER}, certificate-authority: ca.pem}}");
        let error = configured(&missing, "{}").map(drop).unwrap_err();
        assert!(error.contains("/etc/hangar/ca.pem"), "{error}");
    }

    #[test]
    fn proxies_are_those_of_kubectl() {
        for (given, used) in [
            ("http://127.0.0.1:18220", "http://127.0.0.1:18220/"),
            (
                "HTTPS://user:p%40ss@Proxy.example.com",
                "https://user:p%40ss@proxy.example.com/",
            ),
            ("socks5://127.0.0.1", "socks5://127.0.0.1:1080"),
            ("socks5://[::1]:9", "socks5://[::1]:9"),
        ] {
            let cluster = format!("{{{SERVER}, proxy-url: '{given}'}}");
            let uri = configured(&cluster, "{}").unwrap().proxy_url.unwrap();
            assert_eq!(uri, used.parse::<Uri>().unwrap(), "{given}");
        }
    }

    #[test]
    fn a_server_is_not_verified_only_without_a_certificate_authority() {
        let cluster = format!("{{{SERVER}, insecure-skip-tls-verify: true}}");
        assert!(configured(&cluster, "{}").unwrap().accept_invalid_certs);
        let both =
            format!("{{{SERVER}, insecure-skip-tls-verify: true, certificate-authority: a}}");
        assert!(configured(&both, "{}").is_err());
    }
}
