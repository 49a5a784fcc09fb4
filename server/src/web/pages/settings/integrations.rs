//! `/settings/integrations` and `/settings/integrations/new`: what is connected and how it is, and
//! what can be connected.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use shared::IntegrationId;

use super::health::{Health, ends};
use super::{Admin, Just, failure};
use crate::app::App;
use crate::duo::DuoView;
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

#[derive(Template)]
#[template(path = "settings/integrations.html")]
struct IntegrationsPage {
    page: Page,
    rows: Vec<Row>,
    duo: Vec<DuoView>,
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
    let page = Page::inside(&app, &session, "Integrations", "settings");
    html(&IntegrationsPage { page, rows, duo, done: just.words() })
}

#[derive(Template)]
#[template(path = "settings/new.html")]
struct NewPage {
    page: Page,
}

/// `GET /settings/integrations/new`.
///
/// # Errors
/// When nobody is signed in or it is no admin.
pub async fn new(State(app): State<App>, Admin(session): Admin) -> Result<Response, Failure> {
    html(&NewPage { page: Page::inside(&app, &session, "Add New Integration", "settings") })
}
