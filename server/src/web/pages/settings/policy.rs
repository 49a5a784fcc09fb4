//! `/settings/policy` and `/settings/policy/{customer}`: what the account demands, and a customer where
//! it differs; and all that holds there in one table, with where it comes from.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::{ContactId, CustomerId};

use super::branding::{Whose, failure, wrong};
use super::policy_fields::{Form, Item, Line, Names, names, table};
use super::policy_form::Posted;
use super::{Admin, Stale, may_change, stale};
use crate::app::App;
use crate::brand::Wrong;
use crate::policies::PolicyView;
use crate::store::{Contact, ListAsk, PolicyCustomer, Session};
use crate::web::api::{Path, Query};
use crate::web::forms::{OwnForm, form_token};
use crate::web::pages::{Page, html_with};
use crate::web::problem::Failure;

/// Contacts that a search shows.
const MOST_FOUND: u32 = 20;

#[derive(Template)]
#[template(path = "settings/policy.html")]
struct PolicyPage {
    page: Page,
    stale: Option<Stale>,
    /// Whose; `None` for the account's own.
    customer: Option<String>,
    /// Where this page is.
    path: String,
    form: Form,
    table: Vec<(&'static str, Vec<Line>)>,
    customers: Vec<PolicyCustomer>,
    /// Whether anything is said here.
    differs: bool,
    done: Option<&'static str>,
}

/// What was done just before, as the address says it.
#[derive(Deserialize)]
pub struct Just {
    done: Option<String>,
}

impl Just {
    fn words(&self) -> Option<&'static str> {
        match self.done.as_deref()? {
            "saved" => {
                Some("Saved. It holds from now on, for resets that have not been confirmed yet.")
            }
            "as-account" => Some("What holds for the account holds for this customer again."),
            _ => None,
        }
    }
}

fn path(customer: Option<CustomerId>) -> String {
    match customer {
        Some(customer) => format!("/settings/policy/{customer}"),
        None => "/settings/policy".to_owned(),
    }
}

/// `GET /settings/policy` and `/settings/policy/{customer}`.
///
/// # Errors
/// [`shared::Code::NotFound`] for what is not there or not yours; when it is no admin.
pub async fn get(
    State(app): State<App>,
    Admin(session): Admin,
    Path(Whose { customer }): Path<Whose>,
    Query(just): Query<Just>,
) -> Result<Response, Failure> {
    let view = app.policies.one(session.technician.account, customer).await.map_err(failure)?;
    show(&app, &session, &view, Back::default(), just.words()).await
}

/// `POST`: saves what was typed, or looks for a contact and saves nothing.
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
    let account = session.technician.account;
    let view = app.policies.one(account, customer).await.map_err(failure)?;
    if posted.finds() {
        let back = Back { posted: Some(posted), finds: true, ..Back::default() };
        return show(&app, &session, &view, back, None).await;
    }
    match app.policies.save(&session, customer, posted.version(), posted.said(&view)).await {
        Ok(()) => Ok(Redirect::to(&format!("{}?done=saved", path(customer))).into_response()),
        Err(not_saved) => {
            let (status, errors, changed) = wrong(not_saved)?;
            let back = Back { status, posted: Some(posted), errors, changed, finds: false };
            show(&app, &session, &view, back, None).await
        }
    }
}

/// A form that is only a button.
#[derive(Deserialize)]
pub struct Button {
    form: String,
}

/// `POST /settings/policy/{customer}/forget`: what holds for the account holds there again.
///
/// # Errors
/// When it is no admin, the form is not from our page, or the second factor is not fresh.
pub async fn forget(
    State(app): State<App>,
    Admin(session): Admin,
    Path(customer): Path<CustomerId>,
    OwnForm(posted): OwnForm<Button>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    app.policies.forget(&session, customer).await.map_err(failure)?;
    Ok(Redirect::to(&format!("{}?done=as-account", path(Some(customer)))).into_response())
}

/// A form that comes back.
#[derive(Default)]
struct Back {
    status: StatusCode,
    posted: Option<Posted>,
    errors: Vec<Wrong>,
    /// Somebody else has changed it meanwhile.
    changed: bool,
    /// A contact was looked for.
    finds: bool,
}

/// The page, with a form that comes back in place of the stored values.
async fn show(
    app: &App,
    session: &Session,
    view: &PolicyView,
    back: Back,
    done: Option<&'static str>,
) -> Result<Response, Failure> {
    let account = session.technician.account;
    let id = view.customer.as_ref().map(|customer| customer.id);
    let customers = match id {
        Some(_) => Vec::new(),
        None => app.policies.customers(account).await.map_err(failure)?,
    };
    let posted = back.posted.unwrap_or_else(|| Posted::of(view));
    let (people, found, names) = people(app, session, view, &posted, back.finds).await?;
    let title = match &view.customer {
        Some(customer) => format!("Policy for {}", customer.name),
        None => "Policy".to_owned(),
    };
    let token = form_token(app, session);
    let mut form = Form::new(token, view, &posted, &back.errors, (people, found), &names);
    form.changed = back.changed;
    let page = PolicyPage {
        page: Page::inside(app, session, &title, "settings"),
        stale: stale(app, session, &path(id)),
        customer: view.customer.as_ref().map(|customer| customer.name.clone()),
        path: path(id),
        form,
        table: table(&view.holds, id.is_some(), &names),
        customers,
        differs: !view.said.is_empty(),
        done,
    };
    html_with(back.status, &page)
}

/// The boxes of approvers: who is one already, then whom a search has found.
async fn people(
    app: &App,
    session: &Session,
    view: &PolicyView,
    posted: &Posted,
    finds: bool,
) -> Result<(Vec<Item>, Option<usize>, Names), Failure> {
    let Some(customer) = &view.customer else { return Ok((Vec::new(), None, Names::new())) };
    let account = session.technician.account;
    let chosen = posted.approvers();
    let stored: Vec<ContactId> =
        view.holds.policy.approvers.iter().filter(|id| !chosen.contains(id)).copied().collect();
    // Another customer's people are nobody here, whatever a form says.
    let here = |contact: &Contact| contact.customer == customer.id;
    let known = app.policies.approvers(account, &[chosen.clone(), stored].concat()).await?;
    let known: Vec<Contact> = known.into_iter().filter(here).collect();
    let item = |id: ContactId, label: String, chosen| Item { value: id.to_string(), label, chosen };
    let called = |contact: &Contact| match contact.email.as_str() {
        "" => contact.name.clone(),
        email => format!("{}, {email}", contact.name),
    };
    let mut items: Vec<Item> = chosen
        .iter()
        .map(|id| {
            let label = known.iter().find(|contact| contact.id == *id).map(called);
            let label = label.unwrap_or_else(|| "Somebody who is no contact any more".to_owned());
            item(*id, label, true)
        })
        .collect();
    let mut found = None;
    if finds {
        let search = posted.text("find");
        let ask = ListAsk { customer: Some(customer.id), ..ListAsk::search(search, MOST_FOUND) };
        let all = app.store.contacts(account, &ask).await?.rows;
        found = Some(all.len());
        let new = all.iter().filter(|contact| !chosen.contains(&contact.id));
        items.extend(new.map(|contact| item(contact.id, called(contact), false)));
    }
    let names = names(known.iter().map(|contact| (&contact.id, contact.name.as_str())));
    Ok((items, found, names))
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
