//! What carries an account's texts and mails: an admin connects it, changes it, tests it, switches it, deletes
//! it. One of each for an account.

mod alarm;
mod ask;
mod trial;

use std::sync::Arc;

use shared::{AccountId, Code, IntegrationId};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

pub use alarm::Alarm;
pub use ask::{MailAsk, SmsAsk};
pub use trial::SenderTest;

use crate::clock::Clock;
use crate::integration::NotDone;
use crate::mail::{self, Mailer, SmtpSettings};
use crate::outbound::{Answer, Mailbox};
use crate::random;
use crate::reset::sender_mail;
use crate::seal::Place;
use crate::settings::Settings;
use crate::sign_in::{Typed, admins};
use crate::sms::{self, Sms, TwilioSettings};
use crate::store::{
    Integration, NewSender, SecretChange, SenderChange, Session, Store, StoreError,
};

/// What is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SenderKind {
    /// Texts, by Twilio.
    Sms,
    /// Mails, by a mail server.
    Mail,
}

impl SenderKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sms, Self::Mail];

    /// As in the database: the kind of the integration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "twilio",
            Self::Mail => "smtp",
        }
    }

    /// As people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sms => "Twilio",
            Self::Mail => "Mail server",
        }
    }
}

/// One that is connected, as an admin sees it: everything but its secrets.
#[derive(Debug, Clone)]
pub struct SenderView<T> {
    /// Which integration.
    pub id: IntegrationId,
    /// To be sent back with a change.
    pub version: i64,
    /// Whether it is switched on.
    pub is_on: bool,
    /// What was entered.
    pub settings: T,
}

/// The account's senders, for admins.
#[derive(Clone)]
pub struct Senders {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) settings: Arc<Settings>,
    pub(crate) sms: Sms,
    pub(crate) mail: Mailer,
    pub(crate) tasks: TaskTracker,
    pub(crate) wake: Arc<Notify>,
}

/// A secret that was typed, or that goes.
struct Secret<'a> {
    kind: &'static str,
    typed: &'a Typed,
    /// There is no place for it any more.
    dropped: bool,
}

impl Senders {
    /// Whether this session may change them: an admin's, with a second factor that is fresh.
    ///
    /// # Errors
    /// `AccountOff`, `Forbidden` or `SecondFactorNeeded`.
    pub fn may_change(&self, who: &Session) -> Result<(), Code> {
        admins::may_change(who, self.clock.now())
    }

    /// What carries the account's texts.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn sms(
        &self,
        account: AccountId,
    ) -> Result<Option<SenderView<TwilioSettings>>, StoreError> {
        view(self.store.sender_of(account, SenderKind::Sms).await?)
    }

    /// What carries its mails.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn mail(
        &self,
        account: AccountId,
    ) -> Result<Option<SenderView<SmtpSettings>>, StoreError> {
        view(self.store.sender_of(account, SenderKind::Mail).await?)
    }

    /// Connects Twilio, or changes what is there: which of them, `ask.version` says.
    ///
    /// # Errors
    /// Fields that can't be right; `ChangedMeanwhile`; what [`Senders::may_change`] refuses.
    pub async fn save_sms(&self, who: &Session, ask: &SmsAsk) -> Result<(), NotDone> {
        self.may_change(who)?;
        let known = self.known(who, SenderKind::Sms, ask.version).await?;
        let before: Option<TwilioSettings> = known.as_ref().map(stored).transpose()?;
        let settings = ask.check(before.as_ref(), &self.settings.sms).map_err(NotDone::Fields)?;
        let moved = before.as_ref().is_some_and(|it| it.bound_to() != settings.bound_to());
        let secrets = [
            Secret { kind: sms::AUTH_TOKEN, typed: &ask.auth_token, dropped: false },
            Secret {
                kind: sms::KEY_SECRET,
                typed: &ask.key_secret,
                dropped: settings.key_sid.is_none(),
            },
        ];
        let bound_to = settings.bound_to();
        let json = json(&settings)?;
        self.save(who, SenderKind::Sms, known, (&json, &bound_to, moved), &secrets).await
    }

    /// Connects a mail server, or changes what is there. The admins hear of a change by the server that was
    /// there before, too: a new one may keep such mails to itself.
    ///
    /// # Errors
    /// As for [`Senders::save_sms`].
    pub async fn save_mail(&self, who: &Session, ask: &MailAsk) -> Result<(), NotDone> {
        self.may_change(who)?;
        let account = who.technician.account;
        let known = self.known(who, SenderKind::Mail, ask.version).await?;
        let before: Option<SmtpSettings> = known.as_ref().map(stored).transpose()?;
        let settings =
            ask.check(before.as_ref(), &self.settings.outbound).map_err(NotDone::Fields)?;
        let moved = before.as_ref().is_some_and(|it| it.is_elsewhere(&settings));
        let old = self.mail.sender(account).await?.ok();
        let secrets = [Secret { kind: mail::PASSWORD, typed: &ask.password, dropped: false }];
        let bound_to = settings.bound_to();
        let json = json(&settings)?;
        self.save(who, SenderKind::Mail, known, (&json, &bound_to, moved), &secrets).await?;
        self.tell_by(account, old, Alarm::Moved(SenderKind::Mail));
        Ok(())
    }

    /// Switches one on or off. Nothing of its kind is sent while it is off.
    ///
    /// # Errors
    /// `NotFound`; `ChangedMeanwhile` when it is so already.
    pub async fn switch(&self, who: &Session, kind: SenderKind, on: bool) -> Result<(), NotDone> {
        self.may_change(who)?;
        let (account, now) = (who.technician.account, self.clock.now());
        let old = self.mail_before(who, kind).await?.filter(|_| !on);
        let row = self.there(who, kind).await?;
        self.store.switch_sender(account, who.technician.id, now, row.id, on).await?;
        self.wake.notify_one();
        self.tell_by(account, old, Alarm::SwitchedOff(kind));
        Ok(())
    }

    /// Deletes one with its secrets; the audit stays.
    ///
    /// # Errors
    /// `NotFound`; what [`Senders::may_change`] refuses.
    pub async fn delete(&self, who: &Session, kind: SenderKind) -> Result<(), NotDone> {
        self.may_change(who)?;
        let (account, now) = (who.technician.account, self.clock.now());
        let old = self.mail_before(who, kind).await?;
        let row = self.there(who, kind).await?;
        self.store.end_sender(account, who.technician.id, now, row.id).await?;
        self.wake.notify_one();
        self.tell_by(account, old, Alarm::Deleted(kind));
        Ok(())
    }

    /// The mail server that a change is about to take away.
    async fn mail_before(
        &self,
        who: &Session,
        kind: SenderKind,
    ) -> Result<Option<mail::Sender>, StoreError> {
        match kind {
            SenderKind::Sms => Ok(None),
            SenderKind::Mail => Ok(self.mail.sender(who.technician.account).await?.ok()),
        }
    }

    /// All admins hear of it by the mail server that there was. No row can do that: its password is gone.
    fn tell_by(&self, account: AccountId, old: Option<mail::Sender>, alarm: Alarm) {
        let Some(old) = old else { return };
        let (mailer, store, at) = (self.mail.clone(), self.store.clone(), self.clock.now());
        self.tasks.spawn(async move {
            let found = async {
                let brand = store.brand(account, None).await?.name().to_owned();
                Ok::<_, StoreError>((store.admins(account).await?, brand))
            };
            let (admins, brand) = match found.await {
                Ok(found) => found,
                Err(error) => {
                    tracing::error!(%error, "whom to tell of another mail server");
                    return;
                }
            };
            for admin in admins {
                let to = Mailbox { name: admin.name, address: admin.email };
                let mail = sender_mail(alarm, at, old.from(brand.clone()), to);
                // The row for the new server stands; this one is sent once, or not.
                let told = matches!(mailer.send(&old, &mail).await, Answer::Done(()));
                tracing::info!(told, "an admin, by the mail server that was");
            }
        });
    }

    async fn save(
        &self,
        who: &Session,
        kind: SenderKind,
        known: Option<Integration>,
        (settings, bound_to, moved): (&str, &str, bool),
        secrets: &[Secret<'_>],
    ) -> Result<(), NotDone> {
        let (account, by, now) = (who.technician.account, who.technician.id, self.clock.now());
        let id = known.as_ref().map_or_else(|| IntegrationId(random::id(now)), |row| row.id);
        let mut changes = Vec::new();
        for Secret { kind, typed, dropped } in secrets {
            let text = typed.expose().trim();
            if *dropped {
                changes.push(SecretChange::Drop { kind });
            } else if !text.is_empty() {
                let place = Place { account: account.0, kind, row: id.0, bound_to };
                let sealed = self.store.keys.seal(place, text.as_bytes());
                changes.push(SecretChange::Put { kind, sealed });
            }
        }
        match known {
            None => {
                let new = NewSender { id, kind, settings, secrets: &changes };
                self.store.add_sender(account, by, now, &new).await.map_err(
                    |error| match error {
                        // Somebody was faster.
                        StoreError::Taken => Code::ChangedMeanwhile.into(),
                        other => NotDone::from(other),
                    },
                )?;
            }
            Some(row) => {
                let change = SenderChange { settings, secrets: &changes, moved };
                self.store.change_sender(account, by, now, &row, &change).await?;
            }
        }
        self.wake.notify_one();
        Ok(())
    }

    /// The one that a form was made of; `None` for a form of a new one.
    async fn known(
        &self,
        who: &Session,
        kind: SenderKind,
        version: Option<i64>,
    ) -> Result<Option<Integration>, NotDone> {
        let row = self.store.sender_of(who.technician.account, kind).await?;
        if row.as_ref().map(|row| row.changed_at.0) == version {
            Ok(row)
        } else {
            Err(Code::ChangedMeanwhile.into())
        }
    }

    async fn there(&self, who: &Session, kind: SenderKind) -> Result<Integration, NotDone> {
        let found = self.store.sender_of(who.technician.account, kind).await?;
        found.ok_or_else(|| Code::NotFound.into())
    }
}

fn stored<T: serde::de::DeserializeOwned>(row: &Integration) -> Result<T, StoreError> {
    serde_json::from_str(&row.settings)
        .map_err(|_| StoreError::Inconsistent("the settings of a sender"))
}

fn json(settings: &impl serde::Serialize) -> Result<String, NotDone> {
    serde_json::to_string(settings).map_err(|_| Code::Internal.into())
}

fn view<T: serde::de::DeserializeOwned>(
    row: Option<Integration>,
) -> Result<Option<SenderView<T>>, StoreError> {
    let Some(row) = row else { return Ok(None) };
    let settings = stored(&row)?;
    Ok(Some(SenderView { id: row.id, version: row.changed_at.0, is_on: row.is_on, settings }))
}
