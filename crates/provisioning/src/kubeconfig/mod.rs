//! Kubeconfigs as kubectl reads them: what is empty or null is absent; unknown keys and entries that the context does not
//! use are ignored. Credentials of tenants and host clusters are read here.
//! <https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/>

mod section;

pub use section::Section;

use crate::bounded_yaml::{self, Bounds, Kind, Node};
use section::is_absent;
use url::Url;

/// A platform team's kubeconfig may name hundreds of clusters.
const BOUNDS: Bounds = Bounds {
    bytes: 2 * 1024 * 1024,
    values: 100_000,
    aliases: true,
};

/// What one context of a kubeconfig says.
pub struct Kubeconfig {
    /// The context's name.
    pub context: String,
    pub cluster: Section,
    /// Empty: the context has no user.
    pub user: Section,
}

impl Kubeconfig {
    /// Reads the context of this name, or else the current one, or else the only one.
    ///
    /// # Errors
    /// A sentence with the line; nothing of what stands there, apart from names of keys.
    pub fn read(text: &str, context: Option<&str>) -> Result<Self, String> {
        let root = bounded_yaml::scan(text, BOUNDS).map_err(without_content)?;
        if !matches!(root.kind, Kind::Mapping(_)) {
            return Err("It is not a kubeconfig, which has keys and values.".to_owned());
        }
        let kind = text_of(&root, "kind");
        if kind.is_some_and(|kind| kind != "Config") {
            return Err("It is not a kubeconfig: its kind is another one than Config.".to_owned());
        }
        let context = context.filter(|name| !name.is_empty());
        let (context, linked) = match context.or_else(|| text_of(&root, "current-context")) {
            Some(name) => {
                let found = entry(&root, "contexts", "context", name)?;
                (name, found.ok_or_else(|| no_context(context.is_some()))?)
            }
            None => only_context(&root)?,
        };
        let context = context.to_owned();
        // The user may be left out.
        let section = |of: &str, kind: &'static str| -> Result<Section, String> {
            let Some(name) = linked.1.and_then(|node| text_of(node, kind)) else {
                return Ok(Section::new(kind, linked.0, None));
            };
            match entry(&root, of, kind, name)? {
                Some((line, entries)) => Ok(Section::new(kind, line, entries)),
                None => Err(format!(
                    "Line {}: the context names a {kind} that is not in “{of}”.",
                    linked.0
                )),
            }
        };
        let (cluster, user) = (section("clusters", "cluster")?, section("users", "user")?);
        for section in [&cluster, &user] {
            section.check_complete()?;
        }
        Ok(Self {
            context,
            cluster,
            user,
        })
    }

    /// The API server. kubectl takes one without a scheme for https if there is anything about TLS.
    pub fn server(&self) -> Result<Url, String> {
        let rule =
            "must be an address like https://HOST:6443, without a user, a query or a fragment";
        let text = self.cluster.text("server").unwrap_or_default();
        let tls = ["certificate-authority", "certificate-authority-data"]
            .iter()
            .any(|key| self.cluster.line(key).is_some())
            || ["client-certificate", "client-certificate-data"]
                .iter()
                .any(|key| self.user.line(key).is_some())
            || self.skips_verification()?;
        let url = match text.contains("://") {
            true => Url::parse(text),
            false if tls => Url::parse(&format!("https://{text}")),
            false => Url::parse(&format!("http://{text}")),
        };
        url.ok()
            .filter(is_server)
            .ok_or_else(|| self.cluster.fault("server", rule))
    }

    /// Whether the server's certificate is not to be verified.
    pub fn skips_verification(&self) -> Result<bool, String> {
        self.cluster.flag("insecure-skip-tls-verify")
    }

    /// The token, which can be sent in a header.
    pub fn token(&self) -> Result<Option<&str>, String> {
        let Some(token) = self.user.text("token") else {
            return Ok(None);
        };
        let fits = token.len() <= 16 * 1024 && token.bytes().all(|byte| byte.is_ascii_graphic());
        match fits {
            true => Ok(Some(token)),
            false => Err(self.user.fault("token", "must be one line without spaces")),
        }
    }
}

fn is_server(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

/// The parser's message may quote the text.
fn without_content(message: String) -> String {
    match message.split_once(": not YAML") {
        Some((line, _)) => format!("{line}: not YAML. Use the file as kubectl writes it."),
        None => message,
    }
}

fn text_of<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    node.get(key).filter(|node| !is_absent(node))?.scalar()
}

/// The entries of a list.
fn list<'a>(root: &'a Node, list: &str) -> Result<&'a [Node], String> {
    match root.get(list).filter(|node| !is_absent(node)) {
        None => Ok(&[]),
        Some(node) => match &node.kind {
            Kind::Sequence(entries) => Ok(entries),
            _ => Err(format!("Line {}: “{list}” must be a list.", node.line)),
        },
    }
}

/// An entry of a list: its line, and what it holds.
type Entry<'a> = (usize, Option<&'a Node>);

/// The entry of this name.
fn entry<'a>(root: &'a Node, of: &str, key: &str, name: &str) -> Result<Option<Entry<'a>>, String> {
    let entries = list(root, of)?.iter();
    let mut named = entries.filter(|entry| text_of(entry, "name") == Some(name));
    match (named.next(), named.next()) {
        (found, None) => Ok(found.map(|entry| content(entry, key))),
        (_, Some(second)) => Err(format!(
            "Line {}: “{of}” has two entries of this name. Rename one of them.",
            second.line
        )),
    }
}

fn content<'a>(entry: &'a Node, key: &str) -> Entry<'a> {
    let found = entry.get(key).filter(|node| !is_absent(node));
    (entry.line, found)
}

fn only_context(root: &Node) -> Result<(&str, Entry<'_>), String> {
    match list(root, "contexts")? {
        [context] => {
            let name = text_of(context, "name").unwrap_or_default();
            Ok((name, content(context, "context")))
        }
        [] => Err("It has no “contexts”. Use a kubeconfig as kubectl writes it.".to_owned()),
        _ => Err(
            "It has several contexts and no “current-context”. Set it with: kubectl config use-context NAME"
                .to_owned(),
        ),
    }
}

fn no_context(by_configuration: bool) -> String {
    match by_configuration {
        true => "It has no context of the configured name. Correct `context`, or leave it out.",
        false => {
            "“current-context” names a context that is not in “contexts”. Set it with: kubectl config use-context NAME"
        }
    }
    .to_owned()
}

#[cfg(test)]
mod tests;
