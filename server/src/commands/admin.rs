//! `hangar admin`: grants and restores admins without an admin's session.

use super::Configuration;
use crate::keys;
use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use domain::{access::PlatformRole, audit::AuditAction, caller::Caller};
use jiff::Timestamp;
use persistence::{Database, audit_records::AuditEntry, records::UserRecord};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a user who has signed in before a platform admin.
    Grant(User),
    /// End a user's suspension, for a portal whose admins are all suspended.
    Restore(User),
}

#[derive(Debug, Args)]
struct User {
    /// The user's email address.
    email: String,
    /// The user's identity provider, if several users have this address.
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    #[command(flatten)]
    configuration: Configuration,
}

pub async fn run(options: Options) -> Result<ExitCode> {
    let (Action::Grant(user) | Action::Restore(user)) = &options.action;
    let settings = user.configuration.load()?;
    let database = keys::open_database(&settings, &keys::keyring(&settings)?).await?;
    let email = &user.email;
    let found = database
        .users()
        .by_email(email)
        .await
        .context("cannot read the users")?;
    let code = match choose(found, user.issuer.as_deref()) {
        Choice::One(user) => {
            match &options.action {
                Action::Grant(_) => grant(&database, &user).await?,
                Action::Restore(_) => restore(&database, &user).await?,
            }
            ExitCode::SUCCESS
        }
        Choice::NotFound => {
            eprintln!("No user with the address {email} has signed in yet.");
            eprintln!("Ask the user to sign in to the portal once, then try again.");
            ExitCode::FAILURE
        }
        Choice::Several(users) => {
            eprintln!("Several users have the address {email}. Choose one with --issuer:");
            for user in users {
                eprintln!(
                    "  --issuer {}   {} ({})",
                    user.issuer, user.name, user.subject
                );
            }
            ExitCode::FAILURE
        }
    };
    database.close().await;
    Ok(code)
}

enum Choice {
    One(Box<UserRecord>),
    NotFound,
    Several(Vec<UserRecord>),
}

fn choose(mut users: Vec<UserRecord>, issuer: Option<&str>) -> Choice {
    users.retain(|user| issuer.is_none_or(|issuer| user.issuer == issuer));
    match users.len() {
        0 => Choice::NotFound,
        1 => Choice::One(Box::new(users.remove(0))),
        _ => Choice::Several(users),
    }
}

async fn grant(database: &Database, user: &UserRecord) -> Result<()> {
    let audit = entry(AuditAction::GrantRole, user).with_detail("platform role admin");
    database
        .users()
        .set_platform_role(user.id, PlatformRole::Admin, None, audit)
        .await
        .context("cannot store the role")?;
    println!("{} <{}> is now a platform admin.", user.name, user.email);
    if user.suspended {
        println!("This user is suspended. End the suspension with `hangar admin restore`.");
    }
    Ok(())
}

async fn restore(database: &Database, user: &UserRecord) -> Result<()> {
    let audit = entry(AuditAction::RestoreUser, user);
    database
        .users()
        .set_suspended(user.id, false, audit)
        .await
        .context("cannot store the change")?;
    println!("{} <{}> can sign in again.", user.name, user.email);
    Ok(())
}

fn entry(action: AuditAction, user: &UserRecord) -> AuditEntry {
    let mut entry = AuditEntry::by(
        &Caller::portal(),
        action,
        Timestamp::now(),
        format!("user/{}", user.id),
        user.name.clone(),
    );
    entry.who = "Command line".to_owned();
    entry.channel = "command_line".to_owned();
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(issuer: &str) -> UserRecord {
        UserRecord {
            id: uuid::Uuid::now_v7().into(),
            issuer: issuer.into(),
            subject: "1".into(),
            email: "ann@corp.com".into(),
            email_verified: true,
            name: "Ann".into(),
            platform_role: PlatformRole::User,
            suspended: false,
            memberships: Vec::new(),
            withheld_claims: Vec::new(),
            last_seen_at: None,
        }
    }

    #[test]
    fn people_with_one_address_are_told_apart_by_their_issuer() {
        let both = vec![user("https://a"), user("https://b")];
        assert!(matches!(choose(both.clone(), None), Choice::Several(users) if users.len() == 2));
        assert!(
            matches!(choose(both.clone(), Some("https://b")), Choice::One(user) if user.issuer == "https://b")
        );
        assert!(matches!(choose(both, Some("https://c")), Choice::NotFound));
        assert!(matches!(choose(Vec::new(), None), Choice::NotFound));
    }
}
