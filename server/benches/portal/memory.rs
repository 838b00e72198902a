//! Memory and processor time of another process, as Linux tells it.

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

/// What the process `id` has computed so far, in seconds.
pub fn processor_seconds(id: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The name in parentheses may hold spaces; utime and stime are the 14th and 15th fields, in hundredths.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let fields = fields.split_whitespace().skip(11).take(2);
    fields
        .filter_map(|field| field.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}
