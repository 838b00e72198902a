//! The SkyPilot task (YAML) that an order made by the form comes to.

use super::{
    name::NodeName,
    order::{Autostop, IdleAction, NodeSpec},
};
use std::fmt::Write;

/// The YAML for `spec`. Port 22 is asked for because SkyPilot tells the address of a machine only
/// for ports that the task names.
pub fn task_yaml(name: &NodeName, spec: &NodeSpec, autostop: Option<Autostop>) -> String {
    let mut yaml = format!("name: {name}\nresources:\n");
    if let Some(cloud) = &spec.cloud {
        let infra = match &spec.region {
            Some(region) => format!("{cloud}/{region}"),
            None => cloud.clone(),
        };
        field(&mut yaml, "infra", &infra);
    }
    if let Some(accelerator) = &spec.accelerator {
        field(
            &mut yaml,
            "accelerators",
            &format!("{accelerator}:{}", spec.count),
        );
    }
    if spec.spot {
        yaml.push_str("  use_spot: true\n");
    }
    if let Some(gib) = spec.disk_gib {
        let _ = writeln!(yaml, "  disk_size: {gib}");
    }
    if let Some(image) = &spec.image {
        field(&mut yaml, "image_id", image);
    }
    yaml.push_str("  ports: [22]\n");
    if let Some(autostop) = autostop {
        let _ = writeln!(
            yaml,
            "  autostop:\n    idle_minutes: {}\n    down: {}",
            autostop.idle_minutes,
            autostop.then == IdleAction::Delete
        );
    }
    script(&mut yaml, "setup", &spec.setup);
    script(&mut yaml, "run", &spec.run);
    yaml
}

/// The YAML of a job that is submitted to a node.
pub fn job_yaml(name: Option<&str>, run: &str) -> String {
    let mut yaml = String::new();
    if let Some(name) = name {
        let _ = writeln!(yaml, "name: {name}");
    }
    script(&mut yaml, "run", run);
    yaml
}

fn field(yaml: &mut String, key: &str, value: &str) {
    let _ = writeln!(yaml, "  {key}: {}", scalar(value));
}

/// Plain where that is safe in YAML, else in double quotes.
fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | ':'))
        && !text.ends_with(':')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain { text.to_owned() } else { quoted(text) }
}

/// A YAML string in double quotes.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A script as a literal block, which reads as it was written; quoted where a block would change it.
fn script(yaml: &mut String, key: &str, text: &str) {
    let text = text.replace("\r\n", "\n");
    let text = text.trim_end();
    if text.is_empty() {
        return;
    }
    let literal = !text.starts_with([' ', '\n', '\t'])
        && !text.contains('\r')
        && text
            .chars()
            .all(|c| !matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}'));
    if literal {
        let _ = writeln!(yaml, "{key}: |");
        for line in text.lines() {
            if line.trim().is_empty() {
                yaml.push('\n');
            } else {
                let _ = writeln!(yaml, "  {line}");
            }
        }
    } else {
        let _ = writeln!(yaml, "{key}: {}", quoted(&format!("{text}\n")));
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
            task_yaml(&"trainer".parse().unwrap(), &spec, Some(autostop)),
            "name: trainer\nresources:\n  infra: aws/us-east-1\n  accelerators: H100:8\n  use_spot: true\n  \
             disk_size: 512\n  image_id: docker:nvcr.io/nvidia/pytorch:26.09-py3\n  ports: [22]\n  \
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
            let yaml = parsed(&task_yaml(&"n".parse().unwrap(), &spec, None));
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
