//! Every server function, with bodies that no page sends: fields that are missing, doubled, of another type, huge, or not
//! text at all. None of them makes the portal fail.

use crate::{
    fixture::{ADMIN, TestPortal},
    permissions::{
        table::{Body, routes},
        world::World,
    },
};
use futures::{StreamExt as _, stream};
use reqwest::Method;
use url::form_urlencoded::{Serializer, parse};

/// Requests at the same time.
const AT_ONCE: usize = 4;

/// Forms with every field, where the table of permissions has fewer.
const WHOLE_FORMS: &[(&str, &str)] = &[
    (
        "/rpc/create-cluster",
        "draft[name]=mutant&draft[place]={tenant}/dev&draft[plan]=small&draft[kubernetes_version]=v1.36.0\
         &draft[exposure]=ingress&draft[ingress_host]=a.example.com&draft[time_to_live_hours]=4&idempotency_key=1",
    ),
    (
        "/rpc/create-node",
        "draft[name]=mutant&draft[place]={tenant}/dev&draft[kind]=machine&draft[accelerator]=L4&draft[count]=1\
         &draft[location]=aws/us-east-1&draft[spot]=false&draft[disk_gib]=100&draft[image]=&draft[setup]=true\
         &draft[run]=true&draft[idle_minutes]=30&draft[idle_action]=stop&draft[time_to_live_hours]=4&idempotency_key=1",
    ),
    (
        "/rpc/create-node",
        "draft[name]=mutant&draft[place]={tenant}/dev&draft[kind]=task&draft[task]=resources:%0A  accelerators: L4&idempotency_key=1",
    ),
    (
        "/rpc/submit-node-job",
        "id={node}&input[run]=nvidia-smi&input[name]=mutant",
    ),
    (
        "/rpc/create-token",
        "input[name]=mutant&input[expires_in_days]=1&input[scopes][0]=read&input[tenant]={tenant}",
    ),
    (
        "/rpc/set-environment-limits",
        "tenant={tenant_id}&id={environment_id}&limits[max_clusters]=3&limits[max_nodes]=3\
         &limits[max_price_per_hour]=3.5&version=0",
    ),
    (
        "/rpc/create-credential",
        "tenant={tenant}&environment=&provider=kubernetes&name=mutant&fields[kubeconfig]=apiVersion: v1",
    ),
    (
        "/rpc/create-credential",
        "tenant={tenant}&environment=&provider=gcp&name=mutant&fields[service_account_json]={}",
    ),
    (
        "/rpc/invite-pool-user",
        "provider=none&input[email]=a@example.com&input[name]=A",
    ),
    ("/rpc/try-claim-rules", "provider=sandbox&token=e30.e30.e30"),
];

/// Values in the place of others, as they are sent.
fn values() -> Vec<Vec<u8>> {
    let text = [
        "",
        " ",
        "x",
        "null",
        "true",
        "-1",
        "0",
        "99999999999999999999",
        "1e400",
        "NaN",
        "1.5",
        "%00",
        "%1B[2J%E2%80%AE%E2%80%8B",
        "%0D%0Ax-probe: 1",
        "%FF%FE%C0%AF",
        "%ED%A0%80",
        "%",
        "%zz",
        "%F0%9F%92%A9",
        "../../../etc/passwd",
        "'; DROP TABLE users; --",
        "</title><x-probe>",
        "{\"a\":[1]}",
        "00000000-0000-0000-0000-000000000000",
        "2026-13-45T99:99:99Z",
    ];
    let mut values: Vec<Vec<u8>> = text.map(|text| text.as_bytes().to_vec()).into();
    values.push(b"a".repeat(100_000));
    values.push(b"%E2%80%8B".repeat(10_000));
    values.push(b"[".repeat(50_000));
    values.push(b"&a: *a\n- ".repeat(1000));
    values.push(vec![0xff, 0x00, 0xfe, 0x80]);
    values
}

/// The fields with the value of one of them as it is sent.
fn with_value(fields: &[(String, String)], index: usize, value: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (number, (name, kept)) in fields.iter().enumerate() {
        if number > 0 {
            body.push(b'&');
        }
        let mut pair = Serializer::new(String::new());
        if number == index {
            body.extend(pair.append_key_only(name).finish().bytes());
            body.push(b'=');
            body.extend(value);
        } else {
            body.extend(pair.append_pair(name, kept).finish().bytes());
        }
    }
    body
}

/// Bodies that differ from the form in one thing, and what that is.
fn mutants(form: &str) -> Vec<(String, Vec<u8>)> {
    let fields: Vec<(String, String)> = parse(form.as_bytes()).into_owned().collect();
    let joined = |fields: &[(String, String)]| with_value(fields, usize::MAX, b"");
    let mut mutants = vec![("as it is".to_owned(), joined(&fields))];
    for (index, (name, value)) in fields.iter().enumerate() {
        for value in values() {
            let shown: String = String::from_utf8_lossy(&value).chars().take(40).collect();
            let what = format!("{name} is {shown:?}");
            mutants.push((what, with_value(&fields, index, &value)));
        }
        let mut fewer = fields.clone();
        fewer.remove(index);
        mutants.push((format!("{name} is missing"), joined(&fewer)));
        let mut doubled = fields.clone();
        doubled.push((name.clone(), "again".into()));
        mutants.push((format!("{name} is there twice"), joined(&doubled)));
        for suffix in ["[]", "[0]", "[x]", "[x][y]", "[", "]"] {
            let mut renamed = fields.clone();
            renamed[index] = (format!("{name}{suffix}"), value.clone());
            mutants.push((format!("{name} is {name}{suffix}"), joined(&renamed)));
        }
    }
    let mut more = fields.clone();
    more.push(("colour".into(), "red".into()));
    mutants.push(("an unknown field".into(), joined(&more)));
    let whole: [(&str, Vec<u8>); 9] = [
        ("nothing", Vec::new()),
        ("only separators", b"&&=&==&=&&".to_vec()),
        ("JSON", br#"{"id": 1, "draft": [], "input": null}"#.to_vec()),
        ("no text", (0..=255).collect()),
        ("ten thousand fields", b"a=1&".repeat(10_000)),
        (
            "deep names",
            [b"a".to_vec(), b"[a]".repeat(5_000), b"=1".to_vec()].concat(),
        ),
        ("brackets", b"]]][[[=1&[]=&[=&]=".to_vec()),
        ("too large", b"a".repeat(1_100_000)),
        (
            "another page",
            [
                joined(&fields),
                b"&_page=//evil.example.com&_key=%00&_keep=true".to_vec(),
            ]
            .concat(),
        ),
    ];
    mutants.extend(whole.map(|(what, body)| (what.to_owned(), body)));
    mutants
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test(flavor = "multi_thread")]
async fn no_body_makes_a_server_function_fail() {
    let portal = TestPortal::start().await;
    let world = World::of(&portal).await;
    let admin = portal.browser_of(ADMIN).await;
    let table = routes();
    let forms = table.iter().filter_map(|route| match route.body {
        Body::Form(form) => Some((route.path, form)),
        _ => None,
    });
    let mut requests = Vec::new();
    for (path, form) in forms.chain(WHOLE_FORMS.iter().copied()) {
        let form = world.filled(form);
        for (what, body) in mutants(&form) {
            requests.push((path, what, body, FORM));
        }
        for media_type in [
            "",
            "application/json",
            "text/plain",
            "multipart/form-data; boundary=a",
            "application/x-www-form-urlencoded; charset=utf-16",
            "application/cbor",
        ] {
            let what = format!("of type {media_type:?}");
            requests.push((path, what, form.clone().into_bytes(), media_type));
        }
    }
    assert!(requests.len() > 3000, "{}", requests.len());
    let admin = &admin;
    let asked = stream::iter(requests).map(|(path, what, body, media_type)| async move {
        let mut request = admin.request_of_our_page(Method::POST, path).body(body);
        if !media_type.is_empty() {
            request = request.header("content-type", media_type);
        }
        // Every second one is from a browser, which gets a page.
        if what.len().is_multiple_of(2) {
            request = request.header("accept", "text/html");
        }
        match request.send().await {
            Ok(answer) if answer.status().as_u16() < 500 => None,
            Ok(answer) => Some(format!("{path}, {what}: {}", answer.status())),
            // A body that is too large may be answered before it was sent.
            Err(_) if what == "too large" => None,
            Err(error) => Some(format!("{path}, {what}: {error}")),
        }
    });
    let failed: Vec<String> = asked
        .buffer_unordered(AT_ONCE)
        .filter_map(async |failure| failure)
        .collect()
        .await;
    assert!(
        failed.is_empty(),
        "{}:\n{}",
        failed.len(),
        failed.join("\n")
    );
    assert!(admin.is_signed_in().await);
    portal.stop().await;
}
