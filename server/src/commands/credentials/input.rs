//! Reads AWS keys as JSON from standard input or a file, or from AWS's environment variables.

use crate::config::one_line;
use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;
use domain::credential::SecretText;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    io::{IsTerminal as _, Read as _, stdin},
    path::PathBuf,
};

const FORM: &str = r#"{"access_key_id": "AKIA…", "secret_access_key": "…"}"#;
/// Larger input is not a credential.
const LONGEST: u64 = 64 * 1024;

#[derive(Debug, Args)]
pub struct KeySource {
    /// Read the keys from this JSON file instead of standard input.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Read the keys from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION instead.
    #[arg(long, conflicts_with = "file")]
    from_environment: bool,
    /// The ARN of a role to assume with the keys.
    #[arg(long, value_name = "ARN")]
    role: Option<String>,
    /// The external id that the role's trust policy requires.
    #[arg(long, value_name = "ID")]
    external_id: Option<String>,
    /// The region of the STS endpoint [default: that of the role's partition, us-east-1 without a role].
    #[arg(long)]
    region: Option<String>,
}

/// Our own format, or the output of `aws iam create-access-key`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Document {
    Created {
        #[serde(rename = "AccessKey")]
        access_key: CreatedKey,
    },
    Keys(Keys),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreatedKey {
    access_key_id: String,
    secret_access_key: SecretText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    access_key_id: String,
    secret_access_key: SecretText,
    region: Option<String>,
    role_arn: Option<String>,
    external_id: Option<String>,
}

impl KeySource {
    /// Reads the keys without checking them, as the fields of the form.
    pub fn read(self) -> Result<BTreeMap<String, SecretText>> {
        let keys = if self.from_environment {
            from_environment(|name| std::env::var(name).ok())?
        } else {
            from_json(&self.text()?)?
        };
        Ok(self.with(keys))
    }

    fn text(&self) -> Result<SecretString> {
        let mut text = String::new();
        match &self.file {
            Some(path) => {
                let file = std::fs::File::open(path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                file.take(LONGEST)
                    .read_to_string(&mut text)
                    .with_context(|| format!("cannot read {}", path.display()))?;
            }
            None => {
                if stdin().is_terminal() {
                    eprintln!("Paste the keys as {FORM} and press Ctrl+D:");
                }
                stdin()
                    .take(LONGEST)
                    .read_to_string(&mut text)
                    .context("cannot read standard input")?;
            }
        }
        Ok(text.into())
    }

    /// Options of the command line take precedence over fields of the document.
    fn with(self, keys: Keys) -> BTreeMap<String, SecretText> {
        [
            ("access_key_id", Some(keys.access_key_id.into())),
            ("secret_access_key", Some(keys.secret_access_key)),
            ("region", self.region.or(keys.region).map(Into::into)),
            ("role_arn", self.role.or(keys.role_arn).map(Into::into)),
            (
                "external_id",
                self.external_id.or(keys.external_id).map(Into::into),
            ),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
    }
}

fn from_json(text: &SecretString) -> Result<Keys> {
    let text = text.expose_secret();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // The parser's own message could contain a part of the secret.
    let Ok(document) = serde_json::from_str(text) else {
        bail!(
            "the input is not an AWS credential; write it as {FORM}, with region, role_arn and external_id if \
             needed, or pass the output of `aws iam create-access-key`"
        );
    };
    Ok(match document {
        Document::Keys(keys) => keys,
        Document::Created { access_key } => Keys {
            access_key_id: access_key.access_key_id,
            secret_access_key: access_key.secret_access_key,
            region: None,
            role_arn: None,
            external_id: None,
        },
    })
}

fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Keys> {
    let variable = |name: &str| {
        let value = variable(name).filter(|value| !value.is_empty());
        let text = value.map(|value| one_line(&value).map(str::to_owned));
        text.transpose().map_err(|rule| anyhow!("{name} {rule}"))
    };
    if variable("AWS_SESSION_TOKEN")?.is_some() {
        bail!("AWS_SESSION_TOKEN is set: these keys are temporary; store the keys of a user");
    }
    let needed = |name: &str| variable(name)?.with_context(|| format!("{name} is not set"));
    let region = match variable("AWS_REGION")? {
        None => variable("AWS_DEFAULT_REGION")?,
        region => region,
    };
    Ok(Keys {
        access_key_id: needed("AWS_ACCESS_KEY_ID")?,
        secret_access_key: needed("AWS_SECRET_ACCESS_KEY")?.into(),
        region,
        role_arn: None,
        external_id: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn source() -> KeySource {
        KeySource {
            file: None,
            from_environment: false,
            role: None,
            external_id: None,
            region: None,
        }
    }

    #[test]
    fn keys_are_read_as_ours_and_as_awss_own_tool_prints_them() {
        for text in [
            r#"{"access_key_id": "AKIA1", "secret_access_key": "canary", "region": "eu-central-1"}"#,
            "\u{feff}{\"access_key_id\": \"AKIA1\", \"secret_access_key\": \"canary\"}\r\n",
            r#"{"AccessKey": {"UserName": "x", "AccessKeyId": "AKIA1", "Status": "Active", "SecretAccessKey": "canary"}}"#,
        ] {
            let fields = source().with(from_json(&text.into()).unwrap());
            assert_eq!(fields["access_key_id"].expose(), "AKIA1");
            assert_eq!(fields["secret_access_key"].expose(), "canary");
        }
    }

    #[test]
    fn what_is_no_credential_is_not_repeated() {
        for text in [
            "canary",
            r#"{"access_key_id": "AKIA1", "secret_access_key": "canary", "regoin": "x"}"#,
            r#"{"secret_access_key": "canary"}"#,
        ] {
            let error = from_json(&text.into()).map(|_| ()).unwrap_err();
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }

    #[test]
    fn the_command_line_goes_before_what_was_read() {
        let text = r#"{"access_key_id": "A", "secret_access_key": "b", "region": "old", "role_arn": "old", "external_id": "e"}"#;
        let source = KeySource {
            role: Some("new".into()),
            region: Some("new".into()),
            ..source()
        };
        let fields = source.with(from_json(&text.into()).unwrap());
        for (name, value) in [("region", "new"), ("role_arn", "new"), ("external_id", "e")] {
            assert_eq!(fields[name].expose(), value, "{name}");
        }
    }

    #[test]
    fn awss_usual_variables_are_read_but_not_those_of_a_session() {
        let mut variables = HashMap::from([
            ("AWS_ACCESS_KEY_ID", "AKIA1"),
            ("AWS_SECRET_ACCESS_KEY", "canary"),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
        ]);
        let read = |variables: &HashMap<&str, &str>| {
            from_environment(|name| variables.get(name).map(ToString::to_string))
        };
        assert_eq!(read(&variables).unwrap().region.unwrap(), "eu-central-1");
        variables.insert("AWS_SECRET_ACCESS_KEY", "canary\r\n");
        let keys = read(&variables).unwrap();
        assert_eq!(keys.secret_access_key.expose(), "canary");
        for text in ["\u{feff}canary", "can\nary", "canary\0"] {
            variables.insert("AWS_SECRET_ACCESS_KEY", text);
            let error = read(&variables).map(|_| ()).unwrap_err().to_string();
            assert!(error.contains("AWS_SECRET_ACCESS_KEY"), "{error}");
            assert!(!error.contains("can"), "{error}");
        }
        variables.insert("AWS_SESSION_TOKEN", "x");
        assert!(read(&variables).is_err());
        variables.remove("AWS_SESSION_TOKEN");
        variables.remove("AWS_SECRET_ACCESS_KEY");
        let error = read(&variables).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("AWS_SECRET_ACCESS_KEY"), "{error}");
    }
}
