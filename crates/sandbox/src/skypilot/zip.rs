//! ZIP archives of a few texts, not compressed: the format of PKWARE's APPNOTE 6.3, as far as such archives need it.

/// The 1st of January 1980, with which the format's calendar begins.
const FIRST_DAY: u16 = 0x21;
/// Version 2.0 knows directories.
const NEEDED: u16 = 20;
/// Made on Unix, so that the rights below count.
const MADE_BY: u16 = (3 << 8) | NEEDED;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
const DIRECTORY: u32 = (0o040_755 << 16) | 0x10;
const FILE: u32 = 0o100_644 << 16;

/// A file, or a directory if its name ends in a slash.
pub struct Entry {
    pub name: String,
    pub content: Vec<u8>,
}

/// The archive.
pub fn archive(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let offset = size(out.len());
        let common = common_header(entry);
        out.extend(b"PK\x03\x04");
        out.extend(NEEDED.to_le_bytes());
        out.extend(&common);
        // No extra fields.
        out.extend(0_u16.to_le_bytes());
        out.extend(entry.name.as_bytes());
        out.extend(&entry.content);

        directory.extend(b"PK\x01\x02");
        directory.extend(MADE_BY.to_le_bytes());
        directory.extend(NEEDED.to_le_bytes());
        directory.extend(&common);
        // No extra fields, no comment, on the first disk, binary.
        directory.extend([0; 8]);
        let is_directory = entry.name.ends_with('/');
        let rights = if is_directory { DIRECTORY } else { FILE };
        directory.extend(rights.to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(entry.name.as_bytes());
    }
    let begins = size(out.len());
    out.extend(&directory);
    let count = u16::try_from(entries.len()).unwrap_or(u16::MAX);
    out.extend(b"PK\x05\x06");
    out.extend([0; 4]);
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(size(directory.len()).to_le_bytes());
    out.extend(begins.to_le_bytes());
    out.extend(0_u16.to_le_bytes());
    out
}

/// What both headers of an entry say: flags, method, time, checksum, sizes and the length of the name.
fn common_header(entry: &Entry) -> Vec<u8> {
    let length = size(entry.content.len()).to_le_bytes();
    let mut header = Vec::new();
    header.extend(UTF8.to_le_bytes());
    // Stored, at midnight.
    header.extend([0; 4]);
    header.extend(FIRST_DAY.to_le_bytes());
    header.extend(crc32(&entry.content).to_le_bytes());
    header.extend(length);
    header.extend(length);
    let name = u16::try_from(entry.name.len()).unwrap_or(u16::MAX);
    header.extend(name.to_le_bytes());
    header
}

/// Logs are far from four gigabytes.
fn size(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The checksum of ISO 3309, bit by bit: there is little to sum.
fn crc32(bytes: &[u8]) -> u32 {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg())
        })
    });
    !sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
