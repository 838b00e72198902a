//! Signs and colors of SkyPilot's logs.

pub const RESET: &str = "\u{1b}[0m";
pub const RED: &str = "\u{1b}[31m";
pub const CYAN: &str = "\u{1b}[36m";
const GREEN: &str = "\u{1b}[32m";
const YELLOW: &str = "\u{1b}[33m";
const DIM: &str = "\u{1b}[2m";
const BRIGHT: &str = "\u{1b}[1m";

pub fn starting(message: &str) -> String {
    format!("{RESET}⚙\u{fe0e} {message}")
}

pub fn finishing(message: &str) -> String {
    format!("{RESET}{GREEN}✓ {message}{RESET}{RESET}")
}

pub fn error(message: &str) -> String {
    format!("{RESET}{RED}⨯{RESET} {message}")
}

pub fn retry(message: &str) -> String {
    format!("{RESET}{YELLOW}↺{RESET} {message}")
}

pub fn last_of(message: &str) -> String {
    format!("{DIM}└── {RESET}{message}")
}

pub fn one_of(message: &str) -> String {
    format!("{DIM}├── {RESET}{message}")
}

pub fn dim(message: &str) -> String {
    format!("{DIM}{message}{RESET}")
}

pub fn provision_hint(cluster: &str) -> String {
    format!("{DIM}View logs: {BRIGHT}sky logs --provision {cluster}{RESET}{RESET}")
}
