//! The costs of clusters as calculated by SkyPilot.

use super::{Acting, Answer, SkyPilot, call::Call, fields};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

/// The cost of one cluster. Deleted clusters are included, and a name can occur more than once.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Cost {
    pub name: String,
    /// Differs for another cluster of the same name.
    #[serde(default)]
    pub cluster_hash: String,
    #[serde(default, deserialize_with = "fields::text")]
    pub workspace: Option<String>,
    #[serde(default, deserialize_with = "fields::time")]
    pub launched_at: Option<Timestamp>,
    /// In seconds.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub duration: u64,
    /// Start and end in seconds since 1970; no end: still running.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub usage_intervals: Vec<(f64, Option<f64>)>,
    /// In US dollars.
    #[serde(default)]
    pub total_cost: Option<f64>,
    /// For example `AWS`.
    #[serde(default, deserialize_with = "fields::text")]
    pub cloud: Option<String>,
    #[serde(default, deserialize_with = "fields::text")]
    pub region: Option<String>,
}

impl SkyPilot {
    /// The costs of clusters of the last `days`; without names, of all clusters.
    pub async fn cost_report(
        &self,
        acting: Acting<'_>,
        days: u32,
        cluster_names: Option<&[&str]>,
    ) -> Answer<Vec<Cost>> {
        let body = json!({"days": days, "cluster_names": cluster_names});
        let call = Call::post("cost_report", "report the costs", &acting, body);
        self.call(acting, &call).await
    }
}
