//! Reading the audit log: platform admins read all of it, members of a tenant that tenant's if their role
//! allows it.

use crate::authorization::{authorize, authorize_listing, authorize_on_platform, refused};
use domain::{
    access::{Action, PlatformAction},
    audit::{AuditAction, AuditPage, AuditQuery, AuditRow},
    caller::{Caller, TenantScope},
    ids::AuditId,
    problem::Problem,
    tenancy::TenantRef,
};
use futures::stream;
use jiff::Timestamp;
use persistence::{Database, audit_records::AuditEntry, tenant_records::TenantKey};
use std::pin::Pin;

/// How many entries an export holds in memory.
const BATCH: u32 = 500;

/// Rows of an export, as they are read.
pub type AuditStream = Pin<Box<dyn stream::Stream<Item = Result<AuditRow, Problem>> + Send>>;

/// The use cases on the audit log. Platform admins read all of it, developers and admins of a tenant
/// the log of that tenant.
pub struct AuditLog {
    db: Database,
}

impl AuditLog {
    pub fn new(db: Database) -> Self {
        Self { db }
    }

    /// A page of entries, newest first.
    ///
    /// # Errors
    /// Not found for a tenant the caller may not see, or forbidden.
    pub async fn list(&self, caller: &Caller, query: AuditQuery) -> Result<AuditPage, Problem> {
        let (scope, _) = self.scope(caller, query.tenant.as_deref()).await?;
        let page = self.db.audit().list(&scope, &query).await?;
        Ok(AuditPage {
            items: page.items,
            next: page.next,
            now: Timestamp::now(),
        })
    }

    /// One entry.
    ///
    /// # Errors
    /// Not found for a missing one and for one the caller may not see.
    pub async fn get(&self, caller: &Caller, id: AuditId) -> Result<AuditRow, Problem> {
        authorize_listing(caller, Action::ReadAudit)?;
        let missing = || Problem::not_found("audit entry");
        let row = self.db.audit().get(&TenantScope::All, id).await?;
        let row = row.ok_or_else(missing)?;
        if !caller.may_on_platform(PlatformAction::ReadPlatformAudit) {
            // What concerns no tenant is the platform's.
            let tenant = row.tenant.as_ref().ok_or_else(missing)?;
            authorize(caller, Action::ReadAudit, tenant.id, "audit entry")?;
        }
        Ok(row)
    }

    /// Everything that matches, oldest first. Audited first: no audit entry, no export.
    ///
    /// # Errors
    /// Not found for a tenant the caller may not see, or forbidden.
    pub async fn export(&self, caller: &Caller, query: AuditQuery) -> Result<AuditStream, Problem> {
        let (scope, tenant) = match self.scope(caller, query.tenant.as_deref()).await {
            Ok(scope) => scope,
            Err(problem) => {
                let attempt = Self::export_entry(caller, None, &query);
                return Err(refused(&self.db, attempt, problem).await);
            }
        };
        // What was written before is exported: an export does not contain itself and has an end.
        let through = self.db.audit().end().await?;
        // No entry, no export: the entry is committed before anything leaves.
        let entry = Self::export_entry(caller, tenant.as_ref(), &query);
        self.db.audit().append(entry).await?;
        let begin = Reading {
            db: self.db.clone(),
            scope,
            query,
            after: 0,
            through,
            rows: Vec::new().into_iter(),
            done: false,
        };
        Ok(Box::pin(stream::try_unfold(begin, Reading::next)))
    }

    /// Of which tenants `caller` may read what is asked about, and the one that is asked about.
    ///
    /// # Errors
    /// Not found for a tenant the caller may not see, forbidden if they may not read its log or any log.
    async fn scope(
        &self,
        caller: &Caller,
        tenant: Option<&str>,
    ) -> Result<(TenantScope, Option<TenantRef>), Problem> {
        authorize_listing(caller, Action::ReadAudit)?;
        let named = match tenant {
            Some(slug) => self.db.tenants().find(TenantKey::Slug(slug)).await?,
            None => None,
        };
        let named = named.map(|tenant| tenant.tenant);
        if caller.may_on_platform(PlatformAction::ReadPlatformAudit) {
            // The entries of archived tenants too, which are found by the slug in the query.
            return Ok((TenantScope::All, named));
        }
        if tenant.is_some() {
            let named = named.ok_or_else(|| Problem::not_found("tenant"))?;
            authorize(caller, Action::ReadAudit, named.id, "tenant")?;
            return Ok((TenantScope::Only(vec![named.id]), Some(named)));
        }
        let scope = caller.extent(Action::ReadAudit);
        let readable = self.db.tenants().active_in(&scope).await?;
        let readable: Vec<_> = readable.iter().map(|tenant| tenant.tenant.id).collect();
        if readable.is_empty() {
            authorize_on_platform(caller, PlatformAction::ReadPlatformAudit)?;
        }
        Ok((TenantScope::Only(readable), None))
    }

    /// An entry about an export.
    fn export_entry(caller: &Caller, tenant: Option<&TenantRef>, query: &AuditQuery) -> AuditEntry {
        let (target, name) = match tenant {
            Some(tenant) => (
                format!("tenant/{}", tenant.id),
                format!("the audit log of {}", tenant.name),
            ),
            None => ("audit".to_owned(), "the audit log".to_owned()),
        };
        let now = Timestamp::now();
        let entry = AuditEntry::by(caller, AuditAction::ExportAudit, now, target, name);
        let entry = match tenant {
            Some(tenant) => entry.in_tenant(tenant.id),
            None => entry,
        };
        match filters(query) {
            Some(filters) => entry.with_detail(filters),
            None => entry,
        }
    }
}

/// What an export is limited to.
fn filters(query: &AuditQuery) -> Option<String> {
    let mut filters = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        filters.extend(value.map(|value| format!("{name}: {value}")));
    };
    let search = Some(query.search.clone());
    add("search", search.filter(|search| !search.is_empty()));
    add("user", query.user_id.map(|id| id.to_string()));
    let actions: Vec<&str> = query.actions.iter().map(|action| action.as_str()).collect();
    add("actions", (!actions.is_empty()).then(|| actions.join(", ")));
    add("target", query.target.clone());
    add("tenant", query.tenant.clone());
    add(
        "outcome",
        query.outcome.map(|outcome| outcome.as_str().to_owned()),
    );
    add("since", query.since.map(|time| time.to_string()));
    add("until", query.until.map(|time| time.to_string()));
    (!filters.is_empty()).then(|| filters.join(" · "))
}

/// An export on its way.
struct Reading {
    db: Database,
    scope: TenantScope,
    query: AuditQuery,
    after: i64,
    through: i64,
    rows: std::vec::IntoIter<AuditRow>,
    done: bool,
}

impl Reading {
    async fn next(mut self) -> Result<Option<(AuditRow, Self)>, Problem> {
        if self.rows.len() == 0 && !self.done {
            let (after, through) = (self.after, self.through);
            let rows = self
                .db
                .audit()
                .batch(&self.scope, &self.query, after, through, BATCH)
                .await?;
            self.done = rows.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
            self.rows = rows.into_iter();
        }
        Ok(self.rows.next().map(|row| {
            self.after = row.sequence;
            (row, self)
        }))
    }
}
