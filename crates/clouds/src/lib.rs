//! Azure, Google Cloud, Lambda, Nebius, Oracle Cloud and RunPod: whom they take the bearer of a tenant's credential for.
//!
//! Each is asked with the least call that proves an identity. Addresses are constants or come from a table of the
//! provider's own domains, so no tenant decides where the portal connects to. Redirects are not followed: a credential
//! is for one host.

mod answer;
mod azure;
mod gcp;
mod http;
mod lambda;
mod nebius;
mod oci;
mod provider;
mod runpod;
mod signing;

use async_trait::async_trait;
use provisioning::ports::{
    cloud_credentials::{CloudIdentity, CredentialError},
    cloud_review::{CloudAccess, CloudReview},
};
use url::Url;

/// The clouds, over one HTTP client.
pub struct Clouds {
    http: reqwest::Client,
    /// Answers in place of every cloud.
    stand_in: Option<Url>,
}

impl Clouds {
    /// The clouds, or a stand-in for all of them. Fails if the machine's certificates cannot be read.
    pub fn new(stand_in: Option<Url>) -> Result<Self, reqwest::Error> {
        Ok(Self {
            http: http::client(stand_in.is_none())?,
            stand_in,
        })
    }
}

#[async_trait]
impl CloudReview for Clouds {
    async fn who_am_i(&self, access: &CloudAccess) -> Result<CloudIdentity, CredentialError> {
        match access {
            CloudAccess::Azure(access) => azure::who_am_i(self, access).await,
            CloudAccess::Gcp(access) => gcp::who_am_i(self, access).await,
            CloudAccess::Lambda(api_key) => lambda::who_am_i(self, api_key).await,
            CloudAccess::Nebius(access) => nebius::who_am_i(self, access).await,
            CloudAccess::Oci(access) => oci::who_am_i(self, access).await,
            CloudAccess::Runpod(api_key) => runpod::who_am_i(self, api_key).await,
        }
    }
}
