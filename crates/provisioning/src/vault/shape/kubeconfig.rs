//! Kubernetes: a kubeconfig with everything inside. What it could make the portal do (run programs, read files, talk to
//! proxies) is refused.
//! <https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/>

use super::{Faults, Fields, fact, pem, presentable};
use crate::{
    bounded_yaml::{self, Kind, Node},
    ports::cloud_credentials::KubernetesAccess,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::credential::CredentialFact;
use url::{Host, Url};

const FIELD: &str = "kubeconfig";

/// A kubeconfig that fits.
pub(in crate::vault) struct Kubeconfig {
    /// The name of its context.
    pub context: String,
    /// What it opens.
    pub access: KubernetesAccess,
}

pub(super) fn check(fields: &Fields, faults: &mut Faults) -> Vec<CredentialFact> {
    let Some(text) = fields.get(FIELD) else {
        return Vec::new();
    };
    match read(text) {
        Ok(kubeconfig) => {
            let server = kubeconfig.access.server.as_str();
            vec![
                fact("Server", server.trim_end_matches('/')),
                fact("Context", &kubeconfig.context),
            ]
        }
        Err(message) => {
            faults.add(FIELD, message);
            Vec::new()
        }
    }
}

/// Reads a kubeconfig.
///
/// # Errors
/// A sentence with the line; nothing of what stands there, apart from names of keys.
pub(in crate::vault) fn read(text: &str) -> Result<Kubeconfig, String> {
    let root = bounded_yaml::scan(text).map_err(without_content)?;
    only(
        &root,
        "",
        &[
            "apiVersion",
            "kind",
            "clusters",
            "contexts",
            "users",
            "current-context",
            "preferences",
        ],
    )?;
    if root
        .get("kind")
        .and_then(Node::scalar)
        .is_some_and(|kind| kind != "Config")
    {
        return Err("It is no kubeconfig: its kind is another.".to_owned());
    }
    let (cluster_name, cluster) = one(&root, "clusters", "cluster")?;
    let (user_name, user) = one(&root, "users", "user")?;
    let (context, linked) = one(&root, "contexts", "context")?;
    only(
        linked,
        "context.",
        &["cluster", "user", "namespace", "extensions"],
    )?;
    for (key, name) in [("cluster", &cluster_name), ("user", &user_name)] {
        if linked.get(key).and_then(Node::scalar) != Some(name.as_str()) {
            return Err(format!(
                "Line {}: the context names another {key} than the one that is there.",
                linked.line
            ));
        }
    }
    let current = root.get("current-context").and_then(Node::scalar);
    if current.is_some_and(|current| !current.is_empty() && current != context) {
        return Err(
            "“current-context” names another context than the one that is there.".to_owned(),
        );
    }
    let mut access = access_of_cluster(cluster)?;
    add_user(&mut access, user)?;
    Ok(Kubeconfig { context, access })
}

/// The parser's message may quote the text.
fn without_content(message: String) -> String {
    match message.split_once(": not YAML") {
        Some((line, _)) => format!("{line}: not YAML. Paste the file as kubectl writes it."),
        None => message,
    }
}

/// The one entry of a list, with its name.
fn one<'a>(root: &'a Node, list: &str, key: &str) -> Result<(String, &'a Node), String> {
    let entries = match root.get(list).map(|node| &node.kind) {
        Some(Kind::Sequence(entries)) => entries.as_slice(),
        _ => return Err(format!("“{list}” is missing: it is a list with one entry.")),
    };
    let [entry] = entries else {
        return Err(format!(
            "“{list}” has {} entries, and must have one. `kubectl config view --minify --flatten` prints a kubeconfig \
             like that.",
            entries.len()
        ));
    };
    only(entry, &format!("{list}."), &["name", key])?;
    let name = entry.get("name").and_then(Node::scalar).unwrap_or_default();
    if name.is_empty() || name.len() > 253 || name.contains(char::is_control) {
        return Err(format!(
            "Line {}: “{list}.name” must be a name of 1 to 253 characters.",
            entry.line
        ));
    }
    let inner = entry
        .get(key)
        .filter(|node| matches!(node.kind, Kind::Mapping(_)))
        .ok_or_else(|| format!("Line {}: “{list}.{key}” is missing.", entry.line))?;
    Ok((name.to_owned(), inner))
}

/// Lets these keys pass, and says why others do not.
fn only(node: &Node, path: &str, allowed: &[&str]) -> Result<(), String> {
    if !matches!(node.kind, Kind::Mapping(_)) {
        return Err(format!("Line {}: keys and values are expected.", node.line));
    }
    for (key, line, _) in node.entries() {
        if allowed.contains(&key.as_str()) {
            continue;
        }
        let reason = match key.as_str() {
            "exec" => {
                "runs a program, which the portal does not do. Use a token or a client certificate"
            }
            "auth-provider" => "fetches credentials elsewhere. Use a token or a client certificate",
            "tokenFile" | "client-certificate" | "client-key" | "certificate-authority" => {
                "is a path to a file of your machine. `kubectl config view --minify --flatten` puts its content in its \
                 place"
            }
            "insecure-skip-tls-verify" => {
                "would let anybody play the cluster. Give its certificate authority instead"
            }
            "proxy-url" => "sends the portal elsewhere. The cluster must be reachable without it",
            "username" | "password" => {
                "is a kind of sign-in that Kubernetes has given up. Use a token"
            }
            "as" | "as-uid" | "as-groups" | "as-user-extra" => {
                "impersonates another account. Use that account's own token"
            }
            _ => "does not belong here",
        };
        let name = presentable(key).unwrap_or("…");
        return Err(format!("Line {line}: “{path}{name}” {reason}."));
    }
    Ok(())
}

fn access_of_cluster(cluster: &Node) -> Result<KubernetesAccess, String> {
    let skips = cluster
        .get("insecure-skip-tls-verify")
        .and_then(Node::scalar)
        .is_some_and(|text| text == "false");
    let mut allowed = vec![
        "server",
        "certificate-authority-data",
        "tls-server-name",
        "disable-compression",
        "extensions",
    ];
    if skips {
        // Written out, but off.
        allowed.push("insecure-skip-tls-verify");
    }
    only(cluster, "cluster.", &allowed)?;
    let text = |key: &str| cluster.get(key).and_then(Node::scalar);
    let server = text("server")
        .and_then(|text| Url::parse(text).ok())
        .filter(is_server)
        .ok_or_else(|| {
            format!(
                "Line {}: “cluster.server” must be an address like https://HOST:6443, without a user, a query or a \
                 fragment.",
                cluster.line
            )
        })?;
    let ca_pem = match cluster.get("certificate-authority-data") {
        None => None,
        Some(node) => Some(
            pem_of(node)
                .filter(|text| pem::are_certificates(text))
                .ok_or_else(|| not_base64(node, "cluster.certificate-authority-data"))?,
        ),
    };
    let server_name = text("tls-server-name").map(str::to_owned);
    if server_name
        .as_deref()
        .is_some_and(|name| Host::parse(name).is_err())
    {
        return Err(format!(
            "Line {}: “cluster.tls-server-name” must be a host's name.",
            cluster.line
        ));
    }
    Ok(KubernetesAccess {
        server,
        server_name,
        ca_pem,
        token: None,
        client_certificate_pem: None,
        client_key_pem: None,
    })
}

fn is_server(url: &Url) -> bool {
    url.scheme() == "https"
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

fn add_user(access: &mut KubernetesAccess, user: &Node) -> Result<(), String> {
    only(
        user,
        "user.",
        &[
            "token",
            "client-certificate-data",
            "client-key-data",
            "extensions",
        ],
    )?;
    if let Some(node) = user.get("token") {
        let token = node.scalar().unwrap_or_default();
        let fits = (1..=16 * 1024).contains(&token.len())
            && token.bytes().all(|byte| byte.is_ascii_graphic());
        if !fits {
            return Err(format!(
                "Line {}: “user.token” must be one line without spaces.",
                node.line
            ));
        }
        access.token = Some(token.into());
    }
    match (
        user.get("client-certificate-data"),
        user.get("client-key-data"),
    ) {
        (None, None) => {}
        (Some(certificate), Some(key)) => {
            let certificate = pem_of(certificate)
                .filter(|text| pem::are_certificates(text))
                .ok_or_else(|| not_base64(certificate, "user.client-certificate-data"))?;
            let key = pem_of(key)
                .filter(|text| pem::private_key(text).is_none())
                .ok_or_else(|| not_base64(key, "user.client-key-data"))?;
            access.client_certificate_pem = Some(certificate);
            access.client_key_pem = Some(key.into());
        }
        _ => {
            return Err(format!(
                "Line {}: “client-certificate-data” and “client-key-data” go together.",
                user.line
            ));
        }
    }
    if access.token.is_none() && access.client_key_pem.is_none() {
        return Err(format!(
            "Line {}: the user has neither a token nor a client certificate inside.",
            user.line
        ));
    }
    Ok(())
}

fn pem_of(node: &Node) -> Option<String> {
    let text: String = node.scalar()?.split_ascii_whitespace().collect();
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

fn not_base64(node: &Node, path: &str) -> String {
    format!("Line {}: “{path}” must be PEM in base64.", node.line)
}
