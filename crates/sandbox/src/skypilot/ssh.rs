//! The machines' SSH server: one port for all, where the key selects the machine. Clients with a cluster's key can run the
//! commands that the sandbox's shell knows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use russh::keys::ssh_key::LineEnding;
use russh::keys::{Algorithm, PrivateKey, PublicKey};
use russh::server::{
    Auth, ChannelOpenHandle, Config, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, MethodKind, MethodSet};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::server::Server;
use super::shell::{self, Node};
use crate::data_directory::DataDirectory;
use crate::http_listener::ACCEPT_PAUSE;

const HOST_KEY_FILE: &str = "skypilot-ssh-host-key";
const IDLE_TIMEOUT: Duration = Duration::from_secs(3600);

/// A key pair in OpenSSH's formats.
pub struct SshKey {
    pub private: String,
    /// Type and key, without a comment.
    pub public: String,
}

impl SshKey {
    pub fn generate(comment: &str) -> Result<Self> {
        let mut key = PrivateKey::random(&mut rand::rng(), Algorithm::Ed25519)?;
        let public = public_text(key.public_key()).unwrap_or_default();
        key.set_comment(comment);
        Ok(Self {
            private: key.to_openssh(LineEnding::LF)?.to_string(),
            public,
        })
    }
}

fn public_text(key: &PublicKey) -> Option<String> {
    let text = key.to_openssh().ok()?;
    let parts: Vec<_> = text.split_whitespace().take(2).collect();
    Some(parts.join(" "))
}

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
        inactivity_timeout: Some(IDLE_TIMEOUT),
        auth_rejection_time: Duration::from_millis(200),
        auth_rejection_time_initial: Some(Duration::ZERO),
        methods: MethodSet::from(&[MethodKind::PublicKey][..]),
        keys: vec![host_key],
        ..Config::default()
    });
    let mut sessions = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = server.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        while sessions.try_join_next().is_some() {}
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let login = Login {
            server: server.clone(),
            cluster: None,
        };
        let config = config.clone();
        sessions.spawn(async move {
            if let Ok(session) = russh::server::run_stream(config, stream, login).await {
                // Clients disconnect as they like.
                let _ = session.await;
            }
        });
    }
}

struct Login {
    server: Arc<Server>,
    cluster: Option<String>,
}

impl Login {
    /// The cluster of a key, if its machine runs.
    fn cluster_of(&self, key: &PublicKey) -> Option<String> {
        let offered = public_text(key)?;
        self.server.store.read(|state| {
            let cluster = state.clusters.values().find(|cluster| {
                let machine = cluster.machine.as_ref();
                let machine = machine.and_then(|id| state.machines.get(id));
                cluster.status.is_usable()
                    && cluster.public_key == offered
                    && machine.is_some_and(|machine| machine.running)
            });
            cluster.map(|cluster| cluster.name.clone())
        })
    }

    fn node(&self) -> Option<Node> {
        let name = self.cluster.as_ref()?;
        let store = &self.server.store;
        store.read(|state| state.clusters.get(name).map(Node::of))
    }

    fn run(&self, command: &str) -> (String, u32) {
        let Some(node) = self.node() else {
            return ("The machine is gone.\n".to_owned(), 255);
        };
        let trace = shell::run(command, &node, &BTreeMap::new());
        let lines = trace.lines.into_iter().map(|(_, line)| line + "\n");
        (lines.collect(), u32::try_from(trace.exit).unwrap_or(1))
    }

    fn leave(channel: ChannelId, status: u32, session: &mut Session) -> Result<(), russh::Error> {
        session.exit_status_request(channel, status)?;
        session.eof(channel)?;
        session.close(channel)
    }
}

impl Handler for Login {
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
        self.cluster = self.cluster_of(key.public_key);
        if self.node().is_some_and(|node| node.user == user) {
            return Ok(Auth::Accept);
        }
        self.cluster = None;
        Ok(Auth::reject())
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

    async fn shell_request(
        &mut self,
        channel: ChannelId,
        session: &mut Session,
    ) -> Result<(), Self::Error> {
        session.channel_success(channel)?;
        let hint = "Machines of the sandbox run single commands, such as: ssh NAME nvidia-smi\r\n";
        session.data(channel, hint.as_bytes().to_vec())?;
        Self::leave(channel, 1, session)
    }
}
