//! Who owns what after a write.

use super::*;
use crate::kubernetes::schema::of_kind;

const A: Writer<'_> = Writer {
    manager: "a",
    api_version: "v1",
    subresource: "",
};
const B: Writer<'_> = Writer { manager: "b", ..A };

fn shape() -> Shape {
    Shape::of(of_kind("", "ConfigMap").unwrap())
}

fn map(data: Value) -> Value {
    json!({"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "m"}, "data": data})
}

fn owners(object: &Value) -> Vec<(&str, &str)> {
    object::items(object.pointer("/metadata/managedFields"))
        .iter()
        .map(|e| {
            (
                e["manager"].as_str().unwrap(),
                e["operation"].as_str().unwrap(),
            )
        })
        .collect()
}

#[test]
fn applying_what_another_manager_owns_differently_is_a_conflict_unless_forced() {
    let live = apply(shape(), &json!({}), &map(json!({"x": "1"})), &A, false).unwrap();
    let conflicts = apply(shape(), &live, &map(json!({"x": "2"})), &B, false).unwrap_err();
    assert_eq!(conflicts.0, [("\"a\"".to_owned(), ".data.x".to_owned())]);
    let forced = apply(shape(), &live, &map(json!({"x": "2"})), &B, true).unwrap();
    assert_eq!(forced["data"]["x"], "2");
    assert_eq!(owners(&forced), [("b", "Apply")]);
}

#[test]
fn applying_the_same_value_shares_the_field_and_giving_it_up_leaves_it_to_the_other() {
    let live = apply(shape(), &json!({}), &map(json!({"x": "1"})), &A, false).unwrap();
    let shared = apply(shape(), &live, &map(json!({"x": "1"})), &B, false).unwrap();
    assert_eq!(owners(&shared), [("a", "Apply"), ("b", "Apply")]);
    let left = apply(shape(), &shared, &map(json!({})), &A, false).unwrap();
    assert_eq!(left["data"]["x"], "1");
}

#[test]
fn a_field_that_its_only_owner_gives_up_is_removed() {
    let live = apply(
        shape(),
        &json!({}),
        &map(json!({"x": "1", "y": "2"})),
        &A,
        false,
    )
    .unwrap();
    let less = apply(shape(), &live, &map(json!({"y": "2"})), &A, false).unwrap();
    assert_eq!(less["data"], json!({"y": "2"}));
}

#[test]
fn applying_again_changes_nothing() {
    let live = apply(shape(), &json!({}), &map(json!({"x": "1"})), &A, false).unwrap();
    let again = apply(shape(), &live, &map(json!({"x": "1"})), &A, false).unwrap();
    assert_eq!(live, again);
}

#[test]
fn fields_from_before_the_first_apply_have_an_owner_who_can_be_in_the_way() {
    let mut live = map(json!({"x": "1"}));
    object::set_metadata(&mut live, "creationTimestamp", Some(object::now().into()));
    let mut changed = live.clone();
    changed["data"]["x"] = "2".into();
    record_update(shape(), &live, &mut changed, &B);
    assert!(owners(&changed).is_empty(), "not tracked before an apply");
    let conflicts = apply(shape(), &changed, &map(json!({"x": "3"})), &A, false).unwrap_err();
    assert_eq!(
        conflicts.0,
        [(
            "\"before-first-apply\" using v1".to_owned(),
            ".data.x".to_owned()
        )]
    );
}

#[test]
fn an_update_may_rewrite_the_managers_and_cannot_lose_them_by_leaving_them_out() {
    let live = apply(shape(), &json!({}), &map(json!({"x": "1"})), &A, false).unwrap();
    let mut without = live.clone();
    object::set_metadata(&mut without, "managedFields", None);
    record_update(shape(), &live, &mut without, &B);
    assert_eq!(owners(&without), [("a", "Apply")]);
    let mut handed_over = live.clone();
    handed_over["metadata"]["managedFields"][0]["manager"] = "c".into();
    record_update(shape(), &live, &mut handed_over, &B);
    assert_eq!(owners(&handed_over), [("c", "Apply")]);
    let mut forgotten = live.clone();
    forgotten["metadata"]["managedFields"] = json!([{}]);
    record_update(shape(), &live, &mut forgotten, &B);
    assert!(owners(&forgotten).is_empty());
}

#[test]
fn an_update_takes_the_fields_that_it_changes() {
    let live = apply(
        shape(),
        &json!({}),
        &map(json!({"x": "1", "y": "2"})),
        &A,
        false,
    )
    .unwrap();
    let mut new = live.clone();
    new["data"]["x"] = "changed".into();
    record_update(shape(), &live, &mut new, &B);
    assert_eq!(owners(&new), [("a", "Apply"), ("b", "Update")]);
    let conflicts = apply(shape(), &new, &map(json!({"x": "1"})), &A, false).unwrap_err();
    assert_eq!(
        conflicts.0,
        [("\"b\" using v1".to_owned(), ".data.x".to_owned())]
    );
}
