//! Memory of another process, as Linux tells it.

/// Resident memory of the process `id`.
pub fn of(id: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let kilobytes: Option<u64> = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|value| value.trim().trim_end_matches(" kB").parse().ok());
    match kilobytes {
        Some(kilobytes) => format!("{:.1} MB", kilobytes as f64 / 1000.0),
        None => "not known on this system".to_owned(),
    }
}
