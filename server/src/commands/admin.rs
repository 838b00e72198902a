//! `hangar admin`: what has to work before there is an admin.

use super::Configuration;
use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use domain::{access::PlatformRole, audit::AuditAction, caller::Caller};
use jiff::Timestamp;
use persistence::{Database, audit_records::AuditEntry, records::UserRecord};
use std::process::ExitCode;

/// What to do.
#[derive(Debug, Args)]
pub struct Options {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make somebody who has signed in before a platform admin.
    Grant(User),
    /// Let somebody who is suspended come in again, where no admin is left who could.
    Restore(User),
}

/// Who is meant.
#[derive(Debug, Args)]
struct User {
    /// Their e-mail address.
    email: String,
    /// Their identity provider, if several people have the address.
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
    #[command(flatten)]
    configuration: Configuration,
}

pub async fn run(options: Options) -> Result<ExitCode> {
    let (Action::Grant(person) | Action::Restore(person)) = &options.action;
    let settings = person.configuration.load()?;
    let database = Database::open(settings.database.expose()).await?;
    let email = &person.email;
    let found = database
        .users()
        .by_email(email)
        .await
        .context("the people cannot be read")?;
    let code = match choose(found, person.issuer.as_deref()) {
        Choice::One(user) => {
            match &options.action {
                Action::Grant(_) => grant(&database, &user).await?,
                Action::Restore(_) => restore(&database, &user).await?,
            }
            ExitCode::SUCCESS
        }
        Choice::Nobody => {
            eprintln!("Nobody with the address {email} has signed in yet.");
            eprintln!("Let them sign in to the portal once, then try again.");
            ExitCode::FAILURE
        }
        Choice::Several(users) => {
            eprintln!("Several people have the address {email}. Say which one with --issuer:");
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
    Nobody,
    Several(Vec<UserRecord>),
}

fn choose(mut users: Vec<UserRecord>, issuer: Option<&str>) -> Choice {
    users.retain(|user| issuer.is_none_or(|issuer| user.issuer == issuer));
    match users.len() {
        0 => Choice::Nobody,
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
        .context("the role cannot be stored")?;
    println!("{} <{}> is a platform admin now.", user.name, user.email);
    if user.suspended {
        println!("They are suspended: let them in again with `hangar admin restore`.");
    }
    Ok(())
}

async fn restore(database: &Database, user: &UserRecord) -> Result<()> {
    let audit = entry(AuditAction::RestoreUser, user);
    database
        .users()
        .set_suspended(user.id, false, audit)
        .await
        .context("the change cannot be stored")?;
    println!("{} <{}> may come in again.", user.name, user.email);
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
        assert!(matches!(choose(both, Some("https://c")), Choice::Nobody));
        assert!(matches!(choose(Vec::new(), None), Choice::Nobody));
    }
}
