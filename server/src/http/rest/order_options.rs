//! `/api/v1/order-options`: what an order may say.

use crate::{
    http::{
        identity::SignedIn,
        problem::{ApiProblem, ProblemDocument},
    },
    portal::Portal,
};
use axum::{Json, extract::State};
use domain::{
    exposure::ExposureKind, kubernetes_version::KubernetesVersion, order::OrderOptions, plan::Plan,
    quota::QuotaUsage, tenancy::Tenant,
};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What an order may say.
#[derive(Serialize, ToSchema)]
#[schema(as = OrderOptions)]
pub struct Offer {
    /// Tenants you may order in, with their environments.
    tenants: Vec<Tenant>,
    /// Of their environments those with limits, and what is in them.
    quotas: Vec<QuotaUsage>,
    /// The sizes; prices in millionths of a US dollar.
    plans: Vec<Plan>,
    /// The versions, newest first.
    #[schema(value_type = Vec<String>)]
    kubernetes_versions: Vec<KubernetesVersion>,
    /// The ways to be reached.
    exposures: Vec<ExposureKind>,
    /// A domain whose names lead to the host's ingress.
    ingress_domain: Option<String>,
    /// The host cluster that will be used.
    host: String,
}

impl From<OrderOptions> for Offer {
    fn from(options: OrderOptions) -> Self {
        Self {
            tenants: options.tenants,
            quotas: options.quotas,
            plans: options.plans,
            kubernetes_versions: options.kubernetes_versions,
            exposures: options.exposures,
            ingress_domain: options.ingress_domain,
            host: options.host,
        }
    }
}

/// What an order may say
#[utoipa::path(get, path = "/order-options", tag = "clusters", responses(
    (status = 200, description = "Tenants, plans, versions and ways to be reached", body = Offer),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn order_options(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
) -> Result<Json<Offer>, ApiProblem> {
    Ok(Json(
        portal.core.clusters.create_options(&caller).await?.into(),
    ))
}
