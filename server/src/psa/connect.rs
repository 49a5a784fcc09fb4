//! The account's PSAs as admins look after them: connected, changed, switched, deleted. `trial` tests,
//! `mapping` says who is who there. Never shows a secret.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use shared::{AccountId, Code, IntegrationId, Millis};
use tokio::sync::Notify;

use super::{FRAME_SECRET, Psa, PsaAsk, PsaKind, PsaSettings, SECRET};
use crate::bell::Bell;
use crate::clock::Clock;
use crate::integration::{FieldError, NotDone};
use crate::outbound::Answer;
use crate::random;
use crate::seal::Place;
use crate::settings::Settings;
use crate::sign_in::admins;
use crate::store::{NewPsa, PsaChange, PsaRow, SecretChange, Session, Store, StoreError};

/// Accounts' PSAs, with what looking after them needs.
#[derive(Clone)]
pub struct PsaConnections {
    /// The way to them.
    pub psa: Psa,
    /// What is remembered.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// Tells pods.
    pub bell: Bell,
    /// Wakes whoever sends mails.
    pub wake: Arc<Notify>,
}

/// A PSA as an admin sees it.
#[derive(utoipa::ToSchema, Debug, Clone, Serialize)]
pub struct PsaView {
    /// Its id.
    pub id: IntegrationId,
    /// Which PSA.
    pub kind: PsaKind,
    /// Which version this is: a change names the one that it was made of.
    pub version: Millis,
    /// What was entered, but for the secrets.
    pub settings: PsaSettings,
    /// Whether it holds the secret that HaloPSA signs its agents' hints with.
    pub has_frame_secret: bool,
    /// What an admin pastes into the PSA.
    pub pod_url: String,
    /// Whether it is switched on.
    pub is_on: bool,
    /// Whether our own pages list its tickets and contacts.
    pub list_here: bool,
}

impl PsaConnections {
    /// Whether this session may change a PSA: an admin's, with a second factor that is fresh.
    ///
    /// # Errors
    /// `AccountOff`, `Forbidden` or `SecondFactorNeeded`.
    pub fn may_change(&self, who: &Session) -> Result<(), Code> {
        admins::may_change(who, self.clock.now())
    }

    /// All of the account, by kind.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn all(&self, account: AccountId) -> Result<Vec<PsaView>, StoreError> {
        let mut all = Vec::new();
        for row in self.store.psas(account).await? {
            all.push(self.view(&row).await?);
        }
        Ok(all)
    }

    /// One of them.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn one(&self, account: AccountId, id: IntegrationId) -> Result<PsaView, NotDone> {
        Ok(self.view(&self.row(account, id).await?).await?)
    }

    /// Connects the account's PSA of this kind.
    ///
    /// # Errors
    /// Fields that can't be right; what [`PsaConnections::may_change`] refuses.
    pub async fn add(
        &self,
        who: &Session,
        kind: PsaKind,
        ask: &PsaAsk,
    ) -> Result<IntegrationId, NotDone> {
        self.may_change(who)?;
        let (account, now) = (who.technician.account, self.clock.now());
        let settings = ask.check(kind, None, &self.settings.psa).map_err(NotDone::Fields)?;
        let id = IntegrationId(random::id(now));
        let secrets = self.secrets(account, id, &settings, ask, true);
        let new = NewPsa { id, kind, settings: settings.to_json(), secrets };
        self.store.add_psa(account, who.technician.id, now, &new).await.map_err(
            |error| match error {
                StoreError::Taken => there_already(),
                other => other.into(),
            },
        )?;
        self.bell.ring(account);
        Ok(id)
    }

    /// Changes what was entered. A secret that was entered for another address, key or user is not used
    /// for these, and who is who there is forgotten.
    ///
    /// # Errors
    /// `NotFound`; fields that can't be right; `ChangedMeanwhile`.
    pub async fn change(
        &self,
        who: &Session,
        id: IntegrationId,
        ask: &PsaAsk,
    ) -> Result<(), NotDone> {
        self.may_change(who)?;
        let (account, now) = (who.technician.account, self.clock.now());
        let row = self.row(account, id).await?;
        // What stands in the form is all that there is afterwards: it must have been made of what is
        // there now.
        if ask.version != Some(row.integration.changed_at.0)
            || ask.kind.is_some_and(|kind| kind != row.kind)
        {
            return Err(Code::ChangedMeanwhile.into());
        }
        let known = PsaSettings::read(row.kind, &row.integration.settings)?;
        let settings =
            ask.check(row.kind, Some(&known), &self.settings.psa).map_err(NotDone::Fields)?;
        let rebound = known.bound_to() != settings.bound_to();
        let moved = known.system() != settings.system();
        let secrets = self.secrets(account, id, &settings, ask, rebound);
        let change = PsaChange {
            settings: &settings.to_json(),
            secrets: &secrets,
            moved,
            about: &changed_fields(&known, &settings, &secrets),
        };
        self.store.change_psa(account, who.technician.id, now, &row, &change).await?;
        if moved {
            self.wake.notify_one();
        }
        self.bell.ring(account);
        Ok(())
    }

    /// Switches it on or off. One that is off is not asked, and its pods are signed out.
    ///
    /// # Errors
    /// `NotFound`; `ChangedMeanwhile` when it is so already.
    pub async fn switch(&self, who: &Session, id: IntegrationId, on: bool) -> Result<(), NotDone> {
        self.may_change(who)?;
        let (account, now) = (who.technician.account, self.clock.now());
        self.row(account, id).await?;
        self.store.switch_psa(account, who.technician.id, now, id, on).await?;
        self.bell.ring(account);
        Ok(())
    }

    /// Says whether our own pages list its tickets and contacts. Listed, everybody who may use these pages
    /// reads numbers, summaries and names that the PSA may keep from them: all admins hear of it.
    ///
    /// # Errors
    /// `NotFound`; `ChangedMeanwhile` when it is so already.
    pub async fn list_here(
        &self,
        who: &Session,
        id: IntegrationId,
        on: bool,
    ) -> Result<(), NotDone> {
        self.may_change(who)?;
        let (account, now) = (who.technician.account, self.clock.now());
        self.row(account, id).await?;
        self.store.list_psa(account, who.technician.id, now, id, on).await?;
        if on {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Deletes it with its secrets, its companies and its people; contacts, tickets and the audit stay.
    ///
    /// # Errors
    /// `NotFound`; what [`PsaConnections::may_change`] refuses.
    pub async fn delete(&self, who: &Session, id: IntegrationId) -> Result<(), NotDone> {
        self.may_change(who)?;
        let (account, now) = (who.technician.account, self.clock.now());
        self.row(account, id).await?;
        self.store.end_psa(account, who.technician.id, now, id).await?;
        self.wake.notify_one();
        self.bell.ring(account);
        Ok(())
    }

    pub(super) async fn row(
        &self,
        account: AccountId,
        id: IntegrationId,
    ) -> Result<PsaRow, NotDone> {
        self.store.psa(account, id).await?.ok_or_else(|| Code::NotFound.into())
    }

    async fn view(&self, row: &PsaRow) -> Result<PsaView, StoreError> {
        let it = &row.integration;
        let settings = PsaSettings::read(row.kind, &it.settings)?;
        let frame_secret = self.store.secret(it.account, FRAME_SECRET, it.id.0).await?;
        Ok(PsaView {
            id: it.id,
            kind: row.kind,
            version: it.changed_at,
            has_frame_secret: frame_secret.is_some(),
            pod_url: settings.pod_url(&self.settings.server.origin, it.id),
            settings,
            is_on: it.is_on,
            list_here: row.list_here,
        })
    }

    /// What was entered, sealed for where it goes. One that `leads` there anew keeps no old one.
    fn secrets(
        &self,
        account: AccountId,
        id: IntegrationId,
        settings: &PsaSettings,
        ask: &PsaAsk,
        leads: bool,
    ) -> Vec<SecretChange> {
        let bound_to = settings.bound_to();
        let put = |kind, secret: &str| {
            let place = Place { account: account.0, kind, row: id.0, bound_to: &bound_to };
            SecretChange::Put { kind, sealed: self.store.keys.seal(place, secret.as_bytes()) }
        };
        let mut secrets = Vec::new();
        let secret = ask.secret.expose().trim();
        if !secret.is_empty() {
            secrets.push(put(SECRET, secret));
        }
        if settings.kind() == PsaKind::Halo {
            match ask.new_frame_secret(PsaKind::Halo) {
                Some(secret) => secrets.push(put(FRAME_SECRET, secret)),
                None if leads || ask.drop_frame_secret => {
                    secrets.push(SecretChange::Drop { kind: FRAME_SECRET });
                }
                None => {}
            }
        }
        secrets
    }
}

/// What came of a call, where no answer is one as well.
pub(super) fn found<T>(answer: Answer<T>) -> Result<T, shared::Finding> {
    match answer {
        Answer::Done(done) => Ok(done),
        Answer::Refused(refusal) => {
            Err(shared::Finding { code: refusal.code, about: refusal.about })
        }
        Answer::Later(_) | Answer::Unknown(_) => Err(Code::PsaUnavailable.into()),
    }
}

fn there_already() -> NotDone {
    NotDone::Fields(vec![FieldError {
        field: "site",
        detail: "Your account has this PSA connected already. Open it under Integrations and change it there.",
    }])
}

/// Which fields a change is about, for the audit: names, never what stands in them.
fn changed_fields(known: &PsaSettings, now: &PsaSettings, secrets: &[SecretChange]) -> String {
    let fields = |settings: &PsaSettings| match serde_json::to_value(settings) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (before, after) = (fields(known), fields(now));
    let mut changed: Vec<String> = after
        .into_iter()
        .filter(|(name, value)| before.get(name) != Some(value))
        .map(|(name, _)| name.replace('_', " "))
        .collect();
    // A map's own order is another one where some other crate asks for it.
    changed.sort();
    for secret in secrets {
        changed.push(match secret {
            SecretChange::Put { kind, .. } if *kind == SECRET => "secret".into(),
            SecretChange::Put { .. } => "frame secret".into(),
            SecretChange::Drop { .. } => "frame secret removed".into(),
        });
    }
    changed.join(", ")
}
