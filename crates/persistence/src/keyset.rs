//! Keyset paging. A page begins after a row, identified by its sort value and its id, so that the last page
//! costs as much as the first.
//!
//! Rows without a sort value come last in both directions. They are a stretch of their own, so that each
//! statement walks an index in order on both databases.

use crate::{
    Cause,
    connection::Transaction,
    rows::{Row, id, optional_number, optional_text, optional_time},
    sql::{Sql, Value},
};
use domain::listing::{Cursor, Paging, Position};
use jiff::Timestamp;
use uuid::Uuid;

/// The type of a sort column.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Text,
    Number,
    Time,
}

/// The order of a list.
#[derive(Clone, Copy)]
pub(crate) struct Order {
    pub column: &'static str,
    pub kind: Kind,
    pub nullable: bool,
    pub descending: bool,
}

/// The page to find.
pub(crate) struct Keyset<'a> {
    pub order: Order,
    pub position: &'a Position,
    pub per_page: u32,
    pub total: u64,
}

/// Part of a list: rows with or without a value in the sort column, from one end.
pub(crate) struct Stretch<'a> {
    pub order: Order,
    /// Whether the rows are those with an empty sort column.
    empty: bool,
    after: Option<&'a Cursor>,
    pub limit: i64,
}

/// The ids of a page, and where it is.
pub(crate) struct KeysetPage {
    pub ids: Vec<Uuid>,
    pub paging: Paging,
}

impl Stretch<'_> {
    /// `AND …`, of the rows of `alias`.
    pub fn push_condition(&self, sql: &mut Sql, alias: &str) -> Result<(), Cause> {
        let Order { column, .. } = self.order;
        let operator = if self.order.descending { "<" } else { ">" };
        if self.order.nullable {
            let test = if self.empty { "" } else { "NOT " };
            sql.push(&format!(" AND {alias}.{column} IS {test}NULL"));
        }
        let Some(after) = self.after else {
            return Ok(());
        };
        match &after.value {
            Some(value) => sql
                .push(&format!(" AND ({alias}.{column}, {alias}.id) {operator} ("))
                .bind(self.order.kind.read(value)?)
                .push(", ")
                .bind(after.id)
                .push(")"),
            None => sql
                .push(&format!(" AND {alias}.id {operator} "))
                .bind(after.id),
        };
        Ok(())
    }

    /// `ORDER BY … LIMIT …`
    pub fn push_order(&self, sql: &mut Sql, prefix: &str) {
        let direction = if self.order.descending { " DESC" } else { "" };
        sql.push(" ORDER BY ");
        if !self.empty {
            sql.push(prefix)
                .push(self.order.column)
                .push(direction)
                .push(", ");
        }
        sql.push(prefix)
            .push("id")
            .push(direction)
            .push(" LIMIT ")
            .bind(self.limit);
    }
}

impl Kind {
    fn read(self, value: &str) -> Result<Value, Cause> {
        Ok(match self {
            Self::Text => value.into(),
            Self::Number => value.parse::<i64>()?.into(),
            Self::Time => Timestamp::from_microsecond(value.parse()?)?.into(),
        })
    }

    fn write(self, row: &Row, column: &'static str) -> Result<Option<String>, Cause> {
        Ok(match self {
            Self::Text => optional_text(row, column)?,
            Self::Number => optional_number(row, column)?.map(|number| number.to_string()),
            Self::Time => optional_time(row, column)?.map(|time| time.as_microsecond().to_string()),
        })
    }
}

impl Keyset<'_> {
    /// Finds the page. `statement` selects `id` and the sort column of the rows of a stretch, in order.
    pub async fn find(
        &self,
        connection: &mut Transaction,
        statement: impl Fn(&Stretch<'_>) -> Result<Sql, Cause>,
    ) -> Result<KeysetPage, Cause> {
        let (cursor, backwards) = match self.position {
            Position::First => (None, false),
            Position::After(cursor) => (Some(cursor), false),
            Position::Before(cursor) => (Some(cursor), true),
            Position::Last => (None, true),
        };
        // A cursor of another order, or a forged one, finds nothing.
        let readable = cursor.is_none_or(|cursor| match &cursor.value {
            Some(value) => !value.contains('\0') && self.order.kind.read(value).is_ok(),
            None => self.order.nullable,
        });
        let size = match self.position {
            // As many rows as are left for it when pages are counted from the first.
            Position::Last => match self.total % u64::from(self.per_page) {
                0 => u64::from(self.per_page),
                rest => rest,
            },
            _ => u64::from(self.per_page),
        };
        let size = usize::try_from(size)?;
        let mut stretches = vec![false];
        if self.order.nullable {
            stretches.push(true);
        }
        if backwards {
            stretches.reverse();
        }
        if let Some(cursor) = cursor {
            let begun = |empty: &bool| *empty == cursor.value.is_none();
            stretches = stretches.into_iter().skip_while(|it| !begun(it)).collect();
        }
        let mut rows: Vec<(Uuid, Option<String>)> = Vec::new();
        if readable {
            for empty in stretches {
                // One more than the page holds tells whether there is another page.
                let missing = size + 1 - rows.len();
                if missing == 0 {
                    break;
                }
                let stretch = Stretch {
                    order: Order {
                        descending: self.order.descending != backwards,
                        ..self.order
                    },
                    empty,
                    after: cursor.filter(|cursor| cursor.value.is_none() == empty),
                    limit: i64::try_from(missing)?,
                };
                for row in statement(&stretch)?
                    .query()
                    .fetch_all(&mut *connection)
                    .await?
                {
                    let value = self.order.kind.write(&row, self.order.column)?;
                    rows.push((id(&row, "id")?, value));
                }
            }
        }
        let more = rows.len() > size;
        rows.truncate(size);
        if backwards {
            rows.reverse();
        }
        let page = match self.position {
            Position::First => 1,
            Position::After(cursor) => cursor.page,
            // Rows may have come and gone since the cursor was given.
            Position::Before(cursor) if more => cursor.page.max(2),
            Position::Before(_) => 1,
            Position::Last => u32::try_from(self.total.div_ceil(u64::from(self.per_page)).max(1))?,
        };
        let edge = |row: Option<&(Uuid, Option<String>)>, page| {
            row.map(|(id, value)| Cursor {
                page,
                value: value.clone(),
                id: *id,
            })
        };
        let has_previous = if backwards { more } else { cursor.is_some() };
        let has_next = match self.position {
            Position::Before(_) => true,
            Position::Last => false,
            _ => more,
        };
        Ok(KeysetPage {
            paging: Paging {
                page,
                previous: edge(
                    rows.first().filter(|_| has_previous),
                    page.saturating_sub(1),
                ),
                next: edge(rows.last().filter(|_| has_next), page.saturating_add(1)),
            },
            ids: rows.into_iter().map(|(id, _)| id).collect(),
        })
    }
}
