//! Profiles in AWS's configuration on an API server's machine.

use crate::fixture::{Portal, aws_tool, output_of};
use persistence::{Database, records::TenantSeed};
use std::{fs, path::Path, process::Child, time::Duration};
use tokio::time::{sleep, timeout};

#[tokio::test(flavor = "multi_thread")]
async fn awss_own_library_finds_a_profile_for_each_workspace_and_leaves_the_rest_alone() {
    let portal = Portal::start().await;
    let secrets = portal.moto.secrets("vision").await;
    portal.store("vision", &secrets);
    let identity = portal.let_in("gpu-1", &[]);
    let config = portal.folder().join("home/.aws/config");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::write(&config, "[profile mine]\nregion = eu-central-1\n").unwrap();
    let configure = || {
        portal.hangar().run(&[
            "broker",
            "configure",
            "--portal",
            &portal.broker(),
            "--identity",
            identity.to_str().unwrap(),
            "--config",
            config.to_str().unwrap(),
        ])
    };
    configure();
    let written = fs::read_to_string(&config).unwrap();
    configure();
    assert_eq!(fs::read_to_string(&config).unwrap(), written);
    assert!(written.starts_with("[profile mine]\nregion = eu-central-1\n"));

    let workspace = portal.workspace("vision").await;
    let script = format!(
        "import boto3; session = boto3.Session(profile_name='{workspace}'); \
         print(session.client('sts').get_caller_identity()['Arn'], session.available_profiles)"
    );
    let home = portal.folder().join("home");
    let environment = [("AWS_ENDPOINT_URL", portal.moto.url.as_str())];
    let said = output_of(&aws_tool(&home, &["-c", &script], &environment));
    assert!(said.starts_with(&secrets.identity(&workspace)), "{said}");
    let payments = portal.workspace("payments").await;
    assert!(said.contains("mine") && said.contains(&payments), "{said}");
}

/// Ends with the test.
struct Watching(Child);

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn until_it_holds(config: &Path, text: &str) {
    let holds = async {
        while !fs::read_to_string(config).is_ok_and(|content| content.contains(text)) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = timeout(Duration::from_secs(30), holds).await;
    waited.unwrap_or_else(|_| panic!("{} never has {text}", config.display()));
}

async fn add_tenant(database: &Database, slug: &str) {
    let seed = TenantSeed {
        slug: slug.into(),
        name: slug.into(),
        environments: vec![("dev".into(), "Dev".into())],
    };
    database.tenants().seed(&[seed]).await.unwrap();
    database.workspaces().seed().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_tenant_gets_a_profile_and_a_portal_that_is_gone_leaves_them_all() {
    let portal = Portal::start().await;
    let identity = portal.let_in("gpu-1", &[]);
    let config = portal.folder().join("config");
    let arguments = [
        "broker",
        "configure",
        "--watch",
        "--every",
        "1",
        "--portal",
        &portal.broker(),
        "--identity",
        identity.to_str().unwrap(),
        "--config",
        config.to_str().unwrap(),
    ];
    let mut watching = Watching(portal.hangar().start(&arguments));
    until_it_holds(&config, &portal.workspace("vision").await).await;
    add_tenant(&portal.server.database, "robotics").await;
    until_it_holds(&config, &portal.workspace("robotics").await).await;

    // It is told apart from a portal without workspaces.
    portal.hangar().run(&["broker", "revoke", "gpu-1"]);
    add_tenant(&portal.server.database, "speech").await;
    let again = portal
        .hangar()
        .output(&[&arguments[..2], &arguments[5..]].concat());
    assert!(!again.status.success(), "{}", output_of(&again));
    let kept = fs::read_to_string(&config).unwrap();
    assert!(
        kept.contains("hgr-robotics-dev") && !kept.contains("hgr-speech-dev"),
        "{kept}"
    );
    assert!(watching.0.try_wait().unwrap().is_none(), "it goes on");
}
