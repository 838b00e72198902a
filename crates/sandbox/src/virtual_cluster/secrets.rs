//! The Secrets a syncer writes next to itself: the kubeconfig of its administrator, and its certificates.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::running::{ADMINISTRATOR, VirtualCluster};
use super::sync::owner_reference;
use crate::controllers::Cluster;
use crate::kubeconfig::Kubeconfig;
use crate::kubernetes::resources::{SECRETS, SERVICES};
use crate::kubernetes::{Key, object};

pub fn kubeconfig_key(vcluster: &VirtualCluster) -> Key {
    Key::new(
        SECRETS,
        &vcluster.namespace,
        &format!("vc-{}", vcluster.name),
    )
}

/// Writes the kubeconfig and the certificates where they are missing or of another authority.
pub fn write(host: &Cluster, vcluster: &VirtualCluster) -> Result<()> {
    let key = kubeconfig_key(vcluster);
    let authority = vcluster.disk.authority.certificate_pem();
    let is_right = host
        .store
        .get(&key)
        .is_some_and(|secret| secret["data"]["certificate-authority"] == BASE64.encode(authority));
    if is_right {
        return Ok(());
    }
    let client = vcluster.issue_administrator()?;
    let kubeconfig = Kubeconfig {
        cluster: "kubernetes",
        user: ADMINISTRATOR,
        server: &vcluster.config.exported_server,
        ca_certificate_pem: authority,
        client: &client,
    };
    put(
        host,
        vcluster,
        &key.name,
        BTreeMap::from([
            ("config", kubeconfig.to_yaml()?),
            ("certificate-authority", authority.to_owned()),
            ("client-certificate", client.certificate_pem.clone()),
            ("client-key", client.key_pem.clone()),
            ("token", String::new()),
        ]),
    )?;
    put(
        host,
        vcluster,
        &format!("{}-certs", vcluster.name),
        BTreeMap::from([
            ("ca.crt", authority.to_owned()),
            ("ca.key", vcluster.disk.authority.key_pem().to_owned()),
            ("client-ca.crt", authority.to_owned()),
            ("admin.crt", client.certificate_pem),
            ("admin.key", client.key_pem),
        ]),
    )
}

fn put(
    host: &Cluster,
    vcluster: &VirtualCluster,
    name: &str,
    files: BTreeMap<&str, String>,
) -> Result<()> {
    let service = host
        .store
        .get(&Key::new(SERVICES, &vcluster.namespace, &vcluster.name));
    let data: BTreeMap<_, _> = files
        .into_iter()
        .map(|(file, content)| (file, BASE64.encode(content)))
        .collect();
    let secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name,
            "namespace": vcluster.namespace,
            "labels": {"app": "vcluster", "vcluster-name": vcluster.name},
            "ownerReferences": service.as_ref().map(owner_reference).into_iter().collect::<Vec<Value>>(),
        },
        "type": "Opaque",
        "data": data,
    });
    let key = Key::of(SECRETS, &secret);
    if host.store.get(&key).is_some() {
        host.store.modify(&key, |kept| {
            kept["data"] = secret["data"].clone();
            object::set_metadata(
                kept,
                "ownerReferences",
                secret["metadata"].get("ownerReferences").cloned(),
            );
        })?;
        return Ok(());
    }
    host.admit("vcluster", SECRETS, secret)
        .map(drop)
        .map_err(|refusal| anyhow!("write Secret {name}: {refusal}"))
}
