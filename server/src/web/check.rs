//! `GET /v`: the page behind a verification's link (see [`super::link_page`]), and what its script
//! asks: `POST /v/look` without any effect, `/v/answer` with the two digits that the technician says,
//! `/v/deny` where the person says that it was not them. Everything that is dead is the same bytes to
//! a stranger.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::{Code, Millis, Outcome};

use super::link_page::{self, At, Own, Seen, bytes, of_browser};
use super::problem::Failure;
use super::{api, assets};
use crate::app::App;
use crate::language::Language;
use crate::language::page::{CheckPhrases, check};
use crate::secret::SpokenCode;

/// How many digits the technician says.
const DIGITS: usize = 2;

/// A look without effect.
#[derive(utoipa::ToSchema)]
#[schema(as = CheckLookAsk)]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookAsk {
    id: String,
    /// What the page speaks: the browser's language, or ours.
    language: Option<Language>,
}

/// What a look tells.
#[derive(utoipa::ToSchema)]
#[schema(as = CheckLookView)]
#[derive(Serialize)]
pub struct LookView {
    brand: Seen,
    /// What the page is to speak.
    language: Language,
    /// The phrases for that, where the page has others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    words: Option<&'static CheckPhrases>,
    /// The technician's first name.
    by: String,
    /// Who asks whom, and why.
    why: String,
    /// What the button says that raises the alarm.
    deny: &'static str,
    tries_left: u32,
    expires_at: Millis,
    now: Millis,
}

/// Two digits, from whoever has the link.
#[derive(utoipa::ToSchema)]
#[schema(as = CheckAnswerAsk)]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerAsk {
    id: String,
    proof: String,
    digits: String,
}

/// It was somebody else, says whoever has the link.
#[derive(utoipa::ToSchema)]
#[schema(as = CheckDenyAsk)]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DenyAsk {
    id: String,
    proof: String,
}

/// What it has come to.
#[derive(utoipa::ToSchema)]
#[schema(as = CheckEndView)]
#[derive(Serialize)]
pub struct EndView {
    outcome: Outcome,
}

/// `GET /v`, in the browser's language.
///
/// # Errors
/// When the brand can't be read.
pub async fn get(
    State(app): State<App>,
    At(host): At,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let render = |language, seen: Option<&Seen>| {
        link_page::render(language, &own(language), seen, None::<()>, assets::share)
    };
    link_page::at_host(&app, host, &headers, render).await
}

fn own(language: Language) -> Own<'static, CheckPhrases> {
    let words = check(language);
    let CheckPhrases { title, no_script_why, .. } = *words;
    Own { title, no_script_why, file: "check", words }
}

/// What the page weighs as it is sent, as [`super::reveal::weights`] tells it.
#[must_use]
pub fn weights() -> Vec<(String, usize, usize)> {
    link_page::weights("check", own)
}

/// Looks. No effect, ever.
///
/// # Errors
/// `link-dead` for everything that can't be answered.
pub async fn look(
    State(app): State<App>,
    At(host): At,
    headers: HeaderMap,
    api::Json(ask): api::Json<LookAsk>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let id = bytes::<16>(&ask.id)?;
    let link = app.verifications.look_at_link(&id, |account| host.serves(account)).await?;
    // What has come to its end tells nobody what that was.
    let link = link.filter(|link| link.outcome == Outcome::Pending).ok_or(Code::LinkDead)?;
    let brand = app.store.brand(link.account, Some(link.customer)).await?;
    let language = of_browser(&headers).or(brand.language).or(ask.language).unwrap_or_default();
    let words = check(language);
    let (why, deny) = words.question(&link.technician, brand.name(), link.vouching_for.as_deref());
    let view = LookView {
        brand: Seen { intro: String::new(), ..Seen::of(&brand, language) },
        language,
        words: ask.language.filter(|own| *own != language).map(|_| words),
        by: link.technician,
        why,
        deny,
        tries_left: link.tries_left,
        expires_at: link.expires_at,
        now,
    };
    assets::json_at_once(&view, &headers)
}

/// Tries the two digits.
///
/// # Errors
/// `bad-request` for anything but two digits, which is no try; `code-wrong` with the tries left;
/// `link-dead` for everything else.
pub async fn answer(
    State(app): State<App>,
    At(host): At,
    api::Json(ask): api::Json<AnswerAsk>,
) -> Result<Json<EndView>, Failure> {
    let digits = SpokenCode::new(ask.digits.into());
    let said = digits.expose();
    if said.len() != DIGITS || !said.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Code::BadRequest.into());
    }
    let (id, proof) = (bytes::<16>(&ask.id)?, bytes::<32>(&ask.proof)?);
    app.verifications.answer_link(&id, &proof, said, |account| host.serves(account)).await?;
    Ok(Json(EndView { outcome: Outcome::Verified }))
}

/// Ends it and raises the alarm.
///
/// # Errors
/// `link-dead` for everything that has come to an end before.
pub async fn deny(
    State(app): State<App>,
    At(host): At,
    api::Json(ask): api::Json<DenyAsk>,
) -> Result<Json<EndView>, Failure> {
    let (id, proof) = (bytes::<16>(&ask.id)?, bytes::<32>(&ask.proof)?);
    app.verifications.deny_link(&id, &proof, |account| host.serves(account)).await?;
    Ok(Json(EndView { outcome: Outcome::Denied }))
}
