//! A body may take as long as whoever sends it likes. Who they are was asked before it; it is asked once
//! more when it has come, so that nobody who was signed out or whose key was revoked meanwhile does
//! what they began before.

use axum::extract::Request;
use axum::http::request::Parts;
use shared::{AccountId, Code};
use uuid::Uuid;

use super::problem::Failure;
use crate::app::App;
use crate::sign_in::session::IDLE_MS;
use crate::store::{ApiKey, Role, Session, SessionKind};

/// Who a request came from, as they were then.
#[derive(Clone)]
enum Came {
    Session { id: Vec<u8>, role: Option<Role>, may_reset: bool },
    Key { account: AccountId, id: Uuid },
}

/// Remembers who came, for [`Sender::still_here`].
pub(super) fn came(parts: &mut Parts, session: &Session) {
    let technician = &session.technician;
    parts.extensions.insert(Came::Session {
        id: session.id.clone(),
        // A pod's never is an admin's, whatever the technician is.
        role: (session.kind == SessionKind::Web).then_some(technician.role),
        may_reset: technician.may_reset,
    });
}

/// The same for a program.
pub(super) fn came_by_key(parts: &mut Parts, key: &ApiKey) {
    parts.extensions.insert(Came::Key { account: key.account, id: key.id });
}

/// Whoever a request came from; nobody in particular where no handler asks.
pub(super) struct Sender(Option<Came>);

impl Sender {
    pub(super) fn of(request: &Request) -> Self {
        Self(request.extensions().get::<Came>().cloned())
    }

    /// To be asked when the body has been read.
    ///
    /// # Errors
    /// What they would be told if they came now: `NotSignedIn`, `AccountOff`, `Forbidden`.
    pub(super) async fn still_here(self, app: &App) -> Result<(), Failure> {
        let now = app.clock.now();
        match self.0 {
            None => Ok(()),
            Some(Came::Key { account, id }) => {
                let keys = app.store.api_keys(account).await?;
                let live = keys.iter().any(|key| key.id == id && key.is_live(now));
                if live { Ok(()) } else { Err(Code::NotSignedIn.into()) }
            }
            Some(Came::Session { id, role, may_reset }) => {
                let found = app.store.session(&id, now, IDLE_MS).await?;
                let Some(again) = found else { return Err(Code::NotSignedIn.into()) };
                let technician = &again.technician;
                if !technician.account_on {
                    return Err(Code::AccountOff.into());
                }
                let same_role = role.is_none_or(|role| role == technician.role);
                if same_role && may_reset == technician.may_reset {
                    Ok(())
                } else {
                    Err(Code::Forbidden.into())
                }
            }
        }
    }
}
