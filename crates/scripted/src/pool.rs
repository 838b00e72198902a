//! A Cognito user pool.

use async_trait::async_trait;
use domain::user_pool::{PoolGroup, PoolInvitation, PoolQuery, PoolUser, PoolUserStatus};
use provisioning::ports::user_pool::{Asked, PoolError, PoolErrorKind, UserPool};
use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

/// A pool that remembers what it was asked, and lets nobody reset a password.
#[derive(Default)]
pub struct ScriptedPool {
    asked: Mutex<Vec<String>>,
    /// Whether the pool was deleted.
    pub gone: AtomicBool,
}

impl ScriptedPool {
    fn note(&self, what: impl Into<String>) {
        self.asked.lock().unwrap().push(what.into());
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn somebody(username: &str) -> PoolUser {
    PoolUser {
        username: username.into(),
        subject: None,
        email: format!("{username}@example.com"),
        email_verified: true,
        name: String::new(),
        status: PoolUserStatus::Confirmed,
        enabled: true,
        created_at: None,
        changed_at: None,
    }
}

#[async_trait]
impl UserPool for ScriptedPool {
    async fn users(&self, query: &PoolQuery) -> Asked<(Vec<PoolUser>, Option<String>)> {
        if self.gone.load(Ordering::SeqCst) {
            return Err(PoolError {
                kind: PoolErrorKind::Gone,
                message: "the user pool does not exist (any more)".into(),
                next_step: Some("Correct user_pool.".into()),
                source: None,
            });
        }
        let mut linus = somebody("linus");
        linus.enabled = false;
        linus.status = PoolUserStatus::Invited;
        let mut users = vec![somebody("grace"), linus];
        users.retain(|user| user.email.starts_with(&query.email));
        Ok((users, query.email.is_empty().then(|| "a/b+c=".into())))
    }
    async fn user(&self, username: &str) -> Asked<PoolUser> {
        Ok(somebody(username))
    }
    async fn groups_of(&self, _username: &str) -> Asked<Vec<String>> {
        Ok(vec!["b".into(), "a".into()])
    }
    async fn groups(&self) -> Asked<Vec<PoolGroup>> {
        Ok(["a", "b", "c"]
            .map(|name| PoolGroup {
                name: name.into(),
                description: String::new(),
            })
            .into())
    }
    async fn invite(&self, invitation: &PoolInvitation) -> Asked<PoolUser> {
        if invitation.email.starts_with("grace@") {
            return Err(PoolError {
                kind: PoolErrorKind::Taken,
                message: "a user of the pool has this address already".into(),
                next_step: None,
                source: None,
            });
        }
        self.note(format!("invite {}", invitation.email));
        Ok(somebody("new person"))
    }
    async fn set_enabled(&self, username: &str, enabled: bool) -> Asked<()> {
        self.note(format!("enable {username} {enabled}"));
        Ok(())
    }
    async fn reset_password(&self, username: &str) -> Asked<()> {
        self.note(format!("reset {username}"));
        Err(PoolError {
            kind: PoolErrorKind::Denied,
            message: "it lacks cognito-idp:AdminResetUserPassword".into(),
            next_step: Some("Add the permission.".into()),
            source: None,
        })
    }
    async fn join_group(&self, username: &str, group: &str) -> Asked<()> {
        self.note(format!("join {username} {group}"));
        Ok(())
    }
    async fn leave_group(&self, username: &str, group: &str) -> Asked<()> {
        self.note(format!("leave {username} {group}"));
        Ok(())
    }
}
