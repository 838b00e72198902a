//! Converts offers into the domain's types.

use crate::client::InstanceOffer;
use domain::{money::MicroDollars, node::catalogue::Offer};

/// An offer that can be launched by name; `None`: a fraction of an accelerator, or without a region.
#[expect(
    clippy::cast_possible_truncation,
    reason = "gigabytes and core counts are small numbers"
)]
pub(super) fn offer(found: InstanceOffer) -> Option<Offer> {
    let cloud = found.cloud.to_lowercase();
    let narrow = |number: Option<f64>| number.map(|number| number as f32).filter(|n| n.is_finite());
    // SkyPilot writes 0 for unknown: a Kubernetes cluster has no price.
    let price = |price: Option<f64>| price.filter(|price| *price > 0.0).and_then(micro_dollars);
    Some(Offer {
        count: whole(found.count)?,
        accelerator: found.accelerator,
        device_memory_gib: narrow(found.device_memory_gib).filter(|memory| *memory > 0.0),
        region: found.region.filter(|region| !region.is_empty())?,
        instance_type: found.instance_type.unwrap_or_default(),
        vcpus: narrow(found.vcpus),
        memory_gib: narrow(found.memory_gib),
        price_per_hour: price(found.price),
        spot_price_per_hour: price(found.spot_price),
        cloud,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be whole and in range"
)]
fn whole(count: f64) -> Option<u32> {
    (count.fract() == 0.0 && (1.0..=1024.0).contains(&count)).then_some(count as u32)
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
fn micro_dollars(dollars: f64) -> Option<MicroDollars> {
    let millionths = (dollars * 1e6).round();
    (millionths < 1e15).then_some(MicroDollars(millionths as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(row: serde_json::Value) -> Option<Offer> {
        offer(serde_json::from_value(row).unwrap())
    }

    #[test]
    fn prices_are_exact_to_the_millionth() {
        let row = json!([
            "AWS",
            "p5.4xlarge",
            "H100",
            1.0,
            16.0,
            80.0,
            256.0,
            6.88,
            2.5,
            "us-east-1"
        ]);
        let offer = read(row).unwrap();
        assert_eq!(offer.price_per_hour, Some(MicroDollars(6_880_000)));
        assert_eq!(offer.spot_price_per_hour, Some(MicroDollars(2_500_000)));
        assert_eq!((offer.cloud.as_str(), offer.count), ("aws", 1));
    }

    #[test]
    fn what_is_not_known_is_not_free() {
        let row = json!([
            "Kubernetes",
            null,
            "T4",
            1,
            null,
            null,
            null,
            0.0,
            null,
            "my-context"
        ]);
        let offer = read(row).unwrap();
        assert_eq!(offer.price_per_hour, None);
        assert_eq!(offer.spot_price_per_hour, None);
        assert_eq!(offer.instance_type, "");
    }

    #[test]
    fn a_part_of_an_accelerator_is_not_offered() {
        assert_eq!(
            read(json!(["Cudo", "x", "A40", 0.5, 1, 1, 1, 1, null, "r"])),
            None
        );
    }
}
