//! The SkyPilot task (YAML) that an order made by the form comes to.

use super::{
    name::NodeName,
    order::{Autostop, IdleAction, NodeSpec},
};
use crate::{money::MicroDollars, yaml::Yaml};

/// The YAML for `spec`. Port 22 is asked for because SkyPilot tells the address of a machine only
/// for ports that the task names. `max_price` is the most that SkyPilot may choose a machine for.
pub fn task_yaml(
    name: &NodeName,
    spec: &NodeSpec,
    autostop: Option<Autostop>,
    max_price: Option<MicroDollars>,
) -> String {
    let mut resources = Yaml::Mapping(Vec::new());
    if let Some(cloud) = &spec.cloud {
        let infra = match &spec.region {
            Some(region) => format!("{cloud}/{region}"),
            None => cloud.clone(),
        };
        resources.set("infra", infra);
    }
    if let Some(accelerator) = &spec.accelerator {
        resources.set("accelerators", format!("{accelerator}:{}", spec.count));
    }
    if spec.spot {
        resources.set("use_spot", true);
    }
    if let Some(price) = max_price {
        resources.set("max_hourly_cost", hourly_cost(price));
    }
    if let Some(gib) = spec.disk_gib {
        resources.set("disk_size", gib);
    }
    if let Some(image) = &spec.image {
        resources.set("image_id", image.as_str());
    }
    resources.set("ports", Yaml::Sequence(vec![22.into()]));
    if let Some(rule) = autostop {
        resources.set("autostop", autostop_yaml(rule));
    }
    let mut task = Yaml::mapping([("name", name.as_str().into()), ("resources", resources)]);
    set_script(&mut task, "setup", &spec.setup);
    set_script(&mut task, "run", &spec.run);
    task.to_string()
}

/// The YAML of a job that is submitted to a node.
pub fn job_yaml(name: Option<&str>, run: &str) -> String {
    let mut job = Yaml::Mapping(Vec::new());
    if let Some(name) = name {
        job.set("name", name);
    }
    set_script(&mut job, "run", run);
    job.to_string()
}

/// `resources.autostop`.
pub fn autostop_yaml(rule: Autostop) -> Yaml {
    Yaml::mapping([
        ("idle_minutes", rule.idle_minutes.into()),
        ("down", (rule.then == IdleAction::Delete).into()),
    ])
}

/// `resources.max_hourly_cost`, in dollars.
pub fn hourly_cost(price: MicroDollars) -> Yaml {
    let (dollars, rest) = (price.0 / 1_000_000, price.0 % 1_000_000);
    let cost = format!("{dollars}.{rest:06}");
    let cost = cost.trim_end_matches('0');
    Yaml::Plain(cost.strip_suffix('.').unwrap_or(cost).to_owned())
}

/// A script, with the line ends of Unix and one at its end.
fn set_script(task: &mut Yaml, key: &str, text: &str) {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text
        .trim_end()
        .split('\n')
        .map(|line| if line.trim().is_empty() { "" } else { line })
        .collect();
    let text = lines.join("\n");
    if !text.is_empty() {
        task.set(key, format!("{text}\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(yaml: &str) -> serde_norway::Value {
        serde_norway::from_str(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"))
    }

    #[test]
    fn an_order_reads_as_a_person_would_write_it() {
        let spec = NodeSpec {
            accelerator: Some("H100".into()),
            count: 8,
            cloud: Some("aws".into()),
            region: Some("us-east-1".into()),
            spot: true,
            disk_gib: Some(512),
            image: Some("docker:nvcr.io/nvidia/pytorch:26.09-py3".into()),
            setup: "pip install torch\n\necho done".into(),
            run: "python train.py".into(),
            own_task: false,
        };
        let autostop = Autostop {
            idle_minutes: 30,
            then: IdleAction::Delete,
        };
        assert_eq!(
            task_yaml(
                &"trainer".parse().unwrap(),
                &spec,
                Some(autostop),
                Some(MicroDollars(55_040_000))
            ),
            "name: trainer\nresources:\n  infra: aws/us-east-1\n  accelerators: H100:8\n  use_spot: true\n  max_hourly_cost: 55.04\n  \
             disk_size: 512\n  image_id: docker:nvcr.io/nvidia/pytorch:26.09-py3\n  ports:\n    - 22\n  \
             autostop:\n    idle_minutes: 30\n    down: true\nsetup: |\n  pip install torch\n\n  echo done\n\
             run: |\n  python train.py\n"
        );
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_leaves_its_field(
            image in "\\PC{1,40}", setup in "(\\PC|\n|\t| ){0,80}", run in "(\\PC|\n|\t|\r| ){0,80}",
        ) {
            let spec = NodeSpec {
                accelerator: Some("A100-80GB".into()),
                count: 1,
                image: Some(image.clone()),
                setup: setup.clone(),
                run: run.clone(),
                ..NodeSpec::default()
            };
            let yaml = parsed(&task_yaml(&"n".parse().unwrap(), &spec, None, None));
            let map = yaml.as_mapping().unwrap();
            for key in map.keys() {
                prop_assert!(["name", "resources", "setup", "run"].contains(&key.as_str().unwrap()));
            }
            prop_assert_eq!(yaml["resources"]["image_id"].as_str().unwrap(), image.as_str());
            for (key, text) in [("setup", setup), ("run", run)] {
                let text = text.replace("\r\n", "\n");
                let found = yaml[key].as_str().unwrap_or("").trim_end().to_owned();
                let lines = |text: &str| text.trim_end().lines().map(|line| if line.trim().is_empty() { String::new() } else { line.to_owned() }).collect::<Vec<_>>();
                prop_assert_eq!(lines(&found), lines(&text));
            }
        }
    }
}
