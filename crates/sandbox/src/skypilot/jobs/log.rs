//! The output of a job so far, in SkyPilot's form.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::{Job, Status};
use crate::skypilot::Server;
use crate::skypilot::clock::now_precise;
use crate::skypilot::http::{Gone, HEARTBEAT, HEARTBEAT_INTERVAL, Sink};
use crate::skypilot::requests::last_lines;
use crate::skypilot::shell::Trace;
use crate::skypilot::style::{self, CYAN, RED, RESET};

const LOOK: Duration = Duration::from_millis(100);

fn come<'a>(
    server: &'a Server,
    trace: &'a Trace,
    since: f64,
    until: f64,
) -> impl Iterator<Item = &'a str> {
    trace
        .lines
        .iter()
        .take_while(move |(after, _)| since + server.real_seconds(*after) <= until)
        .map(|(_, line)| line.as_str())
}

/// Without the last line, which says how the job ended.
fn job_log(server: &Server, job: &Job) -> String {
    let until = job.end_at.unwrap_or_else(now_precise);
    let mut lines = vec![style::one_of(&style::dim(
        "Waiting for task resources on 1 node.",
    ))];
    if let Some(begun_at) = job.begun_at {
        let hint = style::dim("(Ctrl-C to exit log streaming; job will not be killed)");
        lines.push(style::last_of(&format!(
            "Job started. Streaming logs... {hint}"
        )));
        if let Some(trace) = &job.setup_trace {
            let prefix = format!("{CYAN}(setup pid={}){RESET}", job.pid);
            lines.extend(
                come(server, trace, begun_at, until).map(|line| format!("{prefix} {line}")),
            );
        }
    }
    if let (Some(start_at), Some(trace)) = (job.start_at, &job.run_trace) {
        let name = job.spec.name.as_deref().unwrap_or("task");
        let prefix = format!("{CYAN}({name}, pid={}){RESET}", job.pid + 1);
        lines.extend(come(server, trace, start_at, until).map(|line| format!("{prefix} {line}")));
    }
    match job.status {
        Status::Failed => {
            let exit = job.run_trace.as_ref().map_or(1, |trace| trace.exit);
            lines.push(format!(
                "ERROR: {RED}Job {} failed with return code list:{RESET} [{exit}] ",
                job.id
            ));
        }
        Status::FailedSetup => {
            let exit = job.setup_trace.as_ref().map_or(1, |trace| trace.exit);
            lines.push(format!(
                "ERROR: {RED}Job {}'s setup failed with return code {exit} (pid={}). See error logs above for more \
                 details.{RESET}",
                job.id, job.pid
            ));
        }
        _ => {}
    }
    lines
        .into_iter()
        .fold(String::new(), |all, line| all + &line + "\n")
}

pub async fn follow(
    server: Arc<Server>,
    cluster: String,
    job_id: Option<i64>,
    (follow, tail): (bool, Option<usize>),
    sink: Sink,
) -> Result<(), Gone> {
    let find = |id: Option<i64>| {
        server.store.read(|state| {
            let jobs = &state.clusters.get(&cluster)?.jobs;
            let job = match id {
                Some(id) => jobs.iter().find(|job| job.id == id),
                None => jobs.iter().max_by_key(|job| job.id),
            };
            job.cloned()
        })
    };
    if job_id.is_none() {
        sink.send("Job ID not provided. Streaming the logs of the latest job.\n")
            .await?;
    }
    let Some(first) = find(job_id) else {
        return sink
            .send(match job_id {
                Some(id) => format!("Job {id} not found (see `sky queue`).\n"),
                None => "Skip streaming logs as no job has been submitted.\n".to_owned(),
            })
            .await;
    };
    let log = job_log(&server, &first);
    sink.send(last_lines(&log, tail)).await?;
    let (mut job, mut sent) = (first, log.len());
    let mut last_sent = Instant::now();
    loop {
        if job.status.is_over() {
            let line = style::finishing(&format!("Job finished (status: {}).", job.status.name()));
            return sink.send(format!("{line}\n")).await;
        }
        if !follow {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
        // A terminated cluster takes its jobs along.
        let Some(next) = find(Some(job.id)) else {
            return Ok(());
        };
        job = next;
        let log = job_log(&server, &job);
        if log.len() > sent {
            sink.send(&log[sent..]).await?;
        } else if last_sent.elapsed() >= HEARTBEAT_INTERVAL {
            sink.send(HEARTBEAT).await?;
        } else {
            continue;
        }
        sent = log.len();
        last_sent = Instant::now();
    }
}
