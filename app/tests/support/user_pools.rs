//! A user pool with two people.

use async_trait::async_trait;
use domain::access::PlatformRole;
use domain::caller::Caller;
use domain::problem::{FieldError, Problem, ProblemKind};
use domain::services::UserPools;
use domain::user_pool::{
    PoolGroup, PoolInvitation, PoolPage, PoolQuery, PoolRef, PoolUser, PoolUserDetail,
    PoolUserStatus,
};

/// The pool of the provider `corp`.
pub struct OnePool;

fn pool() -> PoolRef {
    PoolRef {
        provider: "corp".into(),
        title: "Corp".into(),
        pool_id: "eu-central-1_AbCdEfGhI".into(),
    }
}

fn user(username: &str, enabled: bool) -> PoolUser {
    PoolUser {
        username: username.into(),
        subject: Some("3f2a".into()),
        email: format!("{username}@corp.example.com"),
        email_verified: true,
        name: String::new(),
        status: PoolUserStatus::Invited,
        enabled,
        created_at: None,
        changed_at: None,
    }
}

fn detail(enabled: bool) -> PoolUserDetail {
    PoolUserDetail {
        pool: pool(),
        user: user("grace", enabled),
        groups: vec!["developers".into()],
        all_groups: ["admins", "developers"]
            .map(|name| PoolGroup {
                name: name.into(),
                description: String::new(),
            })
            .into(),
    }
}

fn admin(caller: &Caller) -> Result<(), Problem> {
    if caller.platform_role == PlatformRole::Admin {
        Ok(())
    } else {
        Err(Problem::forbidden("administer the identity provider"))
    }
}

#[async_trait]
impl UserPools for OnePool {
    async fn pools(&self, caller: &Caller) -> Result<Vec<PoolRef>, Problem> {
        admin(caller)?;
        Ok(vec![pool()])
    }

    async fn list(
        &self,
        caller: &Caller,
        _provider: &str,
        query: PoolQuery,
    ) -> Result<PoolPage, Problem> {
        admin(caller)?;
        if query.email == "gone" {
            let problem = Problem::new(
                ProblemKind::Unavailable,
                "The user pool eu-central-1_AbCdEfGhI does not exist (any more).",
            );
            return Err(problem.next("Correct user_pool."));
        }
        let all = [user("grace", true), user("linus", false)];
        Ok(PoolPage {
            pool: pool(),
            items: all
                .into_iter()
                .filter(|user| user.email.starts_with(&query.email))
                .collect(),
            next: query.email.is_empty().then(|| "a/b+c=".into()),
        })
    }

    async fn get(
        &self,
        caller: &Caller,
        _provider: &str,
        username: &str,
    ) -> Result<PoolUserDetail, Problem> {
        admin(caller)?;
        if username == "grace" {
            Ok(detail(true))
        } else {
            Err(Problem::not_found("person"))
        }
    }

    async fn invite(
        &self,
        caller: &Caller,
        _provider: &str,
        input: PoolInvitation,
    ) -> Result<PoolUser, Problem> {
        admin(caller)?;
        input.validate().map_err(Problem::invalid)?;
        if input.email.starts_with("grace@") {
            let taken = "Somebody in the pool has this address already.";
            let mut problem = Problem::new(ProblemKind::Conflict, taken);
            problem.fields = vec![FieldError::new("email", taken)];
            return Err(problem);
        }
        Ok(user("new person", true))
    }

    async fn set_enabled(
        &self,
        caller: &Caller,
        _provider: &str,
        _username: &str,
        enabled: bool,
    ) -> Result<PoolUserDetail, Problem> {
        admin(caller)?;
        Ok(detail(enabled))
    }

    async fn reset_password(
        &self,
        caller: &Caller,
        _provider: &str,
        _username: &str,
    ) -> Result<PoolUserDetail, Problem> {
        admin(caller)?;
        Err(Problem::new(
            ProblemKind::Conflict,
            "Cognito does not do this with an account in this state.",
        ))
    }

    async fn set_group(
        &self,
        caller: &Caller,
        _provider: &str,
        _username: &str,
        _group: &str,
        _member: bool,
    ) -> Result<PoolUserDetail, Problem> {
        admin(caller)?;
        Ok(detail(true))
    }
}
