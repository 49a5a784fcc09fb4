//! What single sign-on means for a technician: whether a password does, and how a link is taken away.

use shared::{Code, TechnicianId};

use super::settings::SsoSettings;
use crate::app::App;
use crate::integration::NotDone;
use crate::sign_in::session::recent_second_factor;
use crate::store::{Role, Session, StoreError, Technician};

/// Whether a password lets this technician in. Where the account takes nothing but single sign-on, admins with
/// an authenticator still may: when the issuer is down, somebody must be able to put it right.
///
/// # Errors
/// When the database can't be read.
pub async fn may_use_password(app: &App, technician: &Technician) -> Result<bool, StoreError> {
    if technician.role == Role::Admin && technician.has_totp {
        return Ok(true);
    }
    Ok(!only_sso(app, technician).await? && !trusts_issuer(app, technician).await?)
}

/// Whether a set-up link may set a password for this technician: an admin enrols an authenticator next.
pub(in crate::sign_in) async fn may_choose_password(
    app: &App,
    technician: &Technician,
) -> Result<bool, StoreError> {
    if trusts_issuer(app, technician).await? {
        return Ok(false);
    }
    Ok(technician.role == Role::Admin || !only_sso(app, technician).await?)
}

/// Whether the issuer's second factor is the only one that this technician has: a password alone, or a link by
/// mail, must not enrol another beside it.
async fn trusts_issuer(app: &App, technician: &Technician) -> Result<bool, StoreError> {
    if technician.has_totp || !is_linked(app, technician).await? {
        return Ok(false);
    }
    match app.store.sso_of(technician.account).await? {
        Some(row) => Ok(SsoSettings::of(&row.integration)?.trust_mfa),
        None => Ok(false),
    }
}

/// Whether this technician could come in by single sign-on right now.
///
/// # Errors
/// When the database can't be read.
pub async fn is_linked(app: &App, technician: &Technician) -> Result<bool, StoreError> {
    let on = app.store.sso_of(technician.account).await?.is_some_and(|row| row.integration.is_on);
    let linked = app.store.sso_people(technician.account).await?;
    Ok(on && linked.iter().any(|person| person.technician == technician.id))
}

pub(in crate::sign_in) async fn only_sso(
    app: &App,
    technician: &Technician,
) -> Result<bool, StoreError> {
    match app.store.sso_of(technician.account).await? {
        Some(row) if row.integration.is_on => Ok(SsoSettings::of(&row.integration)?.only_sso),
        _ => Ok(false),
    }
}

/// Takes a technician's link away: their own, or as an admin. Their sessions end, but for the one that asks.
///
/// # Errors
/// `Forbidden`, `SecondFactorNeeded`; `NotFound` when they are not linked.
pub async fn unlink(app: &App, who: &Session, technician: TechnicianId) -> Result<(), NotDone> {
    let (me, now) = (&who.technician, app.clock.now());
    if me.id != technician && me.role != Role::Admin {
        return Err(Code::Forbidden.into());
    }
    if !recent_second_factor(who, now) {
        return Err(Code::SecondFactorNeeded.into());
    }
    match app.store.unlink_sso(me.account, me.id, now, technician, &who.id).await {
        Err(StoreError::MovedOn) => Err(Code::NotFound.into()),
        other => Ok(other?),
    }
}
