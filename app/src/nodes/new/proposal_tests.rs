use domain::money::MicroDollars;
use jiff::Timestamp;
use leptos_router::params::ParamsMap;

use super::super::draft::OWN_TASK;
use super::*;

fn accelerator(name: &str, counts: &[u32]) -> AcceleratorSummary {
    AcceleratorSummary {
        name: name.into(),
        device_memory_gib: Some(80.0),
        counts: counts.to_vec(),
        cheapest: Some(MicroDollars(2_990_000)),
        cheapest_spot: None,
        clouds: vec!["aws".into()],
    }
}

fn options() -> NodeOrderOptions {
    NodeOrderOptions {
        tenants: Vec::new(),
        rooms: Vec::new(),
        accelerators: vec![accelerator("H100", &[2, 8]), accelerator("L4", &[1])],
        read_at: None,
        now: Timestamp::UNIX_EPOCH,
        idempotency_key: "k".into(),
    }
}

fn asked(query: &[(&str, &str)]) -> Draft {
    let mut map = ParamsMap::new();
    for (name, value) in query {
        map.insert((*name).to_owned(), (*value).to_owned());
    }
    Draft::from_address(&map)
}

#[test]
fn what_the_catalogue_leads_to_is_what_is_ordered() {
    let draft = asked(&[
        ("accelerator", "H100"),
        ("count", "8"),
        ("cloud", "aws"),
        ("region", "us-east-1"),
        ("spot", "true"),
    ])
    .proposed(&options());
    let input = draft.to_input();
    assert_eq!(input.accelerator, "H100");
    assert_eq!(input.count, Some(8));
    assert_eq!(input.cloud.as_deref(), Some("aws"));
    assert_eq!(input.region.as_deref(), Some("us-east-1"));
    assert!(input.spot);
}

#[test]
fn the_least_count_that_machines_have_is_proposed() {
    let count = |name| asked(&[("accelerator", name)]).proposed(&options()).count;
    assert_eq!(count("h100"), "2");
    assert_eq!(count("L4"), "1");
    assert_eq!(count("H1000"), "1");
}

#[test]
fn an_accelerator_without_a_card_stays_as_it_was_typed() {
    let draft = asked(&[("accelerator", "H1000")]).proposed(&options());
    assert_eq!(draft.accelerator, "");
    assert_eq!(draft.accelerator_name(), "H1000");
}

#[test]
fn an_address_says_the_same_there_and_back() {
    let draft = Draft {
        name: "trainer".into(),
        place: "vision/dev".into(),
        accelerator: "H100".into(),
        count: "8".into(),
        location: "aws/us-east-1".into(),
        spot: "true".into(),
        disk_gib: "-1".into(),
        setup: "pip install torch\n\necho \"a&b\"".into(),
        idle_minutes: String::new(),
        idle_action: "stop".into(),
        time_to_live_hours: "none".into(),
        ..Draft::default()
    };
    let address = draft.address();
    let query = address.split_once('?').unwrap().1;
    let mut map = ParamsMap::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap();
        map.insert(name.to_owned(), decoded(value));
    }
    assert_eq!(Draft::from_address(&map).proposed(&options()), draft);
    assert!(!draft.short_address().contains("torch"));
}

fn decoded(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let code: String = [rest.next(), rest.next()]
                .into_iter()
                .flatten()
                .map(char::from)
                .collect();
            bytes.push(u8::from_str_radix(&code, 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_task_of_ones_own_leaves_the_machines_fields_behind() {
    let draft = Draft {
        name: "trainer".into(),
        kind: OWN_TASK.into(),
        accelerator: "H100".into(),
        setup: "pip install torch".into(),
        task: "run: nvidia-smi".into(),
        ..Draft::default()
    };
    let input = draft.to_input();
    assert_eq!(input.own_task(), Some("run: nvidia-smi"));
    assert_eq!(input.accelerator, "");
    assert_eq!(input.setup, "");
    assert_eq!(input.name, "trainer");
}

#[test]
fn what_is_not_a_number_is_not_taken_for_nothing() {
    let draft = Draft {
        count: "many".into(),
        disk_gib: " 512 ".into(),
        idle_minutes: "-5".into(),
        ..Draft::default()
    };
    let input = draft.to_input();
    assert_eq!(input.count, Some(0));
    assert_eq!(input.disk_gib, Some(512));
    assert_eq!(input.idle_minutes, Some(-5));
    assert_eq!(Draft::default().to_input().idle_minutes, None);
}
