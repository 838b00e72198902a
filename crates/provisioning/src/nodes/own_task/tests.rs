use super::*;
use domain::node::order::IdleAction;

fn refusal(task: &str) -> String {
    prepare(task, Some(&"trainer".parse().unwrap()), None).unwrap_err()
}

#[test]
fn a_good_task_gets_its_name_its_port_and_its_idle_rule() {
    let prepared = prepare(
        "resources:\n  infra: aws/us-east-1\n  accelerators: H100:8\n  ports: 8888\nrun: |\n  nvidia-smi\n",
        Some(&"trainer".parse().unwrap()),
        Some(Autostop {
            idle_minutes: 10,
            then: IdleAction::Stop,
        }),
    )
    .unwrap();
    let task: serde_norway::Value = serde_norway::from_str(&prepared.yaml(None)).unwrap();
    assert_eq!(task["name"], "trainer");
    assert_eq!(
        task["resources"]["ports"],
        serde_norway::Value::from(vec![8888, 22])
    );
    assert_eq!(task["resources"]["autostop"]["idle_minutes"], 10);
    assert_eq!(task["resources"]["autostop"]["down"], false);
    assert_eq!(task["run"], "nvidia-smi\n");
    assert_eq!(prepared.spec.accelerator.as_deref(), Some("H100"));
    assert_eq!(prepared.spec.count, 8);
    assert_eq!(prepared.spec.cloud.as_deref(), Some("aws"));
    assert_eq!(prepared.spec.region.as_deref(), Some("us-east-1"));
}

#[test]
fn what_reaches_for_the_api_servers_disk_is_refused_with_its_line() {
    for (task, line) in [
        ("run: a\nfile_mounts:\n  /data: /etc/passwd\n", "Line 3"),
        ("run: a\nfile_mounts:\n  /data: ~/.aws\n", "Line 3"),
        ("run: a\nfile_mounts:\n  /data:\n    source: .\n", "Line 3"),
        (
            "run: a\nfile_mounts:\n  /data:\n    source: [a, b]\n",
            "Line 3",
        ),
        ("run: a\nworkdir: .\n", "Line 2"),
        ("run: a\nworkdir:\n  url: /srv/repo\n", "Line 2"),
        (
            "run: a\nworkdir:\n  url: ssh://-oProxyCommand=x/repo\n",
            "Line 2",
        ),
        ("run: a\nworkdir:\n  url: git@-oX:repo\n", "Line 2"),
        ("run: a\nworkdir:\n  url: ssh://git@-oX/repo\n", "Line 2"),
        ("run: a\nworkdir:\n  url: ssh://%2doX/repo\n", "Line 2"),
        ("run: a\nworkdir:\n  url: ssh://git@%2DoX/repo\n", "Line 2"),
        ("run: a\nworkdir:\n  url: https://-oX/repo\n", "Line 2"),
        ("run: a\nworkdir:\n  url: git@host:-oX\n", "Line 2"),
        (
            "run: a\nworkdir:\n  url: https://a/b --upload-pack=x\n",
            "Line 2",
        ),
        ("run: a\nworkdir:\n  url: \"https://a/b\\tc\"\n", "Line 2"),
        ("run: a\nworkdir:\n  url: file:///srv/repo\n", "Line 2"),
        ("run: a\nworkdir:\n  url: ext::sh -c id\n", "Line 2"),
        (
            "run: a\nworkdir:\n  url: https://a/b\n  ref: --upload-pack=x\n",
            "Line 4",
        ),
        (
            "run: a\nworkdir:\n  url: https://a/b\n  ref: main -x\n",
            "Line 4",
        ),
        (
            "run: a\nworkdir:\n  url: https://a/b\n  ref: ''\n",
            "Line 4",
        ),
    ] {
        assert!(refusal(task).starts_with(line), "{task}: {}", refusal(task));
    }
}

/// SkyPilot puts values of `envs` into these parts as they are, quotes and all.
#[test]
fn variables_cannot_bring_in_what_is_refused() {
    for (part, line) in [
        ("file_mounts:\n  /data: https://a$X\n", "Line 2"),
        ("file_mounts:\n  /data: s3://a/${X}\n", "Line 2"),
        ("file_mounts:\n  /data$X: s3://a\n", "Line 2"),
        (
            "file_mounts:\n  /data:\n    name: b\n    store: $X\n",
            "Line 4",
        ),
        ("workdir:\n  url: https://$X/a\n", "Line 2"),
        ("workdir:\n  url: https://a/b\n  ref: ${_X}\n", "Line 3"),
    ] {
        let envs = "envs:\n  X: '\", \"/y\": \"/etc/passwd'\n";
        let said = refusal(&format!("{part}{envs}"));
        assert!(said.starts_with(line), "{part}: {said}");
    }
}

#[test]
fn files_from_stores_and_git_are_fine() {
    for task in [
        "file_mounts:\n  /data: s3://bucket/us$1/5$\nrun: echo $HOME ${X}\n",
        "workdir:\n  url: https://dev.azure.com/org/My%20Project/_git/repo\n",
        "workdir:\n  url: git@github.com:example/a-b-c.git\n  ref: v1.0-rc.1\n",
        "workdir:\n  url: ssh://git@github.com:22/example/repo\n  ref: 1234567\n",
        "file_mounts:\n  /data: s3://bucket/x\n  /more:\n    source: gs://bucket\n    mode: MOUNT\n",
        "file_mounts:\n  /out:\n    name: my-bucket\n    store: s3\n",
        "workdir:\n  url: https://github.com/example/repo\n  ref: main\n",
    ] {
        prepare(task, Some(&"trainer".parse().unwrap()), None).unwrap();
    }
}

#[test]
fn what_would_change_how_the_portal_talks_to_skypilot_is_refused() {
    for (key, value) in [
        ("config", "{active_workspace: other}"),
        ("experimental", "{}"),
        ("env_vars", "{A: b}"),
        ("secrets", "{TOKEN: x}"),
        ("service", "{}"),
        ("num_nodes", "4"),
        ("name", "somebody-elses"),
        ("made_up", "1"),
    ] {
        let said = refusal(&format!("run: a\n{key}: {value}\n"));
        assert!(said.starts_with("Line 2:"), "{key}: {said}");
    }
    assert!(refusal("resources:\n  any_of:\n    - autostop: 5\n").contains("Line 3"));
}

#[test]
fn bombs_are_refused_before_they_grow() {
    let laughs = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
    assert!(
        refusal(laughs).contains("Line 1: anchors"),
        "{}",
        refusal(laughs)
    );
    let deep = format!("{}{}", "[".repeat(25), "]".repeat(25));
    assert!(
        refusal(&deep).contains("nested deeper"),
        "{}",
        refusal(&deep)
    );
    // The parser has a limit of its own, far below the stack's.
    assert!(refusal(&"[".repeat(30_000)).starts_with("Line 1"));
    assert!(refusal(&format!("run: [{}]", "a,".repeat(6000))).contains("more than 5000"));
    assert!(refusal(&"a".repeat(70 * 1024)).contains("At most 64 KiB"));
    assert!(refusal("run: a\nrun: b\n").contains("twice"));
    assert!(refusal("run: a\n---\nrun: b\n").contains("only one document"));
    assert!(refusal("run: [a\n").contains("not YAML"));
    assert_eq!(refusal(""), "It is empty.");
    assert!(refusal("- a\n").contains("mapping"));
}

#[test]
fn fields_of_the_form_beside_a_task_are_named() {
    let input = NodeOrderInput {
        accelerator: "H100".into(),
        spot: true,
        ..Default::default()
    };
    let fields: Vec<_> = fields_besides(&input)
        .into_iter()
        .map(|error| error.field)
        .collect();
    assert_eq!(fields, ["accelerator", "spot"]);
}

fn prepared(resources: &str) -> Prepared {
    prepare(&format!("resources: {resources}\n"), None, None).unwrap()
}

fn offer(accelerator: &str, count: u32, place: &str, price: f64, spot: Option<f64>) -> Offer {
    let (cloud, region) = place.split_once('/').unwrap();
    #[allow(clippy::cast_possible_truncation, reason = "a price of the test")]
    let micro = |price: f64| MicroDollars((price * 1e6) as i64);
    Offer {
        accelerator: accelerator.into(),
        count,
        device_memory_gib: None,
        cloud: cloud.into(),
        region: region.into(),
        instance_type: format!("{}-{count}", accelerator.to_lowercase()),
        vcpus: None,
        memory_gib: None,
        price_per_hour: (price > 0.0).then(|| micro(price)),
        spot_price_per_hour: spot.map(micro),
    }
}

/// SkyPilot's grammar of resources, and the price that counts for each; `None`: not known.
#[test]
fn the_most_expensive_machine_counts_and_an_unknown_one_has_no_price() {
    let offers = [
        offer("H100", 8, "aws/us-east-1", 55.04, Some(20.0)),
        offer("H100", 8, "lambda/us-west-1", 23.92, None),
        offer("H100", 1, "aws/us-east-1", 6.88, Some(2.5)),
        offer("A100", 8, "gcp/us-central1", 29.38, Some(11.0)),
        offer("L4", 1, "kubernetes/lab", 0.0, None),
        offer("L4", 1, "aws/us-east-1", 0.8, None),
    ];
    for (resources, price) in [
        ("{accelerators: H100:8}", Some(55.04)),
        ("{accelerators: 'h100:8'}", Some(55.04)),
        ("{accelerators: [H100:8]}", Some(55.04)),
        ("{accelerators: [A100:8, H100:1]}", Some(29.38)),
        ("{accelerators: {H100: 8}}", Some(55.04)),
        ("{accelerators: {H100: 8.0}}", Some(55.04)),
        ("{accelerators: {H100:8, A100:8}}", Some(55.04)),
        ("{accelerators: {H100: null}}", Some(6.88)),
        ("{accelerators: H100}", Some(6.88)),
        ("{gpus: H100:8}", Some(55.04)),
        ("{instance_type: h100-8}", Some(55.04)),
        ("{infra: lambda, accelerators: H100:8}", Some(23.92)),
        ("{infra: '*/us-west-1', accelerators: H100:8}", Some(23.92)),
        ("{cloud: Lambda, accelerators: H100:8}", Some(23.92)),
        ("{region: us-east-1, accelerators: H100:8}", Some(55.04)),
        ("{accelerators: H100:8, max_hourly_cost: 30}", Some(23.92)),
        ("{accelerators: H100:8, use_spot: true}", Some(20.0)),
        ("{accelerators: H100:8, use_spot: on}", Some(20.0)),
        (
            "{any_of: [{accelerators: H100:1}, {accelerators: A100:8}]}",
            Some(29.38),
        ),
        (
            "{accelerators: H100:8, any_of: [{infra: aws}, {infra: lambda}]}",
            Some(55.04),
        ),
        (
            "{accelerators: H100:8, ordered: [{infra: lambda}, {use_spot: true}]}",
            Some(23.92),
        ),
        ("{any_of: [{gpus: H100:1}, {cpus: 4+}]}", None),
        ("{accelerators: H100:0.5}", None),
        ("{accelerators: 80GB+}", None),
        ("{accelerators: L4:1}", None),
        ("{accelerators: L4:1, infra: k8s/lab}", None),
        ("{accelerators: L4:1, infra: aws}", Some(0.8)),
        ("{infra: azure, accelerators: H100:8}", None),
        ("{instance_type: m6i.large}", None),
        ("{cpus: 4+, memory: 16+}", None),
        ("{infra: aws}", None),
        ("{}", None),
        ("", None),
    ] {
        #[allow(clippy::cast_possible_truncation, reason = "a price of the test")]
        let price = price.map(|price: f64| MicroDollars((price * 1e6) as i64));
        assert_eq!(prepared(resources).max_price(&offers), price, "{resources}");
    }
    assert!(refusal("resources: [{accelerators: H100:8}]\n").starts_with("Line 1"));
    assert!(refusal("resources: H100:8\n").starts_with("Line 1"));
    assert!(refusal("resources:\n  any_of: H100:8\n").starts_with("Line 2"));
}

#[test]
fn skypilot_is_told_the_price_that_counted() {
    let prepared = prepared("{accelerators: H100:8}");
    let task: serde_norway::Value =
        serde_norway::from_str(&prepared.yaml(Some(MicroDollars(55_040_000)))).unwrap();
    assert_eq!(task["resources"]["max_hourly_cost"], 55.04);
    assert_eq!(task["resources"]["accelerators"], "H100:8");
}

/// PyYAML reads `22:30` as 1350 and `on` as True unless they are quoted.
#[test]
fn what_is_quoted_in_a_task_stays_text_and_what_is_not_stays_as_it_is() {
    let task = "envs:\n  WINDOW: \"22:30\"\n  FLAG: 'on'\n  COUNT: 3\n  PLAIN: off\n  \"NO\": x\nrun: echo\n";
    let yaml = prepare(task, None, None).unwrap().yaml(None);
    for line in [
        "  WINDOW: \"22:30\"\n",
        "  FLAG: \"on\"\n",
        "  COUNT: 3\n",
        "  PLAIN: off\n",
        "  \"NO\": x\n",
    ] {
        assert!(yaml.contains(line), "{line:?} is not in {yaml}");
    }
}
