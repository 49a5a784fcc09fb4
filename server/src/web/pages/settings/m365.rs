//! `/settings/integrations/m365/{id}`: one customer's tenant: how it is, and what can be done.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use shared::{Code, IntegrationId};

use super::form::{Back, Form, Values, clouds};
use super::guide::{Guide, Wish};
use super::health::{Health, ends};
use super::m365_contacts::Contacts;
use super::m365_new::proposed_end;
use super::{Admin, Just, Stale, stale};
use crate::app::App;
use crate::directory::{ProofKind, Tenant};
use crate::integration::IntegrationView;
use crate::integration::health::State as HealthState;
use crate::integration::scripts::Ask;
use crate::store::Session;
use crate::web::api::{Path, Query};
use crate::web::forms::form_token;
use crate::web::pages::{Page, html_with};
use crate::web::problem::Failure;

#[derive(Template)]
#[template(path = "settings/m365.html")]
struct M365Page {
    page: Page,
    stale: Option<Stale>,
    view: IntegrationView,
    health: Health,
    ends: String,
    contacts: Contacts,
    form: Form,
    certificate_open: bool,
    guide: Guide,
    done: Option<&'static str>,
}

/// `GET /settings/integrations/m365/{id}`.
///
/// # Errors
/// [`Code::NotFound`] for what is not there or not yours; when it is no admin.
pub async fn get(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    Query(just): Query<Just>,
    Query(wish): Query<Wish>,
) -> Result<Response, Failure> {
    show(&app, &session, id, None, (just.words(), wish)).await
}

/// The page, with a form that comes back in place of the stored values.
pub(super) async fn show(
    app: &App,
    session: &Session,
    id: IntegrationId,
    back: Option<Back>,
    (done, wish): (Option<&'static str>, Wish),
) -> Result<Response, Failure> {
    let (account, now) = (session.technician.account, app.clock.now());
    let row = app.store.m365_one(account, id).await?.ok_or(Code::NotFound)?;
    let view = app.integrations.view(&row)?;
    let sync = app.store.contact_sync(account, id).await?;
    let tenant = Tenant::of(&row.integration)?;
    let hosts = tenant.settings();
    let certificate = view.next_certificate.as_ref().or(view.certificate.as_ref());
    let ask = Ask {
        login: &hosts.login,
        graph: &hosts.graph,
        tenant: &view.tenant,
        client_id: &view.client_id,
        optional: wish.optional,
        role: wish.role,
        certificate: certificate.map(|known| known.pem.as_str()),
    };
    let script_for = match certificate {
        Some(_) => ProofKind::Certificate,
        None => view.proof,
    };
    let guide =
        Guide::of(script_for, &ask, format!("Made for {}.", view.customer), &path(id), wish);
    let (status, part, values, errors) = match back {
        Some(back) => (back.status, back.part, back.values, back.errors),
        None => (StatusCode::OK, "", stored(&view), Vec::new()),
    };
    let new_ends_on = if part == "secret" { values.expires_on.clone() } else { proposed_end(app) };
    // What a form does not send is as it is stored.
    let values = if part == "change" { values } else { stored(&view) };
    let imported = view.cloud.is_empty().then_some(hosts.login.as_str());
    let form = Form {
        token: form_token(app, session),
        new: false,
        customers: Vec::new(),
        clouds: clouds(&app.settings.clouds, &values.cloud, imported),
        values,
        part,
        errors,
        new_ends_on,
        proof: view.proof,
    };
    // Where something is to be done with it, it is open.
    let waits = view.next_certificate.is_some()
        || (view.certificate.is_some() && view.health.state != HealthState::Fine);
    let page = Page::inside(app, session, &view.name, "settings");
    let page = M365Page {
        page,
        stale: stale(app, session, &path(id)),
        health: Health::new(view.health.clone(), now),
        ends: ends(&view),
        contacts: Contacts::new(sync.as_ref(), (&view.customer, view.is_on), now),
        certificate_open: waits || part == "certificate",
        view,
        form,
        guide,
        done,
    };
    html_with(status, &page)
}

/// Where the page of an integration is.
pub(super) fn path(id: IntegrationId) -> String {
    format!("/settings/integrations/m365/{id}")
}

fn stored(view: &IntegrationView) -> Values {
    Values {
        version: view.version.0,
        name: view.name.clone(),
        customer: view.customer_id.to_string(),
        cloud: view.cloud.clone(),
        tenant: view.tenant.clone(),
        client_id: view.client_id.clone(),
        proof: view.proof,
        expires_on: view.expires_on.clone().unwrap_or_default(),
        protected_group: view.protected_group.clone().unwrap_or_default(),
        test_person: String::new(),
    }
}
