use domain::node::catalogue::AcceleratorSummary;
use jiff::Timestamp;

use super::*;
use crate::form::{Outcome, Submission};

const ACTION: &str = "/rpc/create-node";

fn options() -> NodeOrderOptions {
    let accelerator = |name: &str, counts: &[u32]| AcceleratorSummary {
        name: name.into(),
        device_memory_gib: Some(80.0),
        counts: counts.to_vec(),
        cheapest: None,
        cheapest_spot: None,
        clouds: vec!["aws".into()],
    };
    NodeOrderOptions {
        tenants: Vec::new(),
        quotas: Vec::new(),
        accelerators: vec![accelerator("H100", &[2, 8]), accelerator("L4", &[1])],
        read_at: None,
        now: Timestamp::UNIX_EPOCH,
        idempotency_key: "k".into(),
    }
}

fn from_address(query: &str) -> Draft {
    let address = Address::new("/nodes/new", query);
    let form = FormState::new(ACTION, address.clone(), None).grouped("draft");
    Draft::proposed(&options(), &form, &address)
}

fn preview(fields: &[(&str, &str)]) -> Draft {
    let fields = fields
        .iter()
        .map(|(name, value)| (format!("draft[{name}]"), (*value).to_owned()));
    let fields: Vec<_> = fields.collect();
    let submission = Submission::new(ACTION, "", fields, Outcome::Preview);
    let address = Address::new("/nodes/new", "");
    let form = FormState::new(ACTION, address.clone(), Some(submission)).grouped("draft");
    Draft::proposed(&options(), &form, &address)
}

#[test]
fn the_catalogue_links_to_the_offer_that_is_created() {
    let query = "accelerator=H100&count=8&cloud=aws&region=us-east-1&spot=true";
    let input = from_address(query).to_input().unwrap();
    assert_eq!(input.accelerator, "H100");
    assert_eq!(input.count, Some(8));
    assert_eq!(input.cloud.as_deref(), Some("aws"));
    assert_eq!(input.region.as_deref(), Some("us-east-1"));
    assert!(input.spot);
}

#[test]
fn the_smallest_count_on_offer_is_proposed() {
    assert_eq!(from_address("accelerator=h100").count, "2");
    assert_eq!(from_address("accelerator=L4").count, "1");
    assert_eq!(from_address("").count, "1");
}

#[test]
fn the_count_follows_the_accelerator_but_an_address_is_validated_as_it_is() {
    let count = |accelerator| preview(&[("accelerator", accelerator), ("count", "2")]).count;
    assert_eq!(count("H100"), "2");
    assert_eq!(count("L4"), "1");
    assert_eq!(from_address("accelerator=L4&count=1000").count, "1000");
}

#[test]
fn an_accelerator_without_a_card_goes_to_the_text_field() {
    let draft = from_address("accelerator=H1000");
    assert_eq!(draft.accelerator, OTHER);
    assert_eq!(draft.to_input().unwrap().accelerator, "H1000");
    assert_eq!(from_address("accelerator=h100").accelerator, "H100");
    // While a longer name is typed, its beginning may have a card.
    let typed = preview(&[("accelerator", OTHER), ("other_accelerator", "H100")]);
    assert_eq!(typed.accelerator, OTHER);
}

#[test]
fn no_idle_minutes_survive_a_sign_in() {
    assert_eq!(from_address("").idle_minutes, IDLE_MINUTES);
    assert_eq!(from_address("idle_action=stop").idle_minutes, "");
    assert_eq!(
        preview(&[("name", "trainer")])
            .to_input()
            .unwrap()
            .idle_minutes,
        None
    );
}

#[test]
fn an_own_task_leaves_the_machine_fields_out() {
    let draft = Draft {
        name: "trainer".into(),
        kind: OWN_TASK.into(),
        accelerator: "H100".into(),
        setup: "pip install torch".into(),
        task: "run: nvidia-smi".into(),
        ..Draft::default()
    };
    let input = draft.to_input().unwrap();
    assert_eq!(input.own_task(), Some("run: nvidia-smi"));
    assert_eq!(input.accelerator, "");
    assert_eq!(input.setup, "");
    assert_eq!(input.name, "trainer");
    let empty = Draft {
        task: " ".into(),
        ..draft
    };
    assert_eq!(empty.to_input().unwrap_err().field, "task");
}

#[test]
fn text_that_is_not_a_number_is_not_ignored() {
    let draft = Draft {
        count: "many".into(),
        disk_gib: " 512 ".into(),
        idle_minutes: "-5".into(),
        ..Draft::default()
    };
    let input = draft.to_input().unwrap();
    assert_eq!(input.count, Some(0));
    assert_eq!(input.disk_gib, Some(512));
    assert_eq!(input.idle_minutes, Some(-5));
}
