//! Browsers that go away in the middle leave nothing behind.

use crate::fixture::{DEVELOPER, PATIENCE, TestPortal};
use std::time::Instant;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    runtime::Handle,
};

const WARM_UP: usize = 300;
const REQUESTS: usize = 3_000;
const AT_ONCE: usize = 32;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aborted_pages_leave_neither_tasks_nor_memory() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let cookie = browser.cookie("hangar").unwrap();
    let request = format!(
        "GET /clusters HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nCookie: hangar={cookie}\r\n\r\n",
        portal.address
    );
    abort(&portal, &request, WARM_UP).await;
    let tasks = settled(0).await;
    let memory = resident_memory();
    abort(&portal, &request, REQUESTS).await;
    settled(tasks).await;
    let grown = resident_memory().saturating_sub(memory);
    // Without the guard, each abort left about 6 KB: 18 MB by now.
    assert!(grown < 8 << 20, "{} KiB more", grown >> 10);
    assert_eq!(browser.page("/clusters").await.status, 200);
    portal.stop().await;
}

/// Asks for the page and goes away, now before the answer, now after its first bytes.
async fn abort(portal: &TestPortal, request: &str, times: usize) {
    let address = portal.address;
    for round in 0..times / AT_ONCE {
        let gone = (0..AT_ONCE).map(|number| async move {
            let mut connection = TcpStream::connect(address).await.unwrap();
            connection.write_all(request.as_bytes()).await.unwrap();
            if (round + number).is_multiple_of(2) {
                let mut first = [0; 64];
                connection.read_exact(&mut first).await.unwrap();
            }
        });
        futures::future::join_all(gone).await;
    }
}

/// Waits until there are no more tasks than before (or, without a before, no fewer any more); answers how many.
async fn settled(before: usize) -> usize {
    let metrics = Handle::current().metrics();
    let begun = Instant::now();
    let mut lowest = metrics.num_alive_tasks();
    loop {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let now = metrics.num_alive_tasks();
        if (before > 0 && now <= before) || (before == 0 && now >= lowest) {
            return now;
        }
        lowest = lowest.min(now);
        assert!(begun.elapsed() < PATIENCE, "{now} tasks, {before} before");
    }
}

/// In bytes.
fn resident_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    let kilobytes: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes << 10
}
