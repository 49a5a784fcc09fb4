//! Proving the second factor once more, in a session that goes on: what it was proved for long ago, an open
//! browser does not prove now.

use shared::Code;

use super::totp::{self, TotpSecret};
use super::{Refused, Typed, throttle};
use crate::app::App;
use crate::audit::{Act, Entry};
use crate::store::{Session, SessionKind, StoreError};

/// A code from the authenticator makes this session's second factor new.
///
/// # Errors
/// [`Code::WrongSignIn`] when it is wrong or was used; [`Code::NotSignedIn`] in a session that can't prove it
/// so, and after the last of too many wrong codes, which ends it; [`Refused::TooMany`].
pub async fn confirm(app: &App, web: &Session, code: &Typed) -> Result<(), Refused> {
    let technician = &web.technician;
    let sealed = app.store.sealed_totp(technician.account, technician.id).await?;
    let Some(sealed) = sealed.filter(|_| web.kind == SessionKind::Web) else {
        return Err(Refused::Because(Code::NotSignedIn));
    };
    let last = throttle::count_code(app, web).await?;
    let secret = app
        .keys
        .open(totp::place(technician.account, technician.id), &sealed)
        .map(TotpSecret::new)
        .map_err(|_| Refused::Ours("a technician's authenticator does not open"))?;
    let now = app.clock.now();
    let proved = match secret.step_of(code.expose(), now) {
        Some(step) => {
            let done = app.store.confirm_second_factor(technician.account, now, web, step).await;
            match done {
                Ok(()) => true,
                Err(StoreError::MovedOn) => false,
                Err(error) => return Err(error.into()),
            }
        }
        None => false,
    };
    if proved {
        return Ok(throttle::forgive_code(app, web).await?);
    }
    let wrong = Entry::new(Act::SignInRefused).by(technician.id).because(Code::WrongSignIn);
    let entry = wrong.about("code, in a session");
    if last {
        // Somebody else at their desk, most likely.
        app.store.end_session(technician.account, now, &web.id, Some(&entry)).await?;
        return Err(Refused::Because(Code::NotSignedIn));
    }
    app.store.note_alone(technician.account, now, &entry).await?;
    Err(Refused::Because(Code::WrongSignIn))
}
