//! The tenants that exist from the start.

use super::fault::Faults;
use persistence::records::TenantSeed;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One `[tenants.SLUG]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantSection {
    /// What people call it; without it, the slug with a capital.
    pub name: Option<String>,
    /// The slugs of its environments.
    pub environments: Vec<String>,
}

/// The tenants; without any, one called `default` with the environment `dev`.
pub fn read(sections: BTreeMap<String, TenantSection>, faults: &mut Faults) -> Vec<TenantSeed> {
    if sections.is_empty() {
        return vec![seed("default", "Default", &["dev"])];
    }
    sections
        .into_iter()
        .map(|(slug, section)| {
            let key = format!("tenants.{slug}");
            if !super::is_slug(&slug) {
                faults.add(&key, super::SLUG_RULE);
            }
            let environments = format!("{key}.environments");
            if section.environments.is_empty() {
                faults.add(&environments, "needs at least one, such as [\"dev\"]");
            }
            for environment in &section.environments {
                if !super::is_slug(environment) {
                    faults.add(&environments, super::SLUG_RULE);
                }
            }
            let name = section.name.unwrap_or_else(|| super::title(&slug));
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
