//! What clusters cost, as SkyPilot reckons.

use super::{Acting, Answer, SkyPilot, call::Call, fields};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

/// What one cluster cost. Clusters that are gone are listed too, and a name may come up more than once.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Cost {
    /// Its name.
    pub name: String,
    /// Another cluster of the same name has another hash.
    #[serde(default)]
    pub cluster_hash: String,
    /// The workspace it is or was in.
    #[serde(default, deserialize_with = "fields::text")]
    pub workspace: Option<String>,
    /// When it was launched.
    #[serde(default, deserialize_with = "fields::time")]
    pub launched_at: Option<Timestamp>,
    /// How long it ran, in seconds.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub duration: u64,
    /// From when to when it ran, in seconds since 1970; without an end: still.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub usage_intervals: Vec<(f64, Option<f64>)>,
    /// In US dollars.
    #[serde(default)]
    pub total_cost: Option<f64>,
    /// Its cloud: `AWS`.
    #[serde(default, deserialize_with = "fields::text")]
    pub cloud: Option<String>,
    /// Its region.
    #[serde(default, deserialize_with = "fields::text")]
    pub region: Option<String>,
}

impl SkyPilot {
    /// What clusters of the last `days` cost; without names: all.
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
