//! The changes that the pages of credentials make. Secrets arrive in the body of a POST and are part of no answer.

use std::collections::BTreeMap;

use domain::credential::{CredentialInput, CredentialScope, Provider, SecretText};
use domain::ids::CredentialId;
use leptos::server;

use crate::form_error::FormError;
use crate::routes;
use crate::site::{core, redirect};

/// Stores a credential and leads to its page.
#[server(prefix = "/rpc", endpoint = "create-credential")]
pub async fn create_credential(
    tenant: String,
    environment: String,
    provider: Provider,
    name: String,
    #[server(default)] chosen: bool,
    #[server(default)] fields: BTreeMap<String, SecretText>,
) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let input = CredentialInput {
        scope: CredentialScope {
            tenant: tenant.clone(),
            environment: Some(environment).filter(|slug| !slug.is_empty()),
        },
        provider,
        name: name.trim().to_owned(),
        chosen,
        fields,
    };
    let created = core.credentials.create(&caller, input).await?;
    redirect(&routes::credential(&tenant, created.id));
    Ok(())
}

/// Asks the provider whether it accepts the credential. The page shows the result.
#[server(prefix = "/rpc", endpoint = "check-credential")]
pub async fn check_credential(id: CredentialId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.credentials.check(&caller, id).await?;
    Ok(())
}

/// Makes the credential the default.
#[server(prefix = "/rpc", endpoint = "choose-credential")]
pub async fn choose_credential(id: CredentialId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.credentials.choose(&caller, id).await?;
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "suspend-credential")]
pub async fn suspend_credential(id: CredentialId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.credentials.suspend(&caller, id).await?;
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "restore-credential")]
pub async fn restore_credential(id: CredentialId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.credentials.restore(&caller, id).await?;
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "rename-credential")]
pub async fn rename_credential(
    id: CredentialId,
    name: String,
    version: i64,
) -> Result<bool, FormError> {
    let (core, caller) = core()?;
    core.credentials
        .rename(&caller, id, name.trim(), version)
        .await?;
    Ok(true)
}

/// Replaces the secret.
#[server(prefix = "/rpc", endpoint = "replace-credential")]
pub async fn replace_credential(
    id: CredentialId,
    #[server(default)] fields: BTreeMap<String, SecretText>,
    version: i64,
) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.credentials
        .replace(&caller, id, fields, version)
        .await?;
    Ok(())
}

/// Deletes the credential and leads to the credentials of its tenant.
#[server(prefix = "/rpc", endpoint = "delete-credential")]
pub async fn delete_credential(
    id: CredentialId,
    tenant: String,
    confirmation: String,
) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.credentials
        .delete(&caller, id, confirmation.trim())
        .await?;
    redirect(&routes::tenant_tab(&tenant, "credentials"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::problem::ProblemKind;
    use leptos::server_fn::ServerFn;

    use super::*;
    use crate::form::submit::problem_without_session;

    #[tokio::test]
    async fn forms_are_read_as_the_pages_send_them() {
        let id = "id=00000000-0000-0000-0000-00000000000a";
        let form =
            "_page=%2Ftenants%2Fvision&_key=&tenant=vision&provider=aws&name=ci&environment=";
        let fields = "fields%5Baccess_key_id%5D=AKIA&fields%5Bsecret_access_key%5D=a%2Fb";
        for (function, body) in [
            (
                CreateCredential::url(),
                format!("{form}&{fields}&chosen=true"),
            ),
            (CreateCredential::url(), form.to_owned()),
            (ReplaceCredential::url(), format!("{id}&version=3&{fields}")),
            (RenameCredential::url(), format!("{id}&version=3&name=ci")),
            (
                DeleteCredential::url(),
                format!("{id}&tenant=vision&confirmation=ci"),
            ),
        ] {
            let problem = problem_without_session(function, &body).await;
            assert_eq!(
                problem.kind,
                ProblemKind::Unauthenticated,
                "{function} {body}"
            );
        }
    }
}
