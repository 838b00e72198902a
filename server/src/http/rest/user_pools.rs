//! `/api/v1/user-pools`: users of Cognito user pools.

use super::{
    Answer,
    extract::{ApiJson, ApiQuery},
    operation::{Operation, delete, get, post, put, tagged},
    path::{GroupName, PathId, ProviderSlug, Username},
    reply::{Created, List},
};
use crate::http::call::Call;
use axum::Json;
use domain::{
    access::PlatformAction::ManageIdentityProvider,
    user_pool::{PoolInvitation, PoolPage, PoolQuery, PoolRef, PoolUser, PoolUserDetail},
};

type UserPath = PathId<(ProviderSlug, Username)>;
type MembershipPath = PathId<(ProviderSlug, Username, GroupName)>;

const USERS: &str = "/user-pools/{provider}/users";
const USER: &str = "/user-pools/{provider}/users/{username}";
const MEMBERSHIP: &str = "/user-pools/{provider}/users/{username}/groups/{group}";

pub fn operations() -> Vec<Operation> {
    let operations = tagged(
        "user pools",
        [
            get("/user-pools", "list_user_pools", pools)
                .about("User pools of the configured identity providers."),
            get(USERS, "list_pool_users", list).about("50 users per page, in Cognito's order."),
            post(USERS, "invite_pool_user", invite)
                .about("Cognito sends an email with a password for the first sign-in.")
                .fails([409]),
            get(USER, "get_pool_user", read).about("A user with groups."),
            post(format!("{USER}/enable"), "enable_pool_user", enable)
                .about("Allows the user to sign in."),
            post(format!("{USER}/disable"), "disable_pool_user", disable).about(
                "Prevents further sign-ins. To end the user's sessions in Hangar, suspend \
                     the user too.",
            ),
            post(
                format!("{USER}/reset-password"),
                "reset_pool_user_password",
                reset_password,
            )
            .about("Cognito sends an email with a code for a new password.")
            .fails([409]),
            put(MEMBERSHIP, "add_pool_user_to_group", join_group)
                .about("Takes effect with the next sign-in."),
            delete(MEMBERSHIP, "remove_pool_user_from_group", leave_group)
                .about("Takes effect with the next sign-in."),
        ],
    );
    operations
        .into_iter()
        .map(|operation| operation.requires(ManageIdentityProvider))
        .collect()
}

async fn pools(call: Call) -> Answer<List<PoolRef>> {
    Ok(List(call.core().user_pools.pools(&call.caller).await?))
}

async fn list(
    call: Call,
    PathId(ProviderSlug(provider)): PathId<ProviderSlug>,
    ApiQuery(query): ApiQuery<PoolQuery>,
) -> Answer<Json<PoolPage>> {
    let page = call.core().user_pools.list(&call.caller, &provider, query);
    Ok(Json(page.await?))
}

async fn invite(
    call: Call,
    PathId(ProviderSlug(provider)): PathId<ProviderSlug>,
    ApiJson(input): ApiJson<PoolInvitation>,
) -> Answer<Created<PoolUser>> {
    let pools = &call.core().user_pools;
    let user = pools.invite(&call.caller, &provider, input).await?;
    Ok(Created {
        path: format!("/user-pools/{provider}/users/{}", user.username),
        body: user,
    })
}

async fn read(
    call: Call,
    PathId((ProviderSlug(provider), Username(username))): UserPath,
) -> Answer<Json<PoolUserDetail>> {
    let pools = &call.core().user_pools;
    Ok(Json(pools.get(&call.caller, &provider, &username).await?))
}

async fn enable(call: Call, path: UserPath) -> Answer<Json<PoolUserDetail>> {
    set_enabled(call, path, true).await
}

async fn disable(call: Call, path: UserPath) -> Answer<Json<PoolUserDetail>> {
    set_enabled(call, path, false).await
}

async fn set_enabled(
    call: Call,
    PathId((ProviderSlug(provider), Username(username))): UserPath,
    enabled: bool,
) -> Answer<Json<PoolUserDetail>> {
    let pools = &call.core().user_pools;
    let changed = pools.set_enabled(&call.caller, &provider, &username, enabled);
    Ok(Json(changed.await?))
}

async fn reset_password(
    call: Call,
    PathId((ProviderSlug(provider), Username(username))): UserPath,
) -> Answer<Json<PoolUserDetail>> {
    let pools = &call.core().user_pools;
    let changed = pools.reset_password(&call.caller, &provider, &username);
    Ok(Json(changed.await?))
}

async fn join_group(call: Call, path: MembershipPath) -> Answer<Json<PoolUserDetail>> {
    set_group(call, path, true).await
}

async fn leave_group(call: Call, path: MembershipPath) -> Answer<Json<PoolUserDetail>> {
    set_group(call, path, false).await
}

async fn set_group(
    call: Call,
    PathId((ProviderSlug(provider), Username(username), GroupName(group))): MembershipPath,
    member: bool,
) -> Answer<Json<PoolUserDetail>> {
    let pools = &call.core().user_pools;
    let changed = pools.set_group(&call.caller, &provider, &username, &group, member);
    Ok(Json(changed.await?))
}
