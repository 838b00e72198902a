//! What can be launched, where, and for how much: the SkyPilot API server's price lists.

use crate::{money::MicroDollars, problem::FieldError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A machine type with accelerators, in one region of one cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    /// The accelerator: `H100`.
    pub accelerator: String,
    /// How many of them.
    pub count: u32,
    /// The memory of one accelerator, in GiB.
    pub device_memory_gib: Option<f32>,
    /// The cloud as SkyPilot's YAML writes it: `aws`.
    pub cloud: String,
    /// The region.
    pub region: String,
    /// The machine type.
    pub instance_type: String,
    /// Virtual CPUs.
    pub vcpus: Option<f32>,
    /// Memory of the machine, in GiB.
    pub memory_gib: Option<f32>,
    /// What an hour costs on demand.
    pub price_per_hour: Option<MicroDollars>,
    /// What an hour costs as spot.
    pub spot_price_per_hour: Option<MicroDollars>,
}

impl Offer {
    /// The price that counts.
    pub fn price(&self, spot: bool) -> Option<MicroDollars> {
        if spot {
            self.spot_price_per_hour
        } else {
            self.price_per_hour
        }
    }

    /// `8× H100` or `H100`.
    pub fn accelerators(&self) -> String {
        accelerators(&self.accelerator, self.count)
    }
}

/// `8× H100` or `H100`.
pub fn accelerators(name: &str, count: u32) -> String {
    if count == 1 {
        name.to_owned()
    } else {
        format!("{count}× {name}")
    }
}

/// How a cloud is called by people: `AWS` for `aws`.
pub fn cloud_title(cloud: &str) -> String {
    match cloud {
        "aws" => "AWS".into(),
        "gcp" => "Google Cloud".into(),
        "azure" => "Azure".into(),
        "oci" => "Oracle Cloud".into(),
        "runpod" => "RunPod".into(),
        "lambda" => "Lambda".into(),
        "nebius" => "Nebius".into(),
        "kubernetes" => "Kubernetes".into(),
        other => {
            let mut letters = other.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect()
            })
        }
    }
}

/// What the catalogue is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OfferSort {
    /// By the price an hour (spot price where only spot is asked for); unknown prices last.
    #[default]
    Price,
    /// By the spot price.
    SpotPrice,
    /// By accelerator, then count.
    Accelerator,
    /// By the memory of all its accelerators.
    Memory,
    /// By cloud, then region.
    Cloud,
}

impl OfferSort {
    /// Every order.
    pub const ALL: [Self; 5] = [
        Self::Price,
        Self::SpotPrice,
        Self::Accelerator,
        Self::Memory,
        Self::Cloud,
    ];

    /// The word in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::SpotPrice => "spot_price",
            Self::Accelerator => "accelerator",
            Self::Memory => "memory",
            Self::Cloud => "cloud",
        }
    }
}

impl FromStr for OfferSort {
    type Err = FieldError;
    fn from_str(text: &str) -> Result<Self, FieldError> {
        Self::ALL
            .into_iter()
            .find(|sort| sort.as_str() == text)
            .ok_or_else(|| {
                FieldError::new(
                    "sort",
                    "Sort by price, spot_price, accelerator, memory or cloud.",
                )
            })
    }
}

/// A question to the catalogue as it stands in a URL; empty is the same as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct OfferQueryInput {
    /// Part of an accelerator, cloud, region or machine type.
    #[serde(default)]
    pub search: Option<String>,
    /// One accelerator, exactly.
    #[serde(default)]
    pub accelerator: Option<String>,
    /// One cloud: `aws`.
    #[serde(default)]
    pub cloud: Option<String>,
    /// How many accelerators.
    #[serde(default)]
    pub count: Option<String>,
    /// Slug of a tenant: only what its clouds offer.
    #[serde(default)]
    pub tenant: Option<String>,
    /// Slug of an environment of that tenant.
    #[serde(default)]
    pub environment: Option<String>,
    /// `price`, `spot_price`, `accelerator`, `memory` or `cloud`; with `-` before it the other way round.
    #[serde(default)]
    pub sort: Option<String>,
    /// The page, from 1.
    #[serde(default)]
    pub page: Option<String>,
    /// How many a page, 1 to 200.
    #[serde(default)]
    pub per_page: Option<String>,
}

/// A valid question to the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferQuery {
    /// Part of an accelerator, cloud, region or machine type; any case.
    pub search: String,
    /// One accelerator, exactly.
    pub accelerator: Option<String>,
    /// One cloud.
    pub cloud: Option<String>,
    /// How many accelerators.
    pub count: Option<u32>,
    /// Slug of the tenant whose clouds count.
    pub tenant: Option<String>,
    /// Slug of its environment.
    pub environment: Option<String>,
    /// What to sort by.
    pub sort: OfferSort,
    /// The other way round.
    pub descending: bool,
    /// Which page, from 1.
    pub page: u32,
    /// How many a page.
    pub per_page: u32,
}

impl OfferQueryInput {
    /// Checks every parameter.
    ///
    /// # Errors
    /// One [`FieldError`] for each parameter at fault.
    pub fn validate(&self) -> Result<OfferQuery, Vec<FieldError>> {
        let mut parameters = crate::listing::Parameters::default();
        let (sort, descending) = parameters.sort(&self.sort, str::parse, OfferSort::Price, false);
        let count = parameters.optional_number("count", &self.count, 1024);
        let query = OfferQuery {
            search: parameters.search(&self.search),
            accelerator: crate::listing::text(&self.accelerator),
            cloud: crate::listing::text(&self.cloud),
            count,
            tenant: crate::listing::text(&self.tenant),
            environment: crate::listing::text(&self.environment),
            sort,
            descending,
            page: parameters.page(&self.page),
            per_page: parameters.per_page(&self.per_page, 50),
        };
        parameters.finish(query)
    }
}

/// An accelerator over all its offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcceleratorSummary {
    /// Its name: `H100`.
    pub name: String,
    /// The memory of one, in GiB.
    pub device_memory_gib: Option<f32>,
    /// How many of them machines have, ascending.
    pub counts: Vec<u32>,
    /// The cheapest hour on demand of a machine with the least of them.
    pub cheapest: Option<MicroDollars>,
    /// The cheapest hour as spot.
    pub cheapest_spot: Option<MicroDollars>,
    /// The clouds that have it.
    pub clouds: Vec<String>,
}

/// One page of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferPage {
    /// The offers.
    pub items: Vec<Offer>,
    /// How many match altogether.
    pub total: u64,
    /// Which page this is, from 1.
    pub page: u32,
    /// How many a page holds.
    pub per_page: u32,
    /// Every accelerator there is, for the filter.
    pub accelerators: Vec<AcceleratorSummary>,
    /// Every cloud there is, for the filter.
    pub clouds: Vec<String>,
    /// When the prices were read from the SkyPilot API server; `None`: not yet.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub read_at: Option<Timestamp>,
    /// The server's time.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub now: Timestamp,
}
