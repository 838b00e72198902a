//! How SkyPilot marks lines in its logs: signs and colours.

const RESET: &str = "\u{1b}[0m";
const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const YELLOW: &str = "\u{1b}[33m";
const DIM: &str = "\u{1b}[2m";
const BRIGHT: &str = "\u{1b}[1m";

/// Something begins.
pub fn starting(message: &str) -> String {
    format!("{RESET}⚙\u{fe0e} {message}")
}

/// Something is done.
pub fn finishing(message: &str) -> String {
    format!("{RESET}{GREEN}✓ {message}{RESET}{RESET}")
}

/// Something went wrong.
pub fn error(message: &str) -> String {
    format!("{RESET}{RED}⨯{RESET} {message}")
}

/// Something is tried again.
pub fn retry(message: &str) -> String {
    format!("{RESET}{YELLOW}↺{RESET} {message}")
}

/// The last of several things below another.
pub fn last_of(message: &str) -> String {
    format!("{DIM}└── {RESET}{message}")
}

/// One of several things below another.
pub fn one_of(message: &str) -> String {
    format!("{DIM}├── {RESET}{message}")
}

/// Not so important.
pub fn dim(message: &str) -> String {
    format!("{DIM}{message}{RESET}")
}

/// Where to read what provisioning said.
pub fn provision_hint(cluster: &str) -> String {
    format!("{DIM}View logs: {BRIGHT}sky logs --provision {cluster}{RESET}{RESET}")
}
