use crate::{backend::Backend, fixtures::*};
use domain::{
    access::TokenScope,
    audit::{AuditAction, AuditOutcome},
    ids::UserId,
};
use persistence::{audit_records::AuditEntry, change::Change, new_id, records::TokenRecord};

on_both_databases!(
    a_token_is_found_by_its_digest_with_its_owner,
    a_token_that_has_ended_is_neither_found_nor_listed,
    tokens_are_listed_newest_first_to_their_owner_only,
    suspension_revokes_tokens_for_good,
    the_last_use_is_noted_to_the_minute,
    a_removed_token_is_gone_at_once_and_announced,
    nobody_removes_a_token_of_somebody_else,
    two_tokens_cannot_share_a_digest,
    a_token_keeps_its_scopes_and_its_tenant,
    a_user_has_only_so_many_tokens,
);

fn audit(token: &TokenRecord, action: AuditAction) -> AuditEntry {
    AuditEntry {
        id: new_id(),
        at: noon(),
        user_id: Some(token.user_id),
        who: "Ada Lovelace".into(),
        channel: "session".into(),
        source: None,
        action,
        tenant_id: None,
        target: format!("token/{}", token.id),
        target_name: token.name.clone(),
        detail: None,
        outcome: AuditOutcome::Done,
        changes: Vec::new(),
    }
}

async fn stored(backend: &Backend, token: TokenRecord) -> TokenRecord {
    let entry = audit(&token, AuditAction::CreateToken);
    backend
        .database
        .tokens()
        .create(token.clone(), 10, entry)
        .await
        .unwrap();
    token
}

async fn listed(backend: &Backend, user: UserId) -> Vec<TokenRecord> {
    backend.database.tokens().list(user, noon()).await.unwrap()
}

async fn a_token_is_found_by_its_digest_with_its_owner(backend: &Backend) {
    let world = world(&backend.database).await;
    let token = stored(backend, token(world.ada.id, "digest")).await;
    let found = backend
        .database
        .tokens()
        .by_digest("digest", noon())
        .await
        .unwrap();
    assert_eq!(found, Some((token, world.ada)));
    for other in ["other", "DIGEST", "digest ", "diges_", "%"] {
        let found = backend
            .database
            .tokens()
            .by_digest(other, noon())
            .await
            .unwrap();
        assert_eq!(found, None, "{other}");
    }
    let audited = "SELECT COUNT(*) FROM audit_entries WHERE action = 'create_token'";
    assert_eq!(backend.count(audited).await, 1);
}

async fn a_token_that_has_ended_is_neither_found_nor_listed(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let token = stored(backend, token(world.ada.id, "digest")).await;
    for (now, there) in [(after(3599), true), (after(3600), false)] {
        let found = database.tokens().by_digest("digest", now).await.unwrap();
        assert_eq!(found.is_some(), there);
        let listed = database.tokens().list(token.user_id, now).await.unwrap();
        assert_eq!(!listed.is_empty(), there);
    }
}

async fn tokens_are_listed_newest_first_to_their_owner_only(backend: &Backend) {
    let world = world(&backend.database).await;
    let made = |digest: &str, seconds| TokenRecord {
        created_at: after(seconds),
        ..token(world.ada.id, digest)
    };
    let second = stored(backend, made("b", 20)).await;
    let third = stored(backend, made("c", 30)).await;
    let first = stored(backend, made("a", 10)).await;
    stored(backend, token(world.brian.id, "d")).await;
    assert_eq!(listed(backend, world.ada.id).await, [third, second, first]);
}

async fn suspension_revokes_tokens_for_good(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    stored(backend, token(world.ada.id, "digest")).await;
    database
        .users()
        .set_suspended(
            world.ada.id,
            true,
            audit_of_user(world.ada.id, AuditAction::SuspendUser),
        )
        .await
        .unwrap();
    let found = async || database.tokens().by_digest("digest", noon()).await.unwrap();
    assert_eq!(found().await, None);
    database
        .users()
        .set_suspended(
            world.ada.id,
            false,
            audit_of_user(world.ada.id, AuditAction::RestoreUser),
        )
        .await
        .unwrap();
    assert_eq!(found().await, None);
}

async fn the_last_use_is_noted_to_the_minute(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let token = stored(backend, token(world.ada.id, "digest")).await;
    for (used, noted) in [(10, 10), (50, 10), (69, 10), (70, 70), (60, 70)] {
        database
            .tokens()
            .note_use(token.id, after(used))
            .await
            .unwrap();
        let listed = listed(backend, world.ada.id).await;
        assert_eq!(listed[0].last_used_at, Some(after(noted)));
    }
    database.tokens().note_use(new_id(), noon()).await.unwrap();
}

async fn a_removed_token_is_gone_at_once_and_announced(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let token = stored(backend, token(world.ada.id, "digest")).await;
    let mut changes = backend.listen().await;
    let entry = audit(&token, AuditAction::RevokeToken);
    assert!(
        database
            .tokens()
            .revoke(world.ada.id, token.id, entry)
            .await
            .unwrap()
    );
    assert_eq!(
        backend.heard(&mut changes).await,
        [Change::Access {
            user_id: world.ada.id
        }]
    );
    assert_eq!(
        database.tokens().by_digest("digest", noon()).await.unwrap(),
        None
    );
    let entry = audit(&token, AuditAction::RevokeToken);
    assert!(
        !database
            .tokens()
            .revoke(world.ada.id, token.id, entry)
            .await
            .unwrap()
    );
    let audited = "SELECT COUNT(*) FROM audit_entries WHERE action = 'revoke_token'";
    assert_eq!(backend.count(audited).await, 1);
}

async fn nobody_removes_a_token_of_somebody_else(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let token = stored(backend, token(world.ada.id, "digest")).await;
    let mut changes = backend.listen().await;
    let entry = audit(&token, AuditAction::RevokeToken);
    assert!(
        !database
            .tokens()
            .revoke(world.brian.id, token.id, entry)
            .await
            .unwrap()
    );
    assert_eq!(listed(backend, world.ada.id).await, [token]);
    assert_eq!(backend.heard(&mut changes).await, []);
    let audited = "SELECT COUNT(*) FROM audit_entries WHERE action = 'revoke_token'";
    assert_eq!(backend.count(audited).await, 0);
}

async fn two_tokens_cannot_share_a_digest(backend: &Backend) {
    let world = world(&backend.database).await;
    stored(backend, token(world.ada.id, "digest")).await;
    let copy = token(world.brian.id, "digest");
    let entry = audit(&copy, AuditAction::CreateToken);
    let refused = backend.database.tokens().create(copy, 10, entry).await;
    assert_eq!(refused.unwrap_err().to_string(), "store an API token");
    let audited = "SELECT COUNT(*) FROM audit_entries WHERE action = 'create_token'";
    assert_eq!(backend.count(audited).await, 1);
}

async fn a_token_keeps_its_scopes_and_its_tenant(backend: &Backend) {
    let world = world(&backend.database).await;
    for (scopes, tenant) in [
        (vec![TokenScope::Admin], None),
        (
            vec![TokenScope::Read, TokenScope::Clusters],
            Some(world.vision.tenant.clone()),
        ),
        (TokenScope::ALL.to_vec(), None),
    ] {
        let digest = format!("digest {scopes:?}");
        let token = TokenRecord {
            scopes,
            tenant,
            ..token(world.ada.id, &digest)
        };
        let token = stored(backend, token).await;
        let found = backend.database.tokens().by_digest(&digest, noon()).await;
        assert_eq!(found.unwrap(), Some((token.clone(), world.ada.clone())));
        assert!(listed(backend, world.ada.id).await.contains(&token));
    }
}

async fn a_user_has_only_so_many_tokens(backend: &Backend) {
    let world = world(&backend.database).await;
    let create = async |user: UserId, digest: String, expires_at| {
        let token = TokenRecord {
            expires_at,
            ..token(user, &digest)
        };
        let entry = audit(&token, AuditAction::CreateToken);
        let tokens = backend.database.tokens();
        tokens.create(token, 3, entry).await.unwrap()
    };
    let ada = world.ada.id;
    // Expired tokens do not count.
    for digest in ["old-1", "old-2", "old-3"] {
        assert!(create(ada, digest.into(), noon()).await);
    }
    let mut creating = Vec::new();
    for number in 0..6 {
        creating.push(create(ada, format!("new-{number}"), after(60)));
    }
    let created = futures::future::join_all(creating).await;
    assert_eq!(created.into_iter().filter(|created| *created).count(), 3);
    assert_eq!(listed(backend, ada).await.len(), 3);
    assert!(create(world.brian.id, "other".into(), after(60)).await);
    let audited = "SELECT COUNT(*) FROM audit_entries WHERE action = 'create_token'";
    assert_eq!(backend.count(audited).await, 7);
    let left = "SELECT COUNT(*) FROM api_tokens";
    assert_eq!(backend.count(left).await, 4);
}
