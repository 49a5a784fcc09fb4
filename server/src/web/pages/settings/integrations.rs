//! `/settings/integrations` and `/settings/integrations/new`: what is connected and how it is, and
//! what can be connected.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use shared::{AccountId, IntegrationId};

use super::health::{Health, ends};
use super::{Admin, Just, failure};
use crate::app::App;
use crate::duo::DuoView;
use crate::psa::{PsaKind, PsaView};
use crate::web::api::Query;
use crate::web::pages::{Page, html};
use crate::web::problem::Failure;

/// A line of the list.
struct Row {
    id: IntegrationId,
    name: String,
    customer: String,
    health: Health,
    ends: String,
    is_on: bool,
}

/// What carries texts, or mails.
struct Sender {
    path: &'static str,
    name: &'static str,
    carries: &'static str,
    /// By what; nothing where none is connected.
    by: String,
    is_on: bool,
}

#[derive(Template)]
#[template(path = "settings/integrations.html")]
struct IntegrationsPage {
    page: Page,
    rows: Vec<Row>,
    duo: Vec<DuoView>,
    psas: Vec<PsaView>,
    senders: [Sender; 2],
    done: Option<&'static str>,
}

/// `GET /settings/integrations`.
///
/// # Errors
/// When nobody is signed in or it is no admin, or the database can't be read.
pub async fn list(
    State(app): State<App>,
    Admin(session): Admin,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    let now = app.clock.now();
    let all = app.integrations.all(session.technician.account).await.map_err(failure)?;
    let row = |view: crate::integration::IntegrationView| Row {
        id: view.id,
        ends: ends(&view),
        name: view.name,
        customer: view.customer,
        health: Health::new(view.health, now),
        is_on: view.is_on,
    };
    let rows = all.into_iter().map(row).collect();
    let duo = app.duo.all(session.technician.account).await?;
    let psas = app.psas.all(session.technician.account).await?;
    let senders = senders(&app, session.technician.account).await?;
    let page = Page::inside(&app, &session, "Integrations", "settings");
    html(&IntegrationsPage { page, rows, duo, psas, senders, done: just.words() })
}

async fn senders(app: &App, account: AccountId) -> Result<[Sender; 2], Failure> {
    let (sms, mail) = (app.senders.sms(account).await?, app.senders.mail(account).await?);
    let sms = Sender {
        path: "/settings/integrations/sms",
        name: "Texts (SMS)",
        carries: "Codes, links and one-time passwords",
        is_on: sms.as_ref().is_some_and(|it| it.is_on),
        by: sms.map(|it| format!("Twilio, {}", it.settings.account_sid)).unwrap_or_default(),
    };
    let mail = Sender {
        path: "/settings/integrations/mail",
        name: "Mail",
        carries: "Codes, notices and alarms",
        is_on: mail.as_ref().is_some_and(|it| it.is_on),
        by: mail
            .map(|it| format!("{} by {}", it.settings.from, it.settings.host))
            .unwrap_or_default(),
    };
    Ok([sms, mail])
}

#[derive(Template)]
#[template(path = "settings/new.html")]
struct NewPage {
    page: Page,
    /// Each PSA that the account has not connected, and how long it takes.
    psas: Vec<(PsaKind, &'static str)>,
}

/// What each PSA's pod needs, before somebody begins.
const fn needs(kind: PsaKind) -> &'static str {
    match kind {
        PsaKind::ConnectWise => {
            "Shows the pod in ConnectWise tickets and writes internal notes. It takes about a quarter of an hour and needs a member who may set up API members and Manage Hosted API."
        }
        PsaKind::Halo => {
            "Shows the pod in HaloPSA tickets and writes private notes. It takes about ten minutes and needs an administrator of HaloPSA."
        }
        PsaKind::Autotask => {
            "Opens the pod from Autotask tickets and writes internal notes. It takes about a quarter of an hour and needs an administrator of Autotask; an insight inside the ticket also needs a vendor that Autotask has approved."
        }
    }
}

/// `GET /settings/integrations/new`.
///
/// # Errors
/// When nobody is signed in or it is no admin, or the database can't be read.
pub async fn new(State(app): State<App>, Admin(session): Admin) -> Result<Response, Failure> {
    let there = app.psas.all(session.technician.account).await?;
    let free = PsaKind::ALL.into_iter().filter(|kind| there.iter().all(|it| it.kind != *kind));
    let page = Page::inside(&app, &session, "Add New Integration", "settings");
    html(&NewPage { page, psas: free.map(|kind| (kind, needs(kind))).collect() })
}
