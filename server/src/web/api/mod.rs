//! What pods and admins' programs call. Thin: who asks, what they ask, one call into the domain.

pub mod approvals;
pub mod branding;
pub mod duo;
pub mod frames;
pub mod integrations;
pub mod pod;
pub mod policy;
pub mod preflight;
pub mod psas;
pub mod resets;
pub mod v1;
pub mod verifications;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use shared::Code;

use super::problem::Failure;
use super::still::Sender;
use crate::app::App;

/// A JSON body; anything else is `bad-request` in our own words.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequest<App> for Json<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        json(request, app, |_| Code::BadRequest.into()).await.map(Self)
    }
}

/// Reads a JSON body; `refused` says what a parser's words come to.
async fn json<T: DeserializeOwned + Send>(
    request: Request,
    app: &App,
    refused: impl Fn(&str) -> Failure + Send,
) -> Result<T, Failure> {
    let sender = Sender::of(&request);
    let read = match axum::Json::from_request(request, app).await {
        Ok(axum::Json(value)) => Ok(value),
        Err(rejection) if rejection.status().as_u16() == 413 => Err(Code::TooLarge.into()),
        Err(rejection) => Err(refused(&rejection.body_text())),
    };
    sender.still_here(app).await?;
    read
}

/// A JSON body, or none at all; anything else is `bad-request` in our own words.
pub struct MaybeJson<T>(pub Option<T>);

impl<T: DeserializeOwned> FromRequest<App> for MaybeJson<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let sender = Sender::of(&request);
        let body = Bytes::from_request(request, app).await.map_err(|_| Code::TooLarge)?;
        sender.still_here(app).await?;
        if body.is_empty() {
            return Ok(Self(None));
        }
        Ok(Self(Some(serde_json::from_slice(&body).map_err(|_| Code::BadRequest)?)))
    }
}

/// A query; anything else is `bad-request` in our own words.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> axum::extract::FromRequestParts<App> for Query<T> {
    type Rejection = Failure;
    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        app: &App,
    ) -> Result<Self, Failure> {
        match axum::extract::Query::from_request_parts(parts, app).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(_) => Err(Code::BadRequest.into()),
        }
    }
}

/// An id in the path; anything else is not there.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> axum::extract::FromRequestParts<App> for Path<T> {
    type Rejection = Failure;
    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        app: &App,
    ) -> Result<Self, Failure> {
        match axum::extract::Path::from_request_parts(parts, app).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Code::NotFound.into()),
        }
    }
}
