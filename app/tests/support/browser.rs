//! A browser without JavaScript.

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use domain::caller::Caller;
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::TestPortal;

/// An answer that has been read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Answer {
    /// Where it leads.
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    }

    /// The cookies it sets, as a browser sends them back.
    pub fn cookies(&self) -> String {
        let pairs: Vec<_> = self
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok()?.split(';').next())
            .collect();
        pairs.join("; ")
    }
}

/// What a browser asks, with or without a user who is signed in.
pub struct Browser {
    pub portal: TestPortal,
    pub caller: Option<Caller>,
    pub cookies: String,
}

impl Browser {
    pub fn new(portal: TestPortal, caller: Option<Caller>) -> Self {
        Self {
            portal,
            caller,
            cookies: String::new(),
        }
    }

    /// Sends a plain form and follows where it leads.
    pub async fn submit(&self, address: &str, form: &str) -> Answer {
        let answer = self.post(address, form).await;
        if answer.status == StatusCode::SEE_OTHER {
            self.get(answer.location()).await
        } else {
            answer
        }
    }

    /// Follows a link.
    pub async fn get(&self, address: &str) -> Answer {
        self.send(Request::get(address), Body::empty()).await
    }

    /// Asks for a page that is known by `tag` already.
    pub async fn get_unless(&self, address: &str, tag: &str) -> Answer {
        let request = Request::get(address).header(header::IF_NONE_MATCH, tag);
        self.send(request, Body::empty()).await
    }

    /// Sends a plain form, as a browser without JavaScript does.
    pub async fn post(&self, address: &str, form: &str) -> Answer {
        let request = Request::post(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(form.to_owned())).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: Body) -> Answer {
        let mut request = request
            .header(header::ACCEPT, "text/html,application/xhtml+xml")
            .header(header::COOKIE, &self.cookies)
            .body(body)
            .unwrap();
        if let Some(caller) = &self.caller {
            request.extensions_mut().insert(caller.clone());
        }
        let pages = self.portal.pages.clone();
        let answer: Response<Body> = pages.oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }
}

/// Whether the button with this text is off. There must be one.
pub fn is_off(page: &str, text: &str) -> bool {
    let (before, _) = page
        .split_once(&format!("{text}</button>"))
        .unwrap_or_else(|| panic!("no button says {text}"));
    let tag = before.rsplit("<button").next().unwrap_or_default();
    let attributes = tag.split('>').next().unwrap_or_default();
    let words: Vec<_> = attributes.split(' ').collect();
    words
        .iter()
        .any(|word| *word == "disabled" || word.starts_with("disabled="))
}
