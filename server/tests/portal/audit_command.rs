//! `hangar audit` beside a portal that was used.

use crate::{
    fixture::{ADMIN, DEVELOPER, TestPortal, configuration, ordered},
    program::{hangar, said},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};
use tempfile::TempDir;

/// A portal that was used and stopped; its folder.
async fn used() -> TempDir {
    let portal = TestPortal::start().await;
    let developer = portal.program_of(DEVELOPER).await;
    ordered(&developer, "as-it-was-written").await;
    portal.program_of(ADMIN).await;
    portal.stop().await
}

fn audit(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = hangar();
    command.arg("audit").args(arguments);
    command.arg("--config").arg(configuration(folder.path()));
    command.output().unwrap()
}

fn data(folder: &TempDir) -> PathBuf {
    folder.path().join("data")
}

/// Puts one word in the place of another, as somebody does who gets at the file.
fn replace_in_file(file: &Path, word: &str, other: &str) {
    assert_eq!(word.len(), other.len());
    let mut bytes = fs::read(file).unwrap();
    let places: Vec<usize> = bytes
        .windows(word.len())
        .enumerate()
        .filter(|(_, found)| *found == word.as_bytes())
        .map(|(place, _)| place)
        .collect();
    assert!(!places.is_empty(), "{word} is in the file");
    for place in places {
        bytes[place..place + word.len()].copy_from_slice(other.as_bytes());
    }
    fs::write(file, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_changed_in_the_file_is_found_out() {
    let folder = used().await;
    let verified = audit(&folder, &["verify"]);
    assert!(verified.status.success(), "{}", said(&verified));
    assert!(said(&verified).contains("Platform: "));

    let file = data(&folder).join("hangar.db");
    replace_in_file(&file, "as-it-was-written", "as-they-like-best");
    let verified = audit(&folder, &["verify"]);
    assert!(!verified.status.success(), "{}", said(&verified));
    let told = said(&verified);
    assert!(told.contains("broken at entry "), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_the_database_from_before_is_found_by_the_expected_heads() {
    let folder = used().await;
    let expected = folder.path().join("heads");
    let keep = |verified: &Output| fs::write(&expected, &verified.stdout).unwrap();
    let verify_expecting = || audit(&folder, &["verify", "--expect", expected.to_str().unwrap()]);
    let older = folder.path().join("older.db");
    let file = data(&folder).join("hangar.db");
    fs::copy(&file, &older).unwrap();

    keep(&audit(&folder, &["verify"]));
    assert!(verify_expecting().status.success());
    // Recorded in the log.
    assert!(audit(&folder, &["export"]).status.success());
    let continued = verify_expecting();
    assert!(continued.status.success(), "{}", said(&continued));
    keep(&continued);

    fs::copy(&older, &file).unwrap();
    assert!(audit(&folder, &["verify"]).status.success());
    let shorter = verify_expecting();
    assert_eq!(shorter.status.code(), Some(1), "{}", said(&shorter));

    for unusable in ["", "Platform: 12 entries, unchanged.\n", "head x 1 y\n"] {
        fs::write(&expected, unusable).unwrap();
        let refused = verify_expecting();
        assert!(!refused.status.success());
        assert!(said(&refused).contains("heads"), "{}", said(&refused));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_exported_for_its_owner_alone_and_that_is_in_the_log() {
    let folder = used().await;
    let file = folder.path().join("log.jsonl");
    let path = file.to_str().unwrap();
    let written = audit(&folder, &["export", "--format", "jsonl", "--output", path]);
    assert!(written.status.success(), "{}", said(&written));
    let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(&file).unwrap());
    assert_eq!(mode & 0o777, 0o600);
    let lines = fs::read_to_string(&file).unwrap();
    let entries: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(lines.contains("as-it-was-written"), "{lines}");

    let again = audit(&folder, &["export", "--format", "jsonl", "--output", path]);
    assert!(!again.status.success());
    assert!(said(&again).contains("cannot create"), "{}", said(&again));
    assert_eq!(fs::read_to_string(&file).unwrap(), lines);

    let later = audit(&folder, &["export", "--format", "jsonl"]);
    let later = String::from_utf8(later.stdout).unwrap();
    let exported = later.lines().last().unwrap();
    assert!(exported.contains("command_line"), "{exported}");
    assert_eq!(later.lines().count(), entries.len() + 1);

    let table = audit(&folder, &["export", "--tenant", "vision"]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains("as-it-was-written"), "{table}");
    assert!(table.lines().count() < entries.len(), "{table}");
    let wrong = audit(&folder, &["export", "--since", "yesterday"]);
    assert!(!wrong.status.success());
    assert!(said(&wrong).contains("--since"), "{}", said(&wrong));
}
