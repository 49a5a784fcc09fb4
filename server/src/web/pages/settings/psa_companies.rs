//! `/settings/integrations/psa/{id}/companies`: which customer a PSA's company is, and which technician
//! a person there. Nothing is mapped by itself; what is suggested is one click.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::{Code, CustomerId, IntegrationId};
use url::form_urlencoded::Serializer;

use super::form::{Choice, Wrong, customers, wrong};
use super::psa::{path, to};
use super::psa_form::Posted;
use super::{Admin, Just, Stale, failure, may_change, stale};
use crate::app::App;
use crate::psa::{Companies, CompanyView, MapTo, PsaView};
use crate::store::Session;
use crate::web::api::{Path, Query};
use crate::web::forms::{OwnForm, form_token};
use crate::web::pages::{Page, Pager, Search, html, html_with};
use crate::web::problem::Failure;

#[derive(Template)]
#[template(path = "settings/psa_companies.html")]
struct CompaniesPage {
    page: Page,
    stale: Option<Stale>,
    view: PsaView,
    q: String,
    companies: Companies,
    /// The suggestions of this page: what is accepted is what was seen.
    seen: String,
    suggested: usize,
    pager: Pager,
    done: Option<&'static str>,
    token: String,
}

impl CompaniesPage {
    #[expect(clippy::unused_self, reason = "the template asks the page for everything")]
    fn choose(&self, company: &CompanyView) -> String {
        Serializer::new(String::new()).append_pair("company", &company.company).finish()
    }
}

/// The parts that this page's template and `wrong.html` ask for.
struct Form {
    part: &'static str,
    errors: Vec<Wrong>,
}

impl Form {
    fn problem(&self, _part: &str, field: &str) -> Option<&str> {
        self.errors.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.as_str())
    }

    #[expect(clippy::unused_self, reason = "the template asks the form for everything")]
    fn refused(&self) -> &'static str {
        "Nothing was changed."
    }
}

#[derive(Template)]
#[template(path = "settings/psa_company.html")]
struct CompanyPage {
    page: Page,
    stale: Option<Stale>,
    view: PsaView,
    company: CompanyView,
    customers: Vec<Choice>,
    form: Form,
    token: String,
}

fn list_path(id: IntegrationId) -> String {
    format!("{}/companies", path(id))
}

/// `GET …/companies?q=&page=`.
///
/// # Errors
/// [`Code::NotFound`] for what is not there or not yours; when it is no admin.
pub async fn list(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    Query(search): Query<Search>,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    let account = session.technician.account;
    let view = app.psas.one(account, id).await.map_err(failure)?;
    let page = usize::try_from(search.page()).unwrap_or(usize::MAX);
    let companies = app.psas.companies(account, id, search.text(), page).await.map_err(failure)?;
    let seen: Vec<(&str, CustomerId)> = companies
        .companies
        .iter()
        .filter_map(|it| Some((it.company.as_str(), it.suggestion.as_ref()?.id)))
        .collect();
    html(&CompaniesPage {
        page: Page::inside(&app, &session, "Companies", "settings"),
        stale: stale(&app, &session, &list_path(id)),
        q: search.text().to_owned(),
        suggested: seen.len(),
        seen: serde_json::to_string(&seen).unwrap_or_default(),
        pager: search.pager(companies.page + 1 < companies.pages),
        companies,
        view,
        done: just.words(),
        token: form_token(&app, &session),
    })
}

/// `POST …/companies/load`: reads them from the PSA.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh; what the PSA
/// refuses.
pub async fn load(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    app.psas.load_companies(&session, id).await.map_err(failure)?;
    Ok(to(&list_path(id), "loaded"))
}

/// `POST …/companies/accept`: one suggestion, or all that a page has shown.
///
/// # Errors
/// As for [`load`].
pub async fn accept(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let seen: Vec<(String, CustomerId)> =
        serde_json::from_str(posted.text("seen")).map_err(|_| Code::BadRequest)?;
    let accepted = app.psas.accept(&session, id, &seen).await.map_err(failure)?;
    Ok(to(&list_path(id), if accepted == seen.len() { "mapped" } else { "mapped-some" }))
}

/// Which company, in an address.
#[derive(Deserialize)]
pub struct Which {
    company: String,
}

/// `GET …/company?company=`: one company, to choose its customer.
///
/// # Errors
/// [`Code::NotFound`] for what is not there or not yours; when it is no admin.
pub async fn one(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    Query(which): Query<Which>,
) -> Result<Response, Failure> {
    show(&app, &session, id, &which.company, (StatusCode::OK, Vec::new())).await
}

async fn show(
    app: &App,
    session: &Session,
    id: IntegrationId,
    company: &str,
    (status, errors): (StatusCode, Vec<Wrong>),
) -> Result<Response, Failure> {
    let account = session.technician.account;
    let view = app.psas.one(account, id).await.map_err(failure)?;
    let company = app.psas.company(account, id, company).await.map_err(failure)?;
    let chosen = company.customer.as_ref().or(company.suggestion.as_ref());
    let chosen = chosen.map(|customer| customer.id.to_string()).unwrap_or_default();
    let page = CompanyPage {
        page: Page::inside(app, session, &company.name, "settings"),
        stale: stale(app, session, &list_path(id)),
        customers: customers(app.store.customers(account).await?, &chosen),
        form: Form { part: "map", errors },
        token: form_token(app, session),
        view,
        company,
    };
    html_with(status, &page)
}

/// `POST …/company`: says which customer it is.
///
/// # Errors
/// As for [`load`].
pub async fn map(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let company = posted.text("company");
    let to_whom = match (posted.text("to"), posted.text("customer").parse()) {
        ("new", _) => Some(MapTo::New),
        ("nobody", _) => Some(MapTo::Nobody),
        (_, Ok(id)) => Some(MapTo::Customer(CustomerId(id))),
        _ => None,
    };
    let Some(to_whom) = to_whom else {
        let choose = "Choose the customer that this company is.".to_owned();
        let back = (StatusCode::UNPROCESSABLE_ENTITY, vec![Wrong::at("customer", choose)]);
        return show(&app, &session, id, company, back).await;
    };
    match app.psas.map(&session, id, company, to_whom).await {
        Ok(()) => Ok(to(&list_path(id), "mapped")),
        Err(not_done) => {
            let back = wrong(not_done, "customer")?;
            show(&app, &session, id, company, back).await
        }
    }
}

/// `POST …/people/remove`: forgets who somebody is there.
///
/// # Errors
/// As for [`load`].
pub async fn unlink(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    app.psas.unlink(&session, id, posted.text("person")).await.map_err(failure)?;
    Ok(to(&path(id), "unlinked").into_response())
}
