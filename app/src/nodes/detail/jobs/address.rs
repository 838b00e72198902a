//! The address of the jobs with the form filled in, for a plain form that was refused.

use domain::node::job::JobInput;
use leptos_router::params::ParamsMap;

/// What the address fills in.
pub fn typed(query: &ParamsMap) -> JobInput {
    JobInput {
        name: query.get("name"),
        run: query.get("run").unwrap_or_default(),
    }
}
