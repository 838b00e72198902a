//! A user pool and its client.

use crate::{
    refusals::{RequestContext, explain},
    users::{user_of, user_of_answer},
};
use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_sdk_cognitoidentityprovider::{
    Client,
    config::{BehaviorVersion, Region, StalledStreamProtectionConfig},
    types::{AttributeType, DeliveryMediumType},
};
use aws_smithy_runtime_api::client::http::HttpClient;
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use domain::user_pool::{PoolGroup, PoolInvitation, PoolQuery, PoolUser};
use provisioning::ports::user_pool::{Asked, PoolError, PoolErrorKind, UserPool};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use url::Url;

/// Users per page; Cognito allows at most 60.
const PAGE: i32 = 50;
/// The maximum number of groups that are read; a page cannot show more usefully.
const MOST_GROUPS: usize = 300;
const ATTEMPTS: u32 = 3;
/// The timeout for all attempts and pauses together: a user waits for the response.
const PATIENCE: Duration = Duration::from_secs(12);

#[derive(Clone, Debug)]
pub struct PoolConfig {
    /// For example `eu-central-1_AbCdEfGhI`. The part before the underscore is the region.
    pub pool_id: String,
    /// The portal's own access key.
    pub access_key_id: String,
    pub secret_access_key: SecretString,
    /// Replaces `https://cognito-idp.REGION.amazonaws.com`.
    pub endpoint: Option<Url>,
}

pub struct CognitoPool {
    id: String,
    client: Client,
}

impl CognitoPool {
    /// Creates a client that sends requests through `http`.
    pub fn new(config: PoolConfig, http: impl HttpClient + 'static) -> Self {
        let region = config.pool_id.split('_').next().unwrap_or_default();
        let credentials = Credentials::new(
            config.access_key_id,
            config.secret_access_key.expose_secret(),
            None,
            None,
            "hangar",
        );
        let mut client = aws_sdk_cognitoidentityprovider::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http)
            .credentials_provider(credentials)
            .region(Region::new(region.to_owned()))
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .timeout_config(TimeoutConfig::builder().operation_timeout(PATIENCE).build())
            // Responses are not streamed.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        if let Some(endpoint) = &config.endpoint {
            client = client.endpoint_url(endpoint.as_str());
        }
        Self {
            id: config.pool_id,
            client: Client::from_conf(client.build()),
        }
    }

    fn context(&self, permission: &'static str) -> RequestContext<'_> {
        RequestContext {
            pool: &self.id,
            permission,
        }
    }
}

/// A prefix filter of Cognito, with quotes and backslashes escaped.
fn beginning(attribute: &str, text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("{attribute} ^= \"{text}\"")
}

fn attribute(name: &str, value: &str) -> Option<AttributeType> {
    let built = AttributeType::builder().name(name).value(value).build();
    built.ok().filter(|_| !value.is_empty())
}

#[async_trait]
impl UserPool for CognitoPool {
    async fn users(&self, query: &PoolQuery) -> Asked<(Vec<PoolUser>, Option<String>)> {
        let filter = (!query.email.is_empty()).then(|| beginning("email", &query.email));
        let answer = self
            .client
            .list_users()
            .user_pool_id(&self.id)
            .limit(PAGE)
            .set_filter(filter)
            .set_pagination_token(query.after.clone())
            .send()
            .await
            .map_err(|error| explain(error, &self.context("ListUsers")))?;
        let users = answer.users.unwrap_or_default();
        Ok((
            users.into_iter().map(user_of).collect(),
            answer.pagination_token,
        ))
    }

    async fn user(&self, username: &str) -> Asked<PoolUser> {
        let answer = self
            .client
            .admin_get_user()
            .user_pool_id(&self.id)
            .username(username)
            .send()
            .await
            .map_err(|error| explain(error, &self.context("AdminGetUser")))?;
        Ok(user_of_answer(answer))
    }

    async fn groups_of(&self, username: &str) -> Asked<Vec<String>> {
        let mut names = Vec::new();
        let mut next = None;
        loop {
            let answer = self
                .client
                .admin_list_groups_for_user()
                .user_pool_id(&self.id)
                .username(username)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| explain(error, &self.context("AdminListGroupsForUser")))?;
            let groups = answer.groups.unwrap_or_default();
            names.extend(groups.into_iter().filter_map(|group| group.group_name));
            next = answer.next_token;
            if next.is_none() || names.len() >= MOST_GROUPS {
                return Ok(names);
            }
        }
    }

    async fn groups(&self) -> Asked<Vec<PoolGroup>> {
        let mut known = Vec::new();
        let mut next = None;
        loop {
            let answer = self
                .client
                .list_groups()
                .user_pool_id(&self.id)
                .set_next_token(next)
                .send()
                .await
                .map_err(|error| explain(error, &self.context("ListGroups")))?;
            let groups = answer.groups.unwrap_or_default();
            known.extend(groups.into_iter().filter_map(|group| {
                Some(PoolGroup {
                    name: group.group_name?,
                    description: group.description.unwrap_or_default(),
                })
            }));
            next = answer.next_token;
            if next.is_none() || known.len() >= MOST_GROUPS {
                return Ok(known);
            }
        }
    }

    async fn invite(&self, invitation: &PoolInvitation) -> Asked<PoolUser> {
        let attributes = [
            attribute("email", &invitation.email),
            // The password is sent to this address, so signing in with it verifies the address.
            attribute("email_verified", "true"),
            attribute("name", &invitation.name),
        ];
        let answer = self
            .client
            .admin_create_user()
            .user_pool_id(&self.id)
            .username(&invitation.email)
            .set_user_attributes(Some(attributes.into_iter().flatten().collect()))
            .desired_delivery_mediums(DeliveryMediumType::Email)
            .send()
            .await
            .map_err(|error| explain(error, &self.context("AdminCreateUser")))?;
        answer.user.map(user_of).ok_or_else(|| PoolError {
            kind: PoolErrorKind::Failed,
            message: "Cognito's response does not contain the new account".to_owned(),
            next_step: Some(
                "Search for the address in the list before you invite it again.".to_owned(),
            ),
            source: None,
        })
    }

    async fn set_enabled(&self, username: &str, enabled: bool) -> Asked<()> {
        if enabled {
            let asked = self.client.admin_enable_user();
            let asked = asked.user_pool_id(&self.id).username(username).send();
            asked
                .await
                .map(drop)
                .map_err(|error| explain(error, &self.context("AdminEnableUser")))
        } else {
            let asked = self.client.admin_disable_user();
            let asked = asked.user_pool_id(&self.id).username(username).send();
            asked
                .await
                .map(drop)
                .map_err(|error| explain(error, &self.context("AdminDisableUser")))
        }
    }

    async fn reset_password(&self, username: &str) -> Asked<()> {
        let asked = self.client.admin_reset_user_password();
        let asked = asked.user_pool_id(&self.id).username(username).send();
        asked
            .await
            .map(drop)
            .map_err(|error| explain(error, &self.context("AdminResetUserPassword")))
    }

    async fn join_group(&self, username: &str, group: &str) -> Asked<()> {
        let asked = self.client.admin_add_user_to_group();
        let asked = asked.user_pool_id(&self.id).username(username);
        asked
            .group_name(group)
            .send()
            .await
            .map(drop)
            .map_err(|error| explain(error, &self.context("AdminAddUserToGroup")))
    }

    async fn leave_group(&self, username: &str, group: &str) -> Asked<()> {
        let asked = self.client.admin_remove_user_from_group();
        let asked = asked.user_pool_id(&self.id).username(username);
        asked
            .group_name(group)
            .send()
            .await
            .map(drop)
            .map_err(|error| explain(error, &self.context("AdminRemoveUserFromGroup")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_searched_for_cannot_end_the_filter() {
        assert_eq!(
            beginning("email", r#"a" or username ^= "\"#),
            r#"email ^= "a\" or username ^= \"\\""#
        );
    }
}
