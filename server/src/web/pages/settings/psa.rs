//! `/settings/integrations/psa`: an account's PSA is connected, changed, tested, switched, deleted, and
//! gets our pod. Companies and people are in `psa_companies`.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use shared::{Finding as Found, IntegrationId};

use super::form::{Wrong, wrong};
use super::health::Finding;
use super::psa_contacts::Contacts;
use super::psa_form::{Form, Posted, Values};
use super::{Admin, Just, Stale, failure, may_change, stale};
use crate::app::App;
use crate::psa::{Companies, PsaKind, PsaTest, PsaView};
use crate::store::{PsaPerson, Session};
use crate::web::api::{Path, Query};
use crate::web::forms::{OwnForm, form_token};
use crate::web::pages::times::Moment;
use crate::web::pages::{Page, html, html_with};
use crate::web::problem::Failure;
use shared::Code;

#[derive(Template)]
#[template(path = "settings/psa_new.html")]
struct NewPage {
    page: Page,
    stale: Option<Stale>,
    form: Form,
}

#[derive(Template)]
#[template(path = "settings/psa.html")]
struct PsaPage {
    page: Page,
    stale: Option<Stale>,
    view: PsaView,
    /// What the PSA calls the server that the pod comes from.
    origin: String,
    form: Form,
    done: Option<&'static str>,
    findings: Vec<Finding>,
    companies: Companies,
    people: Vec<Person>,
    contacts: Contacts,
}

#[derive(Template)]
#[template(path = "settings/psa_delete.html")]
struct DeletePage {
    page: Page,
    stale: Option<Stale>,
    view: PsaView,
    token: String,
}

/// A linked technician, as the page shows them.
struct Person {
    it: PsaPerson,
    since: Moment,
}

/// A form that comes back: with what status, which of the page, with which values, and what is wrong.
type Back = (StatusCode, &'static str, Values, Vec<Wrong>);

pub(super) fn path(id: IntegrationId) -> String {
    format!("/settings/integrations/psa/{id}")
}

pub(super) fn to(path: &str, done: &str) -> Response {
    Redirect::to(&format!("{path}?done={done}")).into_response()
}

fn new_path(kind: PsaKind) -> String {
    format!("/settings/integrations/psa/new/{}", kind.as_str())
}

fn known(kind: &str) -> Result<PsaKind, Failure> {
    PsaKind::parse(kind).ok_or_else(|| Code::NotFound.into())
}

/// `GET /settings/integrations/psa/new/{kind}`.
///
/// # Errors
/// [`Code::NotFound`] for no PSA of ours; when nobody is signed in or it is no admin.
pub async fn new(
    State(app): State<App>,
    Admin(session): Admin,
    Path(kind): Path<String>,
) -> Result<Response, Failure> {
    let kind = known(&kind)?;
    show_new(&app, &session, kind, (StatusCode::OK, "", Values::usual(kind), Vec::new()))
}

fn show_new(
    app: &App,
    session: &Session,
    kind: PsaKind,
    (status, part, values, errors): Back,
) -> Result<Response, Failure> {
    let form = form(app, session, kind, values).with(part, errors);
    let page = Page::inside(app, session, kind.name(), "settings");
    html_with(status, &NewPage { page, stale: stale(app, session, &new_path(kind)), form })
}

fn form(app: &App, session: &Session, kind: PsaKind, values: Values) -> Form {
    let token = form_token(app, session);
    Form { token, kind, values, new: true, has_frame_secret: false, part: "", errors: Vec::new() }
}

/// `POST /settings/integrations/psa/new/{kind}`.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh; a field
/// that can't be right is shown on the page.
pub async fn add(
    State(app): State<App>,
    Admin(session): Admin,
    Path(kind): Path<String>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    let kind = known(&kind)?;
    may_change(&app, &session, &posted.form)?;
    let values = posted.values(kind);
    match app.psas.add(&session, kind, &posted.ask(kind)).await {
        Ok(id) => Ok(to(&path(id), "psa-added")),
        Err(not_done) => {
            let (status, errors) = wrong(not_done, "site")?;
            show_new(&app, &session, kind, (status, "new", values, errors))
        }
    }
}

/// `GET /settings/integrations/psa/{id}`.
///
/// # Errors
/// [`Code::NotFound`] for what is not there or not yours; when it is no admin.
pub async fn get(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    show(&app, &session, id, None, (just.words(), Vec::new())).await
}

/// The page, with a form that comes back in place of the stored values.
async fn show(
    app: &App,
    session: &Session,
    id: IntegrationId,
    back: Option<Back>,
    (done, findings): (Option<&'static str>, Vec<Finding>),
) -> Result<Response, Failure> {
    let account = session.technician.account;
    let view = app.psas.one(account, id).await.map_err(failure)?;
    let companies = app.psas.companies(account, id, "", 0).await.map_err(failure)?;
    let now = app.clock.now();
    let people = app.psas.people(account, id).await.map_err(failure)?;
    let person = |it: PsaPerson| Person { since: Moment::new(it.linked_at, now), it };
    let stored = || (StatusCode::OK, "", Values::from(&view), Vec::new());
    let (status, part, values, errors) = back.unwrap_or_else(stored);
    let mut form = form(app, session, view.kind, values).with(part, errors);
    form.new = false;
    form.has_frame_secret = view.has_frame_secret;
    let page = PsaPage {
        page: Page::inside(app, session, view.kind.name(), "settings"),
        stale: stale(app, session, &path(id)),
        origin: app.settings.server.origin.trim_end_matches('/').to_owned(),
        people: people.into_iter().map(person).collect(),
        contacts: Contacts::read(app, account, &view).await?,
        view,
        form,
        done,
        findings,
        companies,
    };
    html_with(status, &page)
}

/// `POST /settings/integrations/psa/{id}`: changes it.
///
/// # Errors
/// As for [`add`].
pub async fn change(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let kind = app.psas.one(session.technician.account, id).await.map_err(failure)?.kind;
    let values = posted.values(kind);
    match app.psas.change(&session, id, &posted.ask(kind)).await {
        Ok(()) => Ok(to(&path(id), "saved")),
        Err(not_done) => {
            let (status, errors) = wrong(not_done, "site")?;
            let back = Some((status, "change", values, errors));
            show(&app, &session, id, back, (None, Vec::new())).await
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
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let test = app.psas.test(&session, id).await.map_err(failure)?;
    show(&app, &session, id, None, (None, found(&test))).await
}

fn bad(finding: &Found) -> Finding {
    let words = finding.code.words();
    let said = finding.about.as_ref().map(|about| format!(" ({about})")).unwrap_or_default();
    let what = format!("{}{said}", words.what);
    Finding { class: "bad", level: "Fails", what, remedy: Some(words.next.into()) }
}

/// What a test found, in words.
fn found(test: &PsaTest) -> Vec<Finding> {
    let good = |what: String| Finding { class: "good", level: "Works", what, remedy: None };
    let mut found: Vec<Finding> = test.broken.iter().map(bad).collect();
    if let Some(about) = &test.about {
        let remarks = about.remarks.iter().cloned();
        found.extend(remarks.map(|what| Finding {
            class: "warn",
            level: "Note",
            what,
            remedy: None,
        }));
        found.push(good(format!("{} takes our key, as {}.", about.product, about.identity)));
        found.push(match (&test.tickets_refused, test.tickets.as_slice()) {
            (Some(finding), _) => bad(finding),
            (None, []) => good("Tickets can be read; none is open right now.".into()),
            (None, some) => {
                good(format!("Tickets can be read. The newest are {}.", some.join(", ")))
            }
        });
    }
    found
}

/// `POST …/pod`: makes the pod in ConnectWise.
///
/// # Errors
/// As for [`add`].
pub async fn install_pod(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    app.psas.install_pod(&session, id).await.map_err(failure)?;
    Ok(to(&path(id), "pod"))
}

/// `POST …/switch`.
///
/// # Errors
/// As for [`add`].
pub async fn switch(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let on = posted.text("on") == "yes";
    app.psas.switch(&session, id, on).await.map_err(failure)?;
    Ok(to(&path(id), if on { "on" } else { "psa-off" }))
}

/// `POST …/list`: whether our own pages list what is in it.
///
/// # Errors
/// As for [`add`].
pub async fn list_here(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let on = posted.text("on") == "yes";
    app.psas.list_here(&session, id, on).await.map_err(failure)?;
    Ok(to(&path(id), if on { "listed" } else { "unlisted" }))
}

/// `GET …/delete`: asks once more.
///
/// # Errors
/// [`Code::NotFound`] for what is not there or not yours; when it is no admin.
pub async fn ask_delete(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
) -> Result<Response, Failure> {
    let view = app.psas.one(session.technician.account, id).await.map_err(failure)?;
    html(&DeletePage {
        page: Page::inside(&app, &session, "Delete an integration", "settings"),
        stale: stale(&app, &session, &format!("{}/delete", path(id))),
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
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    app.psas.delete(&session, id).await.map_err(failure)?;
    Ok(Redirect::to("/settings/integrations?done=deleted").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::psa::About;

    #[test]
    fn a_test_is_told_in_words_the_worst_first() {
        let about = |remarks: &[&str]| About {
            product: "ConnectWise v2025.1".into(),
            identity: "pods".into(),
            remarks: remarks.iter().map(|it| (*it).to_owned()).collect(),
        };
        let said = |broken: Option<Code>, about, refused: Option<Code>, tickets: &[&str]| {
            let test = PsaTest {
                broken: broken.map(Found::from),
                about,
                tickets: tickets.iter().map(|it| (*it).to_owned()).collect(),
                tickets_refused: refused.map(Found::from),
            };
            let found = found(&test);
            found.iter().map(|it| format!("{} {}", it.class, it.what)).collect::<Vec<_>>()
        };
        let refused = said(Some(Code::PsaCredentials), None, None, &[]);
        assert_eq!(refused, ["bad The PSA refused our credentials."]);
        let works = said(None, Some(about(&["Pin it."])), None, &["12", "11"]);
        assert_eq!(
            works,
            [
                "warn Pin it.",
                "good ConnectWise v2025.1 takes our key, as pods.",
                "good Tickets can be read. The newest are 12, 11."
            ]
        );
        let empty = said(None, Some(about(&[])), None, &[]);
        assert!(empty[1].contains("none is open"));
        let blind = said(None, Some(about(&[])), Some(Code::PsaPermission), &[]);
        assert!(blind[1].starts_with("bad Our credentials"));
    }
}
