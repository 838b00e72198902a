//! A client that speaks the Query protocol by hand.

use reqwest::StatusCode;
use sandbox::aws::SecurityTokenServer;
use sandbox::faults::Faults;

pub const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
pub const ACCOUNT: &str = "581039954779";

/// A running service and its client.
pub struct Sts {
    pub server: SecurityTokenServer,
    pub faults: Faults,
    http: reqwest::Client,
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub xml: String,
}

/// Temporary credentials.
pub struct Session {
    pub key: String,
    pub token: String,
    pub expiration: jiff::Timestamp,
}

impl Answer {
    /// The text of the first element of this name.
    pub fn text(&self, name: &str) -> &str {
        self.xml
            .split_once(&format!("<{name}>"))
            .and_then(|(_, rest)| rest.split_once("</"))
            .unwrap_or_else(|| panic!("no {name} in {}", self.xml))
            .0
    }

    /// The credentials in it.
    pub fn session(&self) -> Session {
        assert_eq!(self.status, 200, "{}", self.xml);
        assert_eq!(self.text("SecretAccessKey").len(), 40);
        Session {
            key: self.text("AccessKeyId").to_owned(),
            token: self.text("SessionToken").to_owned(),
            expiration: self.text("Expiration").parse().unwrap(),
        }
    }

    /// Fails unless it is this refusal.
    pub fn assert_refused(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.xml);
        assert_eq!(self.text("Code"), code, "{}", self.xml);
        assert_eq!(self.text("Type"), "Sender");
        assert!(!self.text("RequestId").is_empty());
    }
}

impl Sts {
    pub async fn start() -> Self {
        let faults = Faults::default();
        let listen = ([127, 0, 0, 1], 0).into();
        Self {
            server: SecurityTokenServer::start(listen, faults.clone())
                .await
                .unwrap(),
            faults,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// Asks without a signature.
    pub async fn ask_unsigned(&self, parameters: &[(&str, &str)]) -> Answer {
        self.send(self.http.post(self.server.url()).form(parameters))
            .await
            .unwrap()
    }

    /// Asks with a key.
    pub async fn ask(&self, key: &str, action: &str, more: &[(&str, &str)]) -> Answer {
        self.try_ask(key, None, action, more).await.unwrap()
    }

    /// Asks with temporary credentials.
    pub async fn ask_with(&self, session: &Session, action: &str, more: &[(&str, &str)]) -> Answer {
        self.try_ask(&session.key, Some(&session.token), action, more)
            .await
            .unwrap()
    }

    pub async fn try_ask(
        &self,
        key: &str,
        token: Option<&str>,
        action: &str,
        more: &[(&str, &str)],
    ) -> reqwest::Result<Answer> {
        let signature = format!(
            "AWS4-HMAC-SHA256 Credential={key}/20261121/us-east-1/sts/aws4_request, SignedHeaders=host;x-amz-date, \
             Signature=0123"
        );
        let mut parameters = vec![("Action", action), ("Version", "2011-06-15")];
        parameters.extend(more);
        let mut request = self
            .http
            .post(self.server.url())
            .header("authorization", signature)
            .form(&parameters);
        if let Some(token) = token {
            request = request.header("x-amz-security-token", token);
        }
        self.send(request).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
        let answer = request.send().await?;
        assert_eq!(answer.headers()["content-type"], "text/xml");
        assert!(answer.headers().contains_key("x-amzn-requestid"));
        Ok(Answer {
            status: answer.status(),
            xml: answer.text().await?,
        })
    }
}
