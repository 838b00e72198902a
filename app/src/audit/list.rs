//! The list of entries. Filters, position and the open entry are in the address.

use axum::extract::Path;
use axum::http::StatusCode;
use domain::access::PlatformAction;
use domain::audit::{AuditPage, AuditQueryInput, AuditRow};
use domain::problem::{Problem, ProblemKind};
use domain::tenancy::TenantRef;
use leptos::prelude::*;

use super::entry::Entry;
use super::filters::Filters;
use super::rows::Entries;
use crate::address::Address;
use crate::form::{FormState, ProblemNotice};
use crate::page::{PageRequest, PageResult, Rendering};
use crate::problem_page::ProblemPanel;
use crate::routes;
use crate::ui::{Empty, EmptyState, Icon, LinkButton, PageHeader, Symbol};

/// The log of the platform.
pub async fn list(request: PageRequest) -> PageResult {
    request.require(PlatformAction::ReadPlatformAudit)?;
    log(request, None).await
}

pub async fn tenant_list(Path(slug): Path<String>, request: PageRequest) -> PageResult {
    log(request, Some(slug)).await
}

/// The log of the tenant `slug`, or of the platform.
async fn log(request: PageRequest, slug: Option<String>) -> PageResult {
    let profile = request.core.account.profile(&request.caller).await?;
    let tenants: Vec<_> = profile.tenants.into_iter().map(|own| own.tenant).collect();
    let form = request.form(routes::AUDIT);
    let page = match page(&request, slug.clone()).await {
        Ok(page) => page,
        Err(problem) if problem.kind == ProblemKind::Forbidden => {
            let page = request.show("Audit log", || view! { <NoPermission /> });
            return Ok(page.status(StatusCode::FORBIDDEN));
        }
        Err(problem) if problem.kind == ProblemKind::Invalid => {
            let tenants = slug.is_none().then_some(tenants);
            let view = move || {
                view! {
                    <Header title="Audit log" />
                    <Filters form=form tenants=tenants problem=Some(problem.clone()) />
                    <Frame>
                        <ProblemPanel problem=problem />
                    </Frame>
                }
            };
            let page = request.show("Audit log", view);
            return Ok(page.status(StatusCode::UNPROCESSABLE_ENTITY));
        }
        Err(problem) => return Err(problem.into()),
    };
    let open = match request.address.get("entry").map(str::parse) {
        None => None,
        Some(Ok(id)) => Some(request.core.audit.get(&request.caller, id).await),
        Some(Err(_)) => Some(Err(Problem::not_found("audit entry"))),
    };
    let tenant = tenants
        .iter()
        .find(|tenant| Some(&tenant.slug) == slug.as_ref());
    let title = match tenant {
        Some(tenant) => format!("Audit log of {}", tenant.name),
        None => "Audit log".to_owned(),
    };
    let view = {
        let title = title.clone();
        let tenants = slug.is_none().then_some(tenants);
        move || view! { <Log title=title slug=slug page=page open=open form=form tenants=tenants /> }
    };
    Ok(request.show(title, view))
}

async fn page(request: &PageRequest, slug: Option<String>) -> Result<AuditPage, Problem> {
    let input = request.address.query::<AuditQueryInput>();
    let input = AuditQueryInput {
        tenant: slug.or(input.tenant),
        ..input
    };
    let query = input.validate().map_err(Problem::invalid)?;
    request.core.audit.list(&request.caller, query).await
}

#[component]
fn NoPermission() -> impl IntoView {
    view! {
        <Header title="Audit log" />
        <Frame>
            <EmptyState
                why=Empty::NoPermission
                title="You cannot read this audit log"
                text="Reading the audit log requires the developer or admin role in this tenant. Ask a tenant admin for the role."
            />
        </Frame>
    }
}

#[component]
fn Log(
    title: String,
    /// Of the tenant that the page is about.
    slug: Option<String>,
    page: AuditPage,
    open: Option<Result<AuditRow, Problem>>,
    form: FormState,
    /// Those to filter by, on the page of the platform.
    tenants: Option<Vec<TenantRef>>,
) -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    let open = open.map(|open| match open {
        Ok(row) => view! { <Entry row=row /> }.into_any(),
        Err(problem) => {
            view! { <ProblemNotice problem=problem here=address.to_string() /> }.into_any()
        }
    });
    let closed = with_entry(&address, "");
    let older = page
        .next
        .map(|next| closed.at("before", &next.to_string()).to_string());
    let newest = closed.at("before", "").to_string();
    let to_newest = address.get("before").is_some().then(|| newest.clone());
    let exports = ["csv", "jsonl"].map(|format| export(&address, slug.as_deref(), format));
    let actions = move || {
        let [csv, jsonl] = exports;
        view! {
            <LinkButton href=newest>
                <Icon symbol=Symbol::Clock size=16 />
                "Load new entries"
            </LinkButton>
            <LinkButton href=csv attr:data-external="">
                <Icon symbol=Symbol::Download size=16 />
                "CSV"
            </LinkButton>
            <LinkButton href=jsonl attr:data-external="">
                <Icon symbol=Symbol::Download size=16 />
                "JSON lines"
            </LinkButton>
        }
    };
    view! {
        <Header title=title actions=actions />
        {open}
        <Filters form=form tenants=tenants />
        <Frame>
            <Entries rows=page.items />
            <Paging newest=to_newest older=older />
        </Frame>
    }
    .into_any()
}

#[component]
fn Header(
    #[prop(into)] title: String,
    #[prop(optional, into)] actions: ViewFnOnce,
) -> impl IntoView {
    view! {
        <PageHeader
            title=title
            summary=|| "All changes, with user, source and outcome. Entries are never modified."
            actions=actions
        />
    }
}

#[component]
fn Frame(children: Children) -> impl IntoView {
    view! {
        <section aria-label="Entries" class="bg-surface border border-line rounded-card shadow-card">
            {children()}
        </section>
    }
}

#[component]
fn Paging(newest: Option<String>, older: Option<String>) -> impl IntoView {
    if newest.is_none() && older.is_none() {
        return None;
    }
    let link = |href: Option<String>, label: &'static str, rel: &'static str| {
        href.map(|href| {
            view! {
                <a href=href rel=rel class="link">
                    {label}
                </a>
            }
        })
    };
    Some(view! {
        <nav aria-label="Pages" class="flex gap-4 px-4 py-2.5 border-t border-line text-small">
            {link(newest, "Newest", "first")}
            {link(older, "Older", "next")}
        </nav>
    })
}

#[component]
pub fn NoEntries() -> impl IntoView {
    let address = expect_context::<Rendering>().address;
    if is_unfiltered(&address) {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="No entries yet"
                text="Every change and every access to a secret is recorded here permanently."
            />
        }
        .into_any()
    } else {
        view! {
            <EmptyState
                why=Empty::NoMatch
                title="No entries match"
                text="Change the filters to see more."
            >
                <LinkButton href=address.path>"Clear filters"</LinkButton>
            </EmptyState>
        }
        .into_any()
    }
}

/// Whether the newest of all entries are shown.
pub(super) fn is_unfiltered(address: &Address) -> bool {
    address.shows_everything(&["entry"]) && address.get("before").is_none()
}

/// The same part of the list with another entry open; empty: none.
pub(super) fn with_entry(address: &Address, entry: &str) -> Address {
    let mut address = address.clone();
    address.parameters.retain(|(name, _)| name != "entry");
    if !entry.is_empty() {
        address
            .parameters
            .push(("entry".to_owned(), entry.to_owned()));
    }
    address
}

/// The file with everything that matches, on the page of a tenant what is of this tenant.
fn export(address: &Address, slug: Option<&str>, format: &str) -> String {
    let mut parameters = address.kept_without(&["entry", "format"]);
    if let Some(slug) = slug {
        parameters.retain(|(name, _)| name != "tenant");
        parameters.push(("tenant".to_owned(), slug.to_owned()));
    }
    let parameters = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    routes::with_query(routes::AUDIT_EXPORT, parameters.chain([("format", format)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address::new(
            "/admin/audit",
            "search=pay+ci&outcome=refused&before=40&entry=1",
        )
    }

    #[test]
    fn an_open_entry_keeps_filters_and_position() {
        let filters = "/admin/audit?search=pay%20ci&outcome=refused&before=40";
        let other = with_entry(&address(), "2").to_string();
        assert_eq!(other, format!("{filters}&entry=2"));
        assert_eq!(with_entry(&address(), "").to_string(), filters);
    }

    #[test]
    fn an_export_has_everything_that_matches_and_only_of_the_tenant_of_the_page() {
        assert_eq!(
            export(&address(), None, "csv"),
            "/api/v1/audit/export?search=pay%20ci&outcome=refused&format=csv"
        );
        let of_tenant = Address::new("/tenants/vision/audit", "tenant=speech");
        assert_eq!(
            export(&of_tenant, Some("vision"), "jsonl"),
            "/api/v1/audit/export?tenant=vision&format=jsonl"
        );
    }
}
