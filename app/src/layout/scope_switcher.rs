//! The tenant and environment that lists are narrowed to. The choice is in the address, so it can be shared.

use domain::account::TenantMembership;
use leptos::prelude::*;

use crate::address::Address;
use crate::page::Rendering;
use crate::routes;
use crate::ui::{Icon, Symbol};

/// A tenant, or an environment of it, or everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Scope {
    /// Of the tenant, also where it is the only one.
    slug: String,
    tenant: String,
    environment: String,
    title: String,
    subtitle: String,
}

impl Scope {
    /// The current list, or that of clusters, in this scope.
    fn address(&self, list: &str) -> String {
        if list == routes::TENANTS && !self.slug.is_empty() {
            let tab = if self.environment.is_empty() {
                ""
            } else {
                "environments"
            };
            return routes::tenant_tab(&self.slug, tab);
        }
        if list == routes::TENANTS {
            return list.to_owned();
        }
        routes::with_query(
            list,
            [
                ("tenant", self.tenant.as_str()),
                ("environment", self.environment.as_str()),
            ],
        )
    }
}

/// A menu that works without a script.
#[component]
pub fn ScopeSwitcher(tenants: Vec<TenantMembership>) -> impl IntoView {
    let scopes = scopes(&tenants);
    let address = expect_context::<Rendering>().address;
    let current = current(&scopes, &address);
    let list = list_of(&address.path);
    let only_one = scopes.len() == 1;
    let label = view! {
        <span class="min-w-0">
            <b class="block truncate font-semibold">{current.title.clone()}</b>
            <small class="block truncate text-muted">{current.subtitle.clone()}</small>
        </span>
    };
    if only_one {
        return view! { <div class="border border-line rounded-box px-2.5 py-1.5 mb-3">{label}</div> }
            .into_any();
    }
    let option = |scope: Scope| {
        let (here, address) = (scope == current, scope.address(list));
        view! {
            <li>
                <a
                    href=address
                    aria-current=here.then_some("true")
                    class="block px-2.5 py-1.5 rounded-control hover:bg-sunken aria-[current=true]:bg-accent-soft"
                >
                    {scope.title}
                    <small class="block text-muted">{scope.subtitle}</small>
                </a>
            </li>
        }
    };
    view! {
        <details class="relative mb-3" data-menu="">
            <summary class="flex items-center justify-between gap-2 border border-line rounded-box px-2.5 py-1.5 shadow-card hover:border-faint">
                {label}
                <span class="text-muted when-open">
                    <Icon symbol=Symbol::Chevron size=16 />
                </span>
            </summary>
            <ul class="menu w-full mt-1">{scopes.iter().cloned().map(option).collect_view()}</ul>
        </details>
    }
    .into_any()
}

/// The scope of the page at `address`.
fn current(scopes: &[Scope], address: &Address) -> Scope {
    let found = match tenant_of(&address.path) {
        Some(slug) => scopes
            .iter()
            .find(|scope| scope.slug == slug && scope.environment.is_empty()),
        None => scopes.iter().find(|scope| {
            scope.tenant == address.get("tenant").unwrap_or_default()
                && scope.environment == address.get("environment").unwrap_or_default()
        }),
    };
    found.or(scopes.first()).cloned().unwrap_or_default()
}

/// The list that a page belongs to, so that another tenant is shown in the same list.
fn list_of(path: &str) -> &'static str {
    match path.trim_end_matches('/') {
        routes::CATALOGUE => routes::CATALOGUE,
        path if path == routes::NODES || path.starts_with("/nodes/") => routes::NODES,
        path if path == routes::TENANTS || path.starts_with("/tenants/") => routes::TENANTS,
        _ => routes::CLUSTERS,
    }
}

/// The slug of the tenant that the page is about.
fn tenant_of(path: &str) -> Option<String> {
    let rest = path.strip_prefix(routes::TENANTS)?.strip_prefix('/')?;
    let slug = rest.split('/').next()?;
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// The wider choice before the narrower; the wider is left out where it is no wider.
fn scopes(tenants: &[TenantMembership]) -> Vec<Scope> {
    let mut scopes = Vec::new();
    if tenants.len() != 1 {
        scopes.push(Scope {
            title: "All tenants".to_owned(),
            subtitle: match tenants.len() {
                0 => "you are in none yet".to_owned(),
                count => format!("{count} tenants"),
            },
            ..Scope::default()
        });
    }
    for membership in tenants {
        let alone = tenants.len() == 1;
        let whole = Scope {
            slug: membership.tenant.slug.clone(),
            tenant: if alone {
                String::new()
            } else {
                membership.tenant.slug.clone()
            },
            title: membership.tenant.name.clone(),
            ..Scope::default()
        };
        match membership.environments.as_slice() {
            [one] => scopes.push(Scope {
                subtitle: format!("environment: {}", one.name),
                ..whole
            }),
            many => {
                scopes.push(Scope {
                    subtitle: "all environments".to_owned(),
                    ..whole.clone()
                });
                scopes.extend(many.iter().map(|environment| Scope {
                    slug: membership.tenant.slug.clone(),
                    tenant: membership.tenant.slug.clone(),
                    environment: environment.slug.clone(),
                    title: membership.tenant.name.clone(),
                    subtitle: format!("environment: {}", environment.name),
                }));
            }
        }
    }
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_tenant_is_looked_at_in_the_same_list() {
        assert_eq!(list_of("/nodes/catalogue"), routes::CATALOGUE);
        assert_eq!(list_of("/nodes/new"), routes::NODES);
        assert_eq!(list_of("/clusters/1/events"), routes::CLUSTERS);
        assert_eq!(list_of("/"), routes::CLUSTERS);
        assert_eq!(list_of("/tenants/vision/credentials"), routes::TENANTS);
    }

    #[test]
    fn from_the_page_of_one_tenant_the_switch_leads_to_that_of_another() {
        let other = Scope {
            slug: "search".into(),
            tenant: "search".into(),
            ..Scope::default()
        };
        assert_eq!(other.address(routes::TENANTS), "/tenants/search");
        assert_eq!(Scope::default().address(routes::TENANTS), "/tenants");
        assert_eq!(
            tenant_of("/tenants/vision/settings").as_deref(),
            Some("vision")
        );
        assert_eq!(tenant_of("/tenants"), None);
    }
}
