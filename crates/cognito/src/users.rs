//! Converts Cognito's accounts into the domain's types.

use aws_sdk_cognitoidentityprovider::{
    operation::admin_get_user::AdminGetUserOutput,
    primitives::DateTime,
    types::{AttributeType, UserStatusType, UserType},
};
use domain::user_pool::{PoolUser, PoolUserStatus};
use jiff::Timestamp;

pub fn user_of(user: UserType) -> PoolUser {
    person(
        user.username.unwrap_or_default(),
        &user.attributes.unwrap_or_default(),
        user.user_status,
        user.enabled,
        [user.user_create_date, user.user_last_modified_date],
    )
}

pub fn user_of_answer(answer: AdminGetUserOutput) -> PoolUser {
    person(
        answer.username,
        &answer.user_attributes.unwrap_or_default(),
        answer.user_status,
        answer.enabled,
        [answer.user_create_date, answer.user_last_modified_date],
    )
}

fn person(
    username: String,
    attributes: &[AttributeType],
    status: Option<UserStatusType>,
    enabled: bool,
    [created, changed]: [Option<DateTime>; 2],
) -> PoolUser {
    let text = |name: &str| {
        let found = attributes.iter().find(|attribute| attribute.name() == name);
        found.and_then(AttributeType::value).map(str::to_owned)
    };
    PoolUser {
        username,
        subject: text("sub"),
        email: text("email").unwrap_or_default(),
        email_verified: text("email_verified").as_deref() == Some("true"),
        name: text("name")
            .or_else(|| {
                let both = [text("given_name"), text("family_name")];
                let both: Vec<_> = both.into_iter().flatten().collect();
                (!both.is_empty()).then(|| both.join(" "))
            })
            .unwrap_or_default(),
        status: status_of(status),
        enabled,
        created_at: created.and_then(time),
        changed_at: changed.and_then(time),
    }
}

/// <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserType.html>
fn status_of(status: Option<UserStatusType>) -> PoolUserStatus {
    match status {
        Some(UserStatusType::Confirmed) => PoolUserStatus::Confirmed,
        Some(UserStatusType::ForceChangePassword) => PoolUserStatus::Invited,
        Some(UserStatusType::Unconfirmed) => PoolUserStatus::Unconfirmed,
        Some(UserStatusType::ResetRequired) => PoolUserStatus::PasswordReset,
        Some(UserStatusType::ExternalProvider) => PoolUserStatus::External,
        Some(other) => PoolUserStatus::Other(other.as_str().to_owned()),
        None => PoolUserStatus::Other("Unknown".to_owned()),
    }
}

fn time(time: DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}
