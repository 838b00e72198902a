//! CoreDNS, which a syncer applies inside its fresh vCluster.

use serde_json::{Value, json};

use crate::kubernetes::GroupResource;
use crate::kubernetes::resources::{DEPLOYMENTS, SERVICES};

pub fn objects(resources: &Value) -> Vec<(GroupResource, Value)> {
    let labels = json!({"k8s-app": "vcluster-kube-dns"});
    let deployment = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "coredns",
            "namespace": "kube-system",
            "labels": {"k8s-app": "vcluster-kube-dns", "kubernetes.io/name": "CoreDNS"},
        },
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "containers": [{
                        "name": "coredns",
                        "image": "coredns/coredns:1.12.1",
                        "args": ["-conf", "/etc/coredns/Corefile"],
                        "ports": [
                            {"name": "dns", "containerPort": 1053, "protocol": "UDP"},
                            {"name": "dns-tcp", "containerPort": 1053, "protocol": "TCP"},
                        ],
                        "resources": resources,
                    }],
                    "topologySpreadConstraints": [{
                        "maxSkew": 1,
                        "topologyKey": "kubernetes.io/hostname",
                        "whenUnsatisfiable": "DoNotSchedule",
                        "labelSelector": {"matchLabels": labels},
                    }],
                },
            },
        },
    });
    let service = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": "kube-dns",
            "namespace": "kube-system",
            "labels": {"k8s-app": "vcluster-kube-dns", "kubernetes.io/name": "CoreDNS"},
        },
        "spec": {
            "type": "ClusterIP",
            "selector": labels,
            "ports": [
                {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 1053},
                {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 1053},
            ],
        },
    });
    vec![(DEPLOYMENTS, deployment), (SERVICES, service)]
}
