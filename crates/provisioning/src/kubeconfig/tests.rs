use super::*;

const CASE: &str = r#"
apiVersion: v1
kind: Config
clusters:
- name: on
  cluster:
    server: https://127.98.245.164:6443
    certificate-authority-data: ""
contexts:
- name: on
  context: {cluster: on, user: on-admin}
current-context: on
users:
- name: on-admin
  user:
    token: "abc"
"#;

fn read(text: &str) -> Kubeconfig {
    Kubeconfig::read(text, None).unwrap_or_else(|message| panic!("{message}\n{text}"))
}

fn refusal(text: &str) -> String {
    match Kubeconfig::read(text, None) {
        Ok(_) => panic!("read: {text}"),
        Err(message) => message,
    }
}

fn server(text: &str) -> String {
    read(text).server().unwrap().to_string()
}

#[test]
fn what_is_empty_is_absent() {
    let case = read(CASE);
    assert_eq!(case.cluster.pem("certificate-authority-data"), Ok(None));
    for nothing in ["", "~", "null", "''", "\"\"", "[]", "{}"] {
        let text = CASE.replace(
            "token: \"abc\"",
            &format!("token: abc\n    exec: {nothing}"),
        );
        assert_eq!(read(&text).user.line("exec"), None, "{nothing}");
        let text = CASE.replace(
            "current-context: on",
            &format!("current-context: {nothing}"),
        );
        assert_eq!(read(&text).context, "on", "{nothing}");
    }
}

#[test]
fn the_current_context_is_chosen_among_several() {
    let several = CASE
        .replace("contexts:", "contexts:\n- name: other\n  context: {cluster: gone, user: gone}")
        .replace("clusters:", "clusters:\n- name: unused\n  cluster: null\n- name: 2\n  cluster: {server: 'https://two'}")
        .replace("users:", "users:\n- name: unused\n  user:\n- name: two\n  user: {exec: {command: aws}}")
        .replace("  context: {cluster: on", "  context: {namespace: x, cluster: on");
    assert_eq!(server(&several), "https://127.98.245.164:6443/");
    let two = several.replace("cluster: gone, user: gone", "cluster: 2, user: two");
    let chosen =
        Kubeconfig::read(&two, Some("other")).unwrap_or_else(|message| panic!("{message}"));
    assert_eq!(chosen.server().unwrap().as_str(), "https://two/");
    assert_eq!(chosen.user.to_json()["exec"]["command"], "aws");
    assert!(Kubeconfig::read(&two, Some("none")).is_err());
    assert!(refusal(&two.replace("current-context: on", "")).contains("use-context"));
    assert!(
        refusal(&two.replace("current-context: on", "current-context: gone"))
            .contains("current-context")
    );
    assert!(
        refusal(&several.replace("current-context: on", "current-context: other"))
            .contains("cluster")
    );
}

#[test]
fn a_context_may_have_no_user() {
    let text = CASE.replace(", user: on-admin", "");
    assert_eq!(read(&text).token(), Ok(None));
    for user in ["user: null", "user: {}", ""] {
        let text = CASE.replace("user:\n    token: \"abc\"", user);
        assert_eq!(read(&text).token(), Ok(None), "{user}");
    }
}

#[test]
fn json_is_read_with_tabs_and_without() {
    let json = r#"{
	"apiVersion": "v1", "kind": "Config", "preferences": {},
	"clusters": [{"name": "a", "cluster": {"server": "https:\/\/a.example.com", "insecure-skip-tls-verify": true}}],
	"users": [{"name": "u", "user": {"token": "\u0061bc"}}],
	"contexts": [{"name": "c", "context": {"cluster": "a", "user": "u"}}],
	"current-context": "c"
}"#;
    for text in [json.to_owned(), json.replace(['\n', '\t'], "")] {
        let found = read(&text);
        assert_eq!(found.server().unwrap().as_str(), "https://a.example.com/");
        assert_eq!(found.token(), Ok(Some("abc")));
        assert_eq!(found.skips_verification(), Ok(true));
    }
}

#[test]
fn flags_are_read_in_every_spelling() {
    for (text, value) in [
        ("true", Ok(true)),
        ("True", Ok(true)),
        ("yes", Ok(true)),
        ("on", Ok(true)),
        ("false", Ok(false)),
        ("off", Ok(false)),
        ("null", Ok(false)),
        ("", Ok(false)),
        ("maybe", Err(())),
        ("1", Err(())),
    ] {
        let flag = format!("server: https://a\n    insecure-skip-tls-verify: {text}");
        let found = read(&CASE.replace("server: https://127.98.245.164:6443", &flag));
        assert_eq!(found.skips_verification().map_err(drop), value, "{text}");
    }
}

#[test]
fn a_server_without_a_scheme_is_reached_over_tls_if_there_is_anything_about_it() {
    let bare = CASE.replace("https://127.98.245.164:6443", "k8s.example.com:6443");
    assert_eq!(server(&bare), "http://k8s.example.com:6443/");
    let trusted = bare.replace("data: \"\"", "data: QQ==");
    assert_eq!(server(&trusted), "https://k8s.example.com:6443/");
    let skipped = bare.replace(
        "    certificate-authority-data",
        "    insecure-skip-tls-verify: true\n    certificate-authority-data",
    );
    assert_eq!(server(&skipped), "https://k8s.example.com:6443/");
    for wrong in ["", "ftp://a", "https://u:p@a", "https://a/?q", "https://"] {
        let text = CASE.replace("https://127.98.245.164:6443", &format!("'{wrong}'"));
        assert!(
            read(&text).server().unwrap_err().contains("cluster.server"),
            "{wrong}"
        );
    }
}

#[test]
fn aliases_stand_for_their_values_within_bounds() {
    let text = CASE
        .replace("user:\n    token: \"abc\"", "user: *secret")
        .replace("apiVersion: v1", "x: &secret {token: abc}\napiVersion: v1");
    assert_eq!(read(&text).token(), Ok(Some("abc")));
    let bomb: String = (1..12)
        .map(|level| {
            format!(
                "a{level}: &a{level} [{}]\n",
                vec![format!("*a{}", level - 1); 10].join(", ")
            )
        })
        .collect();
    assert!(refusal(&format!("a0: &a0 x\n{bomb}{CASE}")).contains("values"));
    assert!(refusal("a: &a [*a]").contains("alias"));
}

#[test]
fn what_kubectl_knows_is_handed_on_in_its_types() {
    let user = r#"exec:
      apiVersion: client.authentication.k8s.io/v1
      command: aws
      args: [eks, get-token, --region, eu-central-1, "", 123]
      env:
      - {name: AWS_PROFILE, value: ""}
      installHint: ""
      interactiveMode: Never
      provideClusterInfo: yes
    token: """#;
    let found = read(&CASE.replace("token: \"abc\"", user)).user.to_json();
    assert_eq!(
        found,
        serde_json::json!({"exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": "aws",
            "args": ["eks", "get-token", "--region", "eu-central-1", "", "123"],
            "env": [{"name": "AWS_PROFILE", "value": ""}],
            "interactiveMode": "Never",
            "provideClusterInfo": true,
        }})
    );
    let extensions = "server: https://a\n    extensions:\n    - name: client.authentication.k8s.io/exec\n      extension: {audience: '7', level: 3, on: true}";
    let found = read(&CASE.replace("server: https://127.98.245.164:6443", extensions));
    let extension = &found.cluster.to_json()["extensions"][0]["extension"];
    assert_eq!(
        *extension,
        serde_json::json!({"audience": "7", "level": 3, "on": true})
    );
}

#[test]
fn what_is_no_kubeconfig_is_refused_without_quoting_it() {
    for text in [
        "canary",
        "- canary",
        "canary: [",
        "kind: Canary\ncontexts: []",
        "contexts: canary",
        "contexts: [canary, canary]",
        "current-context: canary\ncontexts: [{name: canary}, {name: canary}]",
        "",
    ] {
        assert!(!refusal(text).contains("anary"), "{text}");
    }
}
