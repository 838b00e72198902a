//! Parses the regions without capacity from SkyPilot's message.

use std::fmt;

/// The start of each place, from `_format_provision_failure_blocks` of SkyPilot 0.14.1: `✗ AWS (us-east-1) —
/// (gpus=H100:1, p5.4xlarge, ...)`, followed by its indented reason.
const PLACE: &str = "✗ ";
const OFFER: &str = " — ";

/// A place without capacity for the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriedPlace {
    /// The cloud's display name in SkyPilot: `AWS`.
    pub cloud: String,
    /// The region, with the zone if SkyPilot names one: `us-east-1`.
    pub region: Option<String>,
    /// The requested machine: `gpus=H100:1, p5.4xlarge, ...`.
    pub offer: String,
    /// The message of the cloud or of SkyPilot.
    pub reason: String,
}

impl fmt::Display for TriedPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.cloud)?;
        if let Some(region) = &self.region {
            write!(formatter, " ({region})")?;
        }
        // Drops the request in Python notation, which users already know.
        let reason = self.reason.split(" for {").next().unwrap_or_default();
        let reason = reason.trim_end_matches('.');
        if reason.is_empty() {
            return Ok(());
        }
        write!(formatter, ": {reason}")
    }
}

/// The places in a message, in order.
pub(super) fn tried(message: &str) -> Vec<TriedPlace> {
    let mut places: Vec<TriedPlace> = Vec::new();
    for line in message.lines() {
        if let Some(place) = line.strip_prefix(PLACE) {
            places.push(place_of(place));
        } else if let Some(place) = places.last_mut().filter(|_| line.starts_with("  ")) {
            if !place.reason.is_empty() {
                place.reason.push(' ');
            }
            place.reason.push_str(line.trim());
        }
    }
    places
}

fn place_of(line: &str) -> TriedPlace {
    let (infra, offer) = line.split_once(OFFER).unwrap_or((line, ""));
    let (cloud, region) = match infra.split_once(" (") {
        Some((cloud, region)) => (cloud, Some(region.trim_end_matches(')').to_owned())),
        None => (infra, None),
    };
    TriedPlace {
        cloud: cloud.trim().to_owned(),
        region,
        offer: offer
            .trim()
            .trim_start_matches('(')
            .trim_end_matches(')')
            .to_owned(),
        reason: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "Failed to provision all possible launchable resources. Relax the task's resource \
        requirements: 1x AWS({'H100': 1})\nReasons for provision failures (for details, please check the log above):\n\
        Provision failures (tried 2 infra):\n\n✗ AWS (us-east-1) — (gpus=H100:1, p5.4xlarge, ...)\n  Failed to acquire \
        resources in all zones in us-east-1 for {AWS({'H100': 1})}.\n\n✗ Kubernetes — (gpus=H100:1)\n  No node has room.\n  \
        Hint: add one.\n";

    #[test]
    fn each_place_keeps_its_own_reason() {
        let places = tried(MESSAGE);
        assert_eq!(places.len(), 2);
        assert_eq!(places[0].cloud, "AWS");
        assert_eq!(places[0].region.as_deref(), Some("us-east-1"));
        assert_eq!(places[0].offer, "gpus=H100:1, p5.4xlarge, ...");
        assert_eq!(
            places[0].reason,
            "Failed to acquire resources in all zones in us-east-1 for {AWS({'H100': 1})}."
        );
        assert_eq!(places[1].region, None);
        assert_eq!(
            places[0].to_string(),
            "AWS (us-east-1): Failed to acquire resources in all zones in us-east-1"
        );
        assert_eq!(
            places[1].to_string(),
            "Kubernetes: No node has room. Hint: add one"
        );
    }

    #[test]
    fn a_message_without_places_names_none() {
        assert_eq!(tried("No launchable resource found.\n  Try again."), []);
    }
}
