//! The accelerator catalogue: the price lists of the SkyPilot API server.

use crate::{money::MicroDollars, problem::FieldError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A machine type with accelerators, in one region of one cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offer {
    /// For example `H100`.
    pub accelerator: String,
    pub count: u32,
    /// Memory per accelerator, in GiB.
    pub device_memory_gib: Option<f32>,
    /// The cloud in SkyPilot's spelling: `aws`.
    pub cloud: String,
    pub region: String,
    pub instance_type: String,
    pub vcpus: Option<f32>,
    /// Memory of the machine, in GiB.
    pub memory_gib: Option<f32>,
    /// On demand.
    pub price_per_hour: Option<MicroDollars>,
    /// As a spot instance.
    pub spot_price_per_hour: Option<MicroDollars>,
}

impl Offer {
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

/// The display name of a cloud: `AWS` for `aws`.
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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OfferSort {
    /// By price per hour (the spot price if only spot is requested); unknown prices last.
    #[default]
    Price,
    SpotPrice,
    /// By accelerator, then count.
    Accelerator,
    /// By total accelerator memory.
    Memory,
    /// By cloud, then region.
    Cloud,
}

impl OfferSort {
    pub const ALL: [Self; 5] = [
        Self::Price,
        Self::SpotPrice,
        Self::Accelerator,
        Self::Memory,
        Self::Cloud,
    ];

    /// As written in requests.
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

/// Query parameters of the catalogue; empty is the same as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct OfferQueryInput {
    /// A part of an accelerator, cloud, region or machine type.
    #[serde(default)]
    pub search: Option<String>,
    /// An accelerator, exactly.
    #[serde(default)]
    pub accelerator: Option<String>,
    /// A cloud: `aws`.
    #[serde(default)]
    pub cloud: Option<String>,
    /// The number of accelerators.
    #[serde(default)]
    pub count: Option<String>,
    /// The slug of a tenant: only offers of its clouds.
    #[serde(default)]
    pub tenant: Option<String>,
    /// The slug of an environment of that tenant.
    #[serde(default)]
    pub environment: Option<String>,
    /// `price`, `spot_price`, `accelerator`, `memory` or `cloud`; with a leading `-` in descending order.
    #[serde(default)]
    pub sort: Option<String>,
    /// The page, starting at 1.
    #[serde(default)]
    pub page: Option<String>,
    /// Offers per page, 1 to 200.
    #[serde(default)]
    pub per_page: Option<String>,
}

/// A valid query of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferQuery {
    /// A part of an accelerator, cloud, region or machine type; case-insensitive.
    pub search: String,
    pub accelerator: Option<String>,
    pub cloud: Option<String>,
    pub count: Option<u32>,
    /// The slug of the tenant whose clouds are searched.
    pub tenant: Option<String>,
    pub environment: Option<String>,
    pub sort: OfferSort,
    pub descending: bool,
    /// Starting at 1.
    pub page: u32,
    pub per_page: u32,
}

impl OfferQueryInput {
    /// Checks every parameter; one [`FieldError`] per invalid parameter.
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

/// An accelerator across all its offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcceleratorSummary {
    pub name: String,
    /// Memory per accelerator, in GiB.
    pub device_memory_gib: Option<f32>,
    /// The numbers of accelerators that machines have, ascending.
    pub counts: Vec<u32>,
    /// The lowest price per hour on demand of a machine with the smallest number.
    pub cheapest: Option<MicroDollars>,
    /// The lowest spot price per hour.
    pub cheapest_spot: Option<MicroDollars>,
    /// The clouds that offer it.
    pub clouds: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfferPage {
    pub items: Vec<Offer>,
    /// The number of matching offers.
    pub total: u64,
    /// Starting at 1.
    pub page: u32,
    pub per_page: u32,
    /// All accelerators, for the filter.
    pub accelerators: Vec<AcceleratorSummary>,
    /// All clouds, for the filter.
    pub clouds: Vec<String>,
    /// When the prices were read from the SkyPilot API server; `None`: not yet.
    pub read_at: Option<Timestamp>,
    /// The server's time.
    pub now: Timestamp,
}
