//! The commands that a machine of the sandbox knows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::expand::MOST_WORDS;
use super::node::{Gpu, Node};

/// What a command does.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    /// What it prints, newlines included.
    pub output: String,
    /// How long it takes.
    pub seconds: f64,
    pub exit: i32,
}

/// How long it takes to not run something.
const PRETEND: f64 = 1.0;
/// What graphics cards' driver calls itself.
const DRIVER: &str = "580.95.05";
const CUDA: &str = "13.0";

/// Runs a command; `text` is its whole line.
pub fn run(
    command: &str,
    arguments: &[String],
    text: &str,
    node: &Node,
    variables: &BTreeMap<String, String>,
) -> Outcome {
    known(command, arguments, node, variables).unwrap_or_else(|| not_run(text))
}

/// Runs a command in a pipe, if the sandbox knows it.
pub fn filter(
    command: &str,
    arguments: &[String],
    input: Option<&str>,
    text: &str,
    node: &Node,
    variables: &BTreeMap<String, String>,
) -> Option<Outcome> {
    let Some(input) = input else {
        let _ = text;
        return known(command, arguments, node, variables);
    };
    let lines: Vec<&str> = input.lines().collect();
    let count = || -> usize {
        let digits = arguments
            .iter()
            .map(|argument| argument.trim_start_matches("-n").trim_start_matches('-'))
            .find_map(|digits| digits.parse().ok());
        digits.unwrap_or(10)
    };
    let picked: Vec<String> = match command {
        "cat" | "tee" => lines.iter().map(|line| (*line).to_owned()).collect(),
        "head" => lines
            .iter()
            .take(count())
            .map(|line| (*line).to_owned())
            .collect(),
        "tail" => {
            let skipped = lines.len().saturating_sub(count());
            lines[skipped..]
                .iter()
                .map(|line| (*line).to_owned())
                .collect()
        }
        "wc" if arguments.first().is_some_and(|option| option == "-l") => {
            vec![lines.len().to_string()]
        }
        "grep" => {
            let pattern = arguments
                .iter()
                .find(|argument| !argument.starts_with('-'))?;
            let has = |option: &str| arguments.iter().any(|argument| argument == option);
            let found: Vec<String> = lines
                .iter()
                .filter(|line| line.contains(pattern.as_str()) != has("-v"))
                .map(|line| (*line).to_owned())
                .collect();
            let exit = i32::from(found.is_empty());
            let found = if has("-c") {
                vec![found.len().to_string()]
            } else {
                found
            };
            return Some(Outcome {
                exit,
                ..output_of(found)
            });
        }
        "sort" => {
            let mut sorted: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            sorted.sort();
            sorted
        }
        _ => return None,
    };
    Some(output_of(picked))
}

/// Says of a command that it was not run. That is no failure: a job that trains should look as if it had.
pub fn not_run(text: &str) -> Outcome {
    Outcome {
        output: format!("sandbox: not run here: {text}\n"),
        seconds: PRETEND,
        exit: 0,
    }
}

fn output_of(lines: Vec<String>) -> Outcome {
    let output = lines.into_iter().fold(String::new(), |mut all, line| {
        all.push_str(&line);
        all.push('\n');
        all
    });
    Outcome {
        output,
        ..Outcome::default()
    }
}

fn line(text: impl Into<String>) -> Outcome {
    output_of(vec![text.into()])
}

fn known(
    command: &str,
    arguments: &[String],
    node: &Node,
    variables: &BTreeMap<String, String>,
) -> Option<Outcome> {
    let outcome = match command {
        "echo" => echo(arguments),
        "printf" => printf(arguments),
        "true" | ":" | "cd" | "mkdir" | "touch" | "source" | "." | "wait" | "ulimit" => {
            Outcome::default()
        }
        "false" => Outcome {
            exit: 1,
            ..Outcome::default()
        },
        "[" | "test" | "[[" => Outcome {
            exit: i32::from(!test(arguments)),
            ..Outcome::default()
        },
        "hostname" => line(&node.hostname),
        "whoami" => line(&node.user),
        "id" => line(format!(
            "uid=1000({0}) gid=1000({0}) groups=1000({0})",
            node.user
        )),
        "pwd" => line(variables.get("PWD").cloned().unwrap_or_default()),
        "date" => line(
            jiff::Timestamp::now()
                .strftime("%a %b %e %H:%M:%S UTC %Y")
                .to_string(),
        ),
        "uname" if arguments.iter().any(|option| option == "-a") => line(format!(
            "Linux {} 6.8.0-1021-sandbox #23-Ubuntu SMP x86_64 GNU/Linux",
            node.hostname
        )),
        "uname" => line("Linux"),
        "nproc" => line(format!("{}", node.vcpus)),
        "uptime" => line(" up 1 min,  1 user,  load average: 0.08, 0.03, 0.01"),
        "free" => line(format!(
            "               total        used        free\nMem:       {0:>9.0}Gi       1.2Gi  {1:>8.0}Gi",
            node.memory,
            node.memory - 1.0
        )),
        "df" => line(format!(
            "Filesystem      Size  Used Avail Use% Mounted on\n/dev/root       {}G  8.1G  {}G   4% /",
            node.disk,
            node.disk - 9
        )),
        "env" | "printenv" => env(arguments, variables),
        "ls" => Outcome::default(),
        "seq" => seq(arguments),
        "nvidia-smi" => nvidia_smi(arguments, node),
        "sandbox" => line(format!(
            "This is a machine of the sandbox: {} on {} ({}). Nothing really runs here.",
            node.hostname, node.place, node.instance_type
        )),
        _ => return None,
    };
    Some(outcome)
}

fn echo(arguments: &[String]) -> Outcome {
    let mut rest = arguments;
    let (mut newline, mut escapes) = (true, false);
    while let Some(option) = rest.first() {
        let letters = option.strip_prefix('-').unwrap_or_default();
        if letters.is_empty() || !letters.chars().all(|c| "neE".contains(c)) {
            break;
        }
        newline &= !letters.contains('n');
        escapes |= letters.contains('e');
        rest = &rest[1..];
    }
    let mut output = rest.join(" ");
    if escapes {
        output = unescaped(&output);
    }
    if newline {
        output.push('\n');
    }
    Outcome {
        output,
        ..Outcome::default()
    }
}

fn printf(arguments: &[String]) -> Outcome {
    let Some((format, values)) = arguments.split_first() else {
        return Outcome {
            exit: 2,
            ..Outcome::default()
        };
    };
    let mut values = values.iter();
    let mut output = String::new();
    let mut chars = unescaped(format).chars().collect::<Vec<_>>().into_iter();
    while let Some(c) = chars.next() {
        match c {
            '%' => match chars.next() {
                Some('%') => output.push('%'),
                Some(_) => output.push_str(values.next().map_or("", String::as_str)),
                None => output.push('%'),
            },
            c => output.push(c),
        }
    }
    Outcome {
        output,
        ..Outcome::default()
    }
}

fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\033", "\u{1b}")
        .replace("\\e", "\u{1b}")
}

fn env(arguments: &[String], variables: &BTreeMap<String, String>) -> Outcome {
    match arguments.first() {
        Some(name) => match variables.get(name) {
            Some(value) => line(value),
            None => Outcome {
                exit: 1,
                ..Outcome::default()
            },
        },
        None => output_of(
            variables
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect(),
        ),
    }
}

fn seq(arguments: &[String]) -> Outcome {
    let numbers: Vec<i64> = arguments
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    let (from, step, to) = match numbers.as_slice() {
        [to] => (1, 1, *to),
        [from, to] => (*from, 1, *to),
        [from, step, to] if *step > 0 => (*from, *step, *to),
        _ => {
            return Outcome {
                output: "seq: missing operand\n".to_owned(),
                exit: 1,
                ..Outcome::default()
            };
        }
    };
    let step = usize::try_from(step).unwrap_or(1);
    let most = usize::try_from(MOST_WORDS).unwrap_or(usize::MAX);
    output_of(
        (from..=to)
            .step_by(step)
            .take(most)
            .map(|number| number.to_string())
            .collect(),
    )
}

/// What `[` asks: comparisons of numbers and texts, and whether there is a text.
fn test(arguments: &[String]) -> bool {
    let words: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|word| !matches!(*word, "]" | "]]"))
        .collect();
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    match words.as_slice() {
        ["!", rest @ ..] => {
            let rest: Vec<String> = rest.iter().map(|word| (*word).to_owned()).collect();
            !test(&rest)
        }
        ["-n", text] => !text.is_empty(),
        ["-z", text] => text.is_empty(),
        // There are no files.
        ["-e" | "-f" | "-d" | "-x" | "-r" | "-s", _] => false,
        [text] => !text.is_empty(),
        [left, operator, right] => match *operator {
            "=" | "==" => left == right,
            "!=" => left != right,
            "-eq" => number(left) == number(right),
            "-ne" => number(left) != number(right),
            "-lt" => number(left) < number(right),
            "-le" => number(left) <= number(right),
            "-gt" => number(left) > number(right),
            "-ge" => number(left) >= number(right),
            _ => false,
        },
        _ => false,
    }
}

fn nvidia_smi(arguments: &[String], node: &Node) -> Outcome {
    let Some(gpu) = node.gpu.as_ref().filter(|gpu| !gpu.name.starts_with("MI")) else {
        return Outcome {
            output: "bash: nvidia-smi: command not found\n".to_owned(),
            exit: 127,
            ..Outcome::default()
        };
    };
    let product = product(gpu);
    if arguments
        .iter()
        .any(|option| option == "-L" || option == "--list-gpus")
    {
        return output_of(
            (0..gpu.count)
                .map(|index| {
                    format!(
                        "GPU {index}: {product} (UUID: GPU-5a9db0c5-0000-4000-8000-{index:012})"
                    )
                })
                .collect(),
        );
    }
    let query = arguments
        .iter()
        .find_map(|option| option.strip_prefix("--query-gpu="));
    if let Some(query) = query {
        return queried(query, arguments, gpu, &product);
    }
    let mut table = String::new();
    let rule = |table: &mut String, c: char| {
        // Writing to a string cannot fail.
        let _ = writeln!(table, "+{}+", c.to_string().repeat(89));
    };
    rule(&mut table, '-');
    let _ = writeln!(
        table,
        "| NVIDIA-SMI {DRIVER}              Driver Version: {DRIVER}      CUDA Version: {CUDA}     |"
    );
    let _ = writeln!(
        table,
        "|{}+{}+{}|",
        "-".repeat(41),
        "-".repeat(24),
        "-".repeat(22)
    );
    let _ = writeln!(
        table,
        "| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |"
    );
    let _ = writeln!(
        table,
        "| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |"
    );
    let _ = writeln!(
        table,
        "|{}+{}+{}|",
        "=".repeat(41),
        "=".repeat(24),
        "=".repeat(22)
    );
    let memory = mebibytes(gpu);
    for index in 0..gpu.count {
        let _ = writeln!(
            table,
            "| {index:>3}  {product:<24}   On  |   00000000:{:02X}:00.0 Off |                    0 |",
            0x10 + index
        );
        let _ = writeln!(
            table,
            "| N/A   31C    P0              70W /  700W|       4MiB / {memory:>6}MiB |      0%      Default |"
        );
        let _ = writeln!(
            table,
            "+{}+{}+{}+",
            "-".repeat(41),
            "-".repeat(24),
            "-".repeat(22)
        );
    }
    rule(&mut table, '-');
    let _ = writeln!(table, "| Processes: {:<77}|", "");
    let _ = writeln!(table, "|  {:<87}|", "No running processes found");
    rule(&mut table, '-');
    Outcome {
        output: table,
        seconds: 0.3,
        exit: 0,
    }
}

fn queried(query: &str, arguments: &[String], gpu: &Gpu, product: &str) -> Outcome {
    let format = arguments
        .iter()
        .find_map(|option| option.strip_prefix("--format="))
        .unwrap_or_default();
    let unit = if format.contains("nounits") {
        ""
    } else {
        " MiB"
    };
    let memory = mebibytes(gpu);
    let mut lines = Vec::new();
    if !format.contains("noheader") {
        lines.push(query.replace(',', ", "));
    }
    for index in 0..gpu.count {
        let values: Vec<_> = query
            .split(',')
            .map(|field| match field.trim() {
                "index" => index.to_string(),
                "name" | "gpu_name" => product.to_owned(),
                "memory.total" => format!("{memory}{unit}"),
                "memory.used" => format!("4{unit}"),
                "memory.free" => format!("{}{unit}", memory - 4),
                "utilization.gpu" => {
                    if unit.is_empty() {
                        "0".to_owned()
                    } else {
                        "0 %".to_owned()
                    }
                }
                "driver_version" => DRIVER.to_owned(),
                "temperature.gpu" => "31".to_owned(),
                "count" => gpu.count.to_string(),
                _ => "[N/A]".to_owned(),
            })
            .collect();
        lines.push(values.join(", "));
    }
    output_of(lines)
}

/// What the driver calls a card.
fn product(gpu: &Gpu) -> String {
    let name = match gpu.name.as_str() {
        "H100" => "NVIDIA H100 80GB HBM3",
        "H200" => "NVIDIA H200",
        "B200" => "NVIDIA B200",
        "A100" => "NVIDIA A100-SXM4-40GB",
        "A100-80GB" => "NVIDIA A100-SXM4-80GB",
        "RTX4090" => "NVIDIA GeForce RTX 4090",
        "V100" => "Tesla V100-SXM2-16GB",
        "T4" => "Tesla T4",
        other => return format!("NVIDIA {other}"),
    };
    name.to_owned()
}

/// A little less than the data sheet says, as drivers report it.
fn mebibytes(gpu: &Gpu) -> i64 {
    // At most some hundred gigabytes.
    #[expect(clippy::cast_possible_truncation)]
    let memory = (gpu.memory * 1024.0 * 0.996) as i64;
    memory
}
