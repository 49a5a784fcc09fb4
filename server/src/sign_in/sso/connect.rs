//! The account's issuer as admins look after it: connected, changed, tested, switched, deleted. Never shows a
//! secret.

use serde::Serialize;
use shared::{AccountId, Code, IntegrationId, Millis};

use super::ask::{Around, SsoAsk};
use super::factor::Factor;
use super::id_token::Confirmed;
use super::reason::{Reason, STEPS};
use super::settings::SsoSettings;
use super::{Alarm, SECRET, Sso};
use crate::integration::{FieldError, NotDone};
use crate::random;
use crate::seal::Place;
use crate::sign_in::{Typed, admins};
use crate::store::{Session, SsoChange, SsoPerson, SsoRow, StoreError, Technician, Tested};

/// The account's issuer as an admin sees it.
#[derive(Debug, Clone, Serialize)]
pub struct SsoView {
    /// Its id, which the link for bookmarks has.
    pub id: IntegrationId,
    /// Which version this is: a change names the one that it was made of.
    pub version: Millis,
    /// What was entered, but for the secret.
    pub settings: SsoSettings,
    /// Email domains that lead to it.
    pub domains: Vec<String>,
    /// Whether it is switched on.
    pub is_on: bool,
}

/// What an admin's trial showed.
#[derive(Debug, Clone)]
pub struct Tried {
    /// How many of [`STEPS`] were good.
    pub steps_done: usize,
    /// What was wrong then.
    pub reason: Option<Reason>,
    /// The issuer, once it is confirmed.
    pub issuer: String,
    /// Its name for the person, masked.
    pub subject: String,
    /// How they proved it, as the issuer says.
    pub amr: Vec<String>,
    /// Whether the token says when.
    pub has_auth_time: bool,
    /// Who of the account is linked to that.
    pub linked: Option<String>,
    /// Whether our own second factor would be asked for.
    pub asks_ours: bool,
}

impl Tried {
    pub(super) fn bad(reason: Reason) -> Self {
        Self {
            steps_done: reason.steps_done(),
            reason: Some(reason),
            issuer: String::new(),
            subject: String::new(),
            amr: Vec::new(),
            has_auth_time: false,
            linked: None,
            asks_ours: false,
        }
    }

    pub(super) fn good(
        settings: &SsoSettings,
        confirmed: &Confirmed,
        factor: Factor,
        linked: Option<Technician>,
    ) -> Self {
        Self {
            steps_done: STEPS.len(),
            reason: None,
            issuer: settings.issuer.clone(),
            subject: masked(&confirmed.subject),
            // Another company's text: names, and no more of them than fit.
            amr: confirmed.amr.iter().filter(|it| is_name(it)).take(10).cloned().collect(),
            has_auth_time: confirmed.auth_time.is_some(),
            linked: linked.map(|technician| technician.name),
            asks_ours: factor == Factor::Ours,
        }
    }

    /// For the audit.
    pub(super) fn in_short(&self) -> String {
        match self.reason {
            Some(reason) => format!("trial sign-in: {}", reason.as_str()),
            None => "trial sign-in: works".into(),
        }
    }
}

fn is_name(text: &str) -> bool {
    text.len() <= 20
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// Enough to tell two apart, not enough to be one.
fn masked(subject: &str) -> String {
    let start: String = subject.chars().take(4).collect();
    let end = subject.char_indices().rev().nth(1).map_or("", |(at, _)| &subject[at..]);
    if subject.chars().count() < 10 { "…".into() } else { format!("{start}…{end}") }
}

impl Sso {
    /// Whether this session may change how technicians sign in: an admin's, with a fresh second factor.
    ///
    /// # Errors
    /// `AccountOff`, `Forbidden` or `SecondFactorNeeded`.
    pub fn may_change(&self, who: &Session) -> Result<(), Code> {
        admins::may_change(who, self.clock.now())
    }

    /// The account's, if it has one.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn one(&self, account: AccountId) -> Result<Option<SsoView>, StoreError> {
        self.store.sso_of(account).await?.as_ref().map(view).transpose()
    }

    /// Everybody who is linked, by name.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn people(&self, account: AccountId) -> Result<Vec<SsoPerson>, StoreError> {
        self.store.sso_people(account).await
    }

    /// Domains that the account may list.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn own_domains(&self, account: AccountId) -> Result<Vec<String>, StoreError> {
        self.store.technician_domains(account).await
    }

    /// Connects the account's issuer, or changes what is there: which of them, `ask.version` says. A secret that
    /// was entered for another issuer or application is not used for this one, and nobody stays linked to who
    /// they were there.
    ///
    /// # Errors
    /// Fields that can't be right; `ChangedMeanwhile`; what [`Sso::may_change`] refuses.
    pub async fn save(&self, who: &Session, ask: &SsoAsk) -> Result<(), NotDone> {
        self.may_change(who)?;
        let (me, now) = (&who.technician, self.clock.now());
        let row = self.store.sso_of(me.account).await?;
        if ask.version != row.as_ref().map(|row| row.integration.changed_at.0) {
            return Err(Code::ChangedMeanwhile.into());
        }
        let known = row.as_ref().map(|row| SsoSettings::of(&row.integration)).transpose()?;
        let around = Around {
            known: known.as_ref(),
            own_domains: &self.own_domains(me.account).await?,
            has_another_way: me.has_totp && me.password_hash.is_some(),
        };
        let (settings, domains) = ask.check(&around).map_err(NotDone::Fields)?;
        let id =
            row.as_ref().map_or_else(|| IntegrationId(random::id(now)), |it| it.integration.id);
        let entered = !ask.client_secret.expose().trim().is_empty();
        let sealed = entered.then(|| self.sealed(me.account, id, &settings, &ask.client_secret));
        let before = known.as_ref().zip(row.as_ref());
        let alarm = alarm(before, &settings, &domains).map(|alarm| alarm.to_string());
        let change = SsoChange {
            settings: &serde_json::to_string(&settings).map_err(|_| Code::Internal)?,
            sealed: sealed.as_deref(),
            domains: &domains,
            moved: known.as_ref().is_some_and(|it| it.bound_to() != settings.bound_to()),
            alarm: alarm.as_deref(),
            about: &changed(before, &settings, &domains, entered),
        };
        let saved = match &row {
            None => self.store.add_sso(me.account, me.id, now, id, &change).await,
            Some(row) => self.store.change_sso(me.account, me.id, now, row, &change).await,
        };
        self.wake.notify_one();
        saved.map_err(|error| match error {
            StoreError::Taken => NotDone::Fields(vec![FieldError {
                field: "domains",
                detail: "One of these domains leads to another account of this server already. Leave it out, \
                         or ask your operator.",
            }]),
            other => other.into(),
        })
    }

    /// Switches it on or off. Nobody comes in by one that is off, and passwords are taken again.
    ///
    /// # Errors
    /// `ChangedMeanwhile` when it is so already; what [`Sso::may_change`] refuses.
    pub async fn switch(&self, who: &Session, on: bool) -> Result<(), NotDone> {
        let (me, alarm) = (&who.technician, self.ends_only(who, on).await?);
        let now = self.clock.now();
        self.store.switch_sso(me.account, me.id, now, on, alarm.as_deref()).await?;
        self.wake.notify_one();
        Ok(())
    }

    /// Deletes it with its secret and everybody's link; the audit stays.
    ///
    /// # Errors
    /// `ChangedMeanwhile` when it is gone already; what [`Sso::may_change`] refuses.
    pub async fn delete(&self, who: &Session) -> Result<(), NotDone> {
        let (me, alarm) = (&who.technician, self.ends_only(who, false).await?);
        self.store.end_sso(me.account, me.id, self.clock.now(), alarm.as_deref()).await?;
        self.wake.notify_one();
        Ok(())
    }

    /// Whether passwords are taken again by switching it off, or by deleting it.
    async fn ends_only(&self, who: &Session, on: bool) -> Result<Option<String>, NotDone> {
        self.may_change(who)?;
        let view = self.one(who.technician.account).await?.ok_or(Code::NotFound)?;
        let ends = !on && view.is_on && view.settings.only_sso;
        Ok(ends.then(|| Alarm::PasswordsAgain.to_string()))
    }

    /// Reads the issuer's description and keys as they are right now; how many keys we can use.
    ///
    /// # Errors
    /// `NotFound`; `ChangedMeanwhile`; what [`Sso::may_change`] refuses. What is wrong at the issuer is no error.
    pub async fn test(&self, who: &Session) -> Result<Result<usize, Reason>, NotDone> {
        self.may_change(who)?;
        let me = &who.technician;
        let row = self.store.sso_of(me.account).await?.ok_or(Code::NotFound)?;
        let found = self.look(&row).await?;
        let about = match &found {
            Ok(_) => "works".to_owned(),
            Err(reason) => reason.as_str().to_owned(),
        };
        let tested = Tested { code: None, about: &about };
        self.store.note_sso_test(me.account, me.id, self.clock.now(), &row, tested).await?;
        Ok(found)
    }

    async fn look(&self, row: &SsoRow) -> Result<Result<usize, Reason>, StoreError> {
        let settings = SsoSettings::of(&row.integration)?;
        if self.secret(row, &settings).await?.is_none() {
            return Ok(Err(Reason::NoSecret));
        }
        let document = match self.read_document(&settings.issuer).await {
            Ok(document) => document,
            Err(reason) => return Ok(Err(reason)),
        };
        Ok(match self.read_keys(&document).await {
            Ok(keys) if keys.keys.is_empty() => Err(Reason::Key),
            Ok(keys) => Ok(keys.keys.len()),
            Err(reason) => Err(reason),
        })
    }

    fn sealed(
        &self,
        account: AccountId,
        id: IntegrationId,
        settings: &SsoSettings,
        secret: &Typed,
    ) -> Vec<u8> {
        let bound_to = &settings.bound_to();
        let place = Place { account: account.0, kind: SECRET, row: id.0, bound_to };
        self.store.keys.seal(place, secret.expose().trim().as_bytes())
    }
}

type Before<'a> = Option<(&'a SsoSettings, &'a SsoRow)>;

/// What admins are mailed of a change.
fn alarm(before: Before<'_>, to: &SsoSettings, domains: &[String]) -> Option<Alarm> {
    let Some((from, row)) = before else { return Some(Alarm::Added) };
    if from.bound_to() != to.bound_to() {
        return Some(Alarm::Moved);
    }
    let more_values = to.mfa_values.iter().any(|value| !from.mfa_values.contains(value));
    let looser = [
        (to.trust_mfa && !from.trust_mfa, "trust"),
        (to.trust_mfa && from.trust_mfa && more_values, "values"),
        (from.only_sso && !to.only_sso, "passwords"),
        (domains.iter().any(|domain| !row.domains.contains(domain)), "domains"),
    ];
    let looser: Vec<&str> = looser.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
    (!looser.is_empty()).then_some(Alarm::Looser(looser))
}

/// Which fields a change changes, for the audit.
fn changed(before: Before<'_>, to: &SsoSettings, domains: &[String], secret: bool) -> String {
    let Some((from, row)) = before else { return String::new() };
    let fields = [
        (from.issuer != to.issuer, "issuer"),
        (from.client_id != to.client_id, "client id"),
        (secret, "client secret"),
        (row.domains != domains, "domains"),
        (from.label != to.label, "label"),
        (from.trust_mfa != to.trust_mfa, "trust in its second factor"),
        (from.mfa_values != to.mfa_values, "second factors"),
        (from.only_sso != to.only_sso, "passwords"),
    ];
    let changed: Vec<&str> = fields.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
    changed.join(", ")
}

fn view(row: &SsoRow) -> Result<SsoView, StoreError> {
    Ok(SsoView {
        id: row.integration.id,
        version: row.integration.changed_at,
        settings: SsoSettings::of(&row.integration)?,
        domains: row.domains.clone(),
        is_on: row.integration.is_on,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_masked() {
        assert_eq!(masked("AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ"), "AAAA…aQ");
        assert_eq!(masked("short"), "…");
    }
}
