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

/// What a parser says, without the value that it found: programs log what they are answered, and a value may be a
/// number of somebody's.
fn without_values(said: &str) -> String {
    let found = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant "];
    let at = found.iter().filter_map(|what| said.find(what)).min();
    let (place, found) = said.split_at(at.unwrap_or(said.len()));
    // Behind the last one: a value may say so, too.
    let wanted = found.rsplit_once(", expected ").map_or("", |(_, wanted)| wanted);
    let plain = match (found.is_empty(), wanted) {
        (true, _) => place.to_owned(),
        (false, "") => format!("{place}no such value"),
        (false, wanted) => format!("{place}expected {wanted}"),
    };
    plain.chars().take(200).collect()
}

/// A JSON body; for anything else it is said what is wrong.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequest<App> for Body<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        super::json(request, app, |said| unusable(&without_values(said))).await.map(Self)
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
        for (said, plain) in [
            (
                "contacts[0].phones: invalid type: string \"+49 30 1234\", expected a sequence at line 1 column 9",
                "contacts[0].phones: expected a sequence at line 1 column 9",
            ),
            (
                "contacts[0].phones[0]: invalid type: integer `4930123456`, expected a string",
                "contacts[0].phones[0]: expected a string",
            ),
            (
                "invalid type: string \"\\\"+49, expected a sequence 30\", expected a sequence",
                "expected a sequence",
            ),
            ("limit: invalid value: string \"+49\"", "limit: no such value"),
            ("contacts[0]: missing field `name`", "contacts[0]: missing field `name`"),
        ] {
            assert_eq!(without_values(said), plain);
        }
        assert_eq!(without_values(&"x".repeat(5_000)).len(), 200);
    }
}
