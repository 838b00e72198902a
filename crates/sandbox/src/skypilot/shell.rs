//! The machines' shell. There are no machines, so a script is played: what it prints, and when, is worked out at its
//! start. The player knows `echo`, `sleep`, `for … in` a list or `$(seq …)`, `;`, `&&`, variables, `hostname`,
//! `nvidia-smi`, `true`, `false` and `exit`, and prints of every other command that it was not run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::clusters::Cluster;

const MOST_STEPS: usize = 20_000;
const LONGEST: f64 = 366.0 * 24.0 * 3600.0;
const STEP_SECONDS: f64 = 0.05;
/// What a command takes that is not run.
const PRETENDED_SECONDS: f64 = 1.0;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Lines, each with the seconds from the start after which it comes.
    pub lines: Vec<(f64, String)>,
    pub seconds: f64,
    pub exit: i32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub cluster: String,
    pub hostname: String,
    pub user: String,
    pub place: String,
    pub instance_type: String,
    /// Name, count, and memory of each in GiB.
    pub gpu: Option<(String, usize, f64)>,
}

impl Node {
    pub fn of(cluster: &Cluster) -> Self {
        let resources = &cluster.resources;
        let gpu = resources.accelerator.as_ref().map(|(name, count)| {
            // Counts are small; a share of one shows as one.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let count = count.ceil() as usize;
            (name.clone(), count, resources.device_memory.unwrap_or(16.0))
        });
        Self {
            cluster: cluster.name.clone(),
            hostname: cluster.node_name(),
            user: resources.cloud.ssh_user().to_owned(),
            place: format!("{} {}", resources.cloud.name(), resources.region),
            instance_type: resources.instance_type.clone(),
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
                for command in parts(statement, "&&") {
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
        let bounds: Vec<i64> = sequence
            .split_whitespace()
            .filter_map(|bound| bound.parse().ok())
            .collect();
        let (from, to) = match bounds[..] {
            [to] => (1, to),
            [from, to] => (from, to),
            _ => return Vec::new(),
        };
        (from..=to)
            .take(MOST_STEPS)
            .map(|value| value.to_string())
            .collect()
    }

    fn command(&mut self, text: &str) {
        self.steps += 1;
        self.trace.seconds += STEP_SECONDS;
        self.trace.exit = 0;
        let words = self.words(text);
        let Some((command, arguments)) = words.split_first() else {
            return;
        };
        let number = || arguments.first().and_then(|text| text.parse::<f64>().ok());
        match command.as_str() {
            "echo" => self.print(arguments.join(" ")),
            "sleep" => {
                let seconds = self.trace.seconds + number().unwrap_or(0.0);
                self.trace.seconds = seconds.clamp(0.0, LONGEST);
            }
            "true" | "set" | "cd" => {}
            "false" => self.trace.exit = 1,
            "exit" => {
                // Exit codes are bytes.
                #[expect(clippy::cast_possible_truncation)]
                let code = number().unwrap_or(0.0) as i32;
                self.trace.exit = code & 255;
                self.exited = true;
            }
            "hostname" => self.print(self.node.hostname.clone()),
            "nvidia-smi" => self.nvidia_smi(arguments),
            _ => {
                self.print(format!("sandbox: not run here: {text}"));
                self.trace.seconds += PRETENDED_SECONDS;
            }
        }
    }

    fn print(&mut self, line: String) {
        self.trace.lines.push((self.trace.seconds, line));
    }

    fn nvidia_smi(&mut self, arguments: &[String]) {
        let Some((name, count, memory)) = self.node.gpu.clone() else {
            self.print("bash: nvidia-smi: command not found".to_owned());
            self.trace.exit = 127;
            return;
        };
        let list = arguments.iter().any(|option| option == "-L");
        if !list {
            self.print(
                "NVIDIA-SMI 580.95.05   Driver Version: 580.95.05   CUDA Version: 13.0".into(),
            );
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

/// The statements of a script; `do` stands before the first of a loop and is left out.
fn statements(script: &str) -> Vec<String> {
    parts(&script.replace("\\\n", " ").replace('\n', ";"), ";")
        .into_iter()
        .map(|part| match part.strip_prefix("do ") {
            Some(rest) => rest.trim().to_owned(),
            None => part,
        })
        .filter(|part| !part.is_empty() && part != "do" && !part.starts_with('#'))
        .collect()
}

fn parts(text: &str, separator: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if quote.is_none() && rest.starts_with(separator) {
            parts.push(String::new());
            rest = &rest[separator.len()..];
            continue;
        }
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
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
            cluster: "c".into(),
            hostname: "host".into(),
            user: "ubuntu".into(),
            place: "AWS us-east-1".into(),
            instance_type: "g6.xlarge".into(),
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
    fn commands_end_as_told_and_unknown_ones_are_named() {
        assert_eq!(play("false && echo no").2, 1);
        assert_eq!(play("echo a; exit 3; echo b").0, ["a"]);
        assert_eq!(play("echo a\nexit 3").2, 3);
        assert_eq!(
            play("python train.py").0,
            ["sandbox: not run here: python train.py"]
        );
        assert!(play("nvidia-smi").0.concat().contains("NVIDIA L4"));
    }
}
