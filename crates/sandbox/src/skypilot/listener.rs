//! Starts the server and saves its state.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;

use super::clock::now;
use super::server::Server;
use super::store::{State, Store};
use super::users::{FIRST_ADMIN, Role, Token, User, new_token, token_hash};
use super::{clusters, http, ssh};
use crate::aws::SecurityTokens;
use crate::controllers::Pace;
use crate::data_directory::DataDirectory;
use crate::faults::Faults;
use crate::http_listener::{self, Cuts};

const STATE_FILE: &str = "skypilot.json";
const TOKEN_FILE: &str = "skypilot-admin-token";
const PORTAL_ACCOUNT: (&str, &str) = ("sa-hangar", "hangar");
const SAVE_PAUSE: Duration = Duration::from_secs(1);

/// Addresses on loopback; port 0 takes a free one.
#[derive(Clone, Copy, Debug)]
pub struct SkypilotOptions {
    pub listen: SocketAddr,
    pub ssh_listen: SocketAddr,
}

/// A running server. Dropping it ends everything.
pub struct SkypilotServer {
    address: SocketAddr,
    admin_token: String,
    server: Arc<Server>,
    data: DataDirectory,
    tasks: JoinSet<()>,
}

impl SkypilotServer {
    pub async fn start(
        options: SkypilotOptions,
        data: &DataDirectory,
        faults: Faults,
        pace: Pace,
        aws: SecurityTokens,
    ) -> Result<Self> {
        let listener = http_listener::bind("SkyPilot API server", options.listen).await?;
        let ssh_listener = http_listener::bind("SSH server", options.ssh_listen).await?;
        let address = listener.local_addr()?;
        let mut state = load(data)?;
        let admin_token = admit_portal(&mut state, data)?;
        let ssh_port = ssh_listener.local_addr()?.port();
        let server = Server::new(Store::restore(state), faults.clone(), pace, ssh_port, aws);
        faults.skypilot_is(&server);
        let cuts = Cuts {
            faults,
            unreachable: |faults| faults.skypilot.unreachable,
            restarts: server.restarts(),
        };
        let host_key = ssh::host_key(data)?;
        let mut tasks = JoinSet::new();
        tasks.spawn(http_listener::serve(
            listener,
            http::router(server.clone()),
            cuts,
        ));
        tasks.spawn(ssh::serve(ssh_listener, server.clone(), host_key));
        tasks.spawn(clusters::watch_over(server.clone()));
        tasks.spawn(keep_saved(server.clone(), data.clone()));
        Ok(Self {
            address,
            admin_token,
            server,
            data: data.clone(),
            tasks,
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn admin_token(&self) -> &str {
        &self.admin_token
    }

    pub async fn shutdown(mut self) {
        self.server.stop.cancel();
        self.tasks.shutdown().await;
        if let Err(error) = save(&self.server, &self.data) {
            warn(&error);
        }
    }
}

impl Drop for SkypilotServer {
    fn drop(&mut self) {
        self.server.stop.cancel();
    }
}

fn load(data: &DataDirectory) -> Result<State> {
    let Some(text) = data.read(STATE_FILE)? else {
        return Ok(State {
            users: vec![User {
                id: FIRST_ADMIN.0.to_owned(),
                name: FIRST_ADMIN.1.to_owned(),
                role: Role::Admin,
            }],
            ..State::default()
        });
    };
    serde_json::from_slice(&text).with_context(|| {
        format!("{STATE_FILE} in the sandbox's data directory cannot be read; remove it to begin without SkyPilot clusters")
    })
}

fn save(server: &Server, data: &DataDirectory) -> Result<()> {
    let state = server.store.read(Clone::clone);
    data.write(STATE_FILE, &serde_json::to_vec(&state)?)
}

fn warn(error: &anyhow::Error) {
    tracing::warn!(error = %format!("{error:#}"), "the sandbox cannot save its SkyPilot clusters");
}

async fn keep_saved(server: Arc<Server>, data: DataDirectory) {
    if data.path().is_none() {
        return;
    }
    let mut changes = server.store.changes();
    while changes.changed().await.is_ok() {
        let (server, data) = (server.clone(), data.clone());
        let saved = tokio::task::spawn_blocking(move || save(&server, &data)).await;
        if let Err(error) = saved.unwrap_or_else(|panic| Err(panic.into())) {
            warn(&error);
        }
        tokio::time::sleep(SAVE_PAUSE).await;
    }
}

/// The token of the portal's account: the saved one, or that of a new account.
fn admit_portal(state: &mut State, data: &DataDirectory) -> Result<String> {
    let (id, name) = PORTAL_ACCOUNT;
    if let Some(token) = data.read_text(TOKEN_FILE)? {
        let hash = token_hash(&token);
        if state.tokens.iter().any(|row| row.hash == hash) {
            return Ok(token);
        }
    }
    state.users.retain(|user| user.id != id);
    state.tokens.retain(|token| token.user_id != id);
    let token = new_token();
    state.users.push(User {
        id: id.to_owned(),
        name: name.to_owned(),
        role: Role::Admin,
    });
    state.tokens.push(Token {
        id: name.to_owned(),
        name: name.to_owned(),
        hash: token_hash(&token),
        creator_id: FIRST_ADMIN.0.to_owned(),
        user_id: id.to_owned(),
        created_at: now(),
        last_used_at: None,
        expires_at: None,
    });
    data.write(TOKEN_FILE, token.as_bytes())?;
    Ok(token)
}
