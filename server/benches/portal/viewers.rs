//! A thousand users look at one list in which something changes all the time.

use crate::{
    load::percentiles,
    memory,
    portal_process::{ApiClient, Outside, PortalProcess},
    row, streams,
};
use reqwest::header::{ACCEPT_ENCODING, ETAG, IF_NONE_MATCH};
use std::time::{Duration, Instant};

const VIEWERS: usize = 1000;
const CHANGES: usize = 5;
const PATIENCE: Duration = Duration::from_secs(60);

/// Changes the list and takes the time until each viewer has the new page.
pub async fn measure(outside: &Outside, portal: &PortalProcess) {
    let client = outside.client();
    let mut viewers = Vec::with_capacity(VIEWERS);
    for _ in 0..VIEWERS {
        viewers.push(streams::open(&client, "/events/clusters").await);
    }
    let (mut times, mut seconds) = (Vec::new(), 0.0);
    for change in 0..CHANGES {
        let name = format!("seen-by-all-{change}");
        let before = memory::processor_seconds(portal.id());
        let began = Instant::now();
        let order = client.order(&name).send().await.expect("an answer");
        assert!(order.status().is_success(), "{}", order.status());
        let looks: Vec<_> = viewers
            .into_iter()
            .map(|stream| tokio::spawn(see(client.clone(), stream, name.clone(), began)))
            .collect();
        viewers = Vec::with_capacity(VIEWERS);
        for look in looks {
            let (stream, time) = look.await.expect("a viewer");
            viewers.push(stream);
            times.push(time);
        }
        seconds += memory::processor_seconds(portal.id()) - before;
    }
    row(
        &format!("order to the list of each of {VIEWERS} viewers"),
        percentiles(times),
    );
    row(
        &format!("processor time of the portal for a change that {VIEWERS} viewers see"),
        format!("{:.2} s", seconds / CHANGES as f64),
    );
    row("memory after that", memory::of(portal.id()));
}

/// Asks for the list at each event, as the script does, until the cluster is in it.
async fn see(
    client: ApiClient,
    mut stream: reqwest::Response,
    name: String,
    began: Instant,
) -> (reqwest::Response, Duration) {
    let mut known = None;
    loop {
        streams::next(&mut stream).await;
        let mut request = client
            .http
            .get(client.url("/clusters"))
            .header(ACCEPT_ENCODING, "identity")
            .timeout(PATIENCE);
        if let Some(known) = known.take() {
            request = request.header(IF_NONE_MATCH, known);
        }
        let answer = request.send().await.expect("an answer");
        known = answer.headers().get(ETAG).cloned();
        let page = answer.text().await.expect("a page");
        if page.contains(&name) {
            return (stream, began.elapsed());
        }
        assert!(began.elapsed() < PATIENCE, "{name} never appeared");
    }
}
