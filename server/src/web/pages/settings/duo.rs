//! `/settings/integrations/duo`: a customer's Duo is connected, changed, tested, switched, deleted.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use shared::{CustomerId, Finding as Found};

use super::duo_form::{Form, Posted, Values};
use super::form::{Wrong, customers, wrong};
use super::health::Finding;
use super::{Admin, Just, Stale, failure, may_change, stale};
use crate::app::App;
use crate::duo::{DuoView, PushTest};
use crate::store::Session;
use crate::web::api::{Path, Query};
use crate::web::forms::{OwnForm, form_token};
use crate::web::pages::{Page, html, html_with};
use crate::web::problem::Failure;

/// Where a new one is connected.
const NEW: &str = "/settings/integrations/duo/new";

#[derive(Template)]
#[template(path = "settings/duo_new.html")]
struct NewPage {
    page: Page,
    stale: Option<Stale>,
    form: Form,
}

#[derive(Template)]
#[template(path = "settings/duo.html")]
struct DuoPage {
    page: Page,
    stale: Option<Stale>,
    view: DuoView,
    form: Form,
    done: Option<&'static str>,
    findings: Vec<Finding>,
}

#[derive(Template)]
#[template(path = "settings/duo_delete.html")]
struct DeletePage {
    page: Page,
    stale: Option<Stale>,
    view: DuoView,
    token: String,
}

/// A form that comes back: with what status, which of the page, with which values, and what is wrong.
type Back = (StatusCode, &'static str, Values, Vec<Wrong>);

fn path(customer: CustomerId) -> String {
    format!("/settings/integrations/duo/{customer}")
}

fn to(customer: CustomerId, done: &str) -> Response {
    Redirect::to(&format!("{}?done={done}", path(customer))).into_response()
}

/// `GET /settings/integrations/duo/new`.
///
/// # Errors
/// When nobody is signed in or it is no admin, or the database can't be read.
pub async fn new(State(app): State<App>, Admin(session): Admin) -> Result<Response, Failure> {
    show_new(&app, &session, (StatusCode::OK, "", Values::default(), Vec::new())).await
}

async fn show_new(
    app: &App,
    session: &Session,
    (status, part, values, errors): Back,
) -> Result<Response, Failure> {
    let without = app.duo.customers_without(session.technician.account).await?;
    let customers = customers(without, &values.customer);
    let form = Form { token: form_token(app, session), values, customers, part, errors };
    let page = Page::inside(app, session, "Duo", "settings");
    html_with(status, &NewPage { page, stale: stale(app, session, NEW), form })
}

/// `POST /settings/integrations/duo/new`.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh; a field
/// that can't be right is shown on the page.
pub async fn add(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let values = posted.values();
    let Ok(customer) = values.customer.parse().map(CustomerId) else {
        let choose = "Choose the customer whose Duo this is.".to_owned();
        let errors = vec![Wrong::at("customer", choose)];
        return show_new(&app, &session, (StatusCode::UNPROCESSABLE_ENTITY, "new", values, errors))
            .await;
    };
    match app.duo.save(&session, customer, &posted.ask()).await {
        Ok(()) => Ok(to(customer, "saved")),
        Err(not_done) => {
            let (status, errors) = wrong(not_done, "customer")?;
            show_new(&app, &session, (status, "new", values, errors)).await
        }
    }
}

/// `GET /settings/integrations/duo/{customer}`.
///
/// # Errors
/// [`shared::Code::NotFound`] for what is not there or not yours; when it is no admin.
pub async fn get(
    State(app): State<App>,
    Admin(session): Admin,
    Path(customer): Path<CustomerId>,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    show(&app, &session, customer, None, (just.words(), Vec::new())).await
}

/// The page, with a form that comes back in place of the stored values.
async fn show(
    app: &App,
    session: &Session,
    customer: CustomerId,
    back: Option<Back>,
    (done, findings): (Option<&'static str>, Vec<Finding>),
) -> Result<Response, Failure> {
    let view = app.duo.one(session.technician.account, customer).await.map_err(failure)?;
    let stored = || (StatusCode::OK, "", Values::from(&view), Vec::new());
    let (status, part, values, errors) = back.unwrap_or_else(stored);
    let token = form_token(app, session);
    let form = Form { token, values, customers: Vec::new(), part, errors };
    let page = Page::inside(app, session, &format!("{}: Duo", view.customer), "settings");
    let stale = stale(app, session, &path(customer));
    html_with(status, &DuoPage { page, stale, view, form, done, findings })
}

/// `POST /settings/integrations/duo/{customer}`: changes it.
///
/// # Errors
/// As for [`add`].
pub async fn change(
    State(app): State<App>,
    Admin(session): Admin,
    Path(customer): Path<CustomerId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let values = posted.values();
    match app.duo.save(&session, customer, &posted.ask()).await {
        Ok(()) => Ok(to(customer, "saved")),
        Err(not_done) => {
            let (status, errors) = wrong(not_done, "host")?;
            let back = Some((status, "change", values, errors));
            show(&app, &session, customer, back, (None, Vec::new())).await
        }
    }
}

/// `POST …/test`: tests the connection, and shows what was found.
///
/// # Errors
/// As for [`add`].
pub async fn test(
    State(app): State<App>,
    Admin(session): Admin,
    Path(customer): Path<CustomerId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let person = posted.test_person;
    let test = app.duo.test(&session, customer, Some(&person)).await.map_err(failure)?;
    let view = app.duo.one(session.technician.account, customer).await.map_err(failure)?;
    let values = Values { test_person: person, ..Values::from(&view) };
    let back = Some((StatusCode::OK, "", values, Vec::new()));
    show(&app, &session, customer, back, (None, found(&test))).await
}

/// What a test found, in words.
fn found(test: &PushTest) -> Vec<Finding> {
    let good = |what: String| Finding { class: "good", level: "Works", what, remedy: None };
    let bad = |finding: &Found| {
        let words = finding.code.words();
        let said = finding.about.as_ref().map(|about| format!(" ({about})")).unwrap_or_default();
        let what = format!("{}{said}", words.what);
        Finding { class: "bad", level: "Fails", what, remedy: Some(words.next.into()) }
    };
    let mut found = vec![match &test.broken {
        Some(finding) => bad(finding),
        None => good("Duo takes the keys, and the clock is right.".into()),
    }];
    if let Some(person) = &test.person {
        found.push(match &person.refused {
            Some(finding) => bad(finding),
            None => {
                let devices = person.devices.join(", ");
                good(format!("Duo knows {}, who takes a push on: {devices}.", person.username))
            }
        });
    }
    found
}

/// `POST …/switch`.
///
/// # Errors
/// As for [`add`].
pub async fn switch(
    State(app): State<App>,
    Admin(session): Admin,
    Path(customer): Path<CustomerId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let on = posted.on == "yes";
    app.duo.switch(&session, customer, on).await.map_err(failure)?;
    Ok(to(customer, if on { "on" } else { "duo-off" }))
}

/// `GET …/delete`: asks once more.
///
/// # Errors
/// [`shared::Code::NotFound`] for what is not there or not yours; when it is no admin.
pub async fn ask_delete(
    State(app): State<App>,
    Admin(session): Admin,
    Path(customer): Path<CustomerId>,
) -> Result<Response, Failure> {
    let view = app.duo.one(session.technician.account, customer).await.map_err(failure)?;
    html(&DeletePage {
        page: Page::inside(&app, &session, "Delete an integration", "settings"),
        stale: stale(&app, &session, &format!("{}/delete", path(customer))),
        view,
        token: form_token(&app, &session),
    })
}

/// `POST …/delete`.
///
/// # Errors
/// As for [`add`].
pub async fn delete(
    State(app): State<App>,
    Admin(session): Admin,
    Path(customer): Path<CustomerId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    app.duo.delete(&session, customer).await.map_err(failure)?;
    Ok(Redirect::to("/settings/integrations?done=deleted").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duo::TestPerson;
    use shared::Code;

    #[test]
    fn a_test_is_told_in_words() {
        let person = |refused: Option<Found>| TestPerson {
            username: "ada.park".into(),
            devices: vec!["iOS (XXX-XXX-0123)".into()],
            refused,
        };
        let said = |broken: Option<Code>, person| {
            let broken = broken.map(|code| Found { code, about: Some("Duo 40103".into()) });
            let found = found(&PushTest { broken, person });
            found.iter().map(|it| format!("{} {}", it.class, it.what)).collect::<Vec<_>>()
        };
        assert_eq!(said(None, None), ["good Duo takes the keys, and the clock is right."]);
        let broken = said(Some(Code::DuoCredentials), None);
        assert!(broken[0].starts_with("bad Duo refused the keys") && broken[0].contains("40103"));
        let known = said(None, Some(person(None)));
        assert_eq!(known[1], "good Duo knows ada.park, who takes a push on: iOS (XXX-XXX-0123).");
        let kept_out = said(None, Some(person(Some(Code::DuoBypass.into()))));
        assert!(kept_out[1].starts_with("bad Duo lets this person in"));
    }
}
