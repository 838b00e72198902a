//! Where the SQL of SQLite and PostgreSQL differs.

/// The database in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// Begins a transaction that writes. SQLite takes its write lock at once: a transaction that
    /// reads first and takes the lock later fails if another transaction wrote in between.
    pub fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Begins a transaction whose reads all see one snapshot.
    pub fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// After a `SELECT`: keeps its rows as they are until the transaction ends.
    pub fn lock_rows(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }

    /// As [`lock_rows`](Self::lock_rows), but other transactions may insert rows that refer to these.
    pub fn lock_referred_rows(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR NO KEY UPDATE",
        }
    }

    /// As [`lock_rows`](Self::lock_rows), skipping rows that others have locked.
    pub fn lock_free_rows(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// Before a column in a condition: its index is not used. Without statistics SQLite takes every equality
    /// for selective, and would sort most of a table rather than walk an index that is in order.
    pub fn not_looked_up(self) -> &'static str {
        match self {
            Self::Sqlite => "+",
            Self::Postgres => "",
        }
    }

    /// Compares text with a pattern whatever the case (on SQLite: of ASCII letters).
    pub fn like_in_any_case(self) -> &'static str {
        match self {
            Self::Sqlite => "LIKE",
            Self::Postgres => "ILIKE",
        }
    }

    /// Around a subquery: whether a column is one of its values. PostgreSQL combines indexes of several such
    /// conditions only for arrays.
    pub fn is_one_of(self) -> (&'static str, &'static str) {
        match self {
            Self::Sqlite => (" IN (", ")"),
            Self::Postgres => (" = ANY (ARRAY(", "))"),
        }
    }
}
