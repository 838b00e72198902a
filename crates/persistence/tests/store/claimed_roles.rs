//! Roles that claims give: what is audited, and what stays if a claim was left out.

use crate::{backend::Backend, fixtures::*};
use domain::{
    access::{PlatformRole, TenantRole},
    audit::{AuditChange, AuditQuery},
    caller::TenantScope,
    ids::TenantId,
};
use persistence::records::{ClaimedRoles, ClaimedTenant, KeptRoles, SignedIn, UserRecord};

on_both_databases!(
    every_role_gained_or_lost_is_audited_once,
    a_role_whose_claim_was_left_out_stays_if_it_is_to_be_kept,
    only_the_role_that_claims_gave_is_kept,
);

async fn sign_in_with(backend: &Backend, claimed: ClaimedRoles) -> UserRecord {
    let person = SignedIn {
        claimed,
        ..person("ada", "Ada Lovelace")
    };
    let users = backend.database.users();
    users.sign_in(person, noon()).await.unwrap()
}

fn tenant_role(tenant_id: TenantId, role: TenantRole, why: &str) -> ClaimedTenant {
    ClaimedTenant {
        tenant_id,
        role,
        why: Some(why.into()),
    }
}

fn platform_admin() -> ClaimedRoles {
    ClaimedRoles {
        platform_role: PlatformRole::Admin,
        platform_why: Some("groups has admins".into()),
        ..ClaimedRoles::default()
    }
}

/// Action, tenant, detail and changes of the entries that claims made, oldest first.
async fn audited(
    backend: &Backend,
) -> Vec<(String, Option<TenantId>, Option<String>, Vec<AuditChange>)> {
    let query = AuditQuery {
        limit: 200,
        ..AuditQuery::default()
    };
    let audit = backend.database.audit();
    let page = audit.list(&TenantScope::All, &query).await.unwrap();
    let mut rows = page.items;
    rows.retain(|row| row.channel == "claim");
    rows.reverse();
    rows.into_iter()
        .map(|row| {
            assert_eq!(row.target_name, "Ada Lovelace");
            assert_eq!(row.user_id, None);
            let tenant = row.tenant.map(|tenant| tenant.id);
            (row.action, tenant, row.detail, row.changes)
        })
        .collect()
}

async fn every_role_gained_or_lost_is_audited_once(backend: &Backend) {
    let world = world(&backend.database).await;
    let vision = world.vision.tenant.id;
    let devs = |role| ClaimedRoles {
        tenants: vec![tenant_role(vision, role, "groups has devs")],
        ..platform_admin()
    };
    let role =
        |before: Option<&str>, after: Option<&str>| vec![AuditChange::new("role", before, after)];
    let platform_role =
        |before, after| vec![AuditChange::new("platform_role", Some(before), Some(after))];
    let text = |text: &str| Some(text.to_owned());
    // The second of each changes nothing.
    for claimed in [
        devs(TenantRole::Developer),
        devs(TenantRole::Admin),
        devs(TenantRole::Viewer),
        ClaimedRoles::default(),
    ] {
        sign_in_with(backend, claimed.clone()).await;
        sign_in_with(backend, claimed).await;
    }
    let granted = |changes| {
        let action = "grant_membership".to_owned();
        (action, Some(vision), text("groups has devs"), changes)
    };
    assert_eq!(
        audited(backend).await,
        [
            (
                "grant_role".to_owned(),
                None,
                text("groups has admins"),
                platform_role("user", "admin"),
            ),
            granted(role(None, Some("developer"))),
            granted(role(Some("developer"), Some("admin"))),
            granted(role(Some("admin"), Some("viewer"))),
            (
                "revoke_role".to_owned(),
                None,
                text("no longer given by: groups has admins"),
                platform_role("admin", "user"),
            ),
            (
                "revoke_membership".to_owned(),
                Some(vision),
                text("no longer given by: groups has devs"),
                role(Some("viewer"), None),
            ),
        ]
    );
}

async fn a_role_whose_claim_was_left_out_stays_if_it_is_to_be_kept(backend: &Backend) {
    let world = world(&backend.database).await;
    let vision = world.vision.tenant.id;
    let developer = (vision, TenantRole::Developer);
    let given = ClaimedRoles {
        tenants: vec![tenant_role(developer.0, developer.1, "groups has devs")],
        ..platform_admin()
    };
    sign_in_with(backend, given).await;
    let before = audited(backend).await;
    let left_out = ClaimedRoles {
        withheld: vec!["groups".into(), "https://example.com/roles".into()],
        kept: KeptRoles {
            platform_admin: true,
            tenants: vec![(vision, TenantRole::Admin), developer],
        },
        ..ClaimedRoles::default()
    };
    for _ in 0..2 {
        let user = sign_in_with(backend, left_out.clone()).await;
        assert_eq!(user.platform_role, PlatformRole::Admin);
        assert_eq!(user.memberships[0].role, TenantRole::Developer);
        assert_eq!(user.withheld_claims, left_out.withheld);
        let detail = backend.database.users().detail(user.id, noon()).await;
        assert_eq!(detail.unwrap().unwrap().withheld_claims, left_out.withheld);
    }
    assert_eq!(audited(backend).await, before);
    let noted = "SELECT COUNT(*) FROM audit_entries WHERE action = 'sign_in' \
        AND detail LIKE '%groups, https://example.com/roles%'";
    assert_eq!(backend.count(noted).await, 2);

    let dropped = ClaimedRoles {
        kept: KeptRoles::default(),
        ..left_out
    };
    let user = sign_in_with(backend, dropped).await;
    assert_eq!(user.platform_role, PlatformRole::User);
    assert_eq!(user.memberships, []);
    assert_eq!(audited(backend).await.len(), before.len() + 2);
    let user = sign_in_with(backend, ClaimedRoles::default()).await;
    assert!(user.withheld_claims.is_empty());
}

async fn only_the_role_that_claims_gave_is_kept(backend: &Backend) {
    let world = world(&backend.database).await;
    let (vision, speech) = (world.vision.tenant.id, world.speech.tenant.id);
    let given = ClaimedRoles {
        tenants: vec![tenant_role(vision, TenantRole::Viewer, "team has ops")],
        ..ClaimedRoles::default()
    };
    sign_in_with(backend, given).await;
    // Whether the user is in the groups that give these is unknown.
    let kept = KeptRoles {
        platform_admin: true,
        tenants: vec![(vision, TenantRole::Admin), (speech, TenantRole::Viewer)],
    };
    let left_out = ClaimedRoles {
        kept,
        ..ClaimedRoles::default()
    };
    let user = sign_in_with(backend, left_out.clone()).await;
    assert_eq!(user.platform_role, PlatformRole::User);
    assert_eq!(user.memberships, []);

    // A stated claim that gives more than the kept role counts.
    let developer = tenant_role(vision, TenantRole::Developer, "groups has devs");
    let given = ClaimedRoles {
        tenants: vec![developer],
        ..ClaimedRoles::default()
    };
    sign_in_with(backend, given).await;
    let user = sign_in_with(
        backend,
        ClaimedRoles {
            tenants: vec![tenant_role(vision, TenantRole::Admin, "team has leads")],
            kept: KeptRoles {
                tenants: vec![(vision, TenantRole::Developer)],
                ..KeptRoles::default()
            },
            ..ClaimedRoles::default()
        },
    )
    .await;
    assert_eq!(user.memberships[0].role, TenantRole::Admin);
}
