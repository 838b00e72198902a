//! Lists of users: searched, filtered, sorted and paged in the database.

use super::grant_source;
use crate::{
    Cause,
    error::Stored,
    handles::Users,
    keyset::{Keyset, Kind, Order, Stretch},
    rows::{Row, id, number, optional_text, optional_time, text, truth},
    sql::{Sql, containing},
    transaction::doing,
    user_records::UserRecordPage,
};
use domain::{
    access::PlatformRole,
    users::{User, UserCount, UserFilter, UserQuery, UserSort},
};
use std::collections::HashMap;
use uuid::Uuid;

pub(crate) const IS_ADMIN: &str =
    "u.id IN (SELECT p.user_id FROM platform_grants p WHERE p.role = 'admin')";
const IS_SUSPENDED: &str = "u.suspended = TRUE";
/// With a role in a tenant that is not archived.
const HAS_TENANT: &str = "u.id IN (SELECT g.user_id FROM tenant_grants g \
    JOIN tenants t ON t.id = g.tenant_id WHERE t.archived_at IS NULL)";

/// The columns of a [`User`]. Of the grants of a platform admin the claim comes first, since it cannot be
/// revoked here.
pub(crate) const USER: &str = "SELECT u.id, u.name, u.email, u.email_verified, u.issuer, \
    u.subject, u.suspended, u.last_seen_at, u.withheld_claims, u.version, p.source, p.why, p.granted_by, \
    p.granted_at, \
    (SELECT COUNT(DISTINCT g.tenant_id) FROM tenant_grants g JOIN tenants t ON t.id = g.tenant_id \
    WHERE g.user_id = u.id AND t.archived_at IS NULL) AS tenants FROM users u \
    LEFT JOIN platform_grants p ON p.user_id = u.id AND p.role = 'admin' \
    AND p.source = (SELECT MIN(q.source) FROM platform_grants q \
    WHERE q.user_id = u.id AND q.role = 'admin') ";

impl Users<'_> {
    /// One page with its counts, all of the same moment. Roles in archived tenants do not count.
    pub async fn list(self, query: &UserQuery) -> Stored<UserRecordPage> {
        doing("list users", async {
            let mut reading = self.0.read().await?;
            let row = counting(query).query().fetch_one(&mut reading).await?;
            let counts = [
                (UserFilter::All, "everybody"),
                (UserFilter::Admins, "admins"),
                (UserFilter::Suspended, "suspended"),
                (UserFilter::WithoutTenant, "without_tenant"),
            ];
            let counts = counts
                .into_iter()
                .map(|(filter, column)| {
                    let users = u64::try_from(number(&row, column)?)?;
                    Ok(UserCount { filter, users })
                })
                .collect::<Result<Vec<_>, Cause>>()?;
            let total = counts
                .iter()
                .find(|count| count.filter == query.filter)
                .map_or(0, |count| count.users);
            let keyset = Keyset {
                order: order(query),
                position: &query.position,
                per_page: query.per_page,
                total,
            };
            let found = keyset
                .find(&mut reading, |stretch| ids_of_page(query, stretch))
                .await?;
            let mut sql = Sql::new(USER);
            sql.push("WHERE u.id IN ")
                .bind_list(found.ids.iter().copied());
            let mut users = HashMap::new();
            for row in sql.query().fetch_all(&mut reading).await? {
                users.insert(id::<Uuid>(&row, "id")?, user(&row)?);
            }
            reading.commit().await?;
            Ok(UserRecordPage {
                items: found.ids.iter().filter_map(|id| users.remove(id)).collect(),
                paging: found.paging,
                total,
                counts,
            })
        })
        .await
    }
}

/// Counts the users who match the search, by filter, in one pass.
fn counting(query: &UserQuery) -> Sql {
    let count = |condition: &str| format!("COUNT(CASE WHEN {condition} THEN 1 END)");
    let mut sql = Sql::new(format!(
        "SELECT COUNT(*) AS everybody, {} AS admins, {} AS suspended, {} AS without_tenant \
         FROM users u WHERE ",
        count(IS_ADMIN),
        count(IS_SUSPENDED),
        count(&without_tenant()),
    ));
    push_search(&mut sql, &query.search);
    sql
}

fn without_tenant() -> String {
    format!("NOT {IS_ADMIN} AND NOT {HAS_TENANT}")
}

fn ids_of_page(query: &UserQuery, stretch: &Stretch<'_>) -> Result<Sql, Cause> {
    let mut sql = Sql::new(format!(
        "SELECT u.id, u.{} FROM users u WHERE ",
        stretch.order.column
    ));
    push_search(&mut sql, &query.search);
    match query.filter {
        UserFilter::All => {}
        UserFilter::Admins => {
            sql.push(" AND ").push(IS_ADMIN);
        }
        UserFilter::Suspended => {
            sql.push(" AND ").push(IS_SUSPENDED);
        }
        UserFilter::WithoutTenant => {
            sql.push(" AND ").push(&without_tenant());
        }
    }
    stretch.push_condition(&mut sql, "u")?;
    stretch.push_order(&mut sql, "u.");
    Ok(sql)
}

/// Names are compared without case in every alphabet, addresses in ASCII, as in
/// [`by_email`](Users::by_email).
fn push_search(sql: &mut Sql, search: &str) {
    if search.is_empty() {
        sql.push("1 = 1");
        return;
    }
    if search.contains('\0') {
        // No text contains it, and PostgreSQL refuses it.
        sql.push("1 = 0");
        return;
    }
    sql.push("(u.name_folded LIKE ")
        .bind(containing(&search.to_lowercase()))
        .push(r" ESCAPE '\' OR lower(u.email) LIKE ")
        .bind(containing(&search.to_ascii_lowercase()))
        .push(r" ESCAPE '\')");
}

/// Users who never signed in come last.
fn order(query: &UserQuery) -> Order {
    let (column, kind, nullable) = match query.sort {
        UserSort::Name => ("name_folded", Kind::Text, false),
        UserSort::LastSeen => ("last_seen_at", Kind::Time, true),
    };
    Order {
        column,
        kind,
        nullable,
        descending: query.descending,
    }
}

/// From a row of [`USER`].
pub(crate) fn user(row: &Row) -> Result<User, Cause> {
    let source = optional_text(row, "source")?;
    Ok(User {
        id: id(row, "id")?,
        name: text(row, "name")?,
        email: text(row, "email")?,
        email_verified: truth(row, "email_verified")?,
        issuer: text(row, "issuer")?,
        platform_role: if source.is_some() {
            PlatformRole::Admin
        } else {
            PlatformRole::User
        },
        platform_source: source.map(|_| grant_source(row)).transpose()?,
        tenants: u32::try_from(number(row, "tenants")?)?,
        suspended: truth(row, "suspended")?,
        last_seen_at: optional_time(row, "last_seen_at")?,
    })
}
