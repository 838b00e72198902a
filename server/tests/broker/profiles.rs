//! Profiles in AWS's configuration on an API server's machine.

use crate::fixture::{Portal, aws_tool, output_of};
use std::fs;

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
