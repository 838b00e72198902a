//! The tenants that are created at startup.

use super::fault::Faults;
use domain::display_name::{check_name, name_key};
use persistence::records::TenantSeed;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantSection {
    /// The display name; by default the slug with a capital letter.
    pub name: Option<String>,
    pub environments: Vec<String>,
}

/// The tenants; by default one called `default` with the environment `dev`.
pub fn read(sections: BTreeMap<String, TenantSection>, faults: &mut Faults) -> Vec<TenantSeed> {
    if sections.is_empty() {
        return vec![seed("default", "Default", &["dev"])];
    }
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    sections
        .into_iter()
        .map(|(slug, section)| {
            let key = format!("tenants.{slug}");
            if !super::is_slug(&slug) {
                faults.add(&key, super::SLUG_RULE);
            }
            let environments = format!("{key}.environments");
            if section.environments.is_empty() {
                faults.add(
                    &environments,
                    "must contain at least one slug, for example [\"dev\"]",
                );
            }
            for environment in &section.environments {
                if !super::is_slug(environment) {
                    faults.add(&environments, super::SLUG_RULE);
                }
            }
            let name = section.name.unwrap_or_else(|| super::title(&slug));
            if let Err(rule) = check_name(&name) {
                faults.add(format!("{key}.name"), rule);
            }
            if let Some(other) = names.insert(name_key(&name), slug.clone()) {
                let rule = format!("must not look like the name of tenants.{other}");
                faults.add(format!("{key}.name"), rule);
            }
            let environments: Vec<_> = section.environments.iter().map(String::as_str).collect();
            seed(&slug, &name, &environments)
        })
        .collect()
}

fn seed(slug: &str, name: &str, environments: &[&str]) -> TenantSeed {
    TenantSeed {
        slug: slug.into(),
        name: name.into(),
        environments: environments
            .iter()
            .map(|slug| ((*slug).to_owned(), super::title(slug)))
            .collect(),
    }
}
