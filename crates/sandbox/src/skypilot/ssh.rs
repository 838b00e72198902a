//! The machines' SSH server: one port for all of them, the key tells which machine is meant. Whoever comes in with a
//! cluster's key can run commands there, as far as the sandbox's shell knows them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use russh::keys::{PrivateKey, PublicKey};
use russh::server::{
    Auth, ChannelOpenHandle, Config, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, MethodKind, MethodSet};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::server::{Server, Visit};
use super::shell::{self, Node};
use super::ssh_key::SshKey;
use crate::data_directory::DataDirectory;

const HOST_KEY_FILE: &str = "skypilot-ssh-host-key";
const IDLE: Duration = Duration::from_secs(3600);
const LONGEST_LINE: usize = 4096;

pub fn host_key(data: &DataDirectory) -> Result<PrivateKey> {
    let text = match data.read_text(HOST_KEY_FILE)? {
        Some(text) => text,
        None => {
            let key = SshKey::generate("sandbox")?;
            data.write(HOST_KEY_FILE, key.private.as_bytes())?;
            key.private
        }
    };
    Ok(PrivateKey::from_openssh(text)?)
}

pub async fn serve(listener: TcpListener, server: Arc<Server>, host_key: PrivateKey) {
    let config = Arc::new(Config {
        inactivity_timeout: Some(IDLE),
        auth_rejection_time: Duration::from_millis(200),
        auth_rejection_time_initial: Some(Duration::ZERO),
        methods: MethodSet::from(&[MethodKind::PublicKey][..]),
        keys: vec![host_key],
        ..Config::default()
    });
    let mut visitors = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = server.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        while visitors.try_join_next().is_some() {}
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let visitor = Visitor {
            server: server.clone(),
            cluster: None,
            line: String::new(),
        };
        let config = config.clone();
        visitors.spawn(async move {
            if let Ok(session) = russh::server::run_stream(config, stream, visitor).await {
                // How it ended is the visitor's own affair.
                let _ = session.await;
            }
        });
    }
}

struct Visitor {
    server: Arc<Server>,
    /// Where they are, once let in.
    cluster: Option<(String, Visit)>,
    line: String,
}

impl Visitor {
    fn cluster_of(&self, key: &PublicKey) -> Option<String> {
        let offered = key.to_openssh().ok()?;
        let offered = offered.split_whitespace().take(2).collect::<Vec<_>>();
        self.server.store.read(|state| {
            let mut clusters = state.clusters.values().filter(|cluster| {
                cluster.status.is_usable()
                    && cluster
                        .public_key
                        .split_whitespace()
                        .take(2)
                        .eq(offered.iter().copied())
            });
            // A machine that was ended behind SkyPilot's back lets nobody in.
            let runs = |cluster: &&super::clusters::Cluster| {
                let machine = cluster
                    .machine
                    .as_ref()
                    .and_then(|id| state.machines.get(id));
                machine.is_some_and(|machine| machine.running)
            };
            clusters.find(runs).map(|cluster| cluster.name.clone())
        })
    }

    fn node(&self) -> Option<Node> {
        let (name, _) = self.cluster.as_ref()?;
        self.server
            .store
            .read(|state| state.clusters.get(name).map(Node::of))
    }

    fn run(&self, command: &str) -> (String, u32) {
        let Some(node) = self.node() else {
            return ("The machine is gone.\n".to_owned(), 255);
        };
        let trace = shell::run(command, &node, &std::collections::BTreeMap::new());
        let text = trace
            .lines
            .iter()
            .fold(String::new(), |text, (_, line)| text + line + "\n");
        (text, u32::try_from(trace.exit).unwrap_or(1))
    }

    fn prompt(&self) -> String {
        self.node().map_or_else(String::new, |node| {
            format!("({}) {}@{}:~$ ", node.cluster, node.user, node.hostname)
        })
    }

    fn leave(channel: ChannelId, status: u32, session: &mut Session) -> Result<(), russh::Error> {
        session.exit_status_request(channel, status)?;
        session.eof(channel)?;
        session.close(channel)
    }
}

impl Handler for Visitor {
    type Error = russh::Error;

    async fn auth_publickey_offered(
        &mut self,
        _user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        Ok(match self.cluster_of(offer.public_key) {
            Some(_) => Auth::Accept,
            None => Auth::reject(),
        })
    }

    async fn auth_publickey(
        &mut self,
        user: &str,
        key: VerifiedPublicKey<'_>,
    ) -> Result<Auth, Self::Error> {
        let Some(cluster) = self.cluster_of(key.public_key) else {
            return Ok(Auth::reject());
        };
        self.cluster = Some((cluster.clone(), self.server.visit(&cluster)));
        if self.node().is_none_or(|node| node.user != user) {
            self.cluster = None;
            return Ok(Auth::reject());
        }
        Ok(Auth::Accept)
    }

    async fn channel_open_session(
        &mut self,
        _channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(channel)?;
        let (text, status) = self.run(&String::from_utf8_lossy(data));
        session.data(channel, text.into_bytes())?;
        Self::leave(channel, status, session)
    }

    async fn pty_request(
        &mut self,
        channel: ChannelId,
        _term: &str,
        _col_width: u32,
        _row_height: u32,
        _pix_width: u32,
        _pix_height: u32,
        _modes: &[(russh::Pty, u32)],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(channel)
    }

    async fn shell_request(
        &mut self,
        channel: ChannelId,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(channel)?;
        let Some(node) = self.node() else {
            return Self::leave(channel, 255, session);
        };
        let welcome = format!(
            "This is {}, a machine of Hangar's sandbox: {} in {}.\r\nIt knows a few commands: nvidia-smi, hostname, ls, echo, \
             free, nproc, df, exit.\r\n\r\n{}",
            node.hostname,
            node.instance_type,
            node.place,
            self.prompt()
        );
        session.data(channel, welcome.into_bytes())
    }

    async fn data(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        let mut answer = String::new();
        for c in String::from_utf8_lossy(data).chars() {
            match c {
                '\r' | '\n' => {
                    answer.push_str("\r\n");
                    let line = std::mem::take(&mut self.line);
                    if matches!(line.trim(), "exit" | "logout") {
                        session.data(channel, answer.into_bytes())?;
                        return Self::leave(channel, 0, session);
                    }
                    if !line.trim().is_empty() {
                        answer.push_str(&self.run(&line).0.replace('\n', "\r\n"));
                    }
                    answer.push_str(&self.prompt());
                }
                // Backspace
                '\u{7f}' | '\u{8}' => {
                    if self.line.pop().is_some() {
                        answer.push_str("\u{8} \u{8}");
                    }
                }
                // Ctrl-C
                '\u{3}' => {
                    self.line.clear();
                    answer.push_str("^C\r\n");
                    answer.push_str(&self.prompt());
                }
                // Ctrl-D
                '\u{4}' if self.line.is_empty() => return Self::leave(channel, 0, session),
                c if c.is_control() || self.line.len() > LONGEST_LINE => {}
                c => {
                    self.line.push(c);
                    answer.push(c);
                }
            }
        }
        session.data(channel, answer.into_bytes())
    }
}
