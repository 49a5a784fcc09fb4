//! The account's people as admins look after them: invited, changed, removed. What somebody does with
//! their own sign-in is in `sign_in`. Rules: nobody changes their own role or removes themselves, an
//! admin is always left, and of what lets somebody do more all admins hear.

pub mod abilities;
mod alarm;
mod ask;
mod customers;

use shared::{Code, TechnicianId};
use zeroize::Zeroizing;

pub use alarm::Alarm;
pub use ask::PersonAsk;
pub use customers::{customers, customers_version, set_customers};

use crate::app::App;
use crate::integration::{FieldError, NotDone};
use crate::random;
use crate::sign_in::admins::{self, may_look};
use crate::sign_in::links::{self, LinkKind};
use crate::store::{NewTechnician, Person, PersonChange, Session, StoreError};

/// How an invitation reaches its person.
pub enum Invited {
    /// By mail.
    Mailed(TechnicianId),
    /// The account has no mail connection: the admin hands the link over. It is shown once.
    Shown(TechnicianId, Zeroizing<String>),
}

/// Whether this session may change something about people: an admin's, with a second factor that is
/// fresh.
///
/// # Errors
/// `AccountOff`, `Forbidden` or `SecondFactorNeeded`.
pub fn may_change(app: &App, who: &Session) -> Result<(), Code> {
    admins::may_change(who, app.clock.now())
}

/// One person, who has not left.
///
/// # Errors
/// `NotFound` for what is not there, or not yours.
pub async fn person(app: &App, who: &Session, id: TechnicianId) -> Result<Person, NotDone> {
    may_look(who)?;
    let found = app.store.person(who.technician.account, id).await?;
    Ok(found.filter(|person| person.ended_at.is_none()).ok_or(Code::NotFound)?)
}

/// Adds a person and invites them.
///
/// # Errors
/// Fields that can't be kept; what [`may_change`] refuses.
pub async fn invite(app: &App, who: &Session, ask: &PersonAsk) -> Result<Invited, NotDone> {
    may_change(app, who)?;
    let wrong = ask.wrong(true);
    if !wrong.is_empty() {
        return Err(NotDone::Fields(wrong));
    }
    let (account, now) = (who.technician.account, app.clock.now());
    let id = TechnicianId(random::id(now));
    let new = NewTechnician {
        id,
        name: ask.name(),
        email: ask.email(),
        role: ask.rights.role,
        may_reset: ask.rights.may_reset,
        may_use_ui: ask.rights.may_use_ui,
        must_use_mfa: ask.rights.must_use_mfa,
    };
    let link = links::make(app, account, LinkKind::Invitation).await?;
    match app.store.invite(account, who.technician.id, now, &new, &link.row()).await {
        Ok(()) => Ok(told(app, id, link)),
        // The address may be another MSP's on this server: no more is said than that it can't be used.
        Err(StoreError::Taken) => Err(NotDone::Fields(vec![FieldError {
            field: "email",
            detail: "This address can’t be used: somebody signs in with it already. Look in your list, \
                     or take another.",
        }])),
        Err(error) => Err(refused(error)),
    }
}

/// Sends a person a link: invited again, or, who has a password, to choose another. The link before it is
/// void, and none skips a second factor.
///
/// # Errors
/// `Forbidden` for oneself; `ChangedMeanwhile` when they have chosen one meanwhile; what [`may_change`]
/// refuses.
pub async fn send_link(app: &App, who: &Session, id: TechnicianId) -> Result<Invited, NotDone> {
    may_change(app, who)?;
    let known = another(app, who, id).await?;
    let account = who.technician.account;
    let kind = if known.has_password { LinkKind::Forgotten } else { LinkKind::Invitation };
    let link = links::make(app, account, kind).await?;
    let (by, now) = (who.technician.id, app.clock.now());
    app.store.send_link(account, by, now, &known, &link.row()).await.map_err(refused)?;
    Ok(told(app, id, link))
}

fn told(app: &App, id: TechnicianId, link: links::Link) -> Invited {
    app.resets.wake.notify_one();
    match link.shown(app) {
        None => Invited::Mailed(id),
        Some(link) => Invited::Shown(id, link),
    }
}

/// Voids an invitation.
///
/// # Errors
/// `ChangedMeanwhile` when there is none any more; what [`may_change`] refuses.
pub async fn withdraw(app: &App, who: &Session, id: TechnicianId) -> Result<(), NotDone> {
    may_change(app, who)?;
    let known = person(app, who, id).await?;
    let (account, by) = (who.technician.account, who.technician.id);
    let now = app.clock.now();
    app.store.withdraw_invitation(account, by, now, known.id).await.map_err(refused)
}

/// Changes what a person is called and may do. `seen` is the version that the form was made of.
///
/// # Errors
/// Fields that can't be kept; `ChangedMeanwhile`; what [`may_change`] refuses.
pub async fn change(
    app: &App,
    who: &Session,
    id: TechnicianId,
    seen: &str,
    ask: &PersonAsk,
) -> Result<(), NotDone> {
    may_change(app, who)?;
    let known = person(app, who, id).await?;
    if version(app, &known) != seen {
        return Err(Code::ChangedMeanwhile.into());
    }
    let mut wrong = ask.wrong(false);
    if known.id == who.technician.id {
        wrong.extend(ask::own(&known, &ask.rights));
    }
    if !wrong.is_empty() {
        return Err(NotDone::Fields(wrong));
    }
    let (name, about) = (ask.name(), ask.what_is_new(&known));
    let change = PersonChange { name: &name, rights: &ask.rights, about: &about };
    let (account, by, now) = (who.technician.account, who.technician.id, app.clock.now());
    app.store.change_person(account, by, now, &known, &change).await.map_err(refused)?;
    ring(app, who);
    Ok(())
}

/// Which version of a person a form is made of: what it may change, as a keyed hash.
#[must_use]
pub fn version(app: &App, person: &Person) -> String {
    let said = format!("{}\0{:?}", person.name, person.rights);
    let parts: [&[u8]; 3] = [b"person", person.id.0.as_bytes(), said.as_bytes()];
    let hash = app.keys.hash(crate::seal::Purpose::Form, &parts);
    data_encoding::HEXLOWER.encode(&hash[..16])
}

/// Takes a person's authenticator away: they enrol another at their next sign-in.
///
/// # Errors
/// `ChangedMeanwhile` when they have none; `Forbidden` for one's own, which is replaced at `/account`;
/// what [`may_change`] refuses.
pub async fn take_authenticator(app: &App, who: &Session, id: TechnicianId) -> Result<(), NotDone> {
    may_change(app, who)?;
    let known = another(app, who, id).await?;
    let (account, by, now) = (who.technician.account, who.technician.id, app.clock.now());
    app.store.take_authenticator(account, by, now, known.id).await.map_err(refused)?;
    ring(app, who);
    Ok(())
}

/// Ends all sessions of a person, pods and frames too.
///
/// # Errors
/// What [`may_change`] refuses.
pub async fn sign_out(app: &App, who: &Session, id: TechnicianId) -> Result<(), NotDone> {
    may_change(app, who)?;
    let known = another(app, who, id).await?;
    let (account, by, now) = (who.technician.account, who.technician.id, app.clock.now());
    app.store.sign_person_out(account, by, now, known.id).await.map_err(refused)?;
    ring(app, who);
    Ok(())
}

/// Removes a person. What they did stays in the audit, with their name.
///
/// # Errors
/// `Forbidden` for oneself; `ChangedMeanwhile` when no admin would be left; what [`may_change`] refuses.
pub async fn remove(app: &App, who: &Session, id: TechnicianId) -> Result<(), NotDone> {
    may_change(app, who)?;
    let known = another(app, who, id).await?;
    let (account, by, now) = (who.technician.account, who.technician.id, app.clock.now());
    app.store.remove_person(account, by, now, known.id).await.map_err(refused)?;
    ring(app, who);
    Ok(())
}

/// Asks everybody for a second factor, or only those whose own row says so.
///
/// # Errors
/// What [`may_change`] refuses.
pub async fn force_mfa(app: &App, who: &Session, on: bool) -> Result<(), NotDone> {
    may_change(app, who)?;
    let (account, by, now) = (who.technician.account, who.technician.id, app.clock.now());
    match app.store.force_mfa(account, by, now, on).await {
        // So already, by another admin or a second click.
        Err(StoreError::MovedOn) if app.store.account_forces_mfa(account).await? == on => Ok(()),
        Err(error) => Err(refused(error)),
        Ok(()) => {
            ring(app, who);
            Ok(())
        }
    }
}

/// Somebody else than who asks.
async fn another(app: &App, who: &Session, id: TechnicianId) -> Result<Person, NotDone> {
    let known = person(app, who, id).await?;
    if known.id == who.technician.id {
        return Err(Code::Forbidden.into());
    }
    Ok(known)
}

/// Open pods look again at once, and mails go out.
fn ring(app: &App, who: &Session) {
    app.resets.bell.ring(who.technician.account);
    app.resets.wake.notify_one();
}

fn refused(error: StoreError) -> NotDone {
    match error {
        StoreError::MovedOn => Code::ChangedMeanwhile.into(),
        other => other.into(),
    }
}
