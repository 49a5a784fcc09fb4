//! Set-up links: how somebody without a password gets one. A link works once, for a day. Its
//! token stands in the fragment, which browsers send to nobody; the page's script, or the person,
//! puts it into the form.

use data_encoding::BASE64URL_NOPAD;
use shared::{AccountId, Code, TechnicianId};
use zeroize::Zeroizing;

use super::links::address;
use super::session::Token;
use super::totp::TotpSecret;
use super::{Next, Refused, Typed, authenticator, begin, password, sso};
use crate::app::App;
use crate::random;
use crate::seal::Purpose;
use crate::store::{StoreError, Technician};

/// How long a set-up link works.
const LINK_LIFE_MS: i64 = 24 * 60 * 60 * 1000;

/// Makes a set-up link for a technician, in place of any earlier one.
///
/// # Errors
/// [`StoreError::MovedOn`] when there is no such technician.
pub async fn make_set_up_link(
    app: &App,
    account: AccountId,
    technician: TechnicianId,
) -> Result<Zeroizing<String>, StoreError> {
    let bytes = random::bytes::<32>();
    let token = Zeroizing::new(BASE64URL_NOPAD.encode(bytes.as_ref()));
    let hash = app.keys.hash(Purpose::SetUp, &[token.as_bytes()]);
    let now = app.clock.now();
    app.store.set_set_up(account, technician, now, &hash, now.plus(LINK_LIFE_MS)).await?;
    Ok(address(&app.settings.server.origin, &token))
}

/// Whom a set-up link is for, while it works, and its hash.
///
/// # Errors
/// [`Code::LinkDead`] when it does not.
pub(super) async fn whose(app: &App, token: &Typed) -> Result<(Technician, Vec<u8>), Refused> {
    // People paste the whole link, too.
    let token = token.expose().trim();
    let token = token.rsplit('#').next().unwrap_or(token);
    let hash = app.keys.hash(Purpose::SetUp, &[token.as_bytes()]);
    let found = app.store.technician_by_set_up(&hash, app.clock.now()).await?;
    Ok((found.ok_or(Refused::Because(Code::LinkDead))?, hash))
}

/// Sets the password that a set-up link is for, and goes on as after a right password: an
/// authenticator that is enrolled already is asked for, so a link alone never skips it.
///
/// # Errors
/// [`Refused::BadPassword`] with what to change; [`Code::LinkDead`] when the link does not work.
pub async fn finish_set_up(
    app: &App,
    token: &Typed,
    new: &Typed,
    old: Option<&[u8]>,
) -> Result<(Token, Next), Refused> {
    let dead = || Refused::Because(Code::LinkDead);
    // Looked up first: hashing a password for every made-up link would be work for nothing.
    let (technician, hash) = whose(app, token).await?;
    if !sso::people::may_choose_password(app, &technician).await? {
        return Err(Refused::OnlySso);
    }
    password::fit(new)?;
    let password_hash = password::hash(new).await?;
    let (account, now) = (technician.account, app.clock.now());
    match app.store.use_set_up(account, now, technician.id, &hash, &password_hash).await {
        Ok(()) => {}
        Err(StoreError::MovedOn) => return Err(dead()),
        Err(error) => return Err(error.into()),
    }
    // The person may hear of it by mail.
    app.resets.wake.notify_one();
    if !technician.account_on {
        return Err(Refused::Because(Code::AccountOff));
    }
    // Where a password is the exception, it is never enough.
    let only_sso = sso::people::only_sso(app, &technician).await?;
    let technician = Technician { must_use_mfa: technician.must_use_mfa || only_sso, ..technician };
    Ok(begin(app, &technician, old).await?)
}

/// Sets password and authenticator at once, as the import of sample data does.
///
/// # Errors
/// As [`password::fit`]; [`StoreError::MovedOn`] when there is no such technician.
pub async fn set_sign_in(
    app: &App,
    account: AccountId,
    technician: TechnicianId,
    new: &Typed,
    authenticator: Option<&TotpSecret>,
) -> Result<(), Refused> {
    password::fit(new)?;
    let hash = password::hash(new).await?;
    let sealed = authenticator
        .map(|secret| authenticator::seal_authenticator(&app.keys, account, technician, secret));
    app.store.set_sign_in(account, app.clock.now(), technician, &hash, sealed.as_deref()).await?;
    Ok(())
}
