//! What an account's own programs call, by a key. What stands here stays as it is: another shape is another
//! version. Ids, masked destinations, codes and times; never a phone in full, a code or a link.

pub mod audit;
pub mod contacts;
pub mod health;
pub mod history;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use shared::Code;

use crate::app::App;
use crate::web::problem::Failure;

/// How many rows of a list at once, where a program does not say.
const USUAL: u32 = 100;

/// How many rows are asked for: at least one, and `most` at most.
fn rows(asked: Option<u32>, most: u32) -> Result<u32, Failure> {
    match asked.unwrap_or(USUAL) {
        rows if (1..=most).contains(&rows) => Ok(rows),
        _ => Err(unusable(&format!("limit: 1 to {most}"))),
    }
}

/// `bad-request`, and what is wrong with it. Who writes a program has no form that says so, and what they sent is
/// no secret of anybody else's.
fn unusable(why: &str) -> Failure {
    Failure::from(Code::BadRequest).about(why)
}

/// What a parser says, without the values that it quotes: programs log what they are answered.
fn without_values(said: &str) -> String {
    let parts = said.split('"').enumerate();
    let plain = parts.map(|(nth, part)| if nth % 2 == 0 { part } else { "\"…\"" });
    plain.collect::<String>().chars().take(200).collect()
}

/// A JSON body; for anything else it is said what is wrong.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        match axum::Json::from_request(request, app).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) if rejection.status().as_u16() == 413 => Err(Code::TooLarge.into()),
            Err(rejection) => Err(unusable(&without_values(&rejection.body_text()))),
        }
    }
}

/// A query; for anything else it is said what is wrong.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Asked<T> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        match axum::extract::Query::from_request_parts(parts, app).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(unusable(&without_values(&rejection.body_text()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_without_what_was_sent() {
        let said = "contacts[0].phones: invalid type: string \"+49 30 1234\", expected a sequence";
        let plain = without_values(said);
        assert_eq!(plain, "contacts[0].phones: invalid type: string \"…\", expected a sequence");
        assert_eq!(without_values(&"x".repeat(5_000)).len(), 200);
    }
}
