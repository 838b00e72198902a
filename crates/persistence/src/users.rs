//! What happens to people: they sign in, are given roles by claims and by other people, and are
//! suspended.

use crate::{
    Cause, audit, database::Database, people, rows::word, sessions, tokens, transaction::doing,
};
use async_trait::async_trait;
use domain::{
    access::PlatformRole,
    ids::{TokenId, UserId},
};
use jiff::Timestamp;
use provisioning::{
    audit::{AuditAction, AuditEntry, AuditOutcome},
    new_id,
    ports::{
        changes::Change,
        stores::{Stored, UserStore},
    },
    records::{SignedIn, TokenRecord, UserRecord},
};
use sqlx::AnyConnection;

#[async_trait]
impl UserStore for Database {
    async fn store_sign_in(&self, person: SignedIn, now: Timestamp) -> Stored<UserRecord> {
        doing("store a sign-in", store_sign_in(self, &person, now)).await
    }

    async fn user(&self, id: UserId) -> Stored<Option<UserRecord>> {
        doing("read a person", async {
            let mut connection = self.readers().acquire().await?;
            people::one(&mut connection, id).await
        })
        .await
    }

    async fn users_by_email(&self, email: &str) -> Stored<Vec<UserRecord>> {
        doing("look up people by address", async {
            let mut connection = self.readers().acquire().await?;
            people::with_email(&mut connection, email).await
        })
        .await
    }

    async fn grant(&self, id: UserId, role: PlatformRole, audit: AuditEntry) -> Stored<()> {
        doing("grant a platform role", async {
            let mut writing = self.write().await?;
            write_platform_grant(writing.connection(), id, "person", role).await?;
            audit::append(writing.connection(), &audit).await?;
            writing.announce(Change::Access { user_id: id });
            writing.commit().await
        })
        .await
    }

    async fn set_suspended(&self, id: UserId, suspended: bool) -> Stored<()> {
        doing("suspend or restore a person", async {
            let mut writing = self.write().await?;
            sqlx::query("UPDATE users SET suspended = $2 WHERE id = $1")
                .bind(id.to_string())
                .bind(i64::from(suspended))
                .execute(writing.connection())
                .await?;
            if suspended {
                sessions::end_all(writing.connection(), id).await?;
            }
            writing.announce(Change::Access { user_id: id });
            writing.commit().await
        })
        .await
    }

    async fn end_sessions(&self, id: UserId) -> Stored<()> {
        doing("end a person's sessions", async {
            let mut writing = self.write().await?;
            sessions::end_all(writing.connection(), id).await?;
            writing.announce(Change::Access { user_id: id });
            writing.commit().await
        })
        .await
    }

    async fn store_token(&self, token: TokenRecord, audit: AuditEntry) -> Stored<()> {
        doing("store an API token", tokens::store(self, &token, &audit)).await
    }

    async fn tokens(&self, user: UserId, now: Timestamp) -> Stored<Vec<TokenRecord>> {
        doing("list API tokens", tokens::of(self, user, now)).await
    }

    async fn token_by_digest(
        &self,
        digest: &str,
        now: Timestamp,
    ) -> Stored<Option<(TokenRecord, UserRecord)>> {
        doing("look up an API token", tokens::by_digest(self, digest, now)).await
    }

    async fn note_token_use(&self, id: TokenId, now: Timestamp) -> Stored<()> {
        doing(
            "note the use of an API token",
            tokens::note_use(self, id, now),
        )
        .await
    }

    async fn remove_token(&self, user: UserId, id: TokenId, audit: AuditEntry) -> Stored<bool> {
        doing(
            "remove an API token",
            tokens::remove(self, user, id, &audit),
        )
        .await
    }
}

async fn store_sign_in(
    database: &Database,
    person: &SignedIn,
    now: Timestamp,
) -> Result<UserRecord, Cause> {
    // PostgreSQL's text cannot hold this character, and no name needs it.
    let name = person.name.replace('\0', "");
    let email = person.email.replace('\0', "");
    let mut writing = database.write().await?;
    let stored = sqlx::query(
        "INSERT INTO users (id, issuer, subject, email, email_verified, name, name_folded, \
         suspended, last_seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8) \
         ON CONFLICT (issuer, subject) DO UPDATE SET email = excluded.email, \
         email_verified = excluded.email_verified, name = excluded.name, \
         name_folded = excluded.name_folded, last_seen_at = excluded.last_seen_at RETURNING id",
    )
    .bind(new_id::<UserId>().to_string())
    .bind(person.issuer.clone())
    .bind(person.subject.clone())
    .bind(email)
    .bind(i64::from(person.email_verified))
    .bind(name.clone())
    .bind(name.to_lowercase())
    .bind(now.as_microsecond())
    .fetch_one(writing.connection())
    .await?;
    let id: UserId = word(&stored, "id")?;
    write_claimed_roles(writing.connection(), id, person).await?;
    let user = people::one(writing.connection(), id)
        .await?
        .ok_or("the person just stored is not there")?;
    let audit = AuditEntry {
        id: new_id(),
        at: now,
        user_id: Some(id),
        who: name,
        channel: "session".into(),
        source: person.source.clone(),
        action: AuditAction::SignIn,
        tenant_id: None,
        target: format!("user/{id}"),
        target_name: user.email.clone(),
        detail: None,
        outcome: AuditOutcome::Done,
        changes: Vec::new(),
    };
    audit::append(writing.connection(), &audit).await?;
    // Roles may have changed; other sessions of theirs look.
    writing.announce(Change::Access { user_id: id });
    writing.commit().await?;
    Ok(user)
}

/// Roles that claims gave before are forgotten.
async fn write_claimed_roles(
    connection: &mut AnyConnection,
    id: UserId,
    person: &SignedIn,
) -> Result<(), Cause> {
    write_platform_grant(connection, id, "claim", person.claimed_platform_role).await?;
    sqlx::query("DELETE FROM tenant_grants WHERE user_id = $1 AND source = 'claim'")
        .bind(id.to_string())
        .execute(&mut *connection)
        .await?;
    // Lowest first: where two claims name a tenant the higher role is written last and stays.
    let mut claimed = person.claimed_tenants.clone();
    claimed.sort_by_key(|(tenant, role)| (*role, *tenant));
    for (tenant, role) in claimed {
        sqlx::query(
            "INSERT INTO tenant_grants (user_id, tenant_id, source, role) \
             VALUES ($1, $2, 'claim', $3) \
             ON CONFLICT (user_id, tenant_id, source) DO UPDATE SET role = excluded.role",
        )
        .bind(id.to_string())
        .bind(tenant.to_string())
        .bind(role.as_str())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn write_platform_grant(
    connection: &mut AnyConnection,
    id: UserId,
    source: &'static str,
    role: PlatformRole,
) -> Result<(), Cause> {
    sqlx::query(
        "INSERT INTO platform_grants (user_id, source, role) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id, source) DO UPDATE SET role = excluded.role",
    )
    .bind(id.to_string())
    .bind(source)
    .bind(role.as_str())
    .execute(connection)
    .await?;
    Ok(())
}
