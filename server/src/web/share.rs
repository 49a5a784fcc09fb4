//! `POST /s/look` and `/s/open`: what the reveal page's script asks. Everything that is dead is
//! the same bytes to a stranger.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use shared::{Code, Millis, Problem};

use super::link_page::{At, Seen, bytes};
use super::problem::Failure;
use super::{api, assets};
use crate::app::App;
use crate::language::Language;
use crate::language::page::{PagePhrases, page};
use crate::secret::SpokenCode;
use crate::share::Tap;
use crate::store::OpenResult;

/// A look without effect.
#[derive(utoipa::ToSchema)]
#[schema(as = ShareLookAsk)]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookAsk {
    id: String,
    /// What the page speaks: the browser's language, or ours.
    language: Option<Language>,
}

/// What a look tells.
#[derive(utoipa::ToSchema)]
#[schema(as = ShareLookView)]
#[derive(Serialize)]
pub struct LookView {
    brand: Seen,
    /// What the page is to speak.
    language: Language,
    /// The phrases for that, where the page has others.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    words: Option<&'static PagePhrases>,
    expires_at: Millis,
    now: Millis,
    code_needed: bool,
    must_change: bool,
}

/// An opening, after a tap.
#[derive(utoipa::ToSchema)]
#[schema(as = ShareOpenAsk)]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenAsk {
    id: String,
    proof: String,
    nonce: String,
    code: Option<String>,
}

/// What the device that won gets: a ciphertext whose key is only in its link.
#[derive(utoipa::ToSchema)]
#[schema(as = ShareOpenView)]
#[derive(Serialize)]
pub struct OpenView {
    sealed: String,
    grace_until: Millis,
    now: Millis,
}

/// Looks. No effect, ever.
///
/// # Errors
/// `link-dead` for everything that can't be opened.
pub async fn look(
    State(app): State<App>,
    At(host): At,
    headers: HeaderMap,
    api::Json(ask): api::Json<LookAsk>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let id = bytes::<16>(&ask.id)?;
    let row = app.shares.look(&id).await?.filter(|row| host.serves(row.account));
    let row = row.ok_or(Code::LinkDead)?;
    let brand = app.store.brand(row.account, row.customer).await?;
    let language = row.language.or(brand.language).or(ask.language).unwrap_or_default();
    let words = ask.language.filter(|own| *own != language).map(|_| page(language));
    let view = LookView {
        brand: Seen::of(&brand, language),
        language,
        words,
        expires_at: row.expires_at,
        now,
        code_needed: row.code_needed,
        must_change: row.must_change,
    };
    assets::json_at_once(&view, &headers)
}

/// Opens, for one device.
///
/// # Errors
/// `unlock-wrong` with the tries left, `link-dead` for everything else.
pub async fn open(
    State(app): State<App>,
    At(host): At,
    api::Json(ask): api::Json<OpenAsk>,
) -> Result<Json<OpenView>, Failure> {
    let now = app.clock.now();
    let (id, proof) = (bytes::<16>(&ask.id)?, bytes::<32>(&ask.proof)?);
    let nonce = bytes::<16>(&ask.nonce)?;
    let code: Option<String> =
        ask.code.map(|code| code.chars().filter(|c| !c.is_whitespace()).collect());
    // An empty code is no try: the page asks for it first.
    let code = code.filter(|code| !code.is_empty()).map(|code| SpokenCode::new(code.into()));
    let only = host.only().ok_or(Code::LinkDead)?;
    let tap = Tap { look_id: &id, proof: &proof, nonce: &nonce, code, only };
    match app.shares.open(&tap).await? {
        OpenResult::Opened { ciphertext, grace_until } => {
            Ok(Json(OpenView { sealed: BASE64URL_NOPAD.encode(&ciphertext), grace_until, now }))
        }
        OpenResult::WrongUnlock { tries_left: 0 } | OpenResult::Dead => Err(Code::LinkDead.into()),
        OpenResult::WrongUnlock { tries_left } => {
            let mut problem = Problem::new(Code::UnlockWrong);
            problem.tries_left = Some(tries_left);
            Err(Failure(problem))
        }
    }
}
