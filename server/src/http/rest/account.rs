//! `/api/v1/me` and `/api/v1/permissions`.

use super::{
    Answer,
    operation::{Operation, get, tagged},
};
use crate::http::call::Call;
use axum::Json;
use domain::{access::PlatformAction, account::Profile, permissions::PermissionTable};

pub fn operations() -> Vec<Operation> {
    tagged(
        "account",
        [
            get("/me", "get_profile", me)
                .about("The caller with roles and tenants, as far as the token reaches."),
            get("/permissions", "get_permissions", permissions)
                .requires(PlatformAction::ReadPermissions)
                .about(
                    "The roles that have each permission, and the token scopes that include it.",
                ),
        ],
    )
}

async fn me(call: Call) -> Answer<Json<Profile>> {
    Ok(Json(call.core().account.profile(&call.caller).await?))
}

async fn permissions(call: Call) -> Answer<Json<PermissionTable>> {
    Ok(Json(call.core().account.permissions(&call.caller).await?))
}
