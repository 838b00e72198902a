//! What came of the parts of `cargo xtask test`: counted, added up and told.

use std::time::Duration;

use anyhow::{Error, Result, bail};

/// How many tests a part ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tests that held.
    pub passed: u64,
    /// Tests that did not.
    pub failed: u64,
    /// Tests that were left out.
    pub skipped: u64,
}

/// One part: a check, which counts no tests, or a test run, which must count some.
pub struct Part {
    /// What it is called in the summary.
    pub name: &'static str,
    /// The tests it ran; a check has none.
    pub counts: Option<Counts>,
    /// Why it failed, where it did.
    pub error: Option<Error>,
    /// How long it took.
    pub took: Duration,
}

impl Part {
    /// Whether the part says that all is well. A test run that ran nothing proves nothing.
    fn holds(&self) -> bool {
        self.error.is_none()
            && self
                .counts
                .is_none_or(|counts| counts.passed > 0 && counts.failed == 0)
    }
}

/// The sum over all parts. A part that failed without a failed test to show for it counts as one.
pub fn total(parts: &[Part]) -> Counts {
    parts.iter().fold(Counts::default(), |sum, part| {
        let counts = part.counts.unwrap_or_default();
        let failed = if part.holds() {
            0
        } else {
            counts.failed.max(1)
        };
        Counts {
            passed: sum.passed + counts.passed,
            failed: sum.failed + failed,
            skipped: sum.skipped + counts.skipped,
        }
    })
}

/// Prints the summary.
///
/// # Errors
/// If any part failed.
pub fn conclude(parts: &[Part]) -> Result<()> {
    print!("{}", summary(parts));
    match total(parts).failed {
        0 => Ok(()),
        failed => bail!("{failed} failed"),
    }
}

/// A table of all parts, what went wrong, and the closing line.
pub fn summary(parts: &[Part]) -> String {
    let mut text = String::from("\n");
    for part in parts {
        let verdict = if part.holds() { "ok" } else { "FAILED" };
        let counts = part.counts.map_or_else(String::new, line);
        text += format!(
            "{:<28} {verdict:<7} {:>6.1} s  {counts}",
            part.name,
            part.took.as_secs_f64()
        )
        .trim_end();
        text += "\n";
    }
    for part in parts.iter().filter(|part| !part.holds()) {
        let reason = part.error.as_ref().map_or_else(
            || "it ran no test that passed, or a test failed (see above)".to_owned(),
            |error| format!("{error:#}"),
        );
        text += &format!("\n{}: {reason}\n", part.name);
    }
    text + "\n" + &line(total(parts)) + "\n"
}

fn line(counts: Counts) -> String {
    let skipped = if counts.skipped > 0 {
        format!(", {} skipped", counts.skipped)
    } else {
        String::new()
    };
    format!(
        "{} passed, {} failed{skipped}",
        counts.passed, counts.failed
    )
}

/// Reads nextest's last line: `Summary [ 1.2s] 5 tests run: 4 passed (1 slow), 1 failed, 2 skipped`.
pub fn nextest(output: &str) -> Option<Counts> {
    let plain = without_colours(output);
    let summary = plain
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with("Summary ["))?;
    let (_, results) = summary.split_once(" run: ")?;
    Some(Counts {
        passed: before(results, "passed").unwrap_or(0),
        failed: ["failed", "timed out", "exec failed"]
            .iter()
            .filter_map(|word| before(results, word))
            .sum(),
        skipped: before(results, "skipped").unwrap_or(0),
    })
}

/// How many tests of a binary held, by nextest's lines: `PASS [ 1.2s] (3/9) skypilot::api_server refusals::…`.
pub fn passed_in(output: &str, binary: &str) -> usize {
    without_colours(output)
        .lines()
        .filter(|line| line.trim_start().starts_with("PASS ["))
        .filter(|line| line.split_whitespace().any(|word| word == binary))
        .count()
}

/// Adds up the lines that documentation tests end with: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
pub fn doctests(output: &str) -> Counts {
    without_colours(output)
        .lines()
        .filter(|line| line.starts_with("test result:"))
        .fold(Counts::default(), |sum, line| Counts {
            passed: sum.passed + before(line, "passed").unwrap_or(0),
            failed: sum.failed + before(line, "failed").unwrap_or(0),
            skipped: sum.skipped + before(line, "ignored").unwrap_or(0),
        })
}

/// Reads the `stats` of Playwright's JSON report. A test that passed only when repeated did not hold.
pub fn playwright(report: &str) -> Option<Counts> {
    let report: serde_json::Value = serde_json::from_str(report).ok()?;
    let stats = report.get("stats")?;
    let count = |name: &str| stats.get(name).and_then(serde_json::Value::as_u64);
    Some(Counts {
        passed: count("expected")?,
        failed: count("unexpected")? + count("flaky")?,
        skipped: count("skipped")?,
    })
}

/// The number directly before a word, where both stand between commas, semicolons or dots.
fn before(text: &str, word: &str) -> Option<u64> {
    text.split([',', ';', '.', ':']).find_map(|piece| {
        let (number, rest) = piece.trim().split_once(' ')?;
        let rest = rest.split(" (").next()?;
        (rest.trim() == word).then(|| number.parse().ok())?
    })
}

fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(counts: Option<Counts>, error: Option<Error>) -> Part {
        Part {
            name: "a part",
            counts,
            error,
            took: Duration::ZERO,
        }
    }

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn nextest_counts_failures_time_outs_and_colours() {
        let line = "\u{1b}[32m     Summary\u{1b}[0m [  12.3s] 9 tests run: 6 passed (1 slow, 2 flaky), 2 failed, 1 timed out, 3 skipped\n";
        assert_eq!(nextest(line), Some(counts(6, 3, 3)));
        assert_eq!(
            nextest("     Summary [   0.1s] 2 tests run: 2 passed, 0 skipped"),
            Some(counts(2, 0, 0))
        );
        assert_eq!(nextest("error: could not compile"), None);
    }

    #[test]
    fn an_interrupted_nextest_run_still_counts() {
        let line = "     Summary [   1.0s] 3/9 tests run: 2 passed, 1 failed, 0 skipped";
        assert_eq!(nextest(line), Some(counts(2, 1, 0)));
    }

    #[test]
    fn the_tests_of_one_binary_are_told_from_the_others() {
        let output = "\u{1b}[32m        PASS\u{1b}[0m [   9.1s] (1/4) \u{1b}[35mskypilot::api_server\u{1b}[0m restarts::a\n        \
                      PASS [   0.1s] (2/4) skypilot client::tests::b\n        \
                      FAIL [   0.1s] (3/4) skypilot::api_server refusals::c\n        \
                      PASS [   0.1s] (4/4) skypilot::api_server workspaces::d\n";
        assert_eq!(passed_in(output, "skypilot::api_server"), 2);
    }

    #[test]
    fn doctests_of_several_crates_are_added_up() {
        let output = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\n\
                      test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured\n";
        assert_eq!(doctests(output), counts(4, 2, 1));
    }

    #[test]
    fn a_browser_test_that_passed_only_when_repeated_counts_as_failed() {
        let report = r#"{"stats":{"expected":7,"unexpected":0,"flaky":1,"skipped":2}}"#;
        assert_eq!(playwright(report), Some(counts(7, 1, 2)));
    }

    #[test]
    fn a_run_without_tests_fails_the_whole() {
        let parts = [
            part(Some(counts(5, 0, 0)), None),
            part(Some(counts(0, 0, 3)), None),
        ];
        assert_eq!(total(&parts), counts(5, 1, 3));
    }

    #[test]
    fn a_failed_check_fails_the_whole_and_is_explained() {
        let parts = [
            part(None, Some(anyhow::anyhow!("not formatted"))),
            part(Some(counts(5, 0, 0)), None),
        ];
        let text = summary(&parts);
        assert!(text.contains("a part: not formatted"), "{text}");
        assert!(text.ends_with("\n5 passed, 1 failed\n"), "{text}");
    }

    #[test]
    fn all_well_says_so_on_a_line_of_its_own() {
        let text = summary(&[part(None, None), part(Some(counts(5, 0, 0)), None)]);
        assert!(text.ends_with("\n5 passed, 0 failed\n"), "{text}");
    }
}
