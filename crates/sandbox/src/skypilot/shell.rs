//! The machines' shell. There are no machines, so the output of a script is computed when it starts, with the time of each
//! line. The shell knows `echo`, `sleep`, `for … in` a list or `$(seq …)`, `;`, `&&`, variables, `hostname`, `nvidia-smi`,
//! `true`, `false` and `exit`; for every other command it prints that the command was not run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::clusters::Cluster;

const MOST_STEPS: usize = 20_000;
const LONGEST: f64 = 366.0 * 24.0 * 3600.0;
const STEP_SECONDS: f64 = 0.05;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Lines, each with its time in seconds from the start.
    pub lines: Vec<(f64, String)>,
    pub seconds: f64,
    pub exit: i32,
}

/// What scripts can learn about their machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub hostname: String,
    pub user: &'static str,
    /// Name, count, and memory of each in GiB.
    pub gpu: Option<(String, usize, f64)>,
}

impl Node {
    pub fn of(cluster: &Cluster) -> Self {
        let resources = &cluster.resources;
        let gpu = resources.accelerator.as_ref().map(|(name, count)| {
            // Counts are small; a part of an accelerator shows as one.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let count = count.ceil() as usize;
            (name.clone(), count, resources.device_memory.unwrap_or(16.0))
        });
        Self {
            hostname: cluster.node_name(),
            user: resources.cloud.ssh_user(),
            gpu,
        }
    }
}

pub fn run(script: &str, node: &Node, envs: &BTreeMap<String, String>) -> Trace {
    let mut player = Player {
        node,
        variables: envs.clone(),
        trace: Trace::default(),
        steps: 0,
        exited: false,
    };
    player.play(&statements(script));
    player.trace
}

struct Player<'a> {
    node: &'a Node,
    variables: BTreeMap<String, String>,
    trace: Trace,
    steps: usize,
    exited: bool,
}

impl Player<'_> {
    fn play(&mut self, statements: &[String]) {
        let mut at = 0;
        while let Some(statement) = statements.get(at) {
            if self.exited || self.steps > MOST_STEPS {
                return;
            }
            at += 1;
            let Some((name, list)) = loop_head(statement) else {
                for command in split(statement, "&&") {
                    self.command(&command);
                    if self.trace.exit != 0 || self.exited {
                        break;
                    }
                }
                continue;
            };
            let end = end_of_loop(statements, at);
            for value in self.list(list) {
                self.variables.insert(name.to_owned(), value);
                self.play(&statements[at..end]);
            }
            at = end + 1;
        }
    }

    fn list(&self, list: &str) -> Vec<String> {
        let sequence = list
            .strip_prefix("$(seq ")
            .and_then(|rest| rest.strip_suffix(')'));
        let Some(sequence) = sequence else {
            return self.words(list);
        };
        let bounds = sequence.split_whitespace().map(str::parse);
        let (from, to) = match bounds.collect::<Result<Vec<i64>, _>>().as_deref() {
            Ok([to]) => (1, *to),
            Ok([from, to]) => (*from, *to),
            _ => return Vec::new(),
        };
        let values = (from..=to).take(MOST_STEPS);
        values.map(|value| value.to_string()).collect()
    }

    fn command(&mut self, text: &str) {
        self.steps += 1;
        self.trace.seconds += STEP_SECONDS;
        self.trace.exit = 0;
        let words = self.words(text);
        let Some((command, arguments)) = words.split_first() else {
            return;
        };
        let argument = arguments.first().map_or("", String::as_str);
        match command.as_str() {
            "echo" => self.print(arguments.join(" ")),
            "sleep" => {
                let seconds = self.trace.seconds + argument.parse().unwrap_or(0.0);
                self.trace.seconds = seconds.clamp(0.0, LONGEST);
            }
            "true" | "set" | "cd" => {}
            "false" => self.trace.exit = 1,
            "exit" => {
                self.trace.exit = argument.parse().unwrap_or(0) & 255;
                self.exited = true;
            }
            "hostname" => self.print(self.node.hostname.clone()),
            "nvidia-smi" => self.nvidia_smi(argument == "-L"),
            _ => self.print(format!("sandbox: not run here: {text}")),
        }
    }

    fn print(&mut self, line: String) {
        self.trace.lines.push((self.trace.seconds, line));
    }

    fn nvidia_smi(&mut self, list: bool) {
        let Some((name, count, memory)) = self.node.gpu.clone() else {
            self.print("bash: nvidia-smi: command not found".to_owned());
            self.trace.exit = 127;
            return;
        };
        if !list {
            self.print("NVIDIA-SMI 580.95.05   Driver Version: 580.95.05".into());
        }
        for index in 0..count {
            self.print(if list {
                format!(
                    "GPU {index}: NVIDIA {name} (UUID: GPU-5a9db0c5-0000-4000-8000-{index:012})"
                )
            } else {
                let memory = memory * 1024.0;
                format!(
                    "| {index:>3}  NVIDIA {name:<12} 31C   70W |  4MiB / {memory:.0}MiB |  0% |"
                )
            });
        }
    }

    /// The words of a command, with quotes removed and variables replaced.
    fn words(&self, text: &str) -> Vec<String> {
        let mut words = Vec::new();
        let mut word: Option<String> = None;
        let mut quote = None;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, quote) {
                (c, Some(open)) if c == open => quote = None,
                ('"' | '\'', None) => {
                    quote = Some(c);
                    word.get_or_insert_default();
                }
                (c, None) if c.is_whitespace() => words.extend(word.take()),
                ('$', None | Some('"')) => {
                    let braced = chars.next_if_eq(&'{').is_some();
                    let mut name = String::new();
                    while let Some(c) = chars.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
                        name.push(c);
                    }
                    if braced {
                        chars.next_if_eq(&'}');
                    }
                    let value = self.variables.get(&name).map_or("", String::as_str);
                    word.get_or_insert_default().push_str(value);
                }
                (c, _) => word.get_or_insert_default().push(c),
            }
        }
        words.extend(word);
        words
    }
}

/// The statements of a script, without the `do` before the first of a loop.
fn statements(script: &str) -> Vec<String> {
    split(&script.replace("\\\n", " ").replace('\n', ";"), ";")
        .into_iter()
        .map(|part| match part.strip_prefix("do ") {
            Some(rest) => rest.trim().to_owned(),
            None => part,
        })
        .filter(|part| !part.is_empty() && part != "do" && !part.starts_with('#'))
        .collect()
}

/// Splits a text at a separator outside of quotes.
fn split(text: &str, separator: &str) -> Vec<String> {
    let (mut parts, mut start, mut quote) = (Vec::new(), 0, None);
    for (at, c) in text.char_indices() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (_, None) if at >= start && text[at..].starts_with(separator) => {
                parts.push(text[start..at].trim().to_owned());
                start = at + separator.len();
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim().to_owned());
    parts
}

fn loop_head(statement: &str) -> Option<(&str, &str)> {
    let (name, list) = statement.strip_prefix("for ")?.split_once(" in ")?;
    Some((name.trim(), list.trim()))
}

fn end_of_loop(statements: &[String], from: usize) -> usize {
    let mut open = 1;
    for (at, statement) in statements.iter().enumerate().skip(from) {
        if loop_head(statement).is_some() {
            open += 1;
        } else if statement == "done" {
            open -= 1;
        }
        if open == 0 {
            return at;
        }
    }
    statements.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(script: &str) -> (Vec<String>, f64, i32) {
        let node = Node {
            hostname: "host".into(),
            user: "ubuntu",
            gpu: Some(("L4".into(), 1, 24.0)),
        };
        let envs = BTreeMap::from([("NAME".to_owned(), "a b".to_owned())]);
        let trace = run(script, &node, &envs);
        let lines = trace.lines.into_iter().map(|(_, line)| line).collect();
        (lines, trace.seconds, trace.exit)
    }

    #[test]
    fn loops_print_line_by_line_and_take_their_time() {
        let (lines, seconds, exit) = play(
            "for i in $(seq 1 2); do\n  for word in x y; do echo \"$i; ${word} $NAME\"; sleep 10; done\ndone; echo 'end $i'",
        );
        let expected = ["1; x a b", "1; y a b", "2; x a b", "2; y a b", "end $i"];
        assert_eq!((lines, exit), (expected.map(str::to_owned).to_vec(), 0));
        assert!((40.0..42.0).contains(&seconds), "{seconds}");
    }

    #[test]
    fn commands_set_the_exit_code_and_unknown_ones_are_named() {
        assert_eq!(play("false && echo no").2, 1);
        assert_eq!(play("echo a; exit 3; echo b").0, ["a"]);
        assert_eq!(play("echo a\nexit 3").2, 3);
        let unknown = ["sandbox: not run here: python train.py"];
        assert_eq!(play("python train.py").0, unknown);
        assert!(play("nvidia-smi").0.concat().contains("NVIDIA L4"));
    }
}
