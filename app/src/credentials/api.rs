//! What the pages of credentials ask the server. Secrets go one way: in the body of a POST, and into no answer, address
//! or cookie.

use std::collections::BTreeMap;

use domain::credential::{Credential, SecretText};
use domain::ids::CredentialId;
use domain::problem::Problem;
use domain::tenancy::{EnvironmentRef, TenantRef};
use jiff::Timestamp;
use leptos::server;
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// The form for a new credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialForm {
    /// Whose it will be.
    pub tenant: TenantRef,
    /// The environments it can be for.
    pub environments: Vec<EnvironmentRef>,
    /// What was typed into the plain fields of the form that led here.
    pub typed: BTreeMap<String, String>,
    /// What was wrong with it.
    pub problem: Option<Problem>,
}

/// A credential at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialView {
    /// The credential.
    pub credential: Credential,
    /// Whether the person may change it.
    pub may_manage: bool,
    /// What was typed into the plain fields of the form that led here.
    pub typed: BTreeMap<String, String>,
    /// What was wrong with it.
    pub problem: Option<Problem>,
    /// The server's time.
    pub now: Timestamp,
}

/// A credential as it stands in the form.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CredentialDraft {
    /// The slug of the tenant.
    pub tenant: String,
    /// The slug of an environment; empty: all without one of their own.
    pub environment: String,
    /// The provider's word.
    pub provider: String,
    /// What people call it.
    pub name: String,
    /// Anything but nothing: it is taken from now on.
    pub chosen: String,
    /// The provider's fields.
    pub fields: BTreeMap<String, SecretText>,
}

/// The credentials of a tenant.
#[server(prefix = "/rpc", endpoint = "list-credentials", client = Fetch, output = Json)]
pub async fn load_credentials(tenant: String) -> Result<Vec<Credential>, Refusal> {
    use crate::server_context::{core, refuse};
    let (core, caller) = core()?;
    core.credentials
        .list(&caller, &tenant)
        .await
        .map_err(refuse)
}

/// What the form for a new credential offers.
#[server(prefix = "/rpc", endpoint = "credential-form", client = Fetch, output = Json)]
pub async fn load_credential_form(tenant: String) -> Result<CredentialForm, Refusal> {
    use crate::server_context::{core, form_problem, refuse, take_flash};
    use domain::access::Action;
    let (core, caller) = core()?;
    let detail = core.tenants.get(&caller, &tenant).await.map_err(refuse)?;
    let action = Action::ManageCredentials;
    if !caller.may(action, detail.tenant.id) {
        return Err(refuse(Problem::forbidden(action.words())));
    }
    let in_use = detail
        .environments
        .into_iter()
        .filter(|environment| environment.archived_at.is_none());
    Ok(CredentialForm {
        tenant: detail.tenant,
        environments: in_use.map(|found| found.environment).collect(),
        typed: take_flash(on_server::TYPED).unwrap_or_default(),
        problem: form_problem(),
    })
}

/// Stores a credential and leads to it.
#[server(prefix = "/rpc", endpoint = "create-credential", client = Fetch, output = Json)]
pub async fn create_credential(draft: CredentialDraft) -> Result<(), Refusal> {
    use crate::routes;
    use crate::server_context::{core, redirect, refuse};
    let (tenant, provider) = (draft.tenant.clone(), draft.provider.clone());
    let kept = on_server::kept(&draft);
    let create = async {
        let (core, caller) = core()?;
        let input = draft.into_input().map_err(refuse)?;
        core.credentials
            .create(&caller, input)
            .await
            .map_err(refuse)
    };
    match create.await {
        Ok(created) => {
            redirect(&routes::credential(&tenant, created.id));
            Ok(())
        }
        refused => {
            let page = routes::new_credential(&tenant, &provider);
            on_server::back(refused.map(|_| ()), &page, "create", &kept)
        }
    }
}

/// One credential.
#[server(prefix = "/rpc", endpoint = "load-credential", client = Fetch, output = Json)]
pub async fn load_credential(tenant: String, id: String) -> Result<CredentialView, Refusal> {
    use crate::server_context::{core, form_problem, now, refuse, take_flash};
    use domain::access::Action;
    let (core, caller) = core()?;
    let load = async {
        // An address with something else than an id in it leads to nothing, and so does one of another tenant.
        let nothing = || Problem::not_found("credential");
        let id = id.parse().map_err(|_| nothing())?;
        let credential = core.credentials.get(&caller, id).await?;
        if credential.tenant.slug == tenant {
            Ok(credential)
        } else {
            Err(nothing())
        }
    };
    let credential = load.await.map_err(refuse)?;
    Ok(CredentialView {
        may_manage: caller.may(Action::ManageCredentials, credential.tenant.id),
        credential,
        typed: take_flash(on_server::TYPED).unwrap_or_default(),
        problem: form_problem(),
        now: now(),
    })
}

/// Asks the provider whether it accepts the credential.
#[server(prefix = "/rpc", endpoint = "check-credential", client = Fetch, output = Json)]
pub async fn check_credential(tenant: String, id: CredentialId) -> Result<Credential, Refusal> {
    use crate::server_context::{core, refuse};
    let check = async {
        let (core, caller) = core()?;
        core.credentials.check(&caller, id).await.map_err(refuse)?;
        core.credentials.get(&caller, id).await.map_err(refuse)
    };
    on_server::back_to(&tenant, id, "check", check.await)
}

/// Makes it the one that is taken.
#[server(prefix = "/rpc", endpoint = "choose-credential", client = Fetch, output = Json)]
pub async fn choose_credential(tenant: String, id: CredentialId) -> Result<Credential, Refusal> {
    use crate::server_context::{core, refuse};
    let choose = async {
        let (core, caller) = core()?;
        core.credentials.choose(&caller, id).await.map_err(refuse)
    };
    on_server::back_to(&tenant, id, "choose", choose.await)
}

/// Suspends it: it opens for nobody.
#[server(prefix = "/rpc", endpoint = "suspend-credential", client = Fetch, output = Json)]
pub async fn suspend_credential(tenant: String, id: CredentialId) -> Result<Credential, Refusal> {
    use crate::server_context::{core, refuse};
    let suspend = async {
        let (core, caller) = core()?;
        core.credentials.suspend(&caller, id).await.map_err(refuse)
    };
    on_server::back_to(&tenant, id, "suspend", suspend.await)
}

/// Restores it.
#[server(prefix = "/rpc", endpoint = "restore-credential", client = Fetch, output = Json)]
pub async fn restore_credential(tenant: String, id: CredentialId) -> Result<Credential, Refusal> {
    use crate::server_context::{core, refuse};
    let restore = async {
        let (core, caller) = core()?;
        core.credentials.restore(&caller, id).await.map_err(refuse)
    };
    on_server::back_to(&tenant, id, "restore", restore.await)
}

/// Renames it.
#[server(prefix = "/rpc", endpoint = "rename-credential", client = Fetch, output = Json)]
pub async fn rename_credential(
    tenant: String,
    id: CredentialId,
    name: String,
    version: i64,
) -> Result<Credential, Refusal> {
    use crate::plain_form::answer;
    use crate::routes;
    use crate::server_context::{core, refuse};
    let rename = async {
        let (core, caller) = core()?;
        let renamed = core
            .credentials
            .rename(&caller, id, name.trim(), version)
            .await;
        renamed.map_err(refuse)
    };
    let page = routes::credential(&tenant, id);
    answer(rename.await, &page, "rename", &[("name", &name)])
}

/// Puts another secret in place of the one before.
#[server(prefix = "/rpc", endpoint = "replace-credential", client = Fetch, output = Json)]
pub async fn replace_credential(
    tenant: String,
    id: CredentialId,
    provider: String,
    #[server(default)] fields: BTreeMap<String, SecretText>,
    version: i64,
) -> Result<Credential, Refusal> {
    use crate::routes;
    use crate::server_context::{core, refuse};
    let kept = on_server::plain_fields(&provider, &fields);
    let replace = async {
        let (core, caller) = core()?;
        let replaced = core.credentials.replace(&caller, id, fields, version).await;
        replaced.map_err(refuse)
    };
    let page = routes::credential(&tenant, id);
    on_server::back(replace.await, &page, "replace", &kept)
}

/// Deletes it for good and leads to the others.
#[server(prefix = "/rpc", endpoint = "delete-credential", client = Fetch, output = Json)]
pub async fn delete_credential(
    tenant: String,
    id: CredentialId,
    confirmation: String,
) -> Result<(), Refusal> {
    use crate::routes;
    use crate::server_context::{core, redirect, refuse};
    let delete = async {
        let (core, caller) = core()?;
        let deleted = core
            .credentials
            .delete(&caller, id, confirmation.trim())
            .await;
        deleted.map_err(refuse)
    };
    match delete.await {
        Ok(()) => {
            redirect(&routes::tenant_tab(&tenant, "credentials"));
            Ok(())
        }
        refused => on_server::back_to(&tenant, id, "delete", refused),
    }
}

#[cfg(feature = "ssr")]
mod on_server {
    use std::collections::BTreeMap;

    use domain::credential::{
        CredentialInput, CredentialScope, Provider, SecretFieldKind, SecretText,
    };
    use domain::ids::CredentialId;
    use domain::problem::{FieldError, Problem};

    use super::CredentialDraft;
    use crate::plain_form::answer;
    use crate::refusal::Refusal;
    use crate::routes;
    use crate::server_context::{set_flash, wants_html};

    /// The flash that carries what was typed into plain fields.
    pub const TYPED: &str = "typed_credential";

    /// The longest text of a plain field that is worth keeping; browsers drop cookies above 4 KiB.
    const LONGEST: usize = 250;

    impl CredentialDraft {
        /// What the portal is asked for. It does the checking.
        pub fn into_input(self) -> Result<CredentialInput, Problem> {
            let provider = self
                .provider
                .parse()
                .map_err(|rule| Problem::invalid(vec![FieldError::new("provider", rule)]))?;
            Ok(CredentialInput {
                scope: CredentialScope {
                    tenant: self.tenant,
                    environment: Some(self.environment).filter(|slug| !slug.is_empty()),
                },
                provider,
                name: self.name.trim().to_owned(),
                chosen: !self.chosen.is_empty(),
                // A field that is left empty is not sent.
                fields: filled_in(self.fields),
            })
        }
    }

    fn filled_in(fields: BTreeMap<String, SecretText>) -> BTreeMap<String, SecretText> {
        fields
            .into_iter()
            .filter(|(_, text)| !text.expose().trim().is_empty())
            .collect()
    }

    /// What a plain form gets back: everything but secrets.
    pub fn kept(draft: &CredentialDraft) -> BTreeMap<String, String> {
        let mut kept = plain_fields(&draft.provider, &draft.fields);
        for (name, value) in [
            ("name", &draft.name),
            ("environment", &draft.environment),
            ("chosen", &draft.chosen),
        ] {
            if value.len() <= LONGEST {
                kept.insert(name.to_owned(), value.clone());
            }
        }
        kept
    }

    /// The fields that may be shown afterwards.
    pub fn plain_fields(
        provider: &str,
        fields: &BTreeMap<String, SecretText>,
    ) -> BTreeMap<String, String> {
        let known = provider
            .parse::<Provider>()
            .map(Provider::fields)
            .unwrap_or_default();
        known
            .into_iter()
            .filter(|field| field.kind == SecretFieldKind::Plain)
            .filter_map(|field| {
                let text = fields.get(field.name)?.expose();
                (text.len() <= LONGEST).then(|| (field.name.to_owned(), text.to_owned()))
            })
            .collect()
    }

    /// Leads a plain form to `page` or back to it.
    pub fn back<T>(
        mut done: Result<T, Refusal>,
        page: &str,
        form: &str,
        kept: &BTreeMap<String, String>,
    ) -> Result<T, Refusal> {
        if wants_html()
            && let Err(refusal) = &mut done
        {
            set_flash(TYPED, kept);
            let again =
                "Type the secrets again: without JavaScript they are not sent back to this page.";
            refusal.0.next_step = Some(match refusal.0.next_step.take() {
                Some(step) => format!("{step} {again}"),
                None => again.to_owned(),
            });
        }
        answer(done, page, form, &[])
    }

    /// Leads a plain form back to the credential's page.
    pub fn back_to<T>(
        tenant: &str,
        id: CredentialId,
        form: &str,
        done: Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        answer(done, &routes::credential(tenant, id), form, &[])
    }
}
