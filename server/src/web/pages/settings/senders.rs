//! `/settings/integrations/sms` and `…/mail`: what carries texts and mails is connected, changed, tested,
//! switched, deleted. One page for both: they differ in their fields and in what is said of them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use shared::{Code, Finding as Found};

use super::form::{Wrong, wrong};
use super::health::Finding;
use super::senders_form::{Form, Posted, Values};
use super::{Admin, Just, Stale, failure, may_change, stale};
use crate::app::App;
use crate::integration::NotDone;
use crate::senders::{SenderKind, SenderTest};
use crate::store::Session;
use crate::web::api::Query;
use crate::web::forms::{OwnForm, form_token};
use crate::web::pages::{Page, html, html_with};
use crate::web::problem::Failure;

#[derive(Template)]
#[template(path = "settings/sender.html")]
struct SenderPage {
    page: Page,
    stale: Option<Stale>,
    form: Form,
    done: Option<&'static str>,
    findings: Vec<Finding>,
    /// Where the admin's own test mail goes.
    email: String,
}

#[derive(Template)]
#[template(path = "settings/sender_delete.html")]
struct DeletePage {
    page: Page,
    stale: Option<Stale>,
    kind: SenderKind,
    token: String,
}

/// A form that comes back, with what is wrong and what was found.
struct Back {
    status: StatusCode,
    values: Values,
    errors: Vec<Wrong>,
    findings: Vec<Finding>,
}

/// The path of its page.
pub(super) const fn path(kind: SenderKind) -> &'static str {
    match kind {
        SenderKind::Sms => "/settings/integrations/sms",
        SenderKind::Mail => "/settings/integrations/mail",
    }
}

fn to(kind: SenderKind, done: &str) -> Response {
    Redirect::to(&format!("{}?done={done}", path(kind))).into_response()
}

/// What is stored; `None` where nothing is connected.
async fn stored(app: &App, session: &Session, kind: SenderKind) -> Result<Option<Values>, Failure> {
    let account = session.technician.account;
    Ok(match kind {
        SenderKind::Sms => {
            let view = app.senders.sms(account).await?;
            view.map(|view| Values::of_sms(&view, &app.settings.sms))
        }
        SenderKind::Mail => app.senders.mail(account).await?.map(|view| Values::of_mail(&view)),
    })
}

/// `GET`: the page.
///
/// # Errors
/// When nobody is signed in or it is no admin, or the database can't be read.
pub async fn get(
    kind: SenderKind,
    State(app): State<App>,
    Admin(session): Admin,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    show(&app, &session, kind, None, just.words()).await
}

/// The page, with a form that comes back in place of the stored values.
async fn show(
    app: &App,
    session: &Session,
    kind: SenderKind,
    back: Option<Back>,
    done: Option<&'static str>,
) -> Result<Response, Failure> {
    let known = stored(app, session, kind).await?;
    let is_on = known.as_ref().map(|known| known.is_on);
    let back = back.unwrap_or_else(|| Back {
        status: StatusCode::OK,
        values: known.unwrap_or_else(|| Values::empty(kind)),
        errors: Vec::new(),
        findings: Vec::new(),
    });
    let form = Form {
        kind,
        token: form_token(app, session),
        is_on,
        values: back.values,
        regions: app.settings.sms.regions.clone(),
        errors: back.errors,
    };
    let page = Page::inside(app, session, form.title(), "settings");
    let (stale, email) = (stale(app, session, path(kind)), session.technician.email.clone());
    let findings = back.findings;
    html_with(back.status, &SenderPage { page, stale, form, done, findings, email })
}

/// `POST`: connects it, or changes it.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh; a field
/// that can't be right is shown on the page.
pub async fn save(
    kind: SenderKind,
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, posted.token())?;
    let values = posted.values();
    let saved = match kind {
        SenderKind::Sms => app.senders.save_sms(&session, &posted.sms()).await,
        SenderKind::Mail => app.senders.save_mail(&session, &posted.mail()).await,
    };
    match saved {
        Ok(()) => Ok(to(kind, "saved")),
        Err(not_done) => refused(&app, &session, kind, values, not_done).await,
    }
}

async fn refused(
    app: &App,
    session: &Session,
    kind: SenderKind,
    values: Values,
    not_done: NotDone,
) -> Result<Response, Failure> {
    let first = match kind {
        SenderKind::Sms => "region",
        SenderKind::Mail => "host",
    };
    let (status, errors) = wrong(not_done, first)?;
    let back = Back { status, values, errors, findings: Vec::new() };
    show(app, session, kind, Some(back), None).await
}

/// `POST …/test`: tests it, and shows what was found.
///
/// # Errors
/// As for [`save`].
pub async fn test(
    kind: SenderKind,
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, posted.token())?;
    let number = posted.values().number;
    let tested = match kind {
        SenderKind::Sms => app.senders.test_sms(&session, &number).await,
        SenderKind::Mail => app.senders.test_mail(&session).await,
    };
    let known = stored(&app, &session, kind).await?.ok_or(Code::NotFound)?;
    let values = Values { number, ..known };
    match tested {
        Ok(test) => {
            let findings = found(kind, &test);
            let back = Back { status: StatusCode::OK, values, errors: Vec::new(), findings };
            show(&app, &session, kind, Some(back), None).await
        }
        Err(not_done) => refused(&app, &session, kind, values, not_done).await,
    }
}

/// What a test found, in words.
fn found(kind: SenderKind, test: &SenderTest) -> Vec<Finding> {
    let good =
        |what: &str| Finding { class: "good", level: "Works", what: what.into(), remedy: None };
    let bad = |finding: &Found| {
        let words = finding.code.words();
        let said = finding.about.as_ref().map(|about| format!(" ({about})")).unwrap_or_default();
        let what = format!("{}{said}", words.what);
        Finding { class: "bad", level: "Fails", what, remedy: Some(words.next.into()) }
    };
    if let Some(broken) = &test.broken {
        return vec![bad(broken)];
    }
    let mut found = Vec::new();
    if kind == SenderKind::Sms {
        found.push(good("Twilio takes the keys."));
    }
    match (&test.sent, kind) {
        (None, _) => {}
        (Some(Err(finding)), _) => found.push(bad(finding)),
        (Some(Ok(())), SenderKind::Sms) => found.push(good(
            "Twilio took a text for that number. If it does not arrive within a minute, Twilio’s log \
             says why.",
        )),
        (Some(Ok(())), SenderKind::Mail) => found.push(good(
            "The server took a mail to you. If it does not arrive, look among unwanted mail: then \
             others’ mails go there, too.",
        )),
    }
    found
}

/// `POST …/switch`.
///
/// # Errors
/// As for [`save`].
pub async fn switch(
    kind: SenderKind,
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, posted.token())?;
    let on = posted.switches_on();
    app.senders.switch(&session, kind, on).await.map_err(failure)?;
    let done = match (on, kind) {
        (true, _) => "on",
        (false, SenderKind::Sms) => "sms-off",
        (false, SenderKind::Mail) => "mail-off",
    };
    Ok(to(kind, done))
}

/// `GET …/delete`: asks once more.
///
/// # Errors
/// [`Code::NotFound`] where nothing is connected; when it is no admin.
pub async fn ask_delete(
    kind: SenderKind,
    State(app): State<App>,
    Admin(session): Admin,
) -> Result<Response, Failure> {
    stored(&app, &session, kind).await?.ok_or(Code::NotFound)?;
    html(&DeletePage {
        page: Page::inside(&app, &session, "Delete an integration", "settings"),
        stale: stale(&app, &session, &format!("{}/delete", path(kind))),
        kind,
        token: form_token(&app, &session),
    })
}

/// `POST …/delete`.
///
/// # Errors
/// As for [`save`].
pub async fn delete(
    kind: SenderKind,
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, posted.token())?;
    app.senders.delete(&session, kind).await.map_err(failure)?;
    Ok(Redirect::to("/settings/integrations?done=deleted").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_told_in_words() {
        let said = |kind, broken: Option<Code>, sent: Option<Result<(), Code>>| {
            let about = |code| Found { code, about: Some("Twilio 20003".into()) };
            let sent = sent.map(|sent| sent.map_err(about));
            let found = found(kind, &SenderTest { broken: broken.map(about), sent });
            found.iter().map(|it| format!("{} {}", it.class, it.what)).collect::<Vec<_>>()
        };
        let sms = SenderKind::Sms;
        assert_eq!(said(sms, None, None), ["good Twilio takes the keys."]);
        assert_eq!(said(sms, None, Some(Ok(()))).len(), 2);
        let broken = said(sms, Some(Code::SmsCredentials), None);
        assert!(broken.len() == 1 && broken[0].starts_with("bad ") && broken[0].contains("20003"));
        let number = said(sms, None, Some(Err(Code::SmsNumber)));
        assert!(number[1].starts_with("bad "), "{number:?}");
        let mail = said(SenderKind::Mail, None, Some(Ok(())));
        assert!(mail.len() == 1 && mail[0].starts_with("good The server took a mail"));
    }
}
