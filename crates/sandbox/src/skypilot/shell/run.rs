//! Follows a script and notes what it prints, and after how many seconds.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::commands::{self, Outcome};
use super::expand::Scope;
use super::node::Node;
use super::parse::{Statement, parse};

/// The most steps that are followed.
const MOST_STEPS: usize = 20_000;
/// The most lines that are noted.
const MOST_LINES: usize = 10_000;
/// How deep commands may stand in commands.
const DEEPEST: usize = 16;
/// A year: nobody waits longer.
const LONGEST: f64 = 366.0 * 24.0 * 3600.0;
/// How long a command takes that does nothing.
const STEP: f64 = 0.05;

/// What a script prints, and how it ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Lines, each with the seconds from the start after which it comes.
    pub lines: Vec<(f64, String)>,
    /// How long it takes, in seconds.
    pub seconds: f64,
    pub exit: i32,
}

/// Follows a script on a machine.
pub fn run(script: &str, node: &Node, envs: &BTreeMap<String, String>) -> Trace {
    follow(script, Shell::new(node, envs, &Cell::new(0), 0))
}

fn follow(script: &str, mut shell: Shell<'_>) -> Trace {
    match parse(script) {
        Ok(statements) => {
            shell.list(&statements);
        }
        Err(problem) => {
            shell.print(&format!("bash: {problem}"));
            shell.last = 2;
        }
    }
    shell.end_line();
    Trace {
        lines: shell.lines,
        seconds: shell.clock,
        exit: shell.last,
    }
}

/// Why a list of commands is left before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    On,
    Break,
    Continue,
    Exit,
}

struct Shell<'a> {
    node: &'a Node,
    variables: BTreeMap<String, String>,
    lines: Vec<(f64, String)>,
    /// What is printed without an end of line yet.
    pending: String,
    clock: f64,
    /// Counted over all shells of a script.
    steps: &'a Cell<usize>,
    /// How many commands' output this shell's becomes part of.
    depth: usize,
    last: i32,
    stops_at_failure: bool,
}

impl<'a> Shell<'a> {
    fn new(
        node: &'a Node,
        envs: &BTreeMap<String, String>,
        steps: &'a Cell<usize>,
        depth: usize,
    ) -> Self {
        let home = if node.user == "root" {
            "/root".to_owned()
        } else {
            format!("/home/{}", node.user)
        };
        let mut variables: BTreeMap<String, String> = [
            ("HOME", home.as_str()),
            ("USER", &node.user),
            ("HOSTNAME", &node.hostname),
            ("PWD", &format!("{home}/sky_workdir")),
            ("SHELL", "/bin/bash"),
            ("SKYPILOT_NODE_RANK", "0"),
            ("SKYPILOT_NUM_NODES", "1"),
            (
                "SKYPILOT_NUM_GPUS_PER_NODE",
                &node.gpu.as_ref().map_or(0, |gpu| gpu.count).to_string(),
            ),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        variables.extend(envs.clone());
        Self {
            node,
            variables,
            lines: Vec::new(),
            pending: String::new(),
            clock: 0.0,
            steps,
            depth,
            last: 0,
            stops_at_failure: false,
        }
    }

    fn print(&mut self, text: &str) {
        self.write(text);
        self.write("\n");
    }

    fn write(&mut self, text: &str) {
        for part in text.split_inclusive('\n') {
            match part.strip_suffix('\n') {
                Some(line) => {
                    self.pending.push_str(line);
                    let line = std::mem::take(&mut self.pending);
                    if self.lines.len() < MOST_LINES {
                        self.lines.push((self.clock, line));
                    }
                }
                None => self.pending.push_str(part),
            }
        }
    }

    fn end_line(&mut self) {
        if !self.pending.is_empty() {
            self.write("\n");
        }
    }

    fn list(&mut self, statements: &[Statement]) -> Flow {
        for statement in statements {
            let flow = self.statement(statement);
            if flow != Flow::On {
                return flow;
            }
            let checked = matches!(
                statement,
                Statement::And(..) | Statement::Or(..) | Statement::Not(..)
            );
            if self.stops_at_failure && self.last != 0 && !checked {
                return Flow::Exit;
            }
        }
        Flow::On
    }

    fn statement(&mut self, statement: &Statement) -> Flow {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if steps > MOST_STEPS || self.clock > LONGEST {
            if steps == MOST_STEPS + 1 {
                self.print(
                    "sandbox: this script goes on, but the sandbox does not follow it any further",
                );
                // As long as it would have run, nothing else happens.
                self.clock = LONGEST;
            }
            return Flow::Exit;
        }
        match statement {
            Statement::Simple { words, text } => self.simple(words, text),
            Statement::Group(body) => self.list(body),
            Statement::Not(inner) => {
                let flow = self.statement(inner);
                self.last = i32::from(self.last == 0);
                flow
            }
            Statement::And(left, right) => {
                let flow = self.statement(left);
                if flow != Flow::On || self.last != 0 {
                    return flow;
                }
                self.statement(right)
            }
            Statement::Or(left, right) => {
                let flow = self.statement(left);
                if flow != Flow::On || self.last == 0 {
                    return flow;
                }
                self.statement(right)
            }
            Statement::Pipe(stages, text) => self.pipe(stages, text),
            Statement::For {
                variable,
                words,
                body,
            } => {
                for value in self.expand_all(words) {
                    self.variables.insert(variable.clone(), value);
                    match self.list(body) {
                        Flow::Break => break,
                        Flow::Exit => return Flow::Exit,
                        Flow::On | Flow::Continue => {}
                    }
                }
                Flow::On
            }
            Statement::While {
                condition,
                body,
                negated,
            } => loop {
                if self.conditions(condition) == *negated {
                    self.last = 0;
                    return Flow::On;
                }
                match self.list(body) {
                    Flow::Break => return Flow::On,
                    Flow::Exit => return Flow::Exit,
                    Flow::On | Flow::Continue => {}
                }
                self.clock += STEP;
                if self.steps.get() > MOST_STEPS {
                    return Flow::Exit;
                }
            },
            Statement::If {
                branches,
                otherwise,
            } => {
                for (condition, body) in branches {
                    if self.conditions(condition) {
                        return self.list(body);
                    }
                }
                self.last = 0;
                self.list(otherwise)
            }
        }
    }

    /// Whether a condition holds. Its failing is no failure.
    fn conditions(&mut self, condition: &[Statement]) -> bool {
        let strict = std::mem::take(&mut self.stops_at_failure);
        let flow = self.list(condition);
        self.stops_at_failure = strict;
        flow == Flow::On && self.last == 0
    }

    fn simple(&mut self, words: &[String], text: &str) -> Flow {
        let mut words = words;
        let mut assigned = Vec::new();
        while let Some((name, value)) = words.first().and_then(|word| assignment(word)) {
            assigned.push((name.to_owned(), self.expand_whole(value)));
            words = &words[1..];
        }
        let arguments = self.expand_all(&without_redirections(words));
        let Some((command, arguments)) = arguments.split_first() else {
            self.variables.extend(assigned);
            self.last = 0;
            return Flow::On;
        };
        match command.as_str() {
            "exit" => {
                if let Some(code) = arguments.first() {
                    self.last = code.parse().unwrap_or(2);
                }
                return Flow::Exit;
            }
            "break" => return Flow::Break,
            "continue" => return Flow::Continue,
            "set" => {
                for argument in arguments {
                    let on = argument.starts_with('-');
                    if argument.starts_with(['-', '+']) && argument[1..].contains('e') {
                        self.stops_at_failure = on;
                    }
                }
                self.last = 0;
            }
            "export" => {
                for argument in arguments {
                    if let Some((name, value)) = argument.split_once('=') {
                        self.variables.insert(name.to_owned(), value.to_owned());
                    }
                }
                self.last = 0;
            }
            "sleep" => {
                let seconds: f64 = arguments.iter().filter_map(|text| seconds(text)).sum();
                self.clock = (self.clock + seconds).min(LONGEST * 2.0);
                self.last = 0;
            }
            _ => {
                let quiet = words.iter().any(|word| is_to_nowhere(word));
                let outcome = commands::run(command, arguments, text, self.node, &self.variables);
                self.apply(outcome, quiet);
            }
        }
        Flow::On
    }

    fn apply(&mut self, outcome: Outcome, quiet: bool) {
        self.clock += outcome.seconds.max(STEP);
        if !quiet {
            self.write(&outcome.output);
        }
        self.last = outcome.exit;
    }

    /// Pipes between commands that the sandbox knows work; others are not run.
    fn pipe(&mut self, stages: &[Statement], text: &str) -> Flow {
        let mut input: Option<String> = None;
        let mut seconds = 0.0;
        for stage in stages {
            let outcome = match stage {
                Statement::Simple { words, text } => {
                    let arguments = self.expand_all(&without_redirections(words));
                    arguments.split_first().and_then(|(command, arguments)| {
                        commands::filter(
                            command,
                            arguments,
                            input.as_deref(),
                            text,
                            self.node,
                            &self.variables,
                        )
                    })
                }
                _ => None,
            };
            let Some(outcome) = outcome else {
                self.apply(commands::not_run(text), false);
                return Flow::On;
            };
            seconds += outcome.seconds;
            self.last = outcome.exit;
            input = Some(outcome.output);
        }
        self.apply(
            Outcome {
                output: input.unwrap_or_default(),
                seconds,
                exit: self.last,
            },
            false,
        );
        Flow::On
    }

    fn expand_all(&self, words: &[String]) -> Vec<String> {
        self.with_scope(|scope| words.iter().flat_map(|word| scope.expand(word)).collect())
    }

    fn expand_whole(&self, word: &str) -> String {
        self.with_scope(|scope| scope.expand_whole(word))
    }

    fn with_scope<T>(&self, expand: impl FnOnce(&Scope<'_>) -> T) -> T {
        let substitute = |command: &str| {
            if self.depth >= DEEPEST {
                return String::new();
            }
            let inner = Shell::new(self.node, &self.variables, self.steps, self.depth + 1);
            let trace = follow(command, inner);
            let lines: Vec<_> = trace.lines.into_iter().map(|(_, line)| line).collect();
            lines.join("\n")
        };
        expand(&Scope {
            variables: &self.variables,
            last: self.last,
            substitute: &substitute,
        })
    }
}

fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let good = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    good.then_some((name, value))
}

/// Where output goes does not matter to a machine without files.
fn without_redirections(words: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    let mut skip_next = false;
    for word in words {
        if std::mem::take(&mut skip_next) {
            continue;
        }
        let bare = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '&');
        if bare.starts_with(['>', '<']) {
            skip_next = bare.trim_start_matches(['>', '<', '&']).is_empty();
            continue;
        }
        kept.push(word.clone());
    }
    kept
}

fn is_to_nowhere(word: &str) -> bool {
    matches!(word, ">" | "1>" | "&>")
        || word.starts_with(">/dev/null")
        || word.starts_with("&>/dev/null")
}

/// `2`, `0.5`, `3m`, `1h`, in seconds.
fn seconds(text: &str) -> Option<f64> {
    let (digits, factor) = match text.chars().last()? {
        's' => (&text[..text.len() - 1], 1.0),
        'm' => (&text[..text.len() - 1], 60.0),
        'h' => (&text[..text.len() - 1], 3600.0),
        'd' => (&text[..text.len() - 1], 24.0 * 3600.0),
        _ => (text, 1.0),
    };
    if text == "infinity" {
        return Some(LONGEST);
    }
    let number: f64 = digits.parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number * factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skypilot::shell::node::Gpu;

    fn node() -> Node {
        Node {
            cluster: "dev-a".to_owned(),
            hostname: "sky-dev-a-head".to_owned(),
            user: "ubuntu".to_owned(),
            place: "AWS us-east-1".to_owned(),
            instance_type: "p5.4xlarge".to_owned(),
            gpu: Some(Gpu {
                name: "H100".to_owned(),
                count: 1,
                memory: 80.0,
            }),
            vcpus: 16.0,
            memory: 256.0,
            disk: 256,
        }
    }

    fn traced(script: &str) -> Trace {
        run(script, &node(), &BTreeMap::new())
    }

    fn printed(script: &str) -> Vec<String> {
        traced(script)
            .lines
            .into_iter()
            .map(|(_, line)| line)
            .collect()
    }

    #[test]
    fn a_loop_prints_line_by_line_over_time() {
        let trace = traced("for i in 1 2 3; do echo hello $i; sleep 2; done\n");
        let lines: Vec<_> = trace.lines.iter().map(|(_, line)| line.as_str()).collect();
        assert_eq!(lines, ["hello 1", "hello 2", "hello 3"]);
        assert!(trace.lines[2].0 >= 4.0 && trace.seconds >= 6.0);
        assert_eq!(trace.exit, 0);
    }

    #[test]
    fn variables_conditions_and_counters_work() {
        assert_eq!(
            printed("i=0\nwhile [ $i -lt 3 ]; do i=$((i+1)); echo \"step $i of 3\"; done"),
            ["step 1 of 3", "step 2 of 3", "step 3 of 3"]
        );
        assert_eq!(
            printed("if false; then echo a; elif true; then echo b; fi"),
            ["b"]
        );
        assert_eq!(printed("false || echo c && echo d"), ["c", "d"]);
        assert_eq!(
            printed("for i in $(seq 2); do echo -n \"$i \"; done; echo end"),
            ["1 2 end"]
        );
    }

    #[test]
    fn failing_gives_the_code_and_set_e_stops() {
        assert_eq!(traced("echo a; exit 3; echo b").exit, 3);
        let trace = traced("set -e\nfalse\necho never");
        assert_eq!((trace.exit, trace.lines.len()), (1, 0));
        assert_eq!(traced("false; true").exit, 0);
    }

    #[test]
    fn what_is_not_known_is_said_not_to_have_been_run() {
        let trace = traced("python train.py --lr 0.1");
        assert_eq!(
            trace.lines[0].1,
            "sandbox: not run here: python train.py --lr 0.1"
        );
        assert_eq!(trace.exit, 0);
    }

    #[test]
    fn a_script_without_end_is_followed_for_a_while() {
        let trace = traced("while true; do echo x; done");
        assert!(trace.lines.len() <= MOST_LINES);
        assert!(trace.seconds >= LONGEST);
        let forever = traced("sleep infinity");
        assert!(forever.seconds >= LONGEST);
    }

    #[test]
    fn deep_nesting_ends() {
        let deep = format!("{}echo{}", "$(".repeat(20_000), ")".repeat(20_000));
        assert!(traced(&format!("echo {deep}")).exit >= 0);
        let groups = format!("{}echo{}", "( ".repeat(20_000), " )".repeat(20_000));
        assert_eq!(traced(&groups).exit, 2);
    }

    #[test]
    fn pipes_between_known_commands_work() {
        assert_eq!(printed("seq 5 | tail -n 2"), ["4", "5"]);
        assert_eq!(printed("nvidia-smi -L | wc -l"), ["1"]);
        assert_eq!(
            printed("curl x | sh"),
            ["sandbox: not run here: curl x | sh"]
        );
    }
}
