//! Cloud credentials over REST: planted secrets come out nowhere.

use crate::{
    fixture::{ADMIN, Answer, Browser, DEVELOPER, OTHER_DEVELOPER, TestPortal},
    program::Running,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path};

const CREDENTIALS: &str = "/api/v1/credentials";

/// A secret that is found wherever it gets to: letters and digits that stand nowhere else.
fn canary(provider: &str, round: u32) -> String {
    format!("CaNaRy{round}{provider}")
}

/// What looks like a private key from outside, with `canary` in it.
fn pem(canary: &str) -> String {
    let body = format!("MIIB{canary}");
    let padding = "A".repeat(64 - body.len());
    format!("-----BEGIN PRIVATE KEY-----\n{body}{padding}\n-----END PRIVATE KEY-----\n")
}

/// The fields of a provider's form, with canaries wherever there is a secret.
fn fields(provider: &str, round: u32) -> Value {
    let canary = canary(provider, round);
    let uuid = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    match provider {
        "aws" => json!({
            "access_key_id": "AKIAIOSFODNN7EXAMPLE",
            "secret_access_key": format!("{canary:a<40}"),
            "region": "eu-central-1",
        }),
        "azure" => json!({
            "directory_id": uuid,
            "client_id": uuid,
            "subscription_id": uuid,
            "client_secret": format!("{canary}8Q~abcdefghijkl"),
        }),
        "gcp" => json!({"service_account_json": json!({
            "type": "service_account",
            "project_id": "vision-dev-1234",
            "private_key": pem(&canary),
            "client_email": "hangar@vision-dev-1234.iam.gserviceaccount.com",
        }).to_string()}),
        "lambda" => json!({"api_key": format!("secret_{canary}.0123456789")}),
        "runpod" => json!({"api_key": format!("rpa_{canary}0123456789")}),
        "oci" => json!({
            "user_ocid": format!("ocid1.user.oc1..{}", "a".repeat(60)),
            "tenancy_ocid": format!("ocid1.tenancy.oc1..{}", "a".repeat(60)),
            "fingerprint": format!("{}ab", "ab:".repeat(15)),
            "region": "eu-frankfurt-1",
            "private_key": pem(&canary),
        }),
        "nebius" => json!({
            "project_id": "project-e00vision",
            "service_account_json": json!({"subject-credentials": {
                "type": "JWT", "alg": "RS256", "private-key": pem(&canary),
                "kid": "publickey-e00abc", "iss": "serviceaccount-e00x", "sub": "serviceaccount-e00x",
            }}).to_string(),
        }),
        "kubernetes" => json!({"kubeconfig": format!(
            "apiVersion: v1\nkind: Config\nclusters:\n- name: a\n  cluster:\n    server: https://127.0.0.1:1\n\
             contexts:\n- name: a\n  context:\n    cluster: a\n    user: a\nusers:\n- name: a\n  user:\n    token: {canary}\n"
        )}),
        other => panic!("no form for {other}"),
    }
}

const PROVIDERS: [&str; 8] = [
    "aws",
    "azure",
    "gcp",
    "lambda",
    "runpod",
    "oci",
    "nebius",
    "kubernetes",
];

fn input(provider: &str, name: &str, round: u32) -> Value {
    json!({
        "tenant": "vision",
        "provider": provider,
        "name": name,
        "fields": fields(provider, round),
    })
}

async fn stored(program: &Browser, provider: &str, name: &str) -> Value {
    let answer = program
        .json(Method::POST, CREDENTIALS, &input(provider, name, 1))
        .await;
    assert_eq!(answer.status, 201, "{provider}: {}", answer.body);
    answer.body_json()
}

fn address(credential: &Value) -> String {
    format!("{CREDENTIALS}/{}", credential["id"].as_str().unwrap())
}

/// Every file below a folder.
fn everything(folder: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            everything(&path, into);
        } else {
            let content = fs::read(&path).unwrap_or_default();
            into.insert(path.display().to_string(), content);
        }
    }
}

fn holds(content: &[u8], part: &str) -> bool {
    let part = part.as_bytes();
    content.windows(part.len()).any(|window| window == part)
}

/// Bodies that nobody can read, with a secret at each place where a reader would quote it.
async fn unreadable(admin: &Browser, id: &str) -> Vec<Answer> {
    let canary = canary("unreadable", 1);
    let mut answers = Vec::new();
    for body in [
        format!("{{\"tenant\": \"vision\", \"fields\": \"{canary}\"}}"),
        format!("{{\"provider\": \"{canary}\"}}"),
        format!("\"{canary}\""),
        format!("{{\"fields\": {{\"api_key\": [\"{canary}\"]}}, \"{canary}\": "),
        format!(
            "{{\"tenant\": \"vision\", \"provider\": \"lambda\", \"name\": \"x\", \"fields\": {{\"api key {canary}\": \"{canary}\"}}}}"
        ),
        format!("{{\"version\": \"{canary}\", \"fields\": {{}}}}"),
    ] {
        for (method, path) in [
            (Method::POST, CREDENTIALS.to_owned()),
            (Method::PUT, format!("{id}/secret")),
            (Method::PATCH, id.to_owned()),
        ] {
            let request = admin
                .request_of_our_page(method, &path)
                .header("content-type", "application/json")
                .body(body.clone());
            let answer = admin.send(request).await;
            assert!(
                (400..500).contains(&answer.status),
                "{body}: {}",
                answer.status
            );
            answers.push(answer);
        }
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn planted_secrets_are_in_no_answer_page_event_log_or_file() {
    // Nothing listens there: what is sent to AWS goes nowhere, and the attempt is logged.
    let variables = [("HANGAR__BROKER__STS_ENDPOINT", "http://127.0.0.1:9/")];
    let running = Running::start_with("debug,h2=info,rustls=info", &variables).await;
    let admin = Browser::at(running.origin());
    assert_eq!(admin.sign_in_as(ADMIN).await.location(), "/");
    let mut events = admin.events("/events/nodes").await;
    let mut seen = String::new();
    let mut see = |answer: Answer| {
        assert!(
            answer.status < 500 || answer.status == 503,
            "{}",
            answer.body
        );
        seen.push_str(&answer.body);
        seen.push_str(&format!("{:?}", answer.headers));
    };
    let mut all = Vec::new();
    for provider in PROVIDERS {
        let credential = stored(&admin, provider, &format!("Main {provider}")).await;
        see(admin.get(&address(&credential)).await);
        let replacement = json!({"fields": fields(provider, 2), "version": 1});
        let path = format!("{}/secret", address(&credential));
        let replaced = admin.json(Method::PUT, &path, &replacement).await;
        assert_eq!(replaced.status, 200, "{}", replaced.body);
        see(replaced);
        // Too late, so that everything is said of what it is now.
        let conflict = admin.json(Method::PUT, &path, &replacement).await;
        assert_eq!(conflict.status, 409);
        see(conflict);
        // The secrets of another provider's form.
        let other = if provider == "aws" { "azure" } else { "aws" };
        let mut mixed = input(provider, "mixed", 3);
        mixed["fields"] = fields(other, 3);
        see(admin.json(Method::POST, CREDENTIALS, &mixed).await);
        // What is right but for its end.
        let mut cut = fields(provider, 3);
        for value in cut.as_object_mut().unwrap().values_mut() {
            let text = value.as_str().unwrap();
            *value = json!(format!("{} \u{7f}", &text[..text.len() - 2]));
        }
        mixed["fields"] = cut;
        see(admin.json(Method::POST, CREDENTIALS, &mixed).await);
        for part in ["check", "suspend", "restore", "choose"] {
            see(admin
                .post(&format!("{}/{part}", address(&credential)))
                .await);
        }
        all.push(credential);
    }
    for answer in unreadable(&admin, &address(&all[0])).await {
        see(answer);
    }
    for path in [
        "/api/v1/credentials?tenant=vision",
        "/api/v1/audit",
        "/api/openapi.json",
        "/metrics",
        "/health/ready",
    ] {
        see(admin.get(path).await);
    }
    for path in [
        "/".to_owned(),
        "/account".to_owned(),
        "/nodes".to_owned(),
        "/nodes/catalogue".to_owned(),
        "/tenants".to_owned(),
        "/tenants/vision".to_owned(),
        "/tenants/vision/credentials".to_owned(),
        format!(
            "/tenants/vision/credentials/{}",
            all[0]["id"].as_str().unwrap()
        ),
        "/tenants/vision/audit".to_owned(),
        "/admin/audit".to_owned(),
        "/admin/tenants".to_owned(),
    ] {
        see(admin.page(&path).await);
    }
    let last = all.last().unwrap();
    let name = last["name"].as_str().unwrap().replace(' ', "%20");
    let gone = format!("{}?confirmation={name}", address(last));
    let answer = admin
        .send(admin.request_of_our_page(Method::DELETE, &gone))
        .await;
    assert_eq!(answer.status, 204, "{}", answer.body);
    seen.push_str(&events.told().await.unwrap().data);
    assert!(seen.contains("Main aws"));

    let (_, log, folder) = running.stop_and_keep();
    assert!(log.contains(CREDENTIALS), "requests are logged:\n{log}");
    let mut files = BTreeMap::new();
    everything(folder.path(), &mut files);
    let database = files.iter().find(|(path, _)| path.ends_with("hangar.db"));
    assert!(holds(database.unwrap().1, "Main aws"));
    let mut canaries = vec![canary("unreadable", 1)];
    for provider in PROVIDERS {
        canaries.extend([1, 2, 3].map(|round| canary(provider, round)));
    }
    for canary in canaries {
        let encoded = STANDARD.encode(&canary);
        for form in [canary.as_str(), &encoded[..encoded.len() - 4]] {
            assert!(!seen.contains(form), "{form} was sent");
            assert!(!log.contains(form), "{form} is in the log");
            for (path, content) in &files {
                assert!(!holds(content, form), "{form} is in {path}");
            }
        }
    }
}

#[tokio::test]
async fn a_credential_of_another_tenant_looks_like_one_that_is_not_there() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    let credential = stored(&admin, "lambda", "Main").await;
    let stranger = portal.program_of(OTHER_DEVELOPER).await;
    let there = address(&credential);
    let nowhere = format!("{CREDENTIALS}/0197a0b1-0000-7000-8000-000000000000");
    let replacement = json!({"fields": fields("lambda", 2), "version": 1});
    let name = json!({"name": "mine", "version": 1});
    for (method, part, body) in [
        (Method::GET, "", None),
        (Method::PUT, "/secret", Some(&replacement)),
        (Method::PATCH, "", Some(&name)),
        (Method::POST, "/choose", None),
        (Method::POST, "/suspend", None),
        (Method::POST, "/restore", None),
        (Method::POST, "/check", None),
        (Method::DELETE, "?confirmation=Main", None),
    ] {
        let mut answers = Vec::new();
        for address in [&there, &nowhere] {
            let request = stranger.request(method.clone(), &format!("{address}{part}"));
            let request = match body {
                Some(body) => request.json(body),
                None => request,
            };
            let answer = stranger.send(request).await;
            answer.assert_problem(404, "not-found");
            answers.push(answer.body);
        }
        assert_eq!(answers[0], answers[1], "{method} {part}");
    }
    let listed = stranger.get(&format!("{CREDENTIALS}?tenant=vision")).await;
    listed.assert_problem(404, "not-found");
    // Who sees the tenant and is no admin of it is told so.
    let developer = portal.program_of(DEVELOPER).await;
    developer.get(&there).await.assert_problem(403, "forbidden");
    let stays = admin.get(&there).await.body_json();
    assert_eq!(
        (&stays["version"], &stays["state"]),
        (&json!(1), &json!("active"))
    );
}
