//! What a company answers, and how it becomes a reply: whole, or broken off in the middle.

use std::fmt;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Response, StatusCode, header};
use futures_util::{StreamExt as _, stream};

/// What a company answers.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Content>,
    /// False when the stand-in has no such route.
    pub(crate) known: bool,
}

/// The body of an answer.
pub(crate) enum Content {
    /// What the companies speak.
    Json(serde_json::Value),
    /// What a gateway before them says when they do not.
    Html(&'static str),
    /// Something else, with its `Content-Type`.
    Other(&'static str, String),
}

impl Content {
    fn kind(&self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Content::Json(_) => "application/json; charset=utf-8",
            Content::Html(_) => "text/html; charset=us-ascii",
            Content::Other(kind, _) => kind,
        })
    }

    fn text(&self) -> String {
        match self {
            Content::Json(value) => value.to_string(),
            Content::Html(page) => (*page).to_owned(),
            Content::Other(_, text) => text.clone(),
        }
    }
}

/// What Microsoft's front door and many a proxy look like when nobody is behind them.
const GATEWAY_PAGE: &str = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\"http://www.w3.org/TR/html4/strict.dtd\">\r\n<HTML><HEAD><TITLE>Service Unavailable</TITLE></HEAD>\r\n<BODY><h2>Service Unavailable</h2>\r\n<hr><p>HTTP Error. The service is unavailable.</p>\r\n</BODY></HTML>\r\n";

impl Answer {
    pub(crate) fn json(status: u16, body: serde_json::Value) -> Self {
        Answer { status, headers: Vec::new(), body: Some(Content::Json(body)), known: true }
    }

    pub(crate) fn gateway(status: u16) -> Self {
        Answer::html(status, GATEWAY_PAGE)
    }

    pub(crate) fn html(status: u16, page: &'static str) -> Self {
        let body = Some(Content::Html(page));
        Answer { status, headers: Vec::new(), body, known: true }
    }

    pub(crate) fn other(status: u16, kind: &'static str, text: String) -> Self {
        let body = Some(Content::Other(kind, text));
        Answer { status, headers: Vec::new(), body, known: true }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Answer { status, headers: Vec::new(), body: None, known: true }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn unknown(mut self) -> Self {
        self.known = false;
        self
    }

    pub(crate) fn text(&self) -> String {
        self.body.as_ref().map(Content::text).unwrap_or_default()
    }

    pub(crate) fn into_response(self, half: bool) -> Response<Body> {
        let text = self.text();
        let mut response = Response::new(Body::empty());
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().append(name, value);
            }
        }
        if let Some(content) = &self.body {
            response.headers_mut().insert(header::CONTENT_TYPE, content.kind());
            // Said in full even when only half will come: that is how a client can tell.
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
            *response.body_mut() = if half { first_half(text) } else { Body::from(text) };
        }
        response
    }
}

/// The first half of a text, then an error, upon which hyper closes the connection.
fn first_half(text: String) -> Body {
    let all = Bytes::from(text);
    let half = all.slice(..all.len() / 2);
    let cut = stream::once(async {
        // Once pending, so that hyper sends what it has before it hears of the error.
        tokio::task::yield_now().await;
        Err(Dropped)
    });
    Body::from_stream(stream::iter([Ok(half)]).chain(cut))
}

/// The connection closes without (the rest of) a reply.
#[derive(Debug)]
pub(crate) struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was cut on purpose")
    }
}

impl std::error::Error for Dropped {}
