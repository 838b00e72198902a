//! Accelerator offers: machine types, regions and prices.

use super::{Acting, Answer, SkyPilot, call::Call};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default)]
pub struct AcceleratorQuery<'a> {
    /// A regular expression for the name.
    pub name: Option<&'a str>,
    /// Only regions whose name contains this.
    pub region: Option<&'a str>,
    /// Only this number per machine.
    pub count: Option<u32>,
    /// Only these clouds: `aws`. `None`: all enabled clouds.
    pub clouds: Option<&'a [String]>,
    /// Every region, not only the cheapest.
    pub all_regions: bool,
}

/// A machine type with accelerators in one region.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceOffer {
    /// The cloud's display name in SkyPilot: `AWS`.
    pub cloud: String,
    /// The machine type; none for Kubernetes.
    pub instance_type: Option<String>,
    pub accelerator: String,
    /// Some clouds offer a fraction of one.
    pub count: f64,
    pub vcpus: Option<f64>,
    /// The memory per accelerator, in GiB.
    pub device_memory_gib: Option<f64>,
    /// The memory of the machine, in GiB.
    pub memory_gib: Option<f64>,
    /// US dollars per hour.
    pub price: Option<f64>,
    /// US dollars per hour as a spot instance.
    pub spot_price: Option<f64>,
    pub region: Option<String>,
}

/// SkyPilot sends the fields of `InstanceTypeInfo` in `sky/catalog/common.py` as an array; newer versions may append
/// fields.
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
