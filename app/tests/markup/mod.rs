//! What users, identity providers and outside systems name is text on every page, whatever it contains. The pages are read
//! by a tokenizer of the HTML standard, as a browser reads them.

use crate::support::{Browser, MARKUP};
use html5gum::{DefaultEmitter, Token, Tokenizer};

/// A page as a browser reads it.
struct ReadPage {
    title: String,
    text: String,
    /// Names of elements and attributes that come from [`MARKUP`].
    foreign: Vec<String>,
}

impl ReadPage {
    fn new(html: &str) -> Self {
        let mut emitter = DefaultEmitter::<()>::default();
        // The text of a title or script is not markup.
        emitter.naively_switch_states(true);
        let tokens = Tokenizer::new_with_emitter(html, emitter).filter_map(Result::ok);
        let mut page = Self {
            title: String::new(),
            text: String::new(),
            foreign: Vec::new(),
        };
        let mut in_title = false;
        for token in tokens {
            match token {
                Token::StartTag(tag) => {
                    let name = String::from_utf8_lossy(&tag.name).into_owned();
                    // Only the document's: pictures have titles too.
                    in_title = name == "title" && page.title.is_empty();
                    let attributes = tag.attributes.keys();
                    let names = attributes.map(|name| String::from_utf8_lossy(name).into_owned());
                    let is_foreign =
                        |name: &String| name == "x-probe" || name.contains(['"', '\'', '&', '<']);
                    page.foreign
                        .extend([name].into_iter().chain(names).filter(is_foreign));
                }
                Token::EndTag(_) => in_title = false,
                Token::String(text) => {
                    let text = String::from_utf8_lossy(&text);
                    page.text.push_str(&text);
                    if in_title {
                        page.title.push_str(&text);
                    }
                }
                Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        page
    }
}

#[test]
fn markup_that_is_not_escaped_is_found() {
    for html in [
        format!("<title>{MARKUP}</title>"),
        format!("<title>a</title><p>{MARKUP}"),
        format!("<title>a</title><p title=\"{MARKUP}\">"),
        format!("<title>a</title><p title='{MARKUP}'>"),
    ] {
        assert!(!ReadPage::new(&html).foreign.is_empty(), "{html}");
    }
    let escaped = "<title>&lt;/title>&lt;x-probe>\"'&amp; · Hangar</title>";
    let page = ReadPage::new(escaped);
    assert_eq!(page.title, format!("{MARKUP} · Hangar"));
    assert!(page.foreign.is_empty());
}

#[tokio::test]
async fn a_name_that_looks_like_markup_is_text_on_every_page() {
    let portal = crate::portal().await.with_credentials().await;
    let portal = portal.with_orphans().await.with_sessions().await;
    let mut pages = crate::pages_and_browsers_of(&portal).await;
    let entry = portal.name_everything_markup().await;
    let address = |page: &str| (portal.admin(), page.to_owned());
    pages.extend([
        address(&format!("/admin/audit?entry={entry}")),
        address(&format!("/tenants/vision/audit?entry={entry}")),
        address("/clusters?search=%3C%2Ftitle%3E%3Cx-probe%3E%22%27%26"),
        address("/clusters/%3C%2Ftitle%3E%3Cx-probe%3E%22%27%26"),
        address("/admin/users?search=%3C%2Ftitle%3E%3Cx-probe%3E%22%27%26"),
    ]);
    for (browser, address) in &pages {
        let page = ReadPage::new(&browser.get(address).await.text);
        assert!(page.foreign.is_empty(), "{address}: {:?}", page.foreign);
        assert!(
            page.title.ends_with(" · Hangar"),
            "{address}: {}",
            page.title
        );
    }
    let read = async |address: &str| ReadPage::new(&portal.admin().get(address).await.text);
    for address in [
        format!("/admin/users/{}", portal.grace),
        "/tenants/vision".to_owned(),
        "/tenants/vision/settings".to_owned(),
        "/tenants/vision/environments".to_owned(),
    ] {
        let title = read(&address).await.title;
        assert!(title.contains(MARKUP), "{address}: {title}");
    }
    for address in [
        "/admin/audit",
        "/admin/orphans",
        "/nodes/catalogue",
        "/admin/users",
    ] {
        let page = read(address).await;
        assert!(page.text.contains(MARKUP), "{address}");
    }
}

#[tokio::test]
async fn what_a_rejected_form_shows_again_is_text() {
    let portal = crate::portal().await;
    let typed = "%3C%2Ftitle%3E%3Cx-probe%3E%22%27%26";
    let create = format!(
        "_page=%2Fclusters%2Fnew&draft[name]={typed}&draft[place]={typed}&draft[plan]={typed}\
         &draft[kubernetes_version]={typed}&draft[exposure]={typed}&draft[ingress_host]={typed}\
         &draft[time_to_live_hours]={typed}&idempotency_key={typed}"
    );
    let role = format!(
        "_page=%2Fadmin%2Fusers%2F{}&_key={typed}&id={}&role=admin&version=1&confirmation={typed}",
        portal.grace, portal.grace
    );
    let check = async |browser: Browser, function: &str, form: &str| {
        let answer = browser.post(function, form).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
        let page = ReadPage::new(&answer.text);
        assert!(page.foreign.is_empty(), "{function}: {:?}", page.foreign);
    };
    check(portal.developer(), "/rpc/create-cluster", &create).await;
    check(portal.admin(), "/rpc/set-platform-role", &role).await;
    check(portal.admin(), "/rpc/former-function", &role).await;
}
