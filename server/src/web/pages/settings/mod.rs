//! `/settings`: what admins set up. Only they see the tab, and only they get the pages.

pub mod branding;
pub mod branding_acts;
mod branding_fields;
mod branding_form;
pub mod branding_preview;
pub mod duo;
mod duo_form;
mod form;
mod guide;
mod health;
pub mod integrations;
pub mod keys;
pub mod m365;
pub mod m365_acts;
pub mod m365_contacts;
pub mod m365_files;
pub mod m365_new;
pub mod policy;
mod policy_fields;
mod policy_form;
pub mod psa;
pub mod psa_companies;
pub mod psa_contacts;
mod psa_fields;
mod psa_form;
pub mod senders;
mod senders_form;
pub mod sign_in;
mod sso_form;
mod standing;
pub mod team;
pub mod team_customers;
mod team_form;
pub mod team_person;
pub mod webhooks;

use axum::response::Redirect;
use serde::Deserialize;
use shared::Code;

use crate::app::App;
use crate::integration::NotDone;
use crate::sign_in::admins;
use crate::store::Session;
pub use crate::web::auth::Admin;
use crate::web::forms::check_form_token;
use crate::web::pages::sign_in::confirm_at;
use crate::web::problem::Failure;

/// Whether this admin may change something now: by a form made for this session, with a fresh
/// second factor (design §9).
pub(super) fn may_change(app: &App, session: &Session, token: &str) -> Result<(), Failure> {
    check_form_token(app, session, token)?;
    Ok(admins::may_change(session, app.clock.now())?)
}

/// Somebody may type for so long: a form that would come too late says so beforehand.
const TYPING_MS: i64 = 15 * 60_000;

/// Why what is typed into a page now could not be saved, as `templates/settings/stale.html` says it.
pub(super) struct Stale {
    pub(super) words: &'static str,
    /// Where to confirm, and back.
    pub(super) confirm: String,
}

/// Whether the second factor will last for what is about to be typed at `path`.
pub(super) fn stale(app: &App, session: &Session, path: &str) -> Option<Stale> {
    let words = match session.second_factor_at {
        None => {
            "This sign-in has no second factor, so nothing can be changed here. Ask your operator to \
             require one for you."
        }
        Some(_) if admins::may_change(session, app.clock.now().plus(TYPING_MS)).is_err() => {
            "You entered your code an hour ago, or it will be an hour within the next quarter of one. \
             Confirm that it is you before you change something here: what you type would be lost."
        }
        Some(_) => return None,
    };
    Some(Stale { words, confirm: confirm_at(path) })
}

/// A refusal of the domain as a problem, where no form can show it.
pub(crate) fn failure(not_done: NotDone) -> Failure {
    match not_done {
        NotDone::Denied(denied) => denied.into(),
        NotDone::Fields(_) => Code::InvalidFields.into(),
    }
}

/// `GET /settings`.
pub async fn home(_: Admin) -> Redirect {
    Redirect::to("/settings/integrations")
}

/// What was done just before, as the address says it.
#[derive(Deserialize)]
pub struct Just {
    done: Option<String>,
}

impl Just {
    /// In words; whatever else the address says is nobody's words.
    fn words(&self) -> Option<&'static str> {
        match self.done.as_deref()? {
            "added" => Some("Saved. What the test found stands below."),
            "certificate" => Some(
                "Saved. Now upload the certificate in the customer’s tenant, then test the connection.",
            ),
            "testing" => Some("Microsoft is slow: the test goes on. Reload this page in a minute."),
            "changed" => Some("Saved. What the test found stands below."),
            "replaced" => Some(
                "Microsoft took the new one, and it is in use now. You may remove the old one there.",
            ),
            "saved" => Some("Saved. Test the connection next: it takes a second."),
            "made" => Some(
                "The new certificate is made. Upload it in the customer’s tenant, then put it in place.",
            ),
            "tested" => Some("Tested just now. What was found stands below."),
            "off" => Some(
                "Switched off. Nobody at this customer can be reset until you switch it on again.",
            ),
            "duo-off" => {
                Some("Switched off. Nobody at this customer can be verified by Duo push now.")
            }
            "sms-off" => {
                Some("Switched off. Nobody can be verified by text, and no password can be reset.")
            }
            "mail-off" => Some("Switched off. No mail goes out now."),
            "psa-added" => {
                Some("Saved. Test the connection, then put the pod into the PSA: both stand below.")
            }
            "psa-off" => Some(
                "Switched off. Its pods are signed out, and neither tickets nor contacts are read.",
            ),
            "contacts-on" => Some("Saved. How the contacts are kept in step stands below."),
            "contacts-off" => Some("Stopped. Whoever is listed stays on the list of contacts."),
            "synced" => Some(
                "Tried just now. Whether it worked, and what to do, stands below, at the contacts.",
            ),
            "syncing" => {
                Some("It takes a while, and goes on by itself. Reload this page in a minute.")
            }
            "sso-off" => Some("Switched off. Everybody signs in with their password."),
            "sso-unlinked" => {
                Some("Removed. Their sign-ins have ended; they come in by password only.")
            }
            "listed" => Some(
                "Listed. Its tickets and contacts stand on our own pages now; all admins get a mail.",
            ),
            "unlisted" => Some(
                "Not listed any more. Contacts that a pod has shown already stay on the list of contacts.",
            ),
            "pod" => Some(
                "The pod is made. Each technician moves it to Displayed now, under Pod Configuration.",
            ),
            "loaded" => Some("The companies are as they are in the PSA right now."),
            "mapped" => Some("Saved."),
            "mapped-some" => Some(
                "Some of it has changed since this page was made, and was left as it is. Look at it again.",
            ),
            "unlinked" => {
                Some("Removed. Whoever signs in beside the pod next is linked to that person anew.")
            }
            "key-revoked" => {
                Some("Revoked. The program that holds the key is refused from now on.")
            }
            "webhook-saved" => Some("Saved."),
            "webhook-off" => {
                Some("Switched off. What waited is not sent any more, and nothing is told there.")
            }
            "webhook-deleted" => Some("The webhook is deleted, with its signing key."),
            "on" => Some("Switched on."),
            "deleted" => Some("The integration is deleted. Its history stays in the audit."),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_words_are_shown() {
        let said = |text: &str| Just { done: Some(text.into()) }.words();
        assert_eq!(said("on"), Some("Switched on."));
        assert_eq!(said("<script>"), None);
        assert_eq!(Just { done: None }.words(), None);
    }
}
