//! The kubeconfig for people: the syncer's, rewritten for the way the cluster is reached.
//!
//! Only the certificate authority and the client's certificate or token are taken over. A
//! kubeconfig can also name programs to run and files to read; neither may travel from a host
//! cluster to a person's machine, or into the portal.

use crate::{
    errors::{host_error, unreadable},
    host::Host,
    observe::endpoint::{self, Way},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::yaml::Yaml;
use k8s_openapi::api::core::v1::{Secret, Service};
use provisioning::{
    kubeconfig::Kubeconfig,
    ports::host_clusters::{HostErrorKind, Hosted, VirtualCluster},
};
use secrecy::SecretString;

/// The name of the Secret into which the syncer writes.
pub(crate) fn secret_name(cluster: &VirtualCluster) -> String {
    format!("vc-{}", cluster.name)
}

/// Whether the Secret holds a kubeconfig yet.
pub(crate) fn is_there(secret: &Secret) -> bool {
    let data = secret.data.as_ref();
    data.and_then(|data| data.get("config"))
        .is_some_and(|config| !config.0.is_empty())
}

/// Reads and rewrites it.
pub(crate) async fn kubeconfig(host: &Host, cluster: &VirtualCluster) -> Hosted<SecretString> {
    host.own_namespace(cluster).await?;
    let namespace = cluster.name.namespace();
    let name = cluster.name.as_str();
    let secret_name = secret_name(cluster);
    let (secret, service, nodes, found) = tokio::try_join!(
        host.secret(&namespace, &secret_name),
        host.get::<Service>(&namespace, name),
        endpoint::nodes(host, cluster),
        host.get(&namespace, name),
    )?;
    let missing = |what: &str| {
        host_error(
            HostErrorKind::NotFound,
            format!("{what} of “{name}” is not there yet."),
        )
    };
    let secret = secret.ok_or_else(|| missing("The kubeconfig"))?;
    if !is_there(&secret) {
        return Err(missing("The kubeconfig"));
    }
    let addresses = endpoint::certificate_addresses(found.as_ref(), &nodes);
    let server = endpoint::endpoint(cluster, &host.config, service.as_ref(), &nodes, &addresses)
        .ok_or_else(|| missing("The address"))?;
    let way = endpoint::way(&cluster.exposure, &host.config, &server);
    rewrite(&secret, name, &way)
        .ok_or_else(|| unreadable(&host.config.name, format!("read the kubeconfig of {name}")))
}

/// The kubeconfig in `secret`, for people who go this `way`. Nothing if there is none or it is not
/// one.
pub(crate) fn rewrite(secret: &Secret, name: &str, way: &Way) -> Option<SecretString> {
    let data = secret.data.as_ref()?;
    let text = std::str::from_utf8(&data.get("config")?.0).ok()?;
    let Kubeconfig {
        cluster: found,
        user,
        ..
    } = Kubeconfig::read(text, None).ok()?;
    let authority = found.text("certificate-authority-data");
    let authority = authority.map(str::to_owned).or_else(|| {
        let pem = data.get("certificate-authority")?;
        Some(BASE64_STANDARD.encode(&pem.0))
    })?;
    let user_name = format!("{name}-admin");
    let mut cluster = Yaml::mapping([("server", way.server.as_str().into())]);
    if let Some(server_name) = &way.server_name {
        cluster.set("tls-server-name", server_name.as_str());
    }
    cluster.set("certificate-authority-data", authority);
    let mut entry = Yaml::Mapping(Vec::new());
    for key in ["client-certificate-data", "client-key-data", "token"] {
        if let Some(value) = user.text(key) {
            entry.set(key, value);
        }
    }
    let context = Yaml::mapping([
        ("cluster", name.into()),
        ("user", user_name.as_str().into()),
    ]);
    let named = |name: &str, kind: &str, entry: Yaml| {
        Yaml::Sequence(vec![Yaml::mapping([("name", name.into()), (kind, entry)])])
    };
    let rewritten = Yaml::mapping([
        ("apiVersion", "v1".into()),
        ("kind", "Config".into()),
        ("clusters", named(name, "cluster", cluster)),
        ("contexts", named(name, "context", context)),
        ("current-context", name.into()),
        ("users", named(&user_name, "user", entry)),
    ]);
    Some(rewritten.to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::ByteString;
    use secrecy::ExposeSecret;

    /// As the syncer of vCluster 0.36.1 writes it, with keys that are none.
    const SYNCER: &str = "
apiVersion: v1
kind: Config
preferences: {}
clusters:
- name: kubernetes
  cluster: {certificate-authority-data: Q0E=, server: 'https://localhost:8443'}
contexts:
- name: kubernetes-super-admin@kubernetes
  context: {cluster: kubernetes, user: kubernetes-super-admin}
current-context: kubernetes-super-admin@kubernetes
users:
- name: kubernetes-super-admin
  user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ}
";

    fn secret(config: &str) -> Secret {
        Secret {
            data: Some([("config".into(), ByteString(config.into()))].into()),
            ..Secret::default()
        }
    }

    fn straight() -> Way {
        Way {
            server: "https://203.0.113.7".into(),
            server_name: None,
        }
    }

    fn rewritten(config: &str) -> Option<String> {
        rewrite(&secret(config), "payments-ci", &straight())
            .map(|text| text.expose_secret().to_owned())
    }

    #[test]
    fn a_host_name_without_dns_is_asked_for_at_the_address() {
        let way = Way {
            server_name: Some("ci.example.com".into()),
            ..straight()
        };
        let text = rewrite(&secret(SYNCER), "payments-ci", &way).unwrap();
        let config = kube::config::Kubeconfig::from_yaml(text.expose_secret()).unwrap();
        let cluster = config.clusters[0].cluster.as_ref().unwrap();
        assert_eq!(cluster.tls_server_name.as_deref(), Some("ci.example.com"));
    }

    #[test]
    fn it_is_named_after_the_cluster_and_points_to_its_address() {
        insta::assert_snapshot!(rewritten(SYNCER).unwrap());
    }

    /// kubectl reads YAML 1.1, in which an unquoted `on` is true.
    #[test]
    fn names_that_yaml_1_1_reads_otherwise_are_quoted() {
        for name in ["on", "no", "y", "1e3", "0x1f"] {
            let text = rewrite(&secret(SYNCER), name, &straight()).unwrap();
            let text = text.expose_secret();
            assert_eq!(
                text.matches(&format!(": \"{name}\"\n")).count(),
                4,
                "{text}"
            );
        }
    }

    #[test]
    fn a_kubernetes_client_can_read_it() {
        let config = kube::config::Kubeconfig::from_yaml(&rewritten(SYNCER).unwrap()).unwrap();
        assert_eq!(config.current_context.as_deref(), Some("payments-ci"));
        let cluster = config.clusters[0].cluster.as_ref().unwrap();
        assert_eq!(cluster.server.as_deref(), Some("https://203.0.113.7"));
        assert_eq!(cluster.certificate_authority_data.as_deref(), Some("Q0E="));
    }

    #[test]
    fn programs_and_files_are_not_taken_over() {
        let planted = SYNCER.replace(
            "client-key-data: S0VZ",
            "client-key-data: S0VZ, exec: {command: canary}, tokenFile: /canary",
        );
        assert!(planted.contains("canary"));
        assert!(!rewritten(&planted).unwrap().contains("canary"));
    }

    #[test]
    fn the_user_of_the_current_context_is_taken() {
        let two = SYNCER.replace(
            "users:\n",
            "users:\n- name: other\n  user: {token: wrong}\n",
        );
        let text = rewritten(&two).unwrap();
        assert!(text.contains("S0VZ") && !text.contains("wrong"), "{text}");
    }

    #[test]
    fn the_authority_is_taken_from_its_own_key_if_the_kubeconfig_lacks_it() {
        let mut secret = secret(&SYNCER.replace("certificate-authority-data: Q0E=, ", ""));
        let data = secret.data.as_mut().unwrap();
        data.insert("certificate-authority".into(), ByteString(b"CA".into()));
        let text = rewrite(&secret, "payments-ci", &straight()).unwrap();
        assert!(text.expose_secret().contains("Q0E="));
    }

    #[test]
    fn what_is_not_a_kubeconfig_is_not_handed_out() {
        assert_eq!(rewritten("apiVersion: v1\nkind: Config\n"), None);
        assert_eq!(rewritten(": : :"), None);
        assert!(!is_there(&secret("")));
        assert!(is_there(&secret(SYNCER)));
    }
}
