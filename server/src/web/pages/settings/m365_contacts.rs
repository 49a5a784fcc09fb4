//! Whether a customer's people at Microsoft stand on our list of contacts, and how that goes: a part of the
//! integration's page, and its two forms.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::{Code, IntegrationId, Millis};
use url::form_urlencoded::Serializer;

use super::m365_acts::page_of;
use super::standing::{Press, Source, Standing, can_run, run};
use super::{Admin, may_change};
use crate::app::App;
use crate::directory::permissions::READ_PEOPLE;
use crate::store::{ContactSync, Whom};
use crate::web::api::Path;
use crate::web::forms::OwnForm;
use crate::web::problem::Failure;

/// What `templates/settings/m365_contacts.html` shows.
pub(super) struct Contacts {
    /// Who is listed; `None` when nobody is.
    pub(super) whom: Option<Whom>,
    /// How it stands, where somebody is.
    pub(super) standing: Option<Standing>,
    /// Whether a run can be asked for now.
    pub(super) can_run: bool,
    /// The one permission that it needs.
    pub(super) permission: &'static str,
    /// The list, of this customer's contacts alone.
    pub(super) list: String,
}

impl Contacts {
    /// `is_on`: whether the connection is.
    pub(super) fn new(
        sync: Option<&ContactSync>,
        (customer, is_on): (&str, bool),
        now: Millis,
    ) -> Self {
        let mut query = Serializer::new(String::new());
        query.append_pair("customer", customer);
        Self {
            list: format!("/contacts?{}", query.finish()),
            whom: sync.map(|sync| sync.whom),
            standing: sync.map(|sync| {
                let source = Source {
                    name: "Microsoft",
                    is_on,
                    permission: Some(READ_PEOPLE),
                    nobody: nobody(sync.whom),
                };
                Standing::new(sync, &source, now)
            }),
            can_run: can_run(sync, is_on, now),
            permission: READ_PEOPLE,
        }
    }

    /// Whether this choice stands, or is proposed.
    pub(super) fn is(&self, whom: &str) -> bool {
        self.whom.unwrap_or(Whom::Licensed).as_str() == whom
    }
}

const fn nobody(whom: Whom) -> &'static str {
    match whom {
        Whom::Licensed => "If nobody there has a licence of Microsoft’s, choose all members below.",
        Whom::Everybody => {
            "Look whether the tenant above is this customer’s, and whether its people can sign in."
        }
    }
}

/// The form that chooses.
#[derive(Deserialize)]
pub struct Choice {
    form: String,
    /// `licensed`, `everybody`, or nobody.
    whom: String,
}

/// `POST /settings/integrations/m365/{id}/contacts`: who is listed; whoever it is, is read at once.
///
/// # Errors
/// When it is no admin, the form is not from our page, the second factor is not fresh, or it is so already.
pub async fn choose(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Choice>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let whom = match posted.whom.as_str() {
        "nobody" => None,
        other => Some(Whom::parse(other).ok_or(Code::InvalidFields)?),
    };
    app.syncs.choose(&session, id, whom).await?;
    let done = match whom {
        None => "contacts-off",
        Some(_) => run(&app, &session, id, "contacts-on").await?,
    };
    Ok(Redirect::to(&page_of(id, done)).into_response())
}

/// `POST …/contacts/sync`: reads the people now.
///
/// # Errors
/// As for [`choose`], and when nobody is listed.
pub async fn sync(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Press>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let done = run(&app, &session, id, "synced").await?;
    Ok(Redirect::to(&page_of(id, done)).into_response())
}

#[cfg(test)]
mod tests {
    use super::super::standing::tests::{NOW, ended};
    use super::*;

    #[test]
    fn a_run_can_be_asked_for_when_none_goes_on() {
        let can =
            |sync: Option<&ContactSync>, is_on| Contacts::new(sync, ("A & B", is_on), NOW).can_run;
        assert!(can(Some(&ended()), true));
        assert!(!can(Some(&ended()), false) && !can(None, true));
        let running = ContactSync { held_until: Some(NOW.plus(1)), ..ended() };
        assert!(!can(Some(&running), true));
        assert_eq!(Contacts::new(None, ("A & B", true), NOW).list, "/contacts?customer=A+%26+B");
    }
}
