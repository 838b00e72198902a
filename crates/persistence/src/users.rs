//! What happens to people: they sign in, are given roles by claims and by other people, and are
//! suspended.

use crate::{
    audit_records::AuditEntry,
    error::Stored,
    handles::{Audit, Tokens, Users},
    latest_change,
    records::{SignedIn, TokenRecord, UserRecord},
    sign_ins, tokens,
    transaction::doing,
    user_changes, user_detail, user_list, user_lookup,
    user_records::{LatestChange, UserChange, UserRecordPage},
};
use domain::{
    access::PlatformRole,
    audit::AuditAction,
    ids::{TokenId, UserId},
    users::{UserDetail, UserQuery},
};
use jiff::Timestamp;

impl Users<'_> {
    /// Stores somebody who has just signed in, keyed on issuer and subject, with the audit entry.
    /// Roles granted by people stay; roles given by claims become what they are now. Open invitations
    /// to the address are accepted if it is verified and they are not suspended, each with an entry.
    pub async fn sign_in(self, profile: SignedIn, now: Timestamp) -> Stored<UserRecord> {
        doing("store a sign-in", sign_ins::store(self.0, &profile, now)).await
    }

    /// One person.
    pub async fn get(self, id: UserId) -> Stored<Option<UserRecord>> {
        doing("read a person", async {
            user_lookup::one(self.0.readers(), id).await
        })
        .await
    }

    /// People with this address, over all issuers.
    pub async fn by_email(self, email: &str) -> Stored<Vec<UserRecord>> {
        doing("look up people by address", async {
            user_lookup::with_email(self.0.readers(), email).await
        })
        .await
    }
}

impl Tokens<'_> {
    /// Stores a token.
    pub async fn create(self, token: TokenRecord, audit: AuditEntry) -> Stored<()> {
        doing("store an API token", tokens::store(self.0, &token, &audit)).await
    }

    /// Somebody's tokens that end after `now`, newest first.
    pub async fn list(self, user: UserId, now: Timestamp) -> Stored<Vec<TokenRecord>> {
        doing("list API tokens", tokens::of(self.0, user, now)).await
    }

    /// The token with this digest that ends after `now`, with its owner.
    pub async fn by_digest(
        self,
        digest: &str,
        now: Timestamp,
    ) -> Stored<Option<(TokenRecord, UserRecord)>> {
        doing(
            "look up an API token",
            tokens::by_digest(self.0, digest, now),
        )
        .await
    }

    /// Notes that a token was used.
    pub async fn note_use(self, id: TokenId, now: Timestamp) -> Stored<()> {
        doing(
            "note the use of an API token",
            tokens::note_use(self.0, id, now),
        )
        .await
    }

    /// Removes somebody's own token; announces it. `false`: there is none.
    pub async fn revoke(self, user: UserId, id: TokenId, audit: AuditEntry) -> Stored<bool> {
        doing(
            "remove an API token",
            tokens::remove(self.0, user, id, &audit),
        )
        .await
    }
}

impl Users<'_> {
    /// A page. Roles in archived tenants do not count.
    pub async fn list(self, query: &UserQuery) -> Stored<UserRecordPage> {
        doing("list people", user_list::page(self.0, query)).await
    }

    /// One person; tokens that end after `now` are counted.
    pub async fn detail(self, id: UserId, now: Timestamp) -> Stored<Option<UserDetail>> {
        doing("look at a person", user_detail::detail(self.0, id, now)).await
    }

    /// Grants a platform role by hand, or takes the granted one away (`User`), if they are as in
    /// `version` (`None`: however they are); announces it. The entry's `who` and `at` are kept as by
    /// whom and when; what changed is added to it.
    pub async fn set_platform_role(
        self,
        id: UserId,
        role: PlatformRole,
        version: Option<i64>,
        audit: AuditEntry,
    ) -> Stored<UserChange> {
        doing(
            "grant a platform role",
            user_changes::set_platform_role(self.0, id, role, version, audit),
        )
        .await
    }

    /// Suspends or restores somebody and, when suspending, ends their sessions; announces it.
    pub async fn set_suspended(
        self,
        id: UserId,
        suspended: bool,
        audit: AuditEntry,
    ) -> Stored<UserChange> {
        doing(
            "suspend or restore a person",
            user_changes::set_suspended(self.0, id, suspended, audit),
        )
        .await
    }

    /// Ends every session of somebody; announces it. The entry is written if there is such a person.
    pub async fn sign_out_everywhere(self, id: UserId, audit: AuditEntry) -> Stored<()> {
        doing(
            "end a person's sessions",
            user_changes::end_sessions(self.0, id, &audit),
        )
        .await
    }
}

impl Audit<'_> {
    /// The newest of these actions that was done to `target` (`user/0197…`).
    pub async fn latest_change(
        self,
        target: &str,
        actions: &[AuditAction],
    ) -> Stored<Option<LatestChange>> {
        doing(
            "look who changed something",
            latest_change::of(self.0, target, actions),
        )
        .await
    }
}
