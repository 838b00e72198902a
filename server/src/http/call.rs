//! A request of a caller who has signed in or sent a token.

use super::{
    identity::{Authenticated, SignedIn},
    problem::ApiProblem,
};
use crate::portal::Portal;
use axum::extract::FromRequestParts;
use domain::caller::Caller;
use http::request::Parts;
use provisioning::Core;
use std::sync::Arc;

/// Who asks, and what answers. 401 without a caller.
pub struct Call {
    pub portal: Arc<Portal>,
    pub caller: Caller,
    pub signed: Authenticated,
}

impl Call {
    pub fn core(&self) -> &Core {
        &self.portal.core
    }
}

impl FromRequestParts<Arc<Portal>> for Call {
    type Rejection = ApiProblem;

    async fn from_request_parts(
        parts: &mut Parts,
        portal: &Arc<Portal>,
    ) -> Result<Self, ApiProblem> {
        let SignedIn(caller, signed) = SignedIn::from_request_parts(parts, portal).await?;
        Ok(Self {
            portal: portal.clone(),
            caller,
            signed,
        })
    }
}
