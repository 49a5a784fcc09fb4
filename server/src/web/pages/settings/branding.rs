//! `/settings/branding` and `/settings/branding/{customer}`: how end users see the account, and a
//! customer where it differs; beside it the page and the text as they will be.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::{Code, CustomerId};

use super::branding_fields::Form;
use super::branding_form::Posted;
use super::branding_preview::{Sample, sample};
use super::{Admin, Stale, may_change, stale};
use crate::app::App;
use crate::brand::Wrong;
use crate::branding::{BrandView, NotSaved};
use crate::language::Language;
use crate::store::{BrandedCustomer, Session};
use crate::web::api::{Path, Query};
use crate::web::forms::{OwnForm, form_token};
use crate::web::headers::FRAMING_CSP;
use crate::web::pages::{Page, html_with};
use crate::web::problem::Failure;

#[derive(Template)]
#[template(path = "settings/branding.html")]
struct BrandingPage {
    page: Page,
    stale: Option<Stale>,
    /// Whose; `None` for the account's own.
    customer: Option<String>,
    /// Where this page is.
    path: String,
    form: Form,
    logo: Logo,
    languages: Vec<(&'static str, &'static str, bool)>,
    sample: Sample,
    customers: Vec<BrandedCustomer>,
    /// Whether anything is said here.
    differs: bool,
    done: Option<&'static str>,
}

/// The logo as the page shows it.
struct Logo {
    address: Option<String>,
    /// It is said here, and not taken over.
    own: bool,
    name: String,
    wrong: Option<String>,
}

/// Whose brand the address names.
#[derive(Deserialize)]
pub struct Whose {
    #[serde(default)]
    pub(super) customer: Option<CustomerId>,
}

/// What was done just before, as the address says it.
#[derive(Deserialize)]
pub struct Just {
    done: Option<String>,
}

impl Just {
    fn words(&self) -> Option<&'static str> {
        match self.done.as_deref()? {
            "saved" => Some("Saved. Links that are sent from now on look like this."),
            "logo" => Some("Saved. This is the logo as people will see it."),
            "no-logo" => Some("The logo is removed."),
            "as-account" => Some("This customer looks like the account again."),
            _ => None,
        }
    }
}

/// Where the page of a brand is.
pub(super) fn path(customer: Option<CustomerId>) -> String {
    match customer {
        Some(customer) => format!("/settings/branding/{customer}"),
        None => "/settings/branding".to_owned(),
    }
}

/// `GET /settings/branding` and `/settings/branding/{customer}`.
///
/// # Errors
/// [`Code::NotFound`] for what is not there or not yours; when it is no admin.
pub async fn get(
    State(app): State<App>,
    Admin(session): Admin,
    Path(Whose { customer }): Path<Whose>,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    let view = app.branding.one(session.technician.account, customer).await.map_err(failure)?;
    show(&app, &session, &view, Back::default(), just.words()).await
}

/// `POST`: saves what was typed.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh; a field
/// that can't be kept is shown on the page.
pub async fn post(
    State(app): State<App>,
    Admin(session): Admin,
    Path(Whose { customer }): Path<Whose>,
    OwnForm(fields): OwnForm<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    let posted = Posted(fields);
    may_change(&app, &session, posted.text("form"))?;
    match app.branding.save(&session, customer, posted.version(), &posted.brand()).await {
        Ok(()) => Ok(to(customer, "saved")),
        Err(not_saved) => {
            let (status, errors, changed) = wrong(not_saved)?;
            let account = session.technician.account;
            let view = app.branding.one(account, customer).await.map_err(failure)?;
            let back = Back { status, posted: Some(posted), errors, changed };
            show(&app, &session, &view, back, None).await
        }
    }
}

/// A form that comes back.
#[derive(Default)]
pub(super) struct Back {
    pub(super) status: StatusCode,
    pub(super) posted: Option<Posted>,
    pub(super) errors: Vec<Wrong>,
    /// Somebody else has changed it meanwhile.
    pub(super) changed: bool,
}

/// What of a refusal is shown at the form; everything else goes on as the problem that it is.
pub(super) fn wrong(not_saved: NotSaved) -> Result<(StatusCode, Vec<Wrong>, bool), Failure> {
    match not_saved {
        NotSaved::Fields(errors) => Ok((StatusCode::UNPROCESSABLE_ENTITY, errors, false)),
        NotSaved::Denied(denied) => {
            let failure = Failure::from(denied);
            if failure.0.code == Code::ChangedMeanwhile {
                return Ok((StatusCode::CONFLICT, Vec::new(), true));
            }
            Err(failure)
        }
    }
}

pub(super) fn failure(not_saved: NotSaved) -> Failure {
    match not_saved {
        NotSaved::Denied(denied) => denied.into(),
        NotSaved::Fields(_) => Code::InvalidFields.into(),
    }
}

pub(super) fn to(customer: Option<CustomerId>, done: &str) -> Response {
    Redirect::to(&format!("{}?done={done}", path(customer))).into_response()
}

/// The page, with a form that comes back in place of the stored values.
pub(super) async fn show(
    app: &App,
    session: &Session,
    view: &BrandView,
    back: Back,
    done: Option<&'static str>,
) -> Result<Response, Failure> {
    let account = session.technician.account;
    let id = view.customer.as_ref().map(|customer| customer.id);
    let customers = match id {
        Some(_) => Vec::new(),
        None => app.branding.customers(account).await.map_err(failure)?,
    };
    let posted = back.posted.unwrap_or_else(|| Posted::of(&view.said, view.version));
    let logo = back.errors.iter().find(|wrong| wrong.field == "logo");
    let seen = view.seen();
    let language = seen.language.unwrap_or_default();
    let title = match &view.customer {
        Some(customer) => format!("Branding for {}", customer.name),
        None => "Branding".to_owned(),
    };
    let mut form = Form::new(form_token(app, session), account, view, &posted, &back.errors);
    form.changed = back.changed;
    let page = BrandingPage {
        page: Page::inside(app, session, &title, "settings"),
        stale: stale(app, session, &path(id)),
        customer: view.customer.as_ref().map(|customer| customer.name.clone()),
        path: path(id),
        logo: Logo {
            address: seen.logo.as_ref().map(|hash| format!("/logo/{hash}")),
            own: view.said.logo.is_some(),
            name: seen.name().to_owned(),
            wrong: logo.map(|wrong| wrong.detail.clone()),
        },
        form,
        languages: Language::ALL
            .map(|one| (one.as_str(), one.own_name(), one == language))
            .to_vec(),
        sample: sample(app, account, &seen, language),
        customers,
        differs: view.version.is_some(),
        done,
    };
    let mut response = html_with(back.status, &page)?;
    // The preview is a frame of our own.
    let csp = HeaderValue::from_static(FRAMING_CSP);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, csp);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_words_are_shown() {
        let said = |text: &str| Just { done: Some(text.into()) }.words();
        assert!(said("saved").is_some() && said("<script>").is_none());
    }
}
