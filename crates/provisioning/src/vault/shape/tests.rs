use super::*;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

const CANARY: &str = "canaryCANARYcanary";

fn surroundings() -> Surroundings {
    Surroundings {
        portal_region: Some(Region::default()),
        external_id: "hangar:0197".to_owned(),
    }
}

fn typed(fields: &[(&str, &str)]) -> BTreeMap<String, SecretText> {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned().into()))
        .collect()
}

/// What may be shown of these.
fn facts(provider: Provider, fields: &[(&str, &str)]) -> Vec<String> {
    let (_, facts) = shape(provider, &typed(fields), &surroundings()).unwrap();
    facts
        .into_iter()
        .map(|fact| format!("{}: {}", fact.label, fact.value))
        .collect()
}

/// What is wrong with these, as `field: message`.
fn faults(provider: Provider, fields: &[(&str, &str)]) -> Vec<String> {
    match shape(provider, &typed(fields), &surroundings()) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

/// The fields at fault.
fn at(provider: Provider, fields: &[(&str, &str)]) -> Vec<String> {
    match shape(provider, &typed(fields), &surroundings()) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.into_iter().map(|fault| fault.field).collect(),
    }
}

/// What looks like a key from outside: an ASN.1 sequence.
fn pem(label: &str) -> String {
    let mut der = vec![0x30, 0x82, 0x01, 0x00];
    der.extend([7; 256]);
    let body = STANDARD.encode(der);
    let lines: Vec<_> = body
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

const KEY_ID: (&str, &str) = ("access_key_id", "AKIAIOSFODNN7EXAMPLE");
const SECRET_KEY: (&str, &str) = (
    "secret_access_key",
    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
);
const ROLE: (&str, &str) = ("role_arn", "arn:aws:iam::123456789012:role/teams/hangar");

#[test]
fn aws_takes_keys_a_role_or_both() {
    let region = ("region", "us-gov-west-1");
    assert_eq!(
        facts(Provider::Aws, &[KEY_ID, SECRET_KEY, region]),
        [
            "Access key id: AKIAIOSFODNN7EXAMPLE",
            "Region: us-gov-west-1"
        ]
    );
    let external = ("external_id", "vision:1");
    assert_eq!(
        at(Provider::Aws, &[KEY_ID, SECRET_KEY, ROLE, external]),
        [""; 0]
    );
    let own = ("external_id", "hangar:0197");
    assert_eq!(at(Provider::Aws, &[ROLE, own]), [""; 0]);
    assert_eq!(
        at(Provider::Aws, &[ROLE, ("external_id", "hangar:0197:dev")]),
        [""; 0]
    );
    assert_eq!(at(Provider::Aws, &[]), ["access_key_id"]);
    assert_eq!(at(Provider::Aws, &[KEY_ID]), ["secret_access_key"]);
    assert_eq!(at(Provider::Aws, &[SECRET_KEY]), ["access_key_id"]);
    assert_eq!(
        at(Provider::Aws, &[KEY_ID, SECRET_KEY, external]),
        ["role_arn"]
    );
}

#[test]
fn a_role_of_another_tenant_cannot_be_had_through_the_portals_own_identity() {
    for external in ["vision", "hangar:01978", "hangar:0198", "hangar:"] {
        let given = [ROLE, ("external_id", external)];
        assert_eq!(at(Provider::Aws, &given), ["external_id"], "{external}");
    }
    assert_eq!(at(Provider::Aws, &[ROLE]), ["external_id"]);
}

#[test]
fn a_role_without_keys_needs_an_identity_of_the_portal() {
    let without = Surroundings {
        portal_region: None,
        ..surroundings()
    };
    let given = typed(&[ROLE, ("external_id", "hangar:0197")]);
    let faults = shape(Provider::Aws, &given, &without).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].field, "access_key_id");
    assert!(faults[0].message.contains("[aws]"), "{}", faults[0]);
}

#[test]
fn each_fault_of_aws_keys_is_at_its_field() {
    for id in [
        "AKIA",
        "ASIAIOSFODNN7EXAMPLE",
        "akiaiosfodnn7example",
        "AKIAIOSFODNN7 EXAMPLE",
    ] {
        let given = [("access_key_id", id), SECRET_KEY];
        assert_eq!(at(Provider::Aws, &given), ["access_key_id"], "{id}");
    }
    for secret in [&SECRET_KEY.1[1..], &SECRET_KEY.1.replace('/', "-")] {
        let given = [KEY_ID, ("secret_access_key", secret)];
        assert_eq!(at(Provider::Aws, &given), ["secret_access_key"], "{secret}");
    }
    for region in ["Frankfurt", "us-gov-1a", "aws-global"] {
        let given = [KEY_ID, SECRET_KEY, ("region", region)];
        assert_eq!(at(Provider::Aws, &given), ["region"], "{region}");
    }
    for arn in [
        "hangar",
        "arn:aws:iam::123456789012:user/hangar",
        "arn:aws:iam::12345678901:role/hangar",
        "arn:aws:sts::123456789012:role/hangar",
        "arn:aws:iam::123456789012:role/",
        "arn:aws:iam::123456789012:role/a b",
        "arn:aws:iam::123456789012:role/a b/hangar",
        "arn:aws:iam::123456789012:role/a!",
        "arn:aws:iam::123456789012:rolehangar",
        "arn:aws:iam:us-east-1:123456789012:role/hangar",
        "arn:aws-gov:iam::123456789012:role/hangar",
        "arn:awsx:iam::123456789012:role/hangar",
        &format!("arn:aws:iam::123456789012:role/{}", "n".repeat(65)),
    ] {
        let given = [KEY_ID, SECRET_KEY, ("role_arn", arn)];
        assert_eq!(at(Provider::Aws, &given), ["role_arn"], "{arn}");
    }
    for id in ["a", "a b"] {
        let given = [KEY_ID, SECRET_KEY, ROLE, ("external_id", id)];
        assert_eq!(at(Provider::Aws, &given), ["external_id"], "{id}");
    }
}

/// The region that STS is asked in.
fn region_of(portal: &str, given: &[(&str, &str)]) -> Result<String, String> {
    let portal: Region = portal.parse().unwrap();
    let field = |name: &str| {
        let found = given.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| *value)
    };
    match aws::region(field, Some(&portal)) {
        Ok(region) => Ok(region.as_str().to_owned()),
        Err(faults) => Err(faults[0].field.clone()),
    }
}

#[test]
fn aws_is_asked_in_the_partition_of_the_role() {
    for (arn, default, other) in [
        ("arn:aws:iam::123456789012:role/a", "us-east-1", "eu-west-1"),
        (
            "arn:aws-us-gov:iam::123456789012:role/a",
            "us-gov-west-1",
            "us-gov-east-1",
        ),
        (
            "arn:aws-cn:iam::123456789012:role/a",
            "cn-northwest-1",
            "cn-north-1",
        ),
        (
            "arn:aws-eusc:iam::123456789012:role/a",
            "eusc-de-east-1",
            "eusc-de-east-1",
        ),
        (
            "arn:aws-iso:iam::123456789012:role/a",
            "us-iso-east-1",
            "us-iso-west-1",
        ),
        (
            "arn:aws-iso-b:iam::123456789012:role/a",
            "us-isob-east-1",
            "us-isob-west-1",
        ),
        (
            "arn:aws-iso-e:iam::123456789012:role/a",
            "eu-isoe-west-1",
            "eu-isoe-west-1",
        ),
        (
            "arn:aws-iso-f:iam::123456789012:role/a",
            "us-isof-south-1",
            "us-isof-east-1",
        ),
    ] {
        let role = ("role_arn", arn);
        let (region, portal) = (("region", other), "ap-south-2");
        let keys = [KEY_ID, SECRET_KEY, role];
        assert_eq!(region_of(portal, &keys).as_deref(), Ok(default));
        let keys = [KEY_ID, SECRET_KEY, role, region];
        assert_eq!(region_of(portal, &keys).as_deref(), Ok(other));
        assert_eq!(at(Provider::Aws, &keys), [""; 0], "{arn}");
        // With the portal's own identity, which is in one partition.
        assert_eq!(region_of(other, &[role]).as_deref(), Ok(other));
        assert_eq!(region_of(default, &[role, region]).as_deref(), Ok(other));
    }
}

#[test]
fn what_is_of_two_partitions_is_refused_at_its_field() {
    let government = ("role_arn", "arn:aws-us-gov:iam::123456789012:role/a");
    let china = ("role_arn", "arn:aws-cn:iam::123456789012:role/a");
    for (role, region) in [
        (ROLE, "us-gov-west-1"),
        (ROLE, "cn-north-1"),
        (government, "us-east-1"),
        (government, "us-iso-east-1"),
        (china, "ap-east-1"),
    ] {
        let given = [KEY_ID, SECRET_KEY, role, ("region", region)];
        let faults = faults(Provider::Aws, &given);
        assert!(faults[0].starts_with("region: "), "{faults:?}");
        assert_eq!(faults.len(), 1);
    }
    let wrong = [KEY_ID, SECRET_KEY, government, ("region", "eu-west-1")];
    let message = &faults(Provider::Aws, &wrong)[0];
    assert!(message.contains("aws-us-gov") && message.contains("us-gov-west-1"));
    // The portal's identity is in `aws`.
    let own = ("external_id", "hangar:0197");
    for role in [government, china] {
        assert_eq!(at(Provider::Aws, &[role, own]), ["role_arn"]);
        let region = ("region", "us-gov-west-1");
        assert_eq!(at(Provider::Aws, &[role, own, region]), ["role_arn"]);
    }
    // A stored credential outlives the identity that it was checked with.
    assert_eq!(
        region_of("us-gov-east-1", &[ROLE]),
        Err("role_arn".to_owned())
    );
}

#[test]
fn roles_have_paths_and_names_as_iam_allows_them() {
    let longest = format!("role/{}/{}", "p".repeat(510), "n".repeat(64));
    for resource in [
        "role/hangar",
        "role/teams/ml/hangar+a=b,c.d@e-f_g",
        "role/a!b~(c)/hangar",
        "role/aws-service-role/x.amazonaws.com/hangar",
        &longest,
    ] {
        let arn = format!("arn:aws:iam::123456789012:{resource}");
        let given = [KEY_ID, SECRET_KEY, ("role_arn", arn.as_str())];
        assert_eq!(at(Provider::Aws, &given), [""; 0], "{arn}");
    }
}

#[test]
fn fields_that_are_missing_unknown_or_too_long_are_named() {
    let uuid = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    let given = [("directory_id", uuid), ("client_id", uuid)];
    assert_eq!(
        faults(Provider::Azure, &given),
        [
            "client_secret: Client secret is needed.",
            "subscription_id: Subscription id is needed."
        ]
    );
    let said = faults(Provider::Lambda, &[("api_token", "x")]);
    assert!(said[0].starts_with("api_token: Lambda has no such field; it has api_key."));
    let long = "a".repeat(LONGEST_LINE + 1);
    assert_eq!(at(Provider::Lambda, &[("api_key", &long)]), ["api_key"]);
    let long = "a".repeat(LONGEST_LINES + 1);
    assert_eq!(
        at(Provider::Kubernetes, &[("kubeconfig", &long)]),
        ["kubeconfig"]
    );
    assert_eq!(
        at(
            Provider::Lambda,
            &[("api_key", "secret_a\u{0}bcdefghijklmnopqrst")]
        ),
        ["api_key"]
    );
}

#[test]
fn azure_tells_a_secrets_id_from_its_value() {
    let uuid = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    let with = |secret| {
        [
            ("directory_id", uuid),
            ("client_id", uuid),
            ("subscription_id", uuid),
            ("client_secret", secret),
        ]
    };
    assert_eq!(
        at(
            Provider::Azure,
            &with("abc8Q~defghijklmnopqrstuvwxyz0123456789")
        ),
        [""; 0]
    );
    assert!(faults(Provider::Azure, &with(uuid))[0].contains("secret's id"));
    let mut wrong = with("abc8Q~defghijklmnopqrstuvwxyz0123456789");
    wrong[0].1 = "contoso.onmicrosoft.com";
    assert_eq!(at(Provider::Azure, &wrong), ["directory_id"]);
}

fn service_account() -> serde_json::Value {
    json!({
        "type": "service_account",
        "project_id": "vision-dev-1234",
        "private_key_id": "0123456789abcdef0123456789abcdef01234567",
        "private_key": pem("PRIVATE KEY"),
        "client_email": "hangar@vision-dev-1234.iam.gserviceaccount.com",
        "client_id": "123456789012345678901",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/hangar",
        "universe_domain": "googleapis.com"
    })
}

fn gcp(key: &serde_json::Value) -> Vec<String> {
    faults(Provider::Gcp, &[("service_account_json", &key.to_string())])
}

#[test]
fn google_cloud_takes_the_key_of_a_service_account_as_it_is_downloaded() {
    let key = service_account().to_string();
    assert_eq!(
        facts(Provider::Gcp, &[("service_account_json", &key)]),
        [
            "Project: vision-dev-1234",
            "Service account: hangar@vision-dev-1234.iam.gserviceaccount.com",
            "Key id: 0123456789abcdef0123456789abcdef01234567"
        ]
    );
}

#[test]
fn what_google_cloud_would_not_have_written_is_refused_by_its_name() {
    let with = |name: &str, value: serde_json::Value| {
        let mut key = service_account();
        key[name] = value;
        gcp(&key).join(" ")
    };
    for (name, value) in [
        ("type", json!("external_account")),
        ("project_id", json!("a b")),
        ("private_key", json!(CANARY)),
        ("private_key", json!(pem("ENCRYPTED PRIVATE KEY"))),
        ("client_email", json!("somebody@example.com")),
        // The key would be sent there.
        ("token_uri", json!("https://169.254.169.254/token")),
        ("universe_domain", json!("example.com")),
        (
            "credential_source",
            json!({"executable": {"command": CANARY}}),
        ),
    ] {
        let said = with(name, value);
        assert!(said.contains(&format!("“{name}”")), "{name}: {said}");
        assert!(!said.contains(CANARY), "{said}");
    }
    let mut key = service_account();
    key.as_object_mut().unwrap().remove("private_key");
    assert!(gcp(&key)[0].contains("“private_key” is missing"));
    let said = faults(
        Provider::Gcp,
        &[("service_account_json", "{\n\"a\": canary")],
    );
    assert!(
        said[0].contains("line 2") && !said[0].contains("canary"),
        "{said:?}"
    );
}

#[test]
fn keys_of_lambda_and_runpod_have_their_shapes() {
    let key = "secret_hangar_0123456789abcdef.ABCDEF0123456789";
    assert_eq!(at(Provider::Lambda, &[("api_key", key)]), [""; 0], "{key}");
    for key in ["rpa_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", &"A1".repeat(20)] {
        assert_eq!(at(Provider::Runpod, &[("api_key", key)]), [""; 0], "{key}");
    }
    for key in [
        "short",
        "with spaces in the middle of it",
        "rpa_",
        "secret_",
    ] {
        assert_eq!(at(Provider::Lambda, &[("api_key", key)]), ["api_key"]);
        assert_eq!(at(Provider::Runpod, &[("api_key", key)]), ["api_key"]);
    }
}

#[test]
fn oracle_cloud_takes_ocids_a_fingerprint_and_a_key_without_passphrase() {
    let unique = "a".repeat(60);
    let (user, tenancy) = (
        format!("ocid1.user.oc1..{unique}"),
        format!("ocid1.tenancy.oc1..{unique}"),
    );
    let fingerprint = ["ab"; 16].join(":");
    let key = pem("RSA PRIVATE KEY");
    let good = [
        ("user_ocid", user.as_str()),
        ("tenancy_ocid", &tenancy),
        ("fingerprint", &fingerprint),
        ("region", "eu-frankfurt-1"),
        ("private_key", &key),
    ];
    assert_eq!(at(Provider::Oci, &good), [""; 0]);
    assert_eq!(facts(Provider::Oci, &good).len(), 4);
    for text in [
        format!("{key}OCI_API_KEY"),
        key.replace('\n', "\r\n"),
        format!("\u{feff}{key}"),
        format!("Bag Attributes\n{key}"),
    ] {
        let mut given = good;
        given[4].1 = &text;
        assert_eq!(at(Provider::Oci, &given), [""; 0], "{text}");
    }
    let short = ["ab"; 15].join(":");
    let locked = format!(
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{}",
        key.lines().nth(1).unwrap()
    );
    for (index, wrong) in [
        (0, tenancy.as_str()),
        (1, "ocid1.tenancy.oc1..x"),
        (2, &short),
        (3, "frankfurt"),
        (4, CANARY),
        (4, &locked),
    ] {
        let mut given = good;
        given[index].1 = wrong;
        assert_eq!(at(Provider::Oci, &given), [good[index].0], "{wrong}");
    }
}

#[test]
fn nebius_takes_the_file_of_its_own_tool() {
    let document = |key: &str| {
        json!({"subject-credentials": {
            "type": "JWT", "alg": "RS256", "private-key": key, "kid": "publickey-e00abc",
            "iss": "serviceaccount-e00xyz", "sub": "serviceaccount-e00xyz"
        }})
    };
    let good = document(&pem("PRIVATE KEY")).to_string();
    let project = ("project_id", "project-e00vision");
    assert_eq!(
        facts(
            Provider::Nebius,
            &[project, ("service_account_json", &good)]
        ),
        [
            "Project id: project-e00vision",
            "Service account: serviceaccount-e00xyz",
            "Key id: publickey-e00abc"
        ]
    );
    let bad = document(CANARY).to_string();
    let said = faults(Provider::Nebius, &[project, ("service_account_json", &bad)]);
    assert!(
        said[0].contains("“subject-credentials.private-key”"),
        "{said:?}"
    );
    assert!(!said[0].contains(CANARY));
    let said = faults(Provider::Nebius, &[project, ("service_account_json", "{}")]);
    assert!(said[0].contains("subject-credentials"), "{said:?}");
}

fn kubeconfig(cluster: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: vision\nclusters:\n- name: eu\n  cluster:\n{cluster}\
         contexts:\n- name: vision\n  context:\n    cluster: eu\n    user: hangar\nusers:\n- name: hangar\n  user:\n{user}"
    )
}

fn good_cluster() -> String {
    let ca = STANDARD.encode(pem("CERTIFICATE"));
    format!("    server: https://k8s.example.com:6443\n    certificate-authority-data: {ca}\n")
}

const TOKEN: &str = "    token: eyJhbGciOi\n";

fn refusal(text: &str) -> String {
    faults(Provider::Kubernetes, &[("kubeconfig", text)]).join(" ")
}

#[test]
fn a_kubeconfig_with_everything_inside_is_taken() {
    let text = kubeconfig(&good_cluster(), TOKEN);
    assert_eq!(
        facts(Provider::Kubernetes, &[("kubeconfig", &text)]),
        ["Server: https://k8s.example.com:6443", "Context: vision"]
    );
    let user = format!(
        "    client-certificate-data: {}\n    client-key-data: {}\n",
        STANDARD.encode(pem("CERTIFICATE")),
        STANDARD.encode(pem("EC PRIVATE KEY"))
    );
    let read = kubeconfig::read(&kubeconfig(&good_cluster(), &user))
        .map_err(|message| panic!("{message}"))
        .unwrap();
    assert!(read.client_key_pem.is_some() && read.token.is_none());
}

#[test]
fn what_a_kubeconfig_would_make_the_portal_do_is_refused_with_its_line() {
    let user = |user: &str| refusal(&kubeconfig(&good_cluster(), user));
    for (text, key) in [
        ("    exec:\n      command: canary\n", "exec"),
        ("    auth-provider:\n      name: canary\n", "auth-provider"),
        ("    tokenFile: /canary\n", "tokenFile"),
        ("    client-certificate: /canary\n", "client-certificate"),
        ("    client-key: /canary\n", "client-key"),
        ("    username: canary\n", "username"),
        ("    token: a\n    as: canary\n", "as"),
    ] {
        let said = user(text);
        assert!(said.contains(&format!("“user.{key}”")), "{key}: {said}");
        assert!(said.contains("Line 1"), "{said}");
        assert!(!said.contains("canary"), "{said}");
    }
    let cluster = |more: &str| refusal(&kubeconfig(&(good_cluster() + more), TOKEN));
    for (text, key) in [
        (
            "    insecure-skip-tls-verify: true\n",
            "insecure-skip-tls-verify",
        ),
        (
            "    insecure-skip-tls-verify: on\n",
            "insecure-skip-tls-verify",
        ),
        ("    proxy-url: http://canary\n", "proxy-url"),
    ] {
        let said = cluster(text);
        assert!(said.contains(&format!("“cluster.{key}”")), "{key}: {said}");
        assert!(!said.contains("canary"), "{said}");
    }
    assert_eq!(cluster("    insecure-skip-tls-verify: false\n"), "");
    let file = "    server: https://a.example.com\n    certificate-authority: /canary\n";
    let said = refusal(&kubeconfig(file, TOKEN));
    assert!(said.contains("“cluster.certificate-authority”"), "{said}");
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn a_kubeconfigs_server_is_reached_over_tls_only() {
    for server in [
        "http://k8s.example.com",
        "k8s.example.com:6443",
        "https://canary@k8s.example.com",
        "https://k8s.example.com/?a=canary",
        "file:///canary",
    ] {
        let said = refusal(&kubeconfig(&format!("    server: {server}\n"), TOKEN));
        assert!(said.contains("“cluster.server”"), "{server}: {said}");
        assert!(!said.contains("canary"), "{said}");
    }
}

#[test]
fn what_is_empty_or_unused_in_a_kubeconfig_is_no_obstacle() {
    let empty = "    certificate-authority: \"\"\n    proxy-url: ''\n    tls-server-name:\n    insecure-skip-tls-verify: no\n";
    let user = format!(
        "{TOKEN}    exec: null\n    auth-provider: {{}}\n    as: ''\n    as-groups: []\n    client-key-data: \"\"\n"
    );
    let text = kubeconfig(&(good_cluster() + empty), &user);
    assert_eq!(refusal(&text), "");
    let blank = "    server: https://rancher.example.com/k8s/clusters/c-m-7x2pq\n    certificate-authority-data: \"\"\n";
    let read = kubeconfig::read(&kubeconfig(blank, TOKEN)).unwrap();
    assert!(read.ca_pem.is_none() && read.token.is_some());
    // A file goes behind data.
    let both = good_cluster() + "    certificate-authority: /canary\n";
    assert_eq!(refusal(&kubeconfig(&both, TOKEN)), "");
    let others = text
        .replace(
            "users:\n",
            "users:\n- name: eks\n  user:\n    exec: {command: aws}\n- name: none\n  user: null\n",
        )
        .replace(
            "contexts:\n",
            "contexts:\n- name: other\n  context: {cluster: on, user: eks}\n",
        )
        .replace("clusters:\n", "clusters:\n- name: on\n  cluster: null\n");
    assert_eq!(refusal(&others), "");
}

#[test]
fn a_kubeconfig_without_a_way_in_is_refused() {
    let good = kubeconfig(&good_cluster(), TOKEN);
    let elsewhere = good.replace("user: hangar", "user: nobody");
    assert!(refusal(&elsewhere).contains("user"), "{elsewhere}");
    let current = good.replace("current-context: vision", "current-context: b");
    assert!(refusal(&current).contains("current-context"));
    for user in [
        "    token: ''\n",
        "    extensions: []\n",
        "    token: null\n",
    ] {
        assert!(
            refusal(&kubeconfig(&good_cluster(), user)).contains("token"),
            "{user}"
        );
    }
    for user in [
        "    token: REDACTED\n",
        "    client-key-data: DATA+OMITTED\n",
    ] {
        assert!(
            refusal(&kubeconfig(&good_cluster(), user)).contains("--flatten"),
            "{user}"
        );
    }
    assert!(refusal(&kubeconfig(&good_cluster(), "    token: two words\n")).contains("user.token"));
    let half = "    client-certificate-data: ''\n    client-key-data: ".to_owned()
        + &STANDARD.encode(pem("PRIVATE KEY"));
    assert!(refusal(&kubeconfig(&good_cluster(), &half)).contains("go together"));
}

#[test]
fn bombs_and_what_is_no_yaml_are_refused_without_repeating_them() {
    for text in [
        "a: &a [canary]\nb: [*a, *a]",
        "canary: [",
        "canary",
        "- canary",
        "\"canary\": 'unclosed",
        "a: b\n---\nc: canary",
    ] {
        let said = refusal(text);
        assert!(
            !said.is_empty() && !said.contains("canary"),
            "{text}: {said}"
        );
    }
}

#[test]
fn nothing_that_was_typed_in_comes_back_in_a_message() {
    for provider in Provider::ALL {
        let everything: Vec<(&str, &str)> = provider
            .fields()
            .into_iter()
            .map(|field| (field.name, CANARY))
            .chain([(CANARY, CANARY), ("canary canary", CANARY)])
            .collect();
        let known = everything.len() - 2;
        let said = faults(provider, &everything).join("\n");
        // A name that could be one is repeated: it is what a person looks for.
        assert!(
            !said.replace(&format!("{CANARY}: "), "").contains(CANARY),
            "{said}"
        );
        assert!(!said.contains("canary canary"), "{said}");
        let said = faults(provider, &everything[..known]).join("\n");
        assert!(!said.is_empty() && !said.contains(CANARY), "{said}");
    }
}
