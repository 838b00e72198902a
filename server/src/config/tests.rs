use super::*;

pub fn load(toml: &str, environment: &[(&str, &str)]) -> Result<Settings, ConfigurationError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hangar.toml");
    std::fs::write(&file, toml).unwrap();
    let environment = environment
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    Settings::load(Sources {
        file: Some(file),
        environment: Some(environment),
        ..Sources::default()
    })
}

fn without_file(environment: &[(&str, &str)]) -> Result<Settings, ConfigurationError> {
    Settings::load(Sources {
        environment: Some(
            environment
                .iter()
                .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                .collect(),
        ),
        ..Sources::default()
    })
}

pub const PRODUCTION: &str = r#"
public_url = "https://hangar.example.com"

[sign_in.providers.corp]
issuer = "https://login.example.com"
client_id = "hangar"
client_secret = "canary-secret"

[hosts.main]
in_cluster = true
"#;

#[test]
fn without_configuration_there_is_one_fault_and_a_way_out() {
    let error = without_file(&[]).unwrap_err();
    assert_eq!(error.faults.iter().count(), 1);
    assert!(error.to_string().contains("hangar.example.toml"));
}

#[test]
fn what_is_not_given_has_defaults() {
    let settings = load(PRODUCTION, &[]).unwrap();
    assert!(!settings.sandbox);
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.database.expose(), "sqlite:.hangar/hangar.db");
    assert_eq!(settings.plans, Plan::defaults());
    assert_eq!(settings.tenants.len(), 1);
    assert_eq!(settings.tenants[0].slug, "default");
    assert!(settings.sign_in.rules.is_empty());
    assert!(settings.sign_in.default_role.is_none());
}

#[test]
fn configured_tenants_have_names_that_look_different() {
    for (name, is_refused) in [
        ("VISION", true),
        ("V\u{456}sion", true),
        ("Vision 2", false),
    ] {
        let tenants = format!(
            "[tenants.vision]\nenvironments = [\"dev\"]\n\
             [tenants.other]\nname = \"{name}\"\nenvironments = [\"dev\"]\n"
        );
        let loaded = load(&format!("{PRODUCTION}\n{tenants}"), &[]);
        assert_eq!(loaded.is_err(), is_refused, "{name}");
        if let Err(error) = loaded {
            assert!(error.to_string().contains("tenants.vision.name"), "{error}");
        }
    }
}

#[test]
fn the_environment_goes_before_the_file() {
    let settings = load(
        PRODUCTION,
        &[
            ("HANGAR__DATABASE__URL", "postgres://db/hangar"),
            ("HANGAR__SIGN_IN__PROVIDERS__CORP__CLIENT_ID", "other"),
            ("HANGAR__LISTEN", "0.0.0.0:80"),
            ("HANGAR_SITE_DIR", "not-ours"),
        ],
    )
    .unwrap();
    assert_eq!(settings.database.expose(), "postgres://db/hangar");
    assert_eq!(settings.sign_in.providers[0].client_id, "other");
    assert_eq!(settings.listen.port(), 80);
}

#[test]
fn without_a_skypilot_server_there_are_no_nodes_and_that_is_no_fault() {
    assert!(load(PRODUCTION, &[]).unwrap().skypilot.is_none());
    let settings = load(
        PRODUCTION,
        &[
            ("HANGAR__SKYPILOT__URL", "https://sky.example.com"),
            ("HANGAR__SKYPILOT__ADMIN_TOKEN", "sky_canary-secret"),
        ],
    )
    .unwrap();
    let skypilot = settings.skypilot.as_ref().unwrap();
    assert_eq!(skypilot.url.as_str(), "https://sky.example.com/");
    let token = skypilot.admin_token.as_ref().unwrap();
    assert_eq!(token.expose(), "sky_canary-secret");
    assert!(!format!("{settings:?}").contains("canary-secret"));
}

#[test]
fn credentials_that_would_lead_nowhere_are_a_fault() {
    let skypilot = "[skypilot]\nurl = \"https://sky.example.com\"\ncredentials = \"handle\"\n";
    let broker = "[broker]\nhandle_url = \"https://hangar.example.com\"\n";
    let load = |sections: &str| load(&format!("{PRODUCTION}\n{sections}"), &[]);
    let text = load(skypilot).unwrap_err().to_string();
    assert!(text.contains("broker.handle_url"), "{text}");
    let text = load(broker).unwrap_err().to_string();
    assert!(
        text.contains("broker: has no SkyPilot API server"),
        "{text}"
    );
    load(&format!("{skypilot}{broker}")).unwrap();
}

#[test]
fn what_is_in_another_partition_than_the_portals_aws_identity_is_a_fault() {
    let pool = |region: &str| {
        PRODUCTION.replace(
            "client_id",
            &format!("user_pool = \"{region}_AbC\"\nclient_id"),
        )
    };
    let aws = |region: &str| {
        format!("[aws]\naccess_key_id = \"AKIA1\"\nsecret_access_key = \"canary\"\n{region}\n")
    };
    let kms = |partition: &str, region: &str| {
        format!("[keys]\nkms_key = \"arn:{partition}:kms:{region}:123456789012:key/1\"\n")
    };
    let keys = |toml: String| match load(&toml, &[]) {
        Ok(_) => Vec::new(),
        Err(error) => error.faults.iter().map(|fault| fault.key.clone()).collect(),
    };
    let (government, sovereign) = ("region = \"us-gov-east-1\"", "region = \"eusc-de-east-1\"");
    for toml in [
        pool("eu-central-1") + &aws("") + &kms("aws", "us-west-2"),
        pool("us-gov-west-1") + &aws(government) + &kms("aws-us-gov", "us-gov-west-1"),
        pool("eusc-de-east-1") + &aws(sovereign),
    ] {
        assert_eq!(keys(toml), [""; 0]);
    }
    let of_pool = "sign_in.providers.corp.user_pool";
    for (toml, faults) in [
        (pool("us-gov-west-1") + &aws(""), vec![of_pool]),
        (pool("cn-north-1") + &aws(government), vec![of_pool]),
        (
            PRODUCTION.to_owned() + &aws(sovereign) + &kms("aws", "eu-central-1"),
            vec!["keys.kms_key"],
        ),
        (
            pool("eu-west-1") + &kms("aws", "eu-west-1"),
            vec![of_pool, "keys.kms_key"],
        ),
        (
            PRODUCTION.to_owned() + &aws("") + &kms("aws", "us-gov-west-1"),
            vec!["keys.kms_key"],
        ),
        (
            PRODUCTION.to_owned() + &aws("region = \"Frankfurt\""),
            vec!["aws.region"],
        ),
    ] {
        assert_eq!(keys(toml), faults);
    }
}

#[test]
fn an_unknown_key_is_refused_by_its_name() {
    let error = load(&format!("{PRODUCTION}\nkubeconfg = \"x\""), &[]).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("kubeconfg"), "{text}");
    assert!(text.contains("hangar.toml"), "{text}");
    let text = without_file(&[("HANGAR__DATABSE__URL", "x")])
        .unwrap_err()
        .to_string();
    assert!(text.contains("databse"), "{text}");
}

#[test]
fn a_value_of_the_wrong_kind_is_named_with_its_key() {
    let text = load(&format!("{PRODUCTION}\napi_port = \"many\""), &[])
        .unwrap_err()
        .to_string();
    assert!(text.contains("api_port"), "{text}");
}

#[test]
fn everything_that_is_missing_is_said_at_once() {
    let text = load("", &[]).unwrap_err().to_string();
    for key in ["public_url", "sign_in.providers", "hosts"] {
        assert!(text.contains(key), "{key}: {text}");
    }
}

#[test]
fn secrets_show_neither_in_settings_nor_in_errors() {
    let settings = load(PRODUCTION, &[]).unwrap();
    assert!(!format!("{settings:?}").contains("canary-secret"));
    let broken = PRODUCTION.replace("https://login.example.com", "http://login.example.com");
    let error = load(
        &broken,
        &[("HANGAR__DATABASE__URL", "mysql://canary-secret")],
    )
    .unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary-secret"));
}

#[test]
fn a_sandbox_that_others_could_reach_is_refused() {
    let local = PRODUCTION.replace("public_url", "sandbox = true\n# public_url");
    assert!(load(&local, &[]).unwrap().sandbox);
    for (toml, listen, key) in [
        (local.as_str(), "0.0.0.0:8080", "listen"),
        (
            &format!("sandbox = true\n{PRODUCTION}"),
            "127.0.0.1:8080",
            "public_url",
        ),
    ] {
        let error = load(toml, &[("HANGAR__LISTEN", listen)]).unwrap_err();
        let keys: Vec<_> = error.faults.iter().map(|fault| &fault.key).collect();
        assert_eq!(keys, [key]);
    }
}

#[test]
fn a_rule_may_name_a_tenant_that_is_made_in_the_portal() {
    let rule = "[[sign_in.rules]]\ngroup = \"dev\"\ntenant = \"robots\"\nrole = \"developer\"\n";
    let settings = load(&format!("{PRODUCTION}\n{rule}"), &[]).unwrap();
    assert!(
        settings
            .sign_in
            .tenants_named()
            .any(|slug| slug == "robots")
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Settings::load(Sources {
        file: Some("nowhere/hangar.toml".into()),
        ..Sources::default()
    })
    .unwrap_err();
    assert!(error.to_string().contains("nowhere/hangar.toml"));
}

#[test]
fn a_syntax_error_says_where_it_is() {
    let text = load("listen = [", &[]).unwrap_err().to_string();
    assert!(text.contains("line") || text.contains("1"), "{text}");
}

/// Every key. The parser would refuse a misspelled one in the example.
const KEYS: [&str; 64] = [
    "listen",
    "public_url",
    "trusted_proxies",
    "data_dir",
    "sandbox",
    "url",
    "url_file",
    "default_role",
    "title",
    "issuer",
    "client_id",
    "client_secret",
    "client_secret_file",
    "scopes",
    "userinfo",
    "email_domains",
    "cognito_domain",
    "user_pool",
    "group",
    "platform_role",
    "provider",
    "claim",
    "value",
    "tenant",
    "role",
    "in_cluster",
    "default",
    "exposures",
    "ingress_domain",
    "ingress_address",
    "ingress_port",
    "ingress_class",
    "api_port",
    "storage_class",
    "pod_security",
    "registries",
    "kubeconfig",
    "context",
    "admin_token",
    "ca_file",
    "credentials",
    "kubernetes_contexts",
    "disabled_clouds",
    "catalogue_clouds",
    "listen",
    "names",
    "handle_url",
    "sts_endpoint",
    "access_key_id",
    "secret_access_key_file",
    "endpoint",
    "current_file",
    "old_files",
    "kms_key",
    "old_kms_keys",
    "allow",
    "cpu",
    "memory_gib",
    "storage_gib",
    "price_per_hour",
    "environments",
    "filter",
    "event_streams",
    "connections",
];

#[test]
fn the_example_and_the_guide_name_every_key_and_the_example_is_valid() {
    Settings::load(Sources {
        file: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/../hangar.example.toml").into()),
        environment: Some(HashMap::new()),
        ..Sources::default()
    })
    .unwrap();
    let example = include_str!("../../../hangar.example.toml");
    let guide = include_str!("../../../docs/configuration.md");
    for key in KEYS {
        assert!(
            example.contains(&format!("{key} = ")),
            "hangar.example.toml lacks {key}"
        );
        assert!(
            guide.contains(&format!("`{key}`")),
            "docs/configuration.md lacks {key}"
        );
    }
}
