//! Hangar's block in AWS's configuration file: a profile for each workspace, whose `credential_process` asks the
//! broker. The rest of the file stays unchanged.
//!
//! The format: <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>

use std::{
    fs::{self, OpenOptions, Permissions},
    io::{self, ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};
use url::Url;

const BEGIN: &str =
    "# BEGIN hangar: written by `hangar broker configure`; changes in this block are lost";
const BEGIN_MARK: &str = "# BEGIN hangar";
const END: &str = "# END hangar";

/// The command line of the profiles.
#[derive(Clone, Debug)]
pub struct ProfileSettings {
    pub program: PathBuf,
    pub portal: Url,
    pub identity: PathBuf,
}

/// The file cannot be updated.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Another profile has the same name.
    #[error(
        "profile {0} also exists outside Hangar's block, and AWS's libraries reject duplicate profiles; remove one of them"
    )]
    Twice(String),
    /// The end of the block is missing.
    #[error("the line `{END}` is missing after `{BEGIN_MARK}`; add it after Hangar's last profile")]
    NoEnd,
    /// A workspace's name is not valid as a profile name.
    #[error("workspace {0:?} cannot be the name of an AWS profile")]
    Name(String),
    /// A path cannot be written to the file.
    #[error(
        "{0} cannot be written to the AWS configuration: the path is not UTF-8 or contains a line break"
    )]
    Unwritable(String),
    #[error("cannot change {}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Writes the block to the file at `path`. `false`: the file was up to date and was not written. On an error the file
/// is unchanged.
pub fn update(
    path: &Path,
    settings: &ProfileSettings,
    workspaces: &[String],
) -> Result<bool, ConfigError> {
    let failed = |source| ConfigError::File {
        path: path.to_owned(),
        source,
    };
    // A symbolic link stays, and the file that it points to is changed.
    let path = match fs::canonicalize(path) {
        Ok(path) => path,
        Err(error) if error.kind() == ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(failed(error)),
    };
    let (before, mode) = match fs::read_to_string(&path) {
        Ok(text) => {
            let mode = fs::metadata(&path).map_err(failed)?.permissions().mode();
            (text, mode & 0o777)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => (String::new(), 0o600),
        Err(error) => return Err(failed(error)),
    };
    let after = with_block(&before, &block(settings, workspaces)?, workspaces)?;
    if after == before {
        return Ok(false);
    }
    replace(&path, &after, mode).map_err(failed)?;
    Ok(true)
}

/// The profiles, sorted by name.
fn block(settings: &ProfileSettings, workspaces: &[String]) -> Result<String, ConfigError> {
    let program = quoted(&settings.program.to_string_lossy(), &settings.program)?;
    let identity = quoted(&settings.identity.to_string_lossy(), &settings.identity)?;
    let portal = &settings.portal;
    let mut text = format!("{BEGIN}\n");
    for workspace in workspaces {
        // AWS's libraries execute this line, so only validated names may enter it.
        if !is_name(workspace) {
            return Err(ConfigError::Name(workspace.clone()));
        }
        text.push_str(&format!(
            "[profile {workspace}]\ncredential_process = {program} broker credentials --portal {portal} \
             --identity {identity} --workspace {workspace}\n"
        ));
    }
    text.push_str(END);
    text.push('\n');
    Ok(text)
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// Quotes one word for a shell: AWS's libraries split the line as a shell does.
fn quoted(text: &str, path: &Path) -> Result<String, ConfigError> {
    if path.to_str().is_none() || text.chars().any(char::is_control) {
        return Err(ConfigError::Unwritable(path.display().to_string()));
    }
    Ok(format!(
        "\"{}\"",
        text.replace('\\', "\\\\").replace('"', "\\\"")
    ))
}

/// The file with the block in its place, or appended.
fn with_block(before: &str, block: &str, workspaces: &[String]) -> Result<String, ConfigError> {
    let (head, tail) = match find_block(before)? {
        Some((begin, end)) => (&before[..begin], &before[end..]),
        None => (before, ""),
    };
    for workspace in workspaces {
        let header = format!("profile {workspace}");
        if head
            .lines()
            .chain(tail.lines())
            .any(|line| section(line).as_deref() == Some(&header))
        {
            return Err(ConfigError::Twice(workspace.clone()));
        }
    }
    let gap = match head {
        "" => "",
        head if find_block(before)?.is_some() || head.ends_with("\n\n") => "",
        head if head.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    Ok(format!("{head}{gap}{block}{tail}"))
}

/// The block's start, and its end after the final newline.
fn find_block(text: &str) -> Result<Option<(usize, usize)>, ConfigError> {
    let mut begin = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if begin.is_none() && line.starts_with(BEGIN_MARK) {
            begin = Some(at);
        } else if let Some(begin) = begin
            && line.trim_end() == END
        {
            return Ok(Some((begin, end)));
        }
        at = end;
    }
    match begin {
        Some(_) => Err(ConfigError::NoEnd),
        None => Ok(None),
    }
}

/// `profile NAME` from a line `[profile NAME]`.
fn section(line: &str) -> Option<String> {
    let (inside, _) = line.trim().strip_prefix('[')?.split_once(']')?;
    Some(inside.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Replaces the file atomically: AWS's libraries see the old file or the new one.
fn replace(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let unfinished = folder.join(format!(".hangar-{:016x}", rand::random::<u64>()));
    let written = (|| {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.set_permissions(Permissions::from_mode(mode))?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> ProfileSettings {
        ProfileSettings {
            program: "/opt/my tools/hangar".into(),
            portal: "https://portal:7443".parse().unwrap(),
            identity: "/etc/hangar/gpu-1.pem".into(),
        }
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    const BLOCK: &str = "\
# BEGIN hangar: written by `hangar broker configure`; changes in this block are lost
[profile hgr-a]
credential_process = \"/opt/my tools/hangar\" broker credentials --portal https://portal:7443/ --identity \"/etc/hangar/gpu-1.pem\" --workspace hgr-a
# END hangar
";

    #[test]
    fn a_file_is_made_for_its_owner_and_written_only_when_something_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".aws/config");
        assert!(update(&path, &settings(), &names(&["hgr-a"])).unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), BLOCK);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(!update(&path, &settings(), &names(&["hgr-a"])).unwrap());
        assert!(update(&path, &settings(), &[]).unwrap());
        assert!(!fs::read_to_string(&path).unwrap().contains("profile"));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_stands_around_the_block_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        let (head, tail) = (
            "[default]\nregion = eu-central-1",
            "\n[profile mine]\nregion = x\n",
        );
        fs::write(&path, head).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        update(&path, &settings(), &names(&["hgr-old"])).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}{tail}")).unwrap();
        update(&path, &settings(), &names(&["hgr-a"])).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            format!("{head}\n\n{BLOCK}{tail}")
        );
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o640
        );
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("config"));
        fs::write(&real, "").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        update(&link, &settings(), &names(&["hgr-a"])).unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), BLOCK);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn a_profile_of_somebody_else_with_the_same_name_is_not_doubled() {
        let before = "[profile   hgr-a]\nregion = x\n";
        let error = with_block(before, BLOCK, &names(&["hgr-a"])).unwrap_err();
        assert!(matches!(error, ConfigError::Twice(name) if name == "hgr-a"));
    }

    #[test]
    fn a_block_without_an_end_is_not_guessed_at() {
        let before = "# BEGIN hangar\n[profile mine]\n";
        assert!(matches!(
            with_block(before, BLOCK, &[]),
            Err(ConfigError::NoEnd)
        ));
    }

    #[test]
    fn a_name_that_would_be_more_than_a_name_is_refused() {
        for name in ["", "a b", "a]\ncredential_process = evil", "a;b", "$(evil)"] {
            assert!(block(&settings(), &names(&[name])).is_err(), "{name}");
        }
    }

    #[test]
    fn a_path_that_would_break_the_line_is_refused() {
        let settings = ProfileSettings {
            identity: "/etc/a\n[profile evil]".into(),
            ..settings()
        };
        assert!(block(&settings, &[]).is_err());
    }
}
