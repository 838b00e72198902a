//! Each rule against a workspace that breaks it.

use super::*;

fn workspace(edges: &[(&str, &str, Kind)]) -> Workspace {
    let ours = ARROWS.iter().map(|(name, _)| *name).chain([WIRING]);
    Workspace {
        crates: ours.map(str::to_owned).collect(),
        edges: edges
            .iter()
            .map(|&(from, to, kind)| Edge {
                from: from.to_owned(),
                to: to.to_owned(),
                kind,
            })
            .collect(),
    }
}

fn tree(packages: &[(&str, &str)]) -> Tree {
    Tree {
        packages: packages
            .iter()
            .map(|&(name, version)| (name.to_owned(), version.to_owned()))
            .collect(),
    }
}

fn broken(edges: &[(&str, &str, Kind)]) -> Vec<String> {
    violations(&workspace(edges), &Tree::default(), &Tree::default())
        .into_iter()
        .map(|violation| violation.what)
        .collect()
}

#[test]
fn the_tree_of_the_architecture_document_holds() {
    let edges = [
        ("app", "domain", Kind::Normal),
        ("app", "frontend", Kind::Normal),
        ("provisioning", "persistence", Kind::Normal),
        ("app", "provisioning", Kind::Normal),
        ("persistence", "sqlx", Kind::Normal),
        ("kubernetes", "kube", Kind::Normal),
        ("kubernetes", "sandbox", Kind::Test),
        ("server", "persistence", Kind::Normal),
        ("server", "kubernetes", Kind::Normal),
    ];
    assert_eq!(broken(&edges), [""; 0]);
}

#[test]
fn adapters_do_not_know_each_other() {
    assert_eq!(
        broken(&[("kubernetes", "persistence", Kind::Normal)]),
        ["`kubernetes` uses `persistence`"]
    );
    assert_eq!(
        broken(&[("kubernetes", "persistence", Kind::Test)]),
        ["`kubernetes` uses `persistence` in tests"]
    );
}

#[test]
fn the_domain_knows_none_of_ours() {
    assert_eq!(
        broken(&[("domain", "provisioning", Kind::Normal)]),
        ["`domain` uses `provisioning`"]
    );
}

#[test]
fn pages_reach_the_database_through_the_core_only() {
    assert_eq!(
        broken(&[("app", "persistence", Kind::Normal)]),
        ["`app` uses `persistence`"]
    );
}

#[test]
fn the_product_does_not_contain_the_sandbox() {
    for part in ["kubernetes", "server"] {
        assert_eq!(
            broken(&[(part, "sandbox", Kind::Normal)]),
            [format!("`{part}` uses `sandbox`")]
        );
    }
    assert_eq!(broken(&[("server", "sandbox", Kind::Test)]), [""; 0]);
}

#[test]
fn outside_crates_stay_at_home() {
    let edges = [
        ("server", "sqlx", Kind::Normal),
        ("server", "kube", Kind::Normal),
        ("sandbox", "kube", Kind::Normal),
        ("sandbox", "kube", Kind::Test),
        ("provisioning", "reqwest", Kind::Normal),
        ("server", "aws-sdk-sts", Kind::Normal),
    ];
    assert_eq!(broken(&edges).len(), edges.len());
}

#[test]
fn the_cipher_library_is_no_cloud_library() {
    assert_eq!(broken(&[("server", "aws-lc-rs", Kind::Normal)]), [""; 0]);
}

#[test]
fn a_crate_without_a_place_is_asked_for_one() {
    let mut workspace = workspace(&[]);
    workspace.crates.insert("misc".to_owned());
    assert_eq!(
        violations(&workspace, &Tree::default(), &Tree::default()).len(),
        1
    );
}

#[test]
fn servers_do_not_reach_the_browser() {
    let browser = tree(&[
        ("tokio", "1.50.0"),
        ("sqlx-core", "0.9.0"),
        ("leptos", "0.8.23"),
    ]);
    let found = violations(&workspace(&[]), &browser, &Tree::default());
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn a_second_cipher_library_or_a_second_major_version_is_found() {
    let server = tree(&[
        ("ring", "0.17.8"),
        ("reqwest", "0.12.9"),
        ("reqwest", "0.13.5"),
        ("rustls", "0.23.1"),
    ]);
    let found = violations(&workspace(&[]), &Tree::default(), &server);
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn every_rule_says_why() {
    let edges = [
        ("domain", "app", Kind::Normal),
        ("app", "sqlx", Kind::Normal),
        ("app", "kubernetes", Kind::Normal),
    ];
    for violation in violations(
        &workspace(&edges),
        &tree(&[("tokio", "1.0.0")]),
        &tree(&[("ring", "0.17.0")]),
    ) {
        assert!(!violation.why.is_empty(), "{violation}");
    }
}
