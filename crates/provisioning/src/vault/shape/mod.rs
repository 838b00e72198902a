//! What credentials must look like to be stored: a rule for each provider's form. Whether a provider accepts one is
//! another question. Nothing that was typed in comes back in a message, apart from names of fields.

mod api_keys;
pub(super) mod aws;
mod azure;
mod gcp;
mod json;
pub(super) mod kubeconfig;
mod nebius;
mod oci;

use domain::{
    aws::Region,
    credential::{CredentialFact, Provider, SecretFieldKind, SecretText},
    problem::FieldError,
};
use std::collections::BTreeMap;

/// The longest value of one line, in bytes.
const LONGEST_LINE: usize = 4096;
/// The longest value of several lines, in bytes.
const LONGEST_LINES: usize = 64 * 1024;

/// The fields of a credential, trimmed; none is empty.
pub(super) type Fields = BTreeMap<String, String>;

/// What the rules of a provider depend on.
pub(super) struct Surroundings {
    /// The region of the portal's own AWS identity; `None`: the portal has none.
    pub portal_region: Option<Region>,
    /// What the external id of a role must begin with that the portal's own identity assumes.
    pub external_id: String,
}

/// What has been found wrong, by field.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError::new(field, message));
    }

    fn check(&mut self, field: &str, fault: Option<String>) {
        if let Some(message) = fault {
            self.add(field, message);
        }
    }
}

/// Checks everything that was typed in. Answers the fields, and what may be shown of them.
///
/// # Errors
/// Everything that is wrong, by field.
pub(super) fn shape(
    provider: Provider,
    typed: &BTreeMap<String, SecretText>,
    surroundings: &Surroundings,
) -> Result<(Fields, Vec<CredentialFact>), Vec<FieldError>> {
    let fields = known_fields(provider, typed)?;
    let mut faults = Faults::default();
    let more = match provider {
        Provider::Aws => aws::check(&fields, surroundings, &mut faults),
        Provider::Azure => azure::check(&fields, &mut faults),
        Provider::Gcp => gcp::check(&fields, &mut faults),
        Provider::Lambda => api_keys::check_lambda(&fields, &mut faults),
        Provider::Runpod => api_keys::check_runpod(&fields, &mut faults),
        Provider::Oci => oci::check(&fields, &mut faults),
        Provider::Nebius => nebius::check(&fields, &mut faults),
        Provider::Kubernetes => kubeconfig::check(&fields, &mut faults),
    };
    if !faults.0.is_empty() {
        return Err(faults.0);
    }
    let mut facts = plain_facts(provider, &fields);
    facts.extend(more);
    Ok((fields, facts))
}

/// The fields that are no secrets.
fn plain_facts(provider: Provider, fields: &Fields) -> Vec<CredentialFact> {
    provider
        .fields()
        .into_iter()
        .filter(|field| field.kind == SecretFieldKind::Plain)
        .filter_map(|field| Some(fact(field.label, fields.get(field.name)?)))
        .collect()
}

fn fact(label: &str, value: &str) -> CredentialFact {
    CredentialFact {
        label: label.to_owned(),
        value: value.to_owned(),
    }
}

/// Fields that the form has, all that it needs, of a length that can be.
fn known_fields(
    provider: Provider,
    typed: &BTreeMap<String, SecretText>,
) -> Result<Fields, Vec<FieldError>> {
    let known = provider.fields();
    let mut faults = Faults::default();
    let mut fields = Fields::new();
    for name in typed.keys() {
        if known.iter().all(|field| field.name != *name) {
            let names: Vec<_> = known.iter().map(|field| field.name).collect();
            let message = format!(
                "{} has no such field; it has {}.",
                provider.title(),
                names.join(", ")
            );
            faults.add(presentable(name).unwrap_or("fields"), message);
        }
    }
    for field in &known {
        let value = typed.get(field.name).map_or("", SecretText::expose).trim();
        // Editors of Windows begin files with a byte order mark.
        let value = match field.kind {
            SecretFieldKind::SecretLines => value.trim_start_matches('\u{feff}').trim_start(),
            SecretFieldKind::Plain | SecretFieldKind::Secret => value,
        };
        if value.is_empty() {
            if !field.optional {
                faults.add(field.name, format!("{} is needed.", field.label));
            }
            continue;
        }
        let longest = match field.kind {
            SecretFieldKind::SecretLines => LONGEST_LINES,
            SecretFieldKind::Plain | SecretFieldKind::Secret => LONGEST_LINE,
        };
        if value.len() > longest {
            faults.add(
                field.name,
                format!("Must be at most {} KiB.", longest / 1024),
            );
        } else if value.contains('\0')
            || field.kind != SecretFieldKind::SecretLines
                && value.contains(|c: char| c.is_control() || c == '\u{feff}')
        {
            faults.add(field.name, "Must be one line of visible characters.");
        } else {
            fields.insert(field.name.to_owned(), value.to_owned());
        }
    }
    if faults.0.is_empty() {
        Ok(fields)
    } else {
        Err(faults.0)
    }
}

/// A name that can be shown again: text that does not look like one may be a secret in the wrong place.
fn presentable(name: &str) -> Option<&str> {
    let fits = (1..=40).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-'));
    fits.then_some(name)
}

/// Whether `text` is a UUID with hyphens.
fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.parse::<uuid::Uuid>().is_ok()
}

#[cfg(test)]
mod tests;
