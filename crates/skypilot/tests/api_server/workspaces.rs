//! Tenants separated by the server: workspaces, service accounts and their tokens.

use crate::place::Place;
use provisioning::ports::machines::{MachineErrorKind, Machines, Workspace};
use secrecy::ExposeSecret;
use skypilot::client::{Acting, ErrorKind, Identity, Role};

pub async fn each_workspace_has_one_account_whose_former_token_ends_when_it_is_renewed(
    place: &Place,
) {
    let token = place.admin_token().await;
    let admin = Identity::Bearer(token.clone());
    let machines = place.machines(Some(token));
    let health = machines.health().await.unwrap();
    assert!(health.service_accounts && health.may_administer);

    let mut acme = Workspace {
        id: "0198e1b2-7c1d-7a54-9d5c-0000aaaa1111".parse().unwrap(),
        name: "hgr-acme-dev-12345678".into(),
        account: None,
    };
    let mut other = Workspace {
        id: "0198e1b2-7c1d-7a54-9d5c-0000aaaa2222".parse().unwrap(),
        name: "hgr-other-dev-87654321".into(),
        account: None,
    };
    acme.account = machines.ensure_workspace(&acme).await.unwrap();
    other.account = machines.ensure_workspace(&other).await.unwrap();
    let account = acme.account.clone().unwrap();

    // As after a crash before the token was stored.
    let forgotten = Workspace {
        account: None,
        ..acme.clone()
    };
    let renewed = machines
        .ensure_workspace(&forgotten)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(renewed.user_id, account.user_id);
    assert_ne!(renewed.token.expose_secret(), account.token.expose_secret());
    let former = machines.machines(&acme, false).await.unwrap_err();
    assert_eq!(former.kind, MachineErrorKind::Unauthorized, "{former:?}");
    acme.account = Some(renewed.clone());
    assert_eq!(machines.machines(&acme, false).await.unwrap(), []);
    // Nothing has to change, and nothing does.
    assert!(machines.ensure_workspace(&acme).await.unwrap().is_none());

    let acting = Acting::by(&admin);
    let there = place.sky.workspaces(acting).await.unwrap();
    let ours = &there[&acme.name];
    assert!(ours.private);
    assert_eq!(ours.allowed_users, [account.user_id.as_str()]);
    // Changed by hand.
    let opened = skypilot::client::Workspace::default();
    let request = place
        .sky
        .submit_update_workspace(acting, &acme.name, &opened)
        .await
        .unwrap();
    let limit = crate::place::TOO_LONG;
    place
        .sky
        .result::<serde::de::IgnoredAny>(&admin, &request, limit)
        .await
        .unwrap();
    machines.ensure_workspace(&acme).await.unwrap();
    assert_eq!(
        &place.sky.workspaces(acting).await.unwrap()[&acme.name],
        ours
    );

    let bearer = Identity::Bearer(renewed.token);
    let who = place.sky.who_am_i(&bearer).await.unwrap();
    assert_eq!(
        (who.id.as_str(), who.role),
        (account.user_id.as_str(), Some(Role::User))
    );
    let seen = place.sky.workspaces(Acting::by(&bearer)).await.unwrap();
    assert!(seen.contains_key(&acme.name) && !seen.contains_key(&other.name));
    let trespass = place
        .sky
        .submit_check(Acting::by(&bearer).within(&other.name), None);
    let trespass = trespass.await.unwrap();
    let refused = place
        .sky
        .result::<serde::de::IgnoredAny>(&bearer, &trespass, limit)
        .await;
    assert_eq!(refused.unwrap_err().kind, ErrorKind::PermissionDenied);
    let theirs = place.sky.request(&admin, &request).await.unwrap();
    let peeked = place
        .sky
        .request(&bearer, &theirs.request_id)
        .await
        .unwrap_err();
    assert_eq!(
        peeked.kind,
        ErrorKind::RequestLost,
        "others' requests are unknown"
    );
    let forbidden = place
        .sky
        .submit_delete_workspace(Acting::by(&bearer), &other.name)
        .await;
    assert_eq!(forbidden.unwrap_err().kind, ErrorKind::PermissionDenied);

    let tokens = place.sky.service_accounts(acting).await.unwrap();
    let known = tokens
        .iter()
        .find(|token| token.token_name == acme.name)
        .unwrap();
    assert_eq!(known.token_id, account.token_id);
    assert_eq!(known.service_account_roles, [Role::User]);
    let again = place
        .sky
        .create_service_account(acting, &acme.name, Role::User, 30)
        .await;
    assert_eq!(again.unwrap_err().kind, ErrorKind::AlreadyExists);
    place
        .sky
        .set_service_account_role(acting, &known.token_id, Role::Viewer)
        .await
        .unwrap();
    assert_eq!(
        place.sky.who_am_i(&bearer).await.unwrap().role,
        Some(Role::Viewer)
    );

    let request = place
        .sky
        .submit_delete_workspace(acting, &acme.name)
        .await
        .unwrap();
    place
        .sky
        .result::<serde::de::IgnoredAny>(&admin, &request, limit)
        .await
        .unwrap();
    place
        .sky
        .delete_service_account(acting, &known.token_id)
        .await
        .unwrap();
    let ended = place.sky.who_am_i(&bearer).await.unwrap_err();
    assert_eq!(ended.kind, ErrorKind::Unauthorized);
    let there = place.sky.workspaces(acting).await.unwrap();
    assert!(!there.contains_key(&acme.name) && there.contains_key(&other.name));
}
