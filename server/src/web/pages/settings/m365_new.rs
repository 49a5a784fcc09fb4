//! `/settings/integrations/m365/new`: connecting a customer's tenant.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::form::{Back, Form, Posted, Values, clouds, customers, wrong};
use super::guide::Guide;
use super::{Admin, Stale, failure, m365_acts, may_change, stale};
use crate::app::App;
use crate::directory::ProofKind;
use crate::integration::ask::day_after;
use crate::integration::guide::SECRET_DAYS;
use crate::integration::scripts::Ask;
use crate::store::Session;
use crate::web::forms::{OwnForm, form_token};
use crate::web::pages::{Page, html_with};
use crate::web::problem::Failure;

/// Where this page is.
const PATH: &str = "/settings/integrations/m365/new";

#[derive(Template)]
#[template(path = "settings/m365_new.html")]
struct M365NewPage {
    page: Page,
    stale: Option<Stale>,
    form: Form,
    guide: Guide,
}

/// `GET /settings/integrations/m365/new`.
///
/// # Errors
/// When nobody is signed in or it is no admin, or the database can't be read.
pub async fn get(State(app): State<App>, Admin(session): Admin) -> Result<Response, Failure> {
    let values =
        Values { cloud: "global".into(), expires_on: proposed_end(&app), ..Values::default() };
    let fresh = Back { status: StatusCode::OK, part: "", values, errors: Vec::new() };
    show(&app, &session, fresh).await
}

/// When a secret ends that is made today, as the guide says.
pub(super) fn proposed_end(app: &App) -> String {
    day_after(app.clock.now(), i64::from(SECRET_DAYS))
}

async fn show(app: &App, session: &Session, back: Back) -> Result<Response, Failure> {
    let without = app.integrations.customers_without(session.technician.account).await;
    let values = back.values;
    let guide = guide(app, &values);
    let form = Form {
        token: form_token(app, session),
        new: true,
        customers: customers(without.map_err(failure)?, &values.customer),
        clouds: clouds(&app.settings.clouds, &values.cloud, None),
        part: back.part,
        errors: back.errors,
        new_ends_on: values.expires_on.clone(),
        proof: values.proof,
        values,
    };
    let page = Page::inside(app, session, "M365 Identity Management", "settings");
    let stale = stale(app, session, PATH);
    html_with(back.status, &M365NewPage { page, stale, form, guide })
}

/// For the cloud and the tenant that are typed so far.
fn guide(app: &App, values: &Values) -> Guide {
    let Some(cloud) = app.settings.clouds.get(&values.cloud) else { return Guide::bare() };
    let tenant = values.tenant.trim();
    let ask = Ask {
        login: &cloud.login,
        graph: &cloud.graph,
        tenant,
        client_id: "",
        optional: false,
        role: false,
        certificate: None,
    };
    let made_for = match tenant {
        "" => "For whichever tenant you are signed in to.".to_owned(),
        tenant => format!("Made for the tenant {tenant}."),
    };
    let mut query = url::form_urlencoded::Serializer::new(String::from("?"));
    query.append_pair("cloud", &values.cloud).append_pair("tenant", tenant);
    Guide::open(&ask, made_for, PATH, &query.finish())
}

/// `POST /settings/integrations/m365/new`: saves, and tests what was saved.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh; a field
/// that can't be right is shown on the page.
pub async fn post(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(posted): OwnForm<Posted>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let values = posted.values();
    match app.integrations.add(&session, &posted.ask()).await {
        Ok(id) => {
            let done = match values.proof {
                // Microsoft knows it only when it is uploaded.
                ProofKind::Certificate => "certificate",
                ProofKind::Secret => m365_acts::tested(&app, &session, id, "", "added").await?,
            };
            Ok(Redirect::to(&m365_acts::page_of(id, done)).into_response())
        }
        Err(not_done) => {
            let (status, errors) = wrong(not_done, "customer")?;
            show(&app, &session, Back { status, part: "new", values, errors }).await
        }
    }
}
