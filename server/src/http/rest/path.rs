//! The parts of an address that name resources.

use super::signature::{RequestPart, Signature, text};
use crate::http::problem::ApiProblem;
use axum::extract::{FromRequestParts, RawPathParams};
use domain::{
    ids::{AuditId, ClusterId, CredentialId, InvitationId, NodeId, TokenId, UserId},
    problem::Problem,
};
use http::request::Parts;
use utoipa::openapi::{
    KnownFormat, ObjectBuilder, Required, SchemaFormat, Type,
    path::{Parameter, ParameterBuilder, ParameterIn},
};

/// The variable parts of an address: one [`Segment`] or several. What cannot be parsed is answered like what does not
/// exist.
pub struct PathId<T>(pub T);

impl<S: Send + Sync, T: Segments> FromRequestParts<S> for PathId<T> {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiProblem> {
        let segments = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found("resource"))?;
        let mut values = segments.iter().map(|(_, value)| value);
        Ok(Self(T::parse(&mut values).map_err(Problem::not_found)?))
    }
}

impl<T: Segments> RequestPart for PathId<T> {
    fn describe(signature: &mut Signature) {
        signature.errors.insert(404);
        T::describe(signature);
    }
}

/// One segment or several, in the order of the address.
pub trait Segments: Sized + Send {
    /// # Errors
    /// The kind of resource that a segment does not name.
    fn parse<'a>(values: &mut impl Iterator<Item = &'a str>) -> Result<Self, &'static str>;

    fn describe(signature: &mut Signature);
}

/// A segment.
pub trait Segment: Sized + Send {
    /// The kind of resource that it names: “cluster”.
    const RESOURCE: &'static str;

    fn parse(value: &str) -> Option<Self>;

    fn describe(signature: &mut Signature);
}

impl<A: Segment> Segments for A {
    fn parse<'a>(values: &mut impl Iterator<Item = &'a str>) -> Result<Self, &'static str> {
        values.next().and_then(A::parse).ok_or(A::RESOURCE)
    }

    fn describe(signature: &mut Signature) {
        A::describe(signature);
    }
}

macro_rules! tuples {
    ($(($($segment:ident),+))+) => {$(
        impl<$($segment: Segment),+> Segments for ($($segment,)+) {
            fn parse<'a>(values: &mut impl Iterator<Item = &'a str>) -> Result<Self, &'static str> {
                Ok(($(<$segment as Segments>::parse(values)?,)+))
            }

            fn describe(signature: &mut Signature) {
                $(<$segment as Segment>::describe(signature);)+
            }
        }
    )+};
}
tuples! { (A, B) (A, B, C) }

fn parameter(name: &str, description: &str) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(description))
}

/// Ids in paths, with the name of the parameter; those that are gone for good answer 410 to callers who could see them.
macro_rules! ids {
    ($($type:ident in $name:literal: $resource:literal $(, gone = $gone:literal)?;)+) => {$(
        impl Segment for $type {
            const RESOURCE: &'static str = $resource;

            fn parse(value: &str) -> Option<Self> {
                value.parse().ok()
            }

            fn describe(signature: &mut Signature) {
                $(signature.errors.insert($gone);)?
                let schema = signature.schema::<Self>();
                let parameter: Parameter = parameter($name, concat!("ID of the ", $resource))
                    .schema(Some(schema))
                    .build();
                signature.shared_parameter(stringify!($type), parameter);
            }
        }
    )+};
}
ids! {
    ClusterId in "id": "cluster", gone = 410;
    NodeId in "id": "node", gone = 410;
    CredentialId in "id": "credential";
    UserId in "id": "user";
    InvitationId in "id": "invitation";
    AuditId in "id": "audit entry";
    TokenId in "token": "token";
}

/// Segments that are names.
macro_rules! names {
    ($($type:ident: $name:literal, $resource:literal, $description:literal;)+) => {$(
        pub struct $type(pub String);

        impl Segment for $type {
            const RESOURCE: &'static str = $resource;

            fn parse(value: &str) -> Option<Self> {
                Some(Self(value.to_owned()))
            }

            fn describe(signature: &mut Signature) {
                let parameter: Parameter = parameter($name, $description).schema(Some(text())).build();
                signature.shared_parameter(stringify!($type), parameter);
            }
        }
    )+};
}
names! {
    TenantSlug: "tenant", "tenant", "Slug of the tenant";
    EnvironmentSlug: "environment", "environment", "Slug of the environment";
    HostClusterName: "name", "host cluster", "Name in the configuration";
    MachineName: "machine", "machine", "Name on the SkyPilot API server";
    ProviderSlug: "provider", "user pool", "Slug of the identity provider";
    Username: "username", "user", "Username in Cognito";
    GroupName: "group", "group", "Name of the group";
}

/// The number of a job on its node.
pub struct JobNumber(pub u64);

impl Segment for JobNumber {
    const RESOURCE: &'static str = "job";

    fn parse(value: &str) -> Option<Self> {
        value.parse().ok().map(Self)
    }

    fn describe(signature: &mut Signature) {
        // SkyPilot's numbers are signed.
        let schema = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(0))
            .build();
        let parameter: Parameter = parameter("job", "Number of the job on its node")
            .schema(Some(schema))
            .build();
        signature.shared_parameter("JobNumber", parameter);
    }
}
