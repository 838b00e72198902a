//! What a browser transfers for the first page that it opens, compressed.

use crate::{
    portal_process::{ApiClient, Outside},
    row,
};
use reqwest::header::ACCEPT_ENCODING;
use std::collections::BTreeSet;

/// In bytes, for scripts and style; a release may exceed it by a third.
const WITHOUT_ISLANDS: usize = 15_000;
const WITH_ISLANDS: usize = 100_000;

/// Opens a page of each kind as a browser without a cache.
pub async fn measure(outside: &Outside, cluster: &str, node: &str) {
    let client = outside.client();
    for (name, path) in [
        ("sign-in", "/sign-in".to_owned()),
        ("overview", "/".to_owned()),
        ("clusters", "/clusters".to_owned()),
        ("cluster", format!("/clusters/{cluster}")),
        ("new cluster", "/clusters/new".to_owned()),
        ("nodes", "/nodes".to_owned()),
        ("node", format!("/nodes/{node}")),
        ("node log", format!("/nodes/{node}/logs")),
        ("new node", "/nodes/new".to_owned()),
        ("catalogue", "/nodes/catalogue".to_owned()),
        ("tenant", "/tenants/vision".to_owned()),
    ] {
        let (html, transferred) = get(&client, &path).await;
        let has_islands = html.contains(" data-island=");
        let mut files = 0;
        for file in files_of(&html, has_islands) {
            files += get(&client, file).await.1;
        }
        let budget = if has_islands {
            WITH_ISLANDS
        } else {
            WITHOUT_ISLANDS
        };
        let kilobytes = |bytes: usize| bytes as f64 / 1000.0;
        row(
            &format!("first page: {name}"),
            format!(
                "{:.1} kB of js, wasm and css (budget {:.0} kB), {:.1} kB of HTML",
                kilobytes(files),
                kilobytes(budget),
                kilobytes(transferred),
            ),
        );
        assert!(
            files * 3 <= budget * 4,
            "the first page {path} exceeds its budget by more than a third"
        );
    }
}

/// The text of a file and how many bytes were transferred for it.
async fn get(client: &ApiClient, path: &str) -> (String, usize) {
    let url = client.url(path);
    let plain = client.http.get(&url).send().await.expect("an answer");
    assert!(plain.status().is_success(), "{path}: {}", plain.status());
    let plain = plain.bytes().await.expect("a body");
    let compressed = client.http.get(&url).header(ACCEPT_ENCODING, "br, gzip");
    let compressed = compressed.send().await.expect("an answer");
    let compressed = compressed.bytes().await.expect("a body");
    let text = String::from_utf8_lossy(&plain).into_owned();
    (text, compressed.len())
}

/// The script, the style sheet, and what islands need in addition, by the attributes of the document's head.
fn files_of(html: &str, has_islands: bool) -> BTreeSet<&str> {
    let attributes = ["href", "src", "data-islands", "data-wasm"];
    let used = if has_islands { 4 } else { 2 };
    attributes[..used]
        .iter()
        .flat_map(|attribute| {
            let pattern = format!(" {attribute}=\"/pkg/");
            let found: Vec<_> = html.match_indices(&pattern).collect();
            found.into_iter().filter_map(|(at, pattern)| {
                let from = at + pattern.len() - "/pkg/".len();
                html[from..].split('"').next()
            })
        })
        .collect()
}
