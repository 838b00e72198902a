//! What happens to people: they sign in, are given roles by claims and by other people, and are
//! suspended.

use crate::{
    database::Database, latest_change, people, people_list, person, person_changes, sign_ins,
    tokens, transaction::doing,
};
use async_trait::async_trait;
use domain::{
    access::PlatformRole,
    ids::{TokenId, UserId},
    people::{PeopleQuery, PersonDetail},
};
use jiff::Timestamp;
use provisioning::{
    audit::{AuditAction, AuditEntry},
    ports::{
        people_stores::{LatestChange, PeopleRecordPage, PeopleStore, PersonChanged},
        stores::{Stored, UserStore},
    },
    records::{SignedIn, TokenRecord, UserRecord},
};

#[async_trait]
impl UserStore for Database {
    async fn store_sign_in(&self, person: SignedIn, now: Timestamp) -> Stored<UserRecord> {
        doing("store a sign-in", sign_ins::store(self, &person, now)).await
    }

    async fn user(&self, id: UserId) -> Stored<Option<UserRecord>> {
        doing("read a person", async {
            people::one(self.readers(), id).await
        })
        .await
    }

    async fn users_by_email(&self, email: &str) -> Stored<Vec<UserRecord>> {
        doing("look up people by address", async {
            people::with_email(self.readers(), email).await
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

#[async_trait]
impl PeopleStore for Database {
    async fn people(&self, query: &PeopleQuery) -> Stored<PeopleRecordPage> {
        doing("list people", people_list::page(self, query)).await
    }

    async fn person(&self, id: UserId, now: Timestamp) -> Stored<Option<PersonDetail>> {
        doing("look at a person", person::detail(self, id, now)).await
    }

    async fn set_platform_role(
        &self,
        id: UserId,
        role: PlatformRole,
        version: Option<i64>,
        audit: AuditEntry,
    ) -> Stored<PersonChanged> {
        doing(
            "grant a platform role",
            person_changes::set_platform_role(self, id, role, version, audit),
        )
        .await
    }

    async fn set_suspended(
        &self,
        id: UserId,
        suspended: bool,
        audit: AuditEntry,
    ) -> Stored<PersonChanged> {
        doing(
            "suspend or restore a person",
            person_changes::set_suspended(self, id, suspended, audit),
        )
        .await
    }

    async fn end_sessions(&self, id: UserId, audit: AuditEntry) -> Stored<()> {
        doing(
            "end a person's sessions",
            person_changes::end_sessions(self, id, &audit),
        )
        .await
    }

    async fn latest_change(
        &self,
        target: &str,
        actions: &[AuditAction],
    ) -> Stored<Option<LatestChange>> {
        doing(
            "look who changed something",
            latest_change::of(self, target, actions),
        )
        .await
    }
}
