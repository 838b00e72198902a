//! Making objects.

use std::sync::Arc;

use serde_json::Value;

use super::{WriteOptions, Written, decoded, expect_kind, own_changes, set_namespace};
use crate::kubernetes::admission::{self, pods::generated_name, quotas};
use crate::kubernetes::authorization::escalation;
use crate::kubernetes::bootstrap;
use crate::kubernetes::object;
use crate::kubernetes::prepare;
use crate::kubernetes::resources::{NAMESPACES, Resource, SERVICES};
use crate::kubernetes::schema;
use crate::kubernetes::server::ApiServer;
use crate::kubernetes::service_addresses;
use crate::kubernetes::status::Refusal;
use crate::kubernetes::validation;

impl ApiServer {
    pub fn create(
        &self,
        resource: &'static Resource,
        namespace: &str,
        mut sent: Value,
        options: &WriteOptions,
    ) -> Result<Written<Arc<Value>>, Refusal> {
        expect_kind(resource.group, resource.version, resource.kind, &sent)?;
        set_namespace(resource, &mut sent, namespace)?;
        let prefix = object::metadata(&sent, "generateName").to_owned();
        if object::name(&sent).is_empty() && !prefix.is_empty() {
            let name = generated_name(&prefix);
            object::set_metadata(&mut sent, "name", Some(name.into()));
        }
        object::set_metadata(&mut sent, "managedFields", None);
        let (mut object, warnings) = decoded(resource, &sent, options.validation)?;
        let nothing = schema::zero_of_kind(resource.group, resource.kind);
        let mut owned = object.clone();
        if resource.subresource("status").is_some()
            && let Value::Object(fields) = &mut owned
        {
            fields.insert(
                "status".to_owned(),
                nothing.get("status").cloned().unwrap_or(Value::Null),
            );
        }
        own_changes(resource, "", &nothing, &mut owned, options);
        let managed = owned.pointer("/metadata/managedFields").cloned();
        object::set_metadata(&mut object, "managedFields", managed);
        let object = self.keep_new(resource, object, options)?;
        Ok(Written {
            object,
            created: true,
            warnings,
        })
    }

    /// Admits and keeps an object that is complete but for what the cluster adds.
    pub(super) fn keep_new(
        &self,
        resource: &'static Resource,
        mut object: Value,
        options: &WriteOptions,
    ) -> Result<Arc<Value>, Refusal> {
        let store = self.store();
        let name = object::name(&object).to_owned();
        let namespace = object::namespace(&object).to_owned();
        if resource.namespaced {
            admission::namespace_is_open(store, resource, &namespace, &name)?;
        }
        let object = {
            let _admission = self.admission();
            admission::complete(store, resource, &mut object)?;
            prepare::for_create(resource, &mut object);
            let invalid =
                |errors: &[_]| Refusal::invalid(resource.group, resource.kind, &name, errors);
            let errors = validation::new_object(resource, &object);
            if !errors.is_empty() {
                return Err(invalid(&errors));
            }
            escalation::check(store, self.authorizer(), &options.user, resource, &object)?;
            if resource.id() == SERVICES {
                service_addresses::allocate(store, None, &mut object).map_err(|e| invalid(&[e]))?;
            }
            admission::check(store, resource, &object)?;
            store.create(resource.id(), object)?
        };
        if resource.id() == NAMESPACES {
            bootstrap::furnish(self, &name);
        }
        quotas::refresh(store, &namespace);
        Ok(object)
    }
}
