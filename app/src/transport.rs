//! How the browser calls server functions. They work with what `server_fn` brings along as well; but it writes
//! sending, receiving and reading out once for each of them, and reads JSON in another way than resources do, so that
//! the program for the browser would hold all of it many times over.

use std::future::{Future, ready};
use std::pin::Pin;

use bytes::Bytes;
use futures::{Sink, Stream, stream};
use leptos::server_fn::client::Client;
use leptos::server_fn::client::browser::BrowserClient;
use leptos::server_fn::codec::Post;
use leptos::server_fn::request::browser::BrowserRequest;
use leptos::server_fn::response::ClientRes;
use leptos::server_fn::{ContentType, Decodes, Encodes, Format, FormatType};
use serde::Serialize;
use serde::de::{DeserializeOwned, Error};

use crate::refusal::Refusal;

/// `fetch`, with the answer read to its end.
pub struct Fetch;

impl Client<Refusal> for Fetch {
    type Request = BrowserRequest;
    type Response = Answer;

    fn send(request: BrowserRequest) -> impl Future<Output = Result<Answer, Refusal>> + Send {
        let answer: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(exchange(request));
        answer
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (
                impl Stream<Item = Result<Bytes, Bytes>> + Send + 'static,
                impl Sink<Bytes> + Send + 'static,
            ),
            Refusal,
        >,
    > + Send {
        <BrowserClient as Client<Refusal>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<Refusal>>::spawn(future);
    }
}

async fn exchange(request: BrowserRequest) -> Result<Answer, Refusal> {
    let response = <BrowserClient as Client<Refusal>>::send(request).await?;
    Ok(Answer {
        status: ClientRes::<Refusal>::status(&response),
        status_text: ClientRes::<Refusal>::status_text(&response),
        location: ClientRes::<Refusal>::location(&response),
        has_redirect: ClientRes::<Refusal>::has_redirect(&response),
        body: ClientRes::<Refusal>::try_into_bytes(response).await?,
    })
}

/// What the portal answered.
pub struct Answer {
    status: u16,
    status_text: String,
    location: String,
    has_redirect: bool,
    body: Bytes,
}

impl ClientRes<Refusal> for Answer {
    fn try_into_string(self) -> impl Future<Output = Result<String, Refusal>> + Send {
        ready(Ok(String::from_utf8_lossy(&self.body).into_owned()))
    }

    fn try_into_bytes(self) -> impl Future<Output = Result<Bytes, Refusal>> + Send {
        ready(Ok(self.body))
    }

    fn try_into_stream(
        self,
    ) -> Result<impl Stream<Item = Result<Bytes, Bytes>> + Send + Sync + 'static, Refusal> {
        Ok(stream::iter([Ok(self.body)]))
    }

    fn status(&self) -> u16 {
        self.status
    }

    fn status_text(&self) -> String {
        self.status_text.clone()
    }

    fn location(&self) -> String {
        self.location.clone()
    }

    fn has_redirect(&self) -> bool {
        self.has_redirect
    }
}

/// What server functions answer with.
pub type Json = Post<JsonText>;

/// JSON, read as text like the resources of a page: one way of reading, and a type's code for it is there once.
pub struct JsonText;

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        serde_json::from_str(std::str::from_utf8(&bytes).map_err(serde_json::Error::custom)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_refused() {
        let decode = <JsonText as Decodes<String>>::decode;
        assert_eq!(decode(Bytes::from_static(b"\"a\"")).unwrap(), "a");
        assert!(decode(Bytes::from_static(b"\"\xff\"")).is_err());
    }
}
