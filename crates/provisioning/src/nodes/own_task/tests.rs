use super::*;

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
    let task: Value = serde_norway::from_str(&prepared.yaml).unwrap();
    assert_eq!(task["name"], "trainer");
    assert_eq!(task["resources"]["ports"], Value::from(vec![8888, 22]));
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
    ] {
        assert!(refusal(task).starts_with(line), "{task}: {}", refusal(task));
    }
}

#[test]
fn files_from_stores_and_git_are_fine() {
    for task in [
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
