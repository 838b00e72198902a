//! Where users go after signing in: always a path on this site, whatever a link contains.

use url::Url;

const LONGEST: usize = 2_000;

/// The path and query to go to; the start page if `asked` leads elsewhere or is malformed.
pub fn safe_return_to(asked: Option<&str>) -> String {
    asked
        .and_then(on_this_site)
        .unwrap_or_else(|| "/".to_owned())
}

fn on_this_site(asked: &str) -> Option<String> {
    let lower = asked.to_ascii_lowercase();
    let (path, query) = lower.split_once('?').unwrap_or((&lower, ""));
    // In the query an encoded line break is part of text with several lines.
    let query = query.replace("%0d", "").replace("%0a", "");
    // Browsers drop tabs and line breaks and treat a backslash as a slash; proxies may decode encoded ones.
    let odd = asked.len() > LONGEST
        || asked.chars().any(|c| c.is_control() || c == '\\')
        || ["%0", "%1", "%5c", "%7f"]
            .iter()
            .any(|code| path.contains(code) || query.contains(code))
        || !asked.starts_with('/')
        || asked.starts_with("//")
        || lower.starts_with("/%2f");
    if odd {
        return None;
    }
    let site = Url::parse("http://portal.invalid").ok()?;
    let target = site.join(asked).ok()?;
    let path = target.path();
    // Resolving dots may result in a path that begins with two slashes.
    let stays = target.origin() == site.origin() && !path.starts_with("//");
    let loops = path == "/sign-out" || path == super::PAGE || path.starts_with("/sign-in/");
    if !stays || loops {
        return None;
    }
    let mut address = path.to_owned();
    for (mark, part) in [('?', target.query()), ('#', target.fragment())] {
        if let Some(part) = part {
            address.push(mark);
            address.push_str(part);
        }
    }
    Some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_on_this_site_are_kept() {
        for address in [
            "/",
            "/clusters",
            "/clusters?search=a%20b&page=2",
            "/nodes/new?run=python%20train.py%0Aecho%20done",
            "/clusters/0197#connect",
        ] {
            assert_eq!(safe_return_to(Some(address)), address);
        }
    }

    #[test]
    fn addresses_elsewhere_lead_to_the_first_page() {
        for address in [
            "//evil.com",
            "///evil.com",
            "/\\evil.com",
            "\\\\evil.com",
            "/\t/evil.com",
            "/\n/evil.com",
            "/%09/evil.com",
            "/%0d%0aSet-Cookie:x",
            "/clusters?search=%09x",
            "/%2f/evil.com",
            "/%2Fevil.com",
            "/%5cevil.com",
            "/%5C%5Cevil.com",
            "/.//evil.com",
            "/a/..//evil.com",
            "https://evil.com",
            "http:evil.com",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            " /x",
            "evil.com",
            "",
            "/sign-in",
            "/sign-in/corp",
            "/sign-out",
            "@evil.com",
        ] {
            assert_eq!(safe_return_to(Some(address)), "/", "{address:?}");
        }
        assert_eq!(safe_return_to(None), "/");
        assert_eq!(safe_return_to(Some(&format!("/{}", "a".repeat(3000)))), "/");
    }
}
