//! A SkyPilot task of one's own: what is refused in it, and what is added to it. A task runs on
//! behalf of the portal's service account, and SkyPilot reads paths in it from the API server's own
//! disk; so it is taken apart here before the server sees it.

mod rules;

use crate::bounded_yaml;
use domain::{
    money::MicroDollars,
    node::{
        catalogue::Offer,
        name::NodeName,
        order::{Autostop, IdleAction, NodeOrderInput, NodeSpec},
    },
    problem::FieldError,
};
use serde_norway::{Mapping, Value};

/// A task that may be sent.
#[derive(Debug)]
pub(super) struct Prepared {
    /// The YAML to send.
    pub(super) yaml: String,
    /// What it asks for, as far as it is one thing.
    pub(super) spec: NodeSpec,
}

impl Prepared {
    /// Whether `offer` is what the task asks for.
    pub(super) fn asks_for(&self, offer: &Offer) -> bool {
        let spec = &self.spec;
        spec.accelerator
            .as_deref()
            .is_some_and(|name| name.eq_ignore_ascii_case(&offer.accelerator))
            && spec.count == offer.count
            && spec
                .cloud
                .as_ref()
                .is_none_or(|cloud| cloud == &offer.cloud)
            && spec
                .region
                .as_ref()
                .is_none_or(|region| region == &offer.region)
            && offer.price(spec.spot).unwrap_or(MicroDollars(0)) > MicroDollars(0)
    }
}

/// The form's fields about the machine must be empty beside a task of one's own.
pub(super) fn fields_besides(input: &NodeOrderInput) -> Vec<FieldError> {
    let text =
        |value: &Option<String>| value.as_deref().is_some_and(|text| !text.trim().is_empty());
    [
        ("accelerator", !input.accelerator.trim().is_empty()),
        ("count", input.count.is_some_and(|count| count != 1)),
        ("cloud", text(&input.cloud)),
        ("region", text(&input.region)),
        ("spot", input.spot),
        ("disk_gib", input.disk_gib.is_some()),
        ("image", text(&input.image)),
        ("setup", !input.setup.trim().is_empty()),
        ("run", !input.run.trim().is_empty()),
    ]
    .into_iter()
    .filter(|(_, given)| *given)
    .map(|(field, _)| {
        FieldError::new(
            field,
            "Leave this empty: a task of your own says it in its YAML.",
        )
    })
    .collect()
}

/// Checks a task and adds what the portal needs in it: its name, the port that makes its address
/// known, and when it stops by itself.
///
/// # Errors
/// A sentence that names the line and the rule.
pub(super) fn prepare(
    text: &str,
    name: Option<&NodeName>,
    autostop: Option<Autostop>,
) -> Result<Prepared, String> {
    let document = bounded_yaml::scan(text)?;
    rules::check(&document, name)?;
    let mut task: Mapping = serde_norway::from_str(text)
        .map_err(|error| format!("It is not a YAML mapping: {error}."))?;
    if let Some(name) = name {
        task.insert("name".into(), name.as_str().into());
    }
    let mut resources = match task.remove("resources") {
        Some(Value::Mapping(resources)) => resources,
        _ => Mapping::new(),
    };
    let spec = spec(&resources);
    open_ssh(&mut resources);
    if let Some(autostop) = autostop {
        let mut wanted = Mapping::new();
        wanted.insert("idle_minutes".into(), autostop.idle_minutes.into());
        wanted.insert("down".into(), (autostop.then == IdleAction::Delete).into());
        resources.insert("autostop".into(), wanted.into());
    }
    task.insert("resources".into(), resources.into());
    let yaml = serde_norway::to_string(&task)
        .map_err(|error| format!("It cannot be written as YAML again: {error}."))?;
    Ok(Prepared { yaml, spec })
}

/// Adds port 22 to those that are asked for.
fn open_ssh(resources: &mut Mapping) {
    let mut ports = match resources.remove("ports") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Sequence(ports)) => ports,
        Some(one) => vec![one],
    };
    let ssh = |port: &Value| port.as_u64() == Some(22) || port.as_str() == Some("22");
    if !ports.iter().any(ssh) {
        ports.push(22.into());
    }
    resources.insert("ports".into(), ports.into());
}

/// What the task asks for, as far as it is one thing.
fn spec(resources: &Mapping) -> NodeSpec {
    let text = |key: &str| {
        resources
            .get(key)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let (accelerator, count) = accelerators(resources.get("accelerators"));
    let infra = text("infra");
    let mut infra = infra.as_deref().unwrap_or("").split('/');
    let not_any = |text: &str| !text.is_empty() && text != "*";
    let cloud = infra
        .next()
        .filter(|cloud| not_any(cloud))
        .map(str::to_lowercase)
        .or_else(|| text("cloud").map(|cloud| cloud.to_lowercase()));
    let region = infra
        .next()
        .filter(|region| not_any(region))
        .map(str::to_owned)
        .or_else(|| text("region"));
    NodeSpec {
        accelerator,
        count,
        cloud,
        region,
        spot: resources.get("use_spot").and_then(Value::as_bool) == Some(true),
        disk_gib: resources
            .get("disk_size")
            .and_then(Value::as_u64)
            .and_then(|gib| u32::try_from(gib).ok()),
        image: text("image_id"),
        setup: String::new(),
        run: String::new(),
        own_task: true,
    }
}

/// `H100:8`, `H100` or `{H100: 8}`; anything else is not one thing.
fn accelerators(value: Option<&Value>) -> (Option<String>, u32) {
    let whole = |count: f64| {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be a small whole number"
        )]
        let number = count as u32;
        (count.fract() == 0.0 && (1.0..=1024.0).contains(&count)).then_some(number)
    };
    let one = |name: &str, count: Option<f64>| match whole(count.unwrap_or(1.0)) {
        Some(count) => (Some(name.trim().to_owned()), count),
        None => (None, 0),
    };
    match value {
        Some(Value::String(text)) => match text.split_once(':') {
            None => one(text, None),
            Some((name, count)) => match count.trim().parse() {
                Ok(count) => one(name, Some(count)),
                Err(_) => (None, 0),
            },
        },
        Some(Value::Mapping(map)) if map.len() == 1 => match map.iter().next() {
            Some((Value::String(name), count)) => one(name, count.as_f64()),
            _ => (None, 0),
        },
        _ => (None, 0),
    }
}

#[cfg(test)]
mod tests;
