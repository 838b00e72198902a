//! Accelerators: which machines have them, where, and for how much.

use super::{Acting, Answer, SkyPilot, call::Call};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Which accelerators.
#[derive(Clone, Debug, Default)]
pub struct AcceleratorQuery<'a> {
    /// A regular expression for the name.
    pub name: Option<&'a str>,
    /// Only in regions whose name holds this.
    pub region: Option<&'a str>,
    /// Only this many in one machine.
    pub count: Option<u32>,
    /// Only these clouds: `aws`. `None`: all that are enabled.
    pub clouds: Option<&'a [String]>,
    /// Every region, not only the cheapest.
    pub all_regions: bool,
}

/// A machine type with accelerators in one region.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceOffer {
    /// The cloud as SkyPilot shows it: `AWS`.
    pub cloud: String,
    /// The machine type; Kubernetes has none.
    pub instance_type: Option<String>,
    /// The accelerator: `H100`.
    pub accelerator: String,
    /// How many; a part of one on some clouds.
    pub count: f64,
    /// Virtual CPUs.
    pub vcpus: Option<f64>,
    /// The memory of one accelerator, in GiB.
    pub device_memory_gib: Option<f64>,
    /// The machine's memory, in GiB.
    pub memory_gib: Option<f64>,
    /// US dollars an hour.
    pub price: Option<f64>,
    /// US dollars an hour as spot.
    pub spot_price: Option<f64>,
    /// The region.
    pub region: Option<String>,
}

/// SkyPilot sends the fields of `InstanceTypeInfo` in `sky/catalog/common.py` as an array; a newer one may add some.
impl<'de> Deserialize<'de> for InstanceOffer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let row = Vec::<Value>::deserialize(deserializer)?;
        let text = |column: usize| row.get(column).and_then(Value::as_str).map(str::to_owned);
        let number = |column: usize| row.get(column).and_then(Value::as_f64);
        let needed = |name: &str| D::Error::custom(format!("an accelerator without {name}"));
        Ok(Self {
            cloud: text(0).ok_or_else(|| needed("cloud"))?,
            instance_type: text(1),
            accelerator: text(2).ok_or_else(|| needed("name"))?,
            count: number(3).ok_or_else(|| needed("count"))?,
            vcpus: number(4),
            device_memory_gib: number(5),
            memory_gib: number(6),
            price: number(7),
            spot_price: number(8),
            region: text(9),
        })
    }
}

impl SkyPilot {
    /// The offers by accelerator.
    pub async fn list_accelerators(
        &self,
        acting: Acting<'_>,
        query: &AcceleratorQuery<'_>,
    ) -> Answer<BTreeMap<String, Vec<InstanceOffer>>> {
        let body = json!({
            "gpus_only": true,
            "name_filter": query.name,
            "region_filter": query.region,
            "quantity_filter": query.count,
            "clouds": query.clouds,
            "all_regions": query.all_regions,
            // Kubernetes has no prices.
            "require_price": false,
        });
        let call = Call::post("list_accelerators", "list the accelerators", &acting, body);
        self.call(acting, &call).await
    }
}
