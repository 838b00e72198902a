//! OpenAPI schemas of the generic types: one for each kind of resource or event, under its own name.

use crate::{
    cluster::UserRef,
    event_page::EventPage,
    failure::Failure,
    listing::{ListPage, Paging},
    operation::Operation,
    resource::{Kind, Resource},
    tenancy::{EnvironmentRef, TenantRef},
};
use std::borrow::Cow;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        AllOfBuilder, ArrayBuilder, KnownFormat, Object, ObjectBuilder, OneOfBuilder, RefOr,
        Schema, SchemaFormat, Type,
        schema::{RefBuilder, SchemaType},
    },
};

type Schemas = Vec<(String, RefOr<Schema>)>;

fn add<T: ToSchema>(schemas: &mut Schemas) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

fn reference<T: ToSchema>(description: &str) -> RefBuilder {
    RefBuilder::new()
        .ref_location_from_schema_name(T::name())
        .description(Some(description))
}

fn scalar(schema_type: impl Into<SchemaType>, format: KnownFormat) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(schema_type)
        .format(Some(SchemaFormat::KnownFormat(format)))
}

fn count(format: KnownFormat, description: &str) -> ObjectBuilder {
    scalar(Type::Integer, format)
        .minimum(Some(0))
        .description(Some(description))
}

fn time(description: &str) -> ObjectBuilder {
    scalar(Type::String, KnownFormat::DateTime).description(Some(description))
}

fn optional_time(description: &str) -> ObjectBuilder {
    let types = SchemaType::from_iter([Type::String, Type::Null]);
    scalar(types, KnownFormat::DateTime).description(Some(description))
}

fn per_page() -> ObjectBuilder {
    count(KnownFormat::Int32, "How many a page holds.")
}

/// A page: its own properties and where it is in its list.
fn with_paging(own: ObjectBuilder, description: String) -> RefOr<Schema> {
    AllOfBuilder::new()
        .item(reference::<Paging>(
            "Which page this is, and how to get to its neighbours.",
        ))
        .item(own)
        .description(Some(description))
        .into()
}

fn capitalized(noun: &str) -> String {
    let (first, rest) = noun.split_at(1);
    first.to_uppercase() + rest
}

fn header<K: Kind<Id: ToSchema, State: ToSchema>>() -> Object {
    ObjectBuilder::new()
        .property("id", reference::<K::Id>("The id."))
        .required("id")
        .property(
            "name",
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some("The name.")),
        )
        .required("name")
        .property("tenant", reference::<TenantRef>("The tenant that owns it."))
        .required("tenant")
        .property(
            "environment",
            reference::<EnvironmentRef>("The part of the tenant it is in."),
        )
        .required("environment")
        .property("state", reference::<K::State>("The state."))
        .required("state")
        .property(
            "failure",
            OneOfBuilder::new()
                .item(reference::<Failure>("What is wrong, if something is."))
                .item(ObjectBuilder::new().schema_type(Type::Null)),
        )
        .property("created_by", reference::<UserRef>("Who ordered it."))
        .required("created_by")
        .property("created_at", time("When it was ordered."))
        .required("created_at")
        .property("ready_at", optional_time("When it could first be used."))
        .property("ends_at", optional_time("When the portal deletes it."))
        .property("operation", reference::<Operation>("The newest operation."))
        .required("operation")
        .property(
            "version",
            scalar(Type::Integer, KnownFormat::Int64)
                .description(Some("Counts up with every change.")),
        )
        .required("version")
        .build()
}

impl<K: Kind<Id: ToSchema, State: ToSchema, Details: ToSchema>> PartialSchema for Resource<K> {
    fn schema() -> RefOr<Schema> {
        let mut whole = header::<K>();
        whole.description = Some(format!("A {}.", K::NOUN));
        if let RefOr::T(Schema::Object(details)) = K::Details::schema() {
            whole.properties.extend(details.properties);
            whole.required.extend(details.required);
        }
        whole.into()
    }
}

impl<K: Kind<Id: ToSchema, State: ToSchema, Details: ToSchema>> ToSchema for Resource<K> {
    fn name() -> Cow<'static, str> {
        capitalized(K::NOUN).into()
    }

    fn schemas(schemas: &mut Schemas) {
        add::<K::Id>(schemas);
        add::<TenantRef>(schemas);
        add::<EnvironmentRef>(schemas);
        add::<K::State>(schemas);
        add::<Failure>(schemas);
        add::<UserRef>(schemas);
        add::<Operation>(schemas);
        K::Details::schemas(schemas);
    }
}

impl<K: Kind<Id: ToSchema, State: ToSchema, Details: ToSchema>> PartialSchema for ListPage<K> {
    fn schema() -> RefOr<Schema> {
        let state_count = ObjectBuilder::new()
            .property("state", reference::<K::State>("The state."))
            .required("state")
            .property("count", count(KnownFormat::Int64, "How many."))
            .required("count");
        let own = ObjectBuilder::new()
            .property(
                "items",
                ArrayBuilder::new()
                    .items(RefBuilder::new().ref_location_from_schema_name(Resource::<K>::name())),
            )
            .required("items")
            .property(
                "total",
                count(
                    KnownFormat::Int64,
                    "How many match altogether. With a search, or of one user alone, at most 10,000 are counted.",
                ),
            )
            .required("total")
            .property("per_page", per_page())
            .required("per_page")
            .property(
                "counts",
                ArrayBuilder::new().items(state_count).description(Some(
                    "How many match in each state, whatever states were asked for.",
                )),
            )
            .required("counts")
            .property("now", time("The server's time."))
            .required("now");
        with_paging(own, format!("One page of {}s.", K::NOUN))
    }
}

impl<K: Kind<Id: ToSchema, State: ToSchema, Details: ToSchema>> ToSchema for ListPage<K> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", Resource::<K>::name()).into()
    }

    fn schemas(schemas: &mut Schemas) {
        add::<Resource<K>>(schemas);
        add::<Paging>(schemas);
    }
}

impl<E: ToSchema> PartialSchema for EventPage<E> {
    fn schema() -> RefOr<Schema> {
        let own = ObjectBuilder::new()
            .property(
                "items",
                ArrayBuilder::new()
                    .items(RefBuilder::new().ref_location_from_schema_name(E::name())),
            )
            .required("items")
            .property(
                "total",
                count(
                    KnownFormat::Int64,
                    "How many events were read; see `truncated`.",
                ),
            )
            .required("total")
            .property("per_page", per_page())
            .required("per_page")
            .property(
                "truncated",
                ObjectBuilder::new()
                    .schema_type(Type::Boolean)
                    .description(Some(
                        "Whether there are more events than could be read, so that some are on no page.",
                    )),
            )
            .required("truncated");
        with_paging(own, "One page of events, newest first.".to_owned())
    }
}

impl<E: ToSchema> ToSchema for EventPage<E> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", E::name()).into()
    }

    fn schemas(schemas: &mut Schemas) {
        add::<E>(schemas);
        add::<Paging>(schemas);
    }
}
