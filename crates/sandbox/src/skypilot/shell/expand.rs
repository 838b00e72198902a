//! Words of a command line: quotes, variables, arithmetic and braces.

use std::collections::BTreeMap;

/// What variables hold, and how to run what is in `$(...)`.
pub struct Scope<'a> {
    pub variables: &'a BTreeMap<String, String>,
    /// The last outcome, for `$?`.
    pub last: i32,
    pub substitute: &'a dyn Fn(&str) -> String,
}

impl Scope<'_> {
    /// A word as the command gets it: none, one or several.
    pub fn expand(&self, word: &str) -> Vec<String> {
        braces(word)
            .into_iter()
            .flat_map(|word| self.fields(&word))
            .collect()
    }

    /// A word that stays one, as in an assignment.
    pub fn expand_whole(&self, word: &str) -> String {
        self.fields(word).join(" ")
    }

    /// Unquoted blanks from variables separate fields.
    fn fields(&self, word: &str) -> Vec<String> {
        let chars: Vec<char> = word.chars().collect();
        let mut fields = Vec::new();
        let mut field = String::new();
        let mut started = false;
        let mut at = 0;
        while at < chars.len() {
            match chars[at] {
                '\'' => {
                    let end = find(&chars, at + 1, '\'');
                    field.extend(&chars[at + 1..end]);
                    started = true;
                    at = end + 1;
                }
                '"' => {
                    let end = closing_quote(&chars, at + 1);
                    field.push_str(&self.inside_quotes(&chars[at + 1..end]));
                    started = true;
                    at = end + 1;
                }
                '\\' => {
                    field.extend(chars.get(at + 1));
                    started = true;
                    at += 2;
                }
                '$' => {
                    let (value, length) = self.dollar(&chars[at..]);
                    let mut parts = value.split_whitespace().peekable();
                    if value.starts_with(char::is_whitespace) && started {
                        fields.push(std::mem::take(&mut field));
                        started = false;
                    }
                    while let Some(part) = parts.next() {
                        field.push_str(part);
                        started = true;
                        if parts.peek().is_some() {
                            fields.push(std::mem::take(&mut field));
                            started = false;
                        }
                    }
                    at += length;
                }
                '~' if at == 0 && chars.get(1).is_none_or(|next| *next == '/') => {
                    field.push_str(self.variables.get("HOME").map_or("~", String::as_str));
                    started = true;
                    at += 1;
                }
                c => {
                    field.push(c);
                    started = true;
                    at += 1;
                }
            }
        }
        if started {
            fields.push(field);
        }
        fields
    }

    fn inside_quotes(&self, chars: &[char]) -> String {
        let mut text = String::new();
        let mut at = 0;
        while at < chars.len() {
            match chars[at] {
                '\\' if matches!(chars.get(at + 1), Some('"' | '\\' | '$' | '`')) => {
                    text.extend(chars.get(at + 1));
                    at += 2;
                }
                '$' => {
                    let (value, length) = self.dollar(&chars[at..]);
                    text.push_str(&value);
                    at += length;
                }
                c => {
                    text.push(c);
                    at += 1;
                }
            }
        }
        text
    }

    /// What follows a `$`, and how long it is with it.
    fn dollar(&self, chars: &[char]) -> (String, usize) {
        let text: String = chars.iter().collect();
        if text.starts_with("$((") {
            let end = closing(chars, 1);
            let inner: String = chars[3..end.saturating_sub(2).max(3)].iter().collect();
            let value = arithmetic(&inner, self.variables);
            return (value.map_or_else(|| "0".to_owned(), |n| n.to_string()), end);
        }
        if text.starts_with("$(") {
            let end = closing(chars, 1);
            let inner: String = chars[2..end.saturating_sub(1).max(2)].iter().collect();
            return ((self.substitute)(&inner), end);
        }
        if text.starts_with("${") {
            let end = closing(chars, 1);
            let inner: String = chars[2..end.saturating_sub(1).max(2)].iter().collect();
            let (name, default) = inner
                .split_once(":-")
                .map_or((inner.as_str(), ""), |(name, default)| (name, default));
            let value = self.variables.get(name).filter(|value| !value.is_empty());
            return (value.map_or_else(|| default.to_owned(), Clone::clone), end);
        }
        match chars.get(1) {
            Some('?') => (self.last.to_string(), 2),
            Some('$') => ("1".to_owned(), 2),
            Some(c) if c.is_ascii_alphabetic() || *c == '_' => {
                let name: String = chars[1..]
                    .iter()
                    .take_while(|c| c.is_ascii_alphanumeric() || **c == '_')
                    .collect();
                let value = self.variables.get(&name).cloned().unwrap_or_default();
                (value, name.len() + 1)
            }
            _ => ("$".to_owned(), 1),
        }
    }
}

fn find(chars: &[char], from: usize, wanted: char) -> usize {
    (from..chars.len())
        .find(|at| chars[*at] == wanted)
        .unwrap_or(chars.len())
}

fn closing_quote(chars: &[char], from: usize) -> usize {
    let mut at = from;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 1,
            '"' => return at,
            _ => {}
        }
        at += 1;
    }
    chars.len()
}

/// Behind the bracket that closes the one at `from`.
fn closing(chars: &[char], from: usize) -> usize {
    let mut depth = 0;
    for (at, c) in chars.iter().enumerate().skip(from) {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    chars.len()
}

/// `{1..5}` and `{a,b}`, once in a word.
fn braces(word: &str) -> Vec<String> {
    let one = || vec![word.to_owned()];
    if word.starts_with(['\'', '"']) || word.contains('$') {
        return one();
    }
    let Some((before, rest)) = word.split_once('{') else {
        return one();
    };
    let Some((inner, after)) = rest.split_once('}') else {
        return one();
    };
    let parts: Vec<String> = match inner.split_once("..") {
        Some((from, to)) => match (from.parse::<i64>(), to.parse::<i64>()) {
            (Ok(from), Ok(to)) if (to - from).abs() <= MOST_WORDS => {
                if from <= to {
                    (from..=to).map(|n| n.to_string()).collect()
                } else {
                    (to..=from).rev().map(|n| n.to_string()).collect()
                }
            }
            _ => return one(),
        },
        None if inner.contains(',') => inner.split(',').map(str::to_owned).collect(),
        None => return one(),
    };
    parts
        .into_iter()
        .map(|part| format!("{before}{part}{after}"))
        .collect()
}

/// The most words that a range gives.
pub const MOST_WORDS: i64 = 10_000;

/// Whole numbers with `+ - * / %`, from left to right but products first.
pub fn arithmetic(text: &str, variables: &BTreeMap<String, String>) -> Option<i64> {
    let mut tokens = Vec::new();
    let mut current = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace() && *c != '$') {
        if "+-*/%".contains(c) && !current.is_empty() {
            tokens.push(std::mem::take(&mut current));
            tokens.push(c.to_string());
        } else {
            current.push(c);
        }
    }
    tokens.push(current);
    let value = |token: &str| -> Option<i64> {
        token.parse().ok().or_else(|| {
            let held = variables.get(token)?;
            held.trim().parse().ok()
        })
    };
    let mut sum = 0_i64;
    let mut sign = 1_i64;
    let mut product = value(tokens.first()?)?;
    for pair in tokens[1..].chunks(2) {
        let [operator, operand] = pair else {
            return None;
        };
        let operand = value(operand)?;
        match operator.as_str() {
            "*" => product = product.checked_mul(operand)?,
            "/" => product = product.checked_div(operand)?,
            "%" => product = product.checked_rem(operand)?,
            operator => {
                sum = sum.checked_add(sign.checked_mul(product)?)?;
                sign = if operator == "-" { -1 } else { 1 };
                product = operand;
            }
        }
    }
    sum.checked_add(sign.checked_mul(product)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(word: &str) -> Vec<String> {
        let variables = BTreeMap::from([
            ("I".to_owned(), "3".to_owned()),
            ("LIST".to_owned(), "a b".to_owned()),
        ]);
        let scope = Scope {
            variables: &variables,
            last: 7,
            substitute: &|command| format!("<{command}>"),
        };
        scope.expand(word)
    }

    #[test]
    fn words_become_what_the_command_gets() {
        assert_eq!(expanded("'$I'"), ["$I"]);
        assert_eq!(expanded("\"$I and ${I}\""), ["3 and 3"]);
        assert_eq!(expanded("$LIST"), ["a", "b"]);
        assert_eq!(expanded("\"$LIST\""), ["a b"]);
        assert_eq!(expanded("$NONE"), Vec::<String>::new());
        assert_eq!(expanded("\"\""), [""]);
        assert_eq!(expanded("${NONE:-x}"), ["x"]);
        assert_eq!(expanded("{1..3}"), ["1", "2", "3"]);
        assert_eq!(expanded("step-$((I + 2 * 4))"), ["step-11"]);
        assert_eq!(expanded("$?"), ["7"]);
        assert_eq!(expanded("$(seq)"), ["<seq>"]);
    }

    #[test]
    fn arithmetic_neither_divides_by_nothing_nor_overflows() {
        let none = BTreeMap::new();
        assert_eq!(arithmetic("1/0", &none), None);
        assert_eq!(arithmetic("9223372036854775807+1", &none), None);
        assert_eq!(arithmetic("2-3-4", &none), Some(-5));
    }
}
