use super::*;

fn offer(accelerator: &str, count: u32, cloud: &str, region: &str, price: i64) -> Offer {
    Offer {
        accelerator: accelerator.into(),
        count,
        device_memory_gib: Some(80.0),
        cloud: cloud.into(),
        region: region.into(),
        instance_type: format!("{accelerator}-{count}"),
        vcpus: Some(16.0),
        memory_gib: Some(256.0),
        price_per_hour: Some(MicroDollars(price)),
        spot_price_per_hour: (cloud == "aws").then_some(MicroDollars(price / 3)),
    }
}

fn offers() -> Vec<Offer> {
    vec![
        offer("H100", 8, "aws", "us-east-1", 55_000_000),
        offer("H100", 1, "aws", "us-east-1", 6_880_000),
        offer("H100", 1, "lambda", "us-south-1", 2_990_000),
        offer("L4", 1, "gcp", "us-central1", 700_000),
    ]
}

fn input() -> NodeOrderInput {
    NodeOrderInput {
        name: "trainer".into(),
        tenant: "vision".into(),
        environment: "dev".into(),
        accelerator: "H100".into(),
        ..Default::default()
    }
}

fn field_at_fault(input: &NodeOrderInput) -> (String, String) {
    let mut errors = input.validate_machine(&offers()).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    let error = errors.remove(0);
    (error.field, error.message)
}

#[test]
fn the_cheapest_that_fits_comes_first() {
    let choice = input().validate_machine(&offers()).unwrap();
    assert_eq!(choice.offers[0].cloud, "lambda");
    assert_eq!(choice.offers.len(), 2);
}

#[test]
fn an_unknown_accelerator_is_answered_with_what_is_close() {
    let (field, message) = field_at_fault(&NodeOrderInput {
        accelerator: "H1000".into(),
        ..input()
    });
    assert_eq!(field, "accelerator");
    assert!(message.contains("H100?"), "{message}");
}

#[test]
fn counts_that_no_machine_has_name_those_that_machines_have() {
    for (count, says) in [
        (0, "between 1 and"),
        (1000, "between 1 and"),
        (-1, "between 1 and"),
        (2, "1 or 8"),
    ] {
        let (field, message) = field_at_fault(&NodeOrderInput {
            count: Some(count),
            ..input()
        });
        assert_eq!(field, "count");
        assert!(message.contains(says), "{count}: {message}");
    }
}

#[test]
fn a_region_that_the_cloud_lacks_names_those_it_has() {
    let (field, message) = field_at_fault(&NodeOrderInput {
        cloud: Some("aws".into()),
        region: Some("mars-1".into()),
        ..input()
    });
    assert_eq!(field, "region");
    assert!(message.contains("us-east-1"), "{message}");
}

#[test]
fn a_region_without_a_cloud_is_refused() {
    let (field, _) = field_at_fault(&NodeOrderInput {
        region: Some("us-east-1".into()),
        ..input()
    });
    assert_eq!(field, "region");
}

#[test]
fn spot_where_there_is_none_and_stopping_what_cannot_stop_are_refused() {
    let lambda = NodeOrderInput {
        cloud: Some("lambda".into()),
        ..input()
    };
    let (field, _) = field_at_fault(&NodeOrderInput {
        spot: true,
        ..lambda.clone()
    });
    assert_eq!(field, "spot");
    let (field, _) = field_at_fault(&NodeOrderInput {
        idle_minutes: Some(10),
        idle_action: "stop".into(),
        ..lambda
    });
    assert_eq!(field, "idle_action");
}

#[test]
fn terms_at_fault_are_named_all_at_once() {
    let errors = NodeOrderInput {
        name: "Trainer".into(),
        idle_minutes: Some(-5),
        time_to_live_hours: Some(-1),
        ..input()
    }
    .validate_terms()
    .unwrap_err();
    let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["name", "idle_minutes", "time_to_live_hours"]);
}

#[test]
fn no_idle_minutes_means_never() {
    assert_eq!(input().validate_terms().unwrap().autostop, None);
    let never_to_day = Autostop::validate(Some(60), "stop").unwrap().unwrap();
    assert_eq!(never_to_day.summary(), "stops after 60 idle minutes");
}
