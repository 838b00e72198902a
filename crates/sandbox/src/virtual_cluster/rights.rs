//! What a syncer's service account must be allowed on the host. The real one does not come up without; nor does ours.

use serde_json::Value;

use crate::kubernetes::authentication::User;
use crate::kubernetes::authorization::escalation::granted;
use crate::kubernetes::authorization::rbac::Rbac;
use crate::kubernetes::object;

/// In the form of a role's rules.
const NEEDED: &str = include_str!("rights.yaml");

/// The first right that the pod's service account lacks, in the API's words.
pub fn first_missing(authorizer: &Rbac, pod: &Value) -> Option<String> {
    let namespace = object::namespace(pod);
    let account = pod
        .pointer("/spec/serviceAccountName")
        .and_then(Value::as_str)
        .unwrap_or("default");
    let user = User::known(
        format!("system:serviceaccount:{namespace}:{account}"),
        &[
            "system:serviceaccounts",
            &format!("system:serviceaccounts:{namespace}"),
        ],
    );
    let needed: Vec<Value> = serde_norway::from_str(NEEDED).unwrap_or_default();
    needed
        .iter()
        .flat_map(|rule| granted(rule, namespace))
        .find(|wish| !authorizer.allows(&user, wish))
        .map(|wish| {
            format!(
                "{} is forbidden: {}",
                wish.full_resource(),
                wish.refusal(&user)
            )
        })
}
