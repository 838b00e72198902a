//! The server on its port: connections, and what is told to go wrong with them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::Service as _;

use super::actions::Actions;
use super::clock::now;
use super::server::Server;
use super::store::{State, Store};
use super::tokens::TokenSigner;
use super::users::{FIRST_ADMIN, Role, Token, User, UserType, token_hash};
use super::{clusters, http, ssh};
use crate::aws::SecurityTokens;
use crate::controllers::Pace;
use crate::data_directory::DataDirectory;
use crate::faults::{Faults, SkypilotActions};

const STATE_FILE: &str = "skypilot.json";
const TOKEN_FILE: &str = "skypilot-admin-token";
const ADMIN_ACCOUNT: (&str, &str) = ("sa-hangar", "hangar");
const KEEP_PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

/// Where to listen; both must be loopback, port 0 takes a free one.
#[derive(Clone, Copy, Debug)]
pub struct SkypilotOptions {
    pub listen: SocketAddr,
    pub ssh_listen: SocketAddr,
}

/// A running server. Dropping it ends everything at once.
pub struct SkypilotServer {
    address: SocketAddr,
    admin_token: String,
    server: Arc<Server>,
    data: DataDirectory,
    _actions: Arc<dyn SkypilotActions>,
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
        for address in [options.listen, options.ssh_listen] {
            if !address.ip().is_loopback() {
                bail!("the sandbox listens on loopback only, not on {address}");
            }
        }
        let bound = |what: &'static str, address: SocketAddr| async move {
            TcpListener::bind(address)
                .await
                .with_context(|| format!("the sandbox's {what} cannot listen on {address}"))
        };
        let listener = bound("SkyPilot API server", options.listen).await?;
        let ssh_listener = bound("SSH server", options.ssh_listen).await?;
        let address = listener.local_addr()?;
        let mut state = kept(data)?;
        if state.users.is_empty() {
            state.users = User::first(now());
        }
        let signer = TokenSigner::load_or_create(data)?;
        let admin_token = admit_portal(&mut state, &signer, data)?;
        let server = Server::new(
            Store::restore(state),
            signer,
            faults.clone(),
            pace,
            ssh_listener.local_addr()?.port(),
            aws,
        );
        let actions: Arc<dyn SkypilotActions> = Arc::new(Actions(server.clone()));
        faults.skypilot_is(Arc::downgrade(&actions));
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(
            listener,
            http::router(server.clone()),
            server.clone(),
        ));
        tasks.spawn(ssh::serve(
            ssh_listener,
            server.clone(),
            ssh::host_key(data)?,
        ));
        tasks.spawn(clusters::watch_over(server.clone()));
        tasks.spawn(keep(server.clone(), data.clone()));
        Ok(Self {
            address,
            admin_token,
            server,
            data: data.clone(),
            _actions: actions,
            tasks,
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn admin_token(&self) -> &str {
        &self.admin_token
    }

    pub fn ssh_port(&self) -> u16 {
        self.server.ssh_port()
    }

    pub async fn shutdown(mut self) {
        self.server.stop.cancel();
        self.tasks.shutdown().await;
        if let Err(error) = save(&self.server, &self.data) {
            tracing::warn!(error = %format!("{error:#}"), "the sandbox cannot keep its SkyPilot clusters");
        }
    }
}

impl Drop for SkypilotServer {
    fn drop(&mut self) {
        self.server.stop.cancel();
    }
}

fn kept(data: &DataDirectory) -> Result<State> {
    let Some(text) = data.read(STATE_FILE)? else {
        return Ok(State::default());
    };
    serde_json::from_slice(&text).with_context(|| {
        format!("{STATE_FILE} in the sandbox's data directory cannot be read; remove it to begin without SkyPilot clusters")
    })
}

fn save(server: &Server, data: &DataDirectory) -> Result<()> {
    if data.path().is_none() {
        return Ok(());
    }
    let state = server.store.read(Clone::clone);
    data.write(STATE_FILE, &serde_json::to_vec(&state)?)
}

async fn keep(server: Arc<Server>, data: DataDirectory) {
    if data.path().is_none() {
        return;
    }
    let mut changes = server.store.changes();
    while changes.changed().await.is_ok() {
        let (server, data) = (server.clone(), data.clone());
        let saved = tokio::task::spawn_blocking(move || save(&server, &data)).await;
        match saved {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(error = %format!("{error:#}"), "the sandbox cannot keep its SkyPilot clusters");
            }
            Err(error) => tracing::warn!(%error, "the sandbox cannot keep its SkyPilot clusters"),
        }
        tokio::time::sleep(KEEP_PAUSE).await;
    }
}

/// The portal's account and its token: those of last time, or new ones.
fn admit_portal(state: &mut State, signer: &TokenSigner, data: &DataDirectory) -> Result<String> {
    let (id, name) = ADMIN_ACCOUNT;
    if let Some(token) = data.read_text(TOKEN_FILE)?
        && signer.verify(&token).is_ok()
    {
        let hash = token_hash(&token);
        if state.tokens.iter().any(|row| row.hash == hash) {
            return Ok(token);
        }
    }
    state.users.retain(|user| user.id != id);
    state.tokens.retain(|token| token.user_id != id);
    let new = signer.issue(id, None)?;
    state.users.push(User {
        id: id.to_owned(),
        name: name.to_owned(),
        role: Role::Admin,
        user_type: UserType::Sa,
        created_at: now(),
    });
    state.tokens.push(Token {
        id: new.id,
        name: name.to_owned(),
        hash: token_hash(&new.token),
        creator_id: FIRST_ADMIN.0.to_owned(),
        user_id: id.to_owned(),
        created_at: now(),
        last_used_at: None,
        expires_at: None,
    });
    data.write(TOKEN_FILE, new.token.as_bytes())?;
    Ok(new.token)
}

async fn accept(listener: TcpListener, router: Router, server: Arc<Server>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = server.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                if !server.faults.current().skypilot.unreachable {
                    connections.spawn(connection(stream, router.clone(), server.clone()));
                }
            }
            // No file descriptors, say: trying again at once would only burn a core.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
}

/// Serves one connection, until it is cut.
async fn connection(stream: TcpStream, router: Router, server: Arc<Server>) {
    let mut lives = server.lives();
    lives.mark_unchanged();
    let mut settings = server.faults.subscribe();
    let unreachable = async move {
        let gone = settings.wait_for(|settings| settings.skypilot.unreachable);
        if gone.await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let service = {
        let server = server.clone();
        hyper::service::service_fn(move |request: Request<Incoming>| {
            let (mut router, server) = (router.clone(), server.clone());
            async move {
                tokio::time::sleep(std::time::Duration::from_millis(
                    server.faults.current().skypilot.latency_ms,
                ))
                .await;
                let answer = router.call(request.map(Body::new)).await;
                if server.faults.loses_skypilot_answer() {
                    // The connection is cut without a word.
                    return Err(io::Error::from(io::ErrorKind::ConnectionReset));
                }
                answer.map_err(io::Error::other)
            }
        })
    };
    let builder = auto::Builder::new(TokioExecutor::new());
    let serving = builder.serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = serving => {}
        _ = lives.changed() => {}
        () = unreachable => {}
        () = server.stop.cancelled() => {}
    }
}
