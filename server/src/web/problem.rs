//! Errors as HTTP answers: RFC 9457 bodies. A 5xx has a fixed text; its cause goes to the log.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::{Code, Problem};

use crate::denied::Denied;
use crate::store::StoreError;

/// What a handler fails with.
#[derive(Debug, Clone)]
pub struct Failure(pub Problem);

/// The cause of a 5xx on its way to the log, never to the client.
#[derive(Debug, Clone)]
pub struct Cause(pub String);

impl Failure {
    /// Adds what the code can't say by itself.
    #[must_use]
    pub fn about(mut self, about: &str) -> Self {
        self.0.detail = format!("{} ({about})", self.0.detail);
        self
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self(Problem::new(code))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::MovedOn | StoreError::Taken => Code::IdTaken.into(),
            StoreError::NotAllowed => Code::Forbidden.into(),
            other => {
                tracing::error!(error = %other, "store");
                Code::Internal.into()
            }
        }
    }
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Because(finding) => {
                let failure = Self::from(finding.code);
                match finding.about {
                    Some(about) => failure.about(&about),
                    None => failure,
                }
            }
            Denied::WrongCode { code, tries_left } => {
                let mut problem = Problem::new(code);
                problem.tries_left = Some(tries_left);
                Self(problem)
            }
            Denied::Limit { retry_after } => {
                let mut problem = Problem::new(Code::LimitReached);
                problem.retry_after = Some(retry_after);
                Self(problem)
            }
            Denied::Store(error) => error.into(),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.0.retry_after;
        let mut response = (status, Json(self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
