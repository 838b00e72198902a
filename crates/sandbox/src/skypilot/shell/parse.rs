//! Shell scripts as trees. Only what the interpreter can follow is understood; the rest of the language is an error, which a
//! script's reader sees.

/// A command, or several in some order.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// Words, the first of which says what to do. They are as written: quotes and variables are still in them.
    Simple {
        words: Vec<String>,
        /// The command line as written.
        text: String,
    },
    For {
        variable: String,
        words: Vec<String>,
        body: Vec<Statement>,
    },
    While {
        condition: Vec<Statement>,
        body: Vec<Statement>,
        /// `until` instead of `while`.
        negated: bool,
    },
    If {
        branches: Vec<(Vec<Statement>, Vec<Statement>)>,
        otherwise: Vec<Statement>,
    },
    /// The second runs if the first succeeds.
    And(Box<Statement>, Box<Statement>),
    /// The second runs if the first fails.
    Or(Box<Statement>, Box<Statement>),
    /// Several of which the output goes from one to the next.
    Pipe(Vec<Statement>, String),
    /// A group in braces or parentheses.
    Group(Vec<Statement>),
    /// The opposite of its outcome.
    Not(Box<Statement>),
}

/// A piece of a script.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    /// `;`, a newline, `&&`, `||`, `|`, `&`, `(`, `)`, `{`, `}`.
    Mark(&'static str),
}

/// Reads a script.
pub fn parse(script: &str) -> Result<Vec<Statement>, String> {
    let tokens = tokens(script)?;
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
    };
    let statements = parser.list(&[])?;
    match parser.peek() {
        None => Ok(statements),
        Some(token) => Err(format!(
            "syntax error near unexpected token `{}'",
            shown(token)
        )),
    }
}

fn shown(token: &Token) -> &str {
    match token {
        Token::Word(word) => word,
        Token::Mark("\n") => "newline",
        Token::Mark(mark) => mark,
    }
}

fn tokens(script: &str) -> Result<Vec<Token>, String> {
    let chars: Vec<char> = script.chars().collect();
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut at = 0;
    let end_word = |word: &mut String, tokens: &mut Vec<Token>| {
        if !word.is_empty() {
            tokens.push(Token::Word(std::mem::take(word)));
        }
    };
    while at < chars.len() {
        let rest = &chars[at..];
        match rest[0] {
            '\\' if rest.get(1) == Some(&'\n') => at += 2,
            '\\' => {
                word.push('\\');
                word.extend(rest.get(1));
                at += 2;
            }
            '\'' | '"' | '`' => {
                let length =
                    quoted(rest).ok_or("unexpected EOF while looking for matching quote")?;
                word.extend(&rest[..length]);
                at += length;
            }
            '$' if matches!(rest.get(1), Some('(' | '{')) => {
                let length =
                    bracketed(rest).ok_or("unexpected EOF while looking for matching `)'")?;
                word.extend(&rest[..length]);
                at += length;
            }
            '#' if word.is_empty() => {
                at += rest.iter().take_while(|c| **c != '\n').count();
            }
            // A descriptor that points to another is part of its word.
            '&' if word.ends_with('>') => {
                word.push('&');
                at += 1;
            }
            c @ (' ' | '\t' | '\r') => {
                let _ = c;
                end_word(&mut word, &mut tokens);
                at += 1;
            }
            '\n' | ';' | '|' | '&' | '(' | ')' => {
                end_word(&mut word, &mut tokens);
                let two: String = rest.iter().take(2).collect();
                let (mark, length) = match two.as_str() {
                    "&&" => ("&&", 2),
                    "||" => ("||", 2),
                    _ => match rest[0] {
                        '\n' => ("\n", 1),
                        ';' => (";", 1),
                        '|' => ("|", 1),
                        '&' => ("&", 1),
                        '(' => ("(", 1),
                        _ => (")", 1),
                    },
                };
                tokens.push(Token::Mark(mark));
                at += length;
            }
            c => {
                word.push(c);
                at += 1;
            }
        }
    }
    end_word(&mut word, &mut tokens);
    Ok(tokens)
}

/// How long the quoted text at the beginning is, quotes included.
fn quoted(chars: &[char]) -> Option<usize> {
    let quote = chars[0];
    let mut at = 1;
    while at < chars.len() {
        match chars[at] {
            '\\' if quote != '\'' => at += 1,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// How long the `$(...)` or `${...}` at the beginning is.
fn bracketed(chars: &[char]) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in chars.iter().enumerate().skip(1) {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

/// How deep statements may stand in statements.
const DEEPEST: usize = 64;

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(found)) if found == word)
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    fn takes_mark(&mut self, mark: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Mark(found)) if *found == mark);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, word: &str) -> Result<(), String> {
        if self.takes_word(word) {
            return Ok(());
        }
        Err(self.unexpected())
    }

    fn unexpected(&self) -> String {
        match self.peek() {
            Some(token) => format!("syntax error near unexpected token `{}'", shown(token)),
            None => "syntax error: unexpected end of file".to_owned(),
        }
    }

    fn skip_ends(&mut self) {
        while self.takes_mark("\n") || self.takes_mark(";") || self.takes_mark("&") {}
    }

    /// Statements up to one of these words, or to the end.
    fn list(&mut self, ends: &[&str]) -> Result<Vec<Statement>, String> {
        let mut statements = Vec::new();
        loop {
            self.skip_ends();
            let at_end = ends.iter().any(|end| self.is_word(end));
            if self.peek().is_none() || at_end || matches!(self.peek(), Some(Token::Mark(")"))) {
                return Ok(statements);
            }
            statements.push(self.chain()?);
        }
    }

    fn chain(&mut self) -> Result<Statement, String> {
        let mut left = self.pipeline()?;
        loop {
            let and = self.takes_mark("&&");
            if !and && !self.takes_mark("||") {
                return Ok(left);
            }
            while self.takes_mark("\n") {}
            let right = Box::new(self.pipeline()?);
            left = if and {
                Statement::And(Box::new(left), right)
            } else {
                Statement::Or(Box::new(left), right)
            };
        }
    }

    fn pipeline(&mut self) -> Result<Statement, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("this script is nested too deep for the sandbox".to_owned());
        }
        let statement = self.whole_pipeline();
        self.depth -= 1;
        statement
    }

    fn whole_pipeline(&mut self) -> Result<Statement, String> {
        if self.takes_word("!") {
            return Ok(Statement::Not(Box::new(self.pipeline()?)));
        }
        let from = self.at;
        let first = self.statement()?;
        let mut stages = vec![first];
        while self.takes_mark("|") {
            while self.takes_mark("\n") {}
            stages.push(self.statement()?);
        }
        if stages.len() == 1 {
            return Ok(stages.remove(0));
        }
        Ok(Statement::Pipe(stages, self.text(from)))
    }

    fn statement(&mut self) -> Result<Statement, String> {
        if self.takes_mark("(") {
            let body = self.list(&[])?;
            if !self.takes_mark(")") {
                return Err(self.unexpected());
            }
            return Ok(Statement::Group(body));
        }
        if self.takes_word("{") {
            let body = self.list(&["}"])?;
            self.expect("}")?;
            return Ok(Statement::Group(body));
        }
        if self.takes_word("for") {
            return self.for_loop();
        }
        for (word, negated) in [("while", false), ("until", true)] {
            if self.takes_word(word) {
                let condition = self.list(&["do"])?;
                let body = self.body()?;
                return Ok(Statement::While {
                    condition,
                    body,
                    negated,
                });
            }
        }
        if self.takes_word("if") {
            return self.condition();
        }
        self.simple()
    }

    fn for_loop(&mut self) -> Result<Statement, String> {
        let Some(Token::Word(variable)) = self.peek().cloned() else {
            return Err(self.unexpected());
        };
        self.at += 1;
        let mut words = Vec::new();
        if self.takes_word("in") {
            while let Some(Token::Word(word)) = self.peek().cloned() {
                words.push(word);
                self.at += 1;
            }
        }
        self.skip_ends();
        let body = self.body()?;
        Ok(Statement::For {
            variable,
            words,
            body,
        })
    }

    fn body(&mut self) -> Result<Vec<Statement>, String> {
        self.expect("do")?;
        let body = self.list(&["done"])?;
        self.expect("done")?;
        Ok(body)
    }

    fn condition(&mut self) -> Result<Statement, String> {
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        loop {
            let condition = self.list(&["then"])?;
            self.expect("then")?;
            let body = self.list(&["elif", "else", "fi"])?;
            branches.push((condition, body));
            if self.takes_word("elif") {
                continue;
            }
            if self.takes_word("else") {
                otherwise = self.list(&["fi"])?;
            }
            self.expect("fi")?;
            return Ok(Statement::If {
                branches,
                otherwise,
            });
        }
    }

    fn simple(&mut self) -> Result<Statement, String> {
        let from = self.at;
        let mut words = Vec::new();
        while let Some(Token::Word(word)) = self.peek().cloned() {
            words.push(word);
            self.at += 1;
        }
        const NOT_HERE: [&str; 7] = ["then", "do", "done", "fi", "else", "elif", "}"];
        match words.first() {
            None => Err(self.unexpected()),
            Some(first) if NOT_HERE.contains(&first.as_str()) => {
                Err(format!("syntax error near unexpected token `{first}'"))
            }
            Some(_) => Ok(Statement::Simple {
                words,
                text: self.text(from),
            }),
        }
    }

    fn text(&self, from: usize) -> String {
        let tokens: Vec<_> = self.tokens[from..self.at].iter().map(shown).collect();
        tokens.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(statement: &Statement) -> Vec<&str> {
        match statement {
            Statement::Simple { words, .. } => words.iter().map(String::as_str).collect(),
            other => panic!("not simple: {other:?}"),
        }
    }

    #[test]
    fn a_loop_is_read_on_one_line_or_several() {
        for script in [
            "for i in 1 2; do echo $i; sleep 1; done",
            "for i in 1 2\ndo\n  echo $i\n  sleep 1\ndone\n",
        ] {
            let statements = parse(script).unwrap();
            let Statement::For {
                variable,
                words: over,
                body,
            } = &statements[0]
            else {
                panic!("{statements:?}");
            };
            assert_eq!((variable.as_str(), over.len(), body.len()), ("i", 2, 2));
            assert_eq!(words(&body[0]), ["echo", "$i"]);
        }
    }

    #[test]
    fn quotes_and_comments_belong_together() {
        let statements = parse("echo 'a; b' # and so on\necho \"$(seq 1 2)\" done").unwrap();
        assert_eq!(words(&statements[0]), ["echo", "'a; b'"]);
        assert_eq!(words(&statements[1]), ["echo", "\"$(seq 1 2)\"", "done"]);
    }

    #[test]
    fn what_is_not_finished_is_an_error() {
        for script in [
            "for i in 1 2; do echo",
            "if true; then",
            "echo 'a",
            "done",
            "a | ",
        ] {
            assert!(parse(script).is_err(), "{script}");
        }
    }
}
