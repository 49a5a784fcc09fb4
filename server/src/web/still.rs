//! A body may take as long as whoever sends it likes. Who they are was asked before it; it is asked once
//! more when it has come, so that nobody who was signed out or whose key was revoked meanwhile does
//! what they began before.

use axum::extract::Request;
use axum::http::request::Parts;
use shared::{AccountId, Code};
use uuid::Uuid;

use super::problem::Failure;
use crate::app::App;
use crate::sign_in::session::{IDLE_MS, lacks_factor};
use crate::store::{ApiKey, Role, Session, SessionKind};

/// Who a request came from, as they were then.
#[derive(Clone)]
enum Came {
    Session { id: Vec<u8>, was_admin: bool, may_reset: bool },
    Key { account: AccountId, id: Uuid },
}

/// Remembers who came, for [`Sender::still_here`].
pub(super) fn came(parts: &mut Parts, session: &Session) {
    let technician = &session.technician;
    parts.extensions.insert(Came::Session {
        id: session.id.clone(),
        was_admin: technician.role == Role::Admin,
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
                match keys.iter().find(|key| key.id == id && key.is_live(now)) {
                    None => Err(Code::NotSignedIn.into()),
                    Some(key) if !key.account_on => Err(Code::AccountOff.into()),
                    Some(_) => Ok(()),
                }
            }
            Some(Came::Session { id, was_admin, may_reset }) => {
                let found = app.store.session(&id, now, IDLE_MS).await?;
                let Some(again) = found else { return Err(Code::NotSignedIn.into()) };
                let technician = &again.technician;
                if again.kind == SessionKind::Web && lacks_factor(&again) {
                    return Err(Code::NotSignedIn.into());
                }
                if !technician.account_on {
                    return Err(Code::AccountOff.into());
                }
                // What they have got meanwhile is no reason to refuse them.
                let lost = was_admin && technician.role != Role::Admin;
                if lost || may_reset && !technician.may_reset {
                    return Err(Code::Forbidden.into());
                }
                Ok(())
            }
        }
    }
}
