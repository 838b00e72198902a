//! Image names: a kubelet refuses what cannot be one before it asks any registry.

/// Whether this can be the name of an image: `[registry/]path[:tag][@digest]`.
pub fn is_valid(image: &str) -> bool {
    let (image, digest_is_right) = match image.split_once('@') {
        Some((image, digest)) => (image, is_digest(digest)),
        None => (image, true),
    };
    let (path, tag_is_right) = match image.rsplit_once(':') {
        // A colon before a slash belongs to a registry's port.
        Some((path, tag)) if !tag.contains('/') => (path, is_tag(tag)),
        _ => (image, true),
    };
    digest_is_right && tag_is_right && is_path(path)
}

fn is_path(path: &str) -> bool {
    let mut components: Vec<_> = path.split('/').collect();
    if components.len() > 1 && (components[0].contains(['.', ':']) || components[0] == "localhost")
    {
        let registry = components.remove(0);
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
        if registry.is_empty() || !registry.chars().all(allowed) {
            return false;
        }
    }
    components.iter().all(|component| {
        let inner =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-');
        let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        component.chars().all(inner) && component.starts_with(edge) && component.ends_with(edge)
    })
}

fn is_tag(tag: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (1..=128).contains(&tag.len())
        && tag.starts_with(word)
        && tag.chars().all(|c| word(c) || matches!(c, '.' | '-'))
}

fn is_digest(digest: &str) -> bool {
    digest.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64
            && hex
                .chars()
                .all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
    })
}
