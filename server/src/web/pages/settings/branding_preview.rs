//! The page and the text as they will be: of what is stored, and of what is being typed.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use shared::AccountId;

use super::Admin;
use super::branding::{Whose, failure};
use super::branding_form::Posted;
use crate::app::App;
use crate::brand::{Brand, Wrong};
use crate::branding::BrandView;
use crate::gsm;
use crate::language::{Language, sms};
use crate::store::Session;
use crate::web::api::{Path, Query};
use crate::web::forms::{OwnForm, check_form_token};
use crate::web::problem::Failure;
use crate::web::reveal;

/// A link for show: as long as a real one.
const TOKEN: &str = "/s#x7Kq2mVtR9sLw4YzB1nCdE";
const AN_HOUR: i64 = 3_600_000;

/// A text as it will read.
#[derive(Serialize)]
pub(super) struct Sample {
    /// Whom the phone says it is from.
    pub(super) from: String,
    pub(super) lang: &'static str,
    pub(super) text: String,
    /// Characters of GSM-7, of 160.
    pub(super) characters: usize,
    /// How many texts the provider charges for.
    pub(super) segments: usize,
}

/// The text with a link that this brand would send now.
pub(super) fn sample(app: &App, account: AccountId, seen: &Brand, language: Language) -> Sample {
    let host = app.settings.share.origin_for(account, seen.host.as_deref());
    let link = format!("{}{TOKEN}", host.trim_end_matches('/'));
    let text = sms::link(seen, language, &link, AN_HOUR).to_string();
    let characters = gsm::septets(&text).unwrap_or_else(|| text.chars().count());
    // 160 in one, 153 in each of several. (3GPP TS 23.040, 9.2.3.24.1)
    let segments = if characters <= gsm::SEGMENT { 1 } else { characters.div_ceil(153) };
    let from = seen.sender.clone().unwrap_or_else(|| "Your SMS connection’s number".into());
    Sample { from, lang: language.as_str(), text, characters, segments }
}

/// The language of a preview, from the address or the form.
#[derive(Deserialize)]
pub struct In {
    #[serde(default)]
    language: String,
}

/// `GET …/preview`: the page of what is stored.
///
/// # Errors
/// `not-found` for what is not there or not yours; when it is no admin.
pub async fn get(
    State(app): State<App>,
    Admin(session): Admin,
    Path(Whose { customer }): Path<Whose>,
    Query(In { language }): Query<In>,
) -> Result<Response, Failure> {
    let view = app.branding.one(session.technician.account, customer).await.map_err(failure)?;
    let seen = view.seen();
    page(&seen, Language::of_tag(&language).or(seen.language).unwrap_or_default())
}

/// `POST …/preview`: the page of what is typed. Nothing is kept. What can't be kept is not shown.
///
/// # Errors
/// As for [`get`]; when the form is not from our page.
pub async fn post(
    State(app): State<App>,
    Admin(session): Admin,
    Path(Whose { customer }): Path<Whose>,
    OwnForm(fields): OwnForm<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let posted = Posted(fields);
    let view = typed(&app, &session, customer, &posted).await?;
    let (seen, _) = as_far_as_kept(&app, session.technician.account, &view, &posted);
    page(&seen, spoken(&posted, &seen))
}

/// What a script shows beside the page.
#[derive(Serialize)]
pub struct Told {
    sms: Sample,
    /// What is typed and is not shown, and why.
    wrong: Vec<Wrong>,
}

/// `POST …/text`: the text of what is typed, and what of it can't be kept.
///
/// # Errors
/// As for [`post`].
pub async fn text(
    State(app): State<App>,
    Admin(session): Admin,
    Path(Whose { customer }): Path<Whose>,
    OwnForm(fields): OwnForm<BTreeMap<String, String>>,
) -> Result<Json<Told>, Failure> {
    let posted = Posted(fields);
    let account = session.technician.account;
    let view = typed(&app, &session, customer, &posted).await?;
    let (seen, wrong) = as_far_as_kept(&app, account, &view, &posted);
    let language = spoken(&posted, &seen);
    Ok(Json(Told { sms: sample(&app, account, &seen, language), wrong }))
}

async fn typed(
    app: &App,
    session: &Session,
    customer: Option<shared::CustomerId>,
    posted: &Posted,
) -> Result<BrandView, Failure> {
    check_form_token(app, session, posted.text("form"))?;
    app.branding.one(session.technician.account, customer).await.map_err(failure)
}

fn spoken(posted: &Posted, seen: &Brand) -> Language {
    Language::of_tag(posted.text("preview")).or(seen.language).unwrap_or_default()
}

/// How end users would see what is typed, without what can't be kept, and what that is.
fn as_far_as_kept(
    app: &App,
    account: AccountId,
    view: &BrandView,
    posted: &Posted,
) -> (Brand, Vec<Wrong>) {
    let mut entered = posted.brand();
    let checked = |entered: &Brand| app.branding.checked(account, entered, &view.said);
    let (said, wrong) = match checked(&entered) {
        Ok(said) => (said, Vec::new()),
        Err(wrong) => {
            wrong.iter().for_each(|wrong| entered.leave_out(&wrong.field));
            (checked(&entered).unwrap_or_default(), wrong)
        }
    };
    (said.over(view.above.clone()), wrong)
}

fn page(seen: &Brand, language: Language) -> Result<Response, Failure> {
    let logo = seen.logo.as_ref().map(|hash| format!("/logo/{hash}"));
    reveal::preview(seen, language, logo.as_deref())
}
