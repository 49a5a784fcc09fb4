//! From the click to `staged`; and what a technician may do with a reset later.

use std::time::Duration;

use shared::{Code, Factor, Millis, ResetAsk, ResetId, ResetView, Stage};
use tokio::task::JoinHandle;

use super::Resets;
use super::preflight::{Ready, limit_finding, limits, under_way};
use crate::denied::Denied;
use crate::password;
use crate::random;
use crate::reach;
use crate::seal::{Place, Purpose};
use crate::secret::SpokenCode;
use crate::share::{self, NewShare};
use crate::store::{Limit, NotStaged, Owner, Reset, Session, Share, StoreError};
use crate::verification::phone_hash;

/// Digits of an unlock code.
const UNLOCK_DIGITS: usize = 6;
/// How often a waiting click looks by itself.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Texts of one reset in an hour, the first included.
const MOST_TEXTS: u32 = 5;

/// Where the link goes, under its seal.
pub(super) const PHONE: &str = "reset.phone";
/// The unlock code, under its seal.
const UNLOCK: &str = "reset.unlock";

pub(super) fn place(kind: &'static str, reset: &Reset) -> Place<'static> {
    Place { account: reset.account.0, kind, row: reset.id.0, bound_to: "" }
}

/// The unlock code is bound to the technician who asked for its link: it opens in nobody else's
/// view.
pub(super) fn unlock_place<'a>(reset: &Reset, technician: &'a str) -> Place<'a> {
    Place { bound_to: technician, ..place(UNLOCK, reset) }
}

/// A new unlock code, where one is needed.
pub(super) fn unlock_code(needed: bool) -> Option<SpokenCode> {
    needed.then(|| SpokenCode::new(random::digits(UNLOCK_DIGITS)))
}

/// What one more text of a reset counts against; the first was counted with the reset.
pub(super) fn text_limit(id: ResetId) -> Limit {
    Limit { name: format!("text reset {id}"), most: MOST_TEXTS - 1, window_ms: 60 * 60_000 }
}

impl Resets {
    /// Stages a reset and sets it going; or tells how the one with this id stands.
    ///
    /// # Errors
    /// Everything that the preflight finds, `IdTaken` for the same id with another body, and what
    /// changed between confirmation and click.
    pub async fn begin(
        &self,
        who: &Session,
        id: ResetId,
        ask: &ResetAsk,
    ) -> Result<ResetView, Denied> {
        if let Some(known) = self.ask(who, id, ask).await? {
            return Ok(known);
        }
        let driver = self.set_going(id);
        self.watch(who, id, driver, Duration::from_secs(8)).await
    }

    /// Stages a reset, and leaves the driving to others. `None` when it was staged now; otherwise
    /// how the one with this id stands.
    ///
    /// # Errors
    /// As [`Resets::begin`].
    pub async fn ask(
        &self,
        who: &Session,
        id: ResetId,
        ask: &ResetAsk,
    ) -> Result<Option<ResetView>, Denied> {
        let body_hash = self.body_hash(who, ask)?;
        if let Some(known) = self.known(who, id, &body_hash).await? {
            return Ok(Some(known));
        }
        if let Err(denied) = self.check_and_stage(who, id, ask, &body_hash).await {
            // Asked twice at once: the other one staged while we were checking, and what stands
            // in our way is our own reset.
            return self.known(who, id, &body_hash).await?.ok_or(denied).map(Some);
        }
        self.bell.ring(who.technician.account);
        Ok(None)
    }

    /// The reset of this id, when it was asked for with the same body.
    async fn known(
        &self,
        who: &Session,
        id: ResetId,
        body_hash: &[u8],
    ) -> Result<Option<ResetView>, Denied> {
        let known = self.store.reset(who.technician.account, id).await?;
        let Some(known) = known else { return Ok(None) };
        reach::within(&self.store, who, known.customer).await?;
        if known.body_hash != body_hash {
            return Err(Code::IdTaken.into());
        }
        Ok(Some(self.view(who, &known).await?))
    }

    async fn check_and_stage(
        &self,
        who: &Session,
        id: ResetId,
        ask: &ResetAsk,
        body_hash: &[u8],
    ) -> Result<(), Denied> {
        let checked = self.check(who, ask.contact, ask.ticket).await?;
        let Some(ready) = checked.ready else {
            let first = checked.view.findings.into_iter().next();
            return Err(first.unwrap_or(Code::Internal.into()).into());
        };
        self.compare(who, &ask.sealed, &ready)?;
        // Microsoft has taken its time, and what it takes to reset may be more by now.
        let policy = self.store.policy(who.technician.account, ready.contact.customer).await?;
        if policy != ready.policy {
            return Err(Code::PreflightStale.into());
        }
        let Err(not) = self.stage(who, id, body_hash.to_vec(), &ready).await? else {
            return Ok(());
        };
        Err(match not {
            NotStaged::Limit(hit) => limit_finding(&hit.name).into(),
            NotStaged::VerificationUsed => Code::VerificationUsed.into(),
            NotStaged::TakenBack => Code::CallerDenied.into(),
            NotStaged::ApprovalOver => Code::ApprovalOver.into(),
            // Both had passed the preflight: the other one was a moment faster.
            NotStaged::UnderWay => {
                let account = who.technician.account;
                let live = self.store.live_reset(account, &ready.person.id).await?;
                under_way(live.as_ref()).into()
            }
            NotStaged::IdTaken => Code::IdTaken.into(),
            NotStaged::MayNot => {
                reach::within(&self.store, who, ready.contact.customer).await?;
                Code::Forbidden.into()
            }
        })
    }

    async fn stage(
        &self,
        who: &Session,
        id: ResetId,
        body_hash: Vec<u8>,
        ready: &Ready,
    ) -> Result<Result<(), NotStaged>, StoreError> {
        let keys = &self.store.keys;
        let account = who.technician.account;
        let now = self.clock.now();
        let one_factor = ready.factor == Factor::One;
        let new_phone = ready.phone_changed_at.is_some();
        let unlock = unlock_code(ready.policy.unlocks(one_factor, new_phone));
        let mut names = ready.person.names();
        names.extend([ready.contact.name.as_str(), &ready.contact.customer_name]);
        let password = password::make(ready.policy.password, &names);
        let language = ready.person.language();
        let page_language = match language {
            Some(language) => Some(language),
            None => self.store.brand(account, Some(ready.contact.customer)).await?.language,
        };
        let new = NewShare {
            account,
            customer: Some(ready.contact.customer),
            language: page_language,
            secret: &password,
            must_change: ready.policy.must_change,
            life_ms: ready.policy.link_ms,
            unlock: unlock.as_ref(),
        };
        let share = Share { owner: Some(Owner::Reset(id)), ..share::seal(keys, &new, now) };
        let mut reset = Reset {
            id,
            account,
            customer: ready.contact.customer,
            contact: ready.contact.id,
            ticket: ready.ticket.as_ref().map(|ticket| ticket.id),
            technician: who.technician.id,
            technician_name: who.technician.name.clone(),
            integration: ready.tenant.integration,
            tenant_hash: self.tenant_hash(&ready.tenant),
            verification: ready.verification.id,
            approval: ready.approval.as_ref().map(|approval| approval.id),
            warnings: ready.warnings.clone(),
            directory_user: ready.person.id.clone(),
            person: ready.person.name().to_owned(),
            body_hash,
            stage: Stage::Staged,
            asked_at: now,
            apply_before: now.plus(self.settings.reset.apply_before_ms),
            phone_masked: ready.phone.masked(),
            phone_sealed: Vec::new(),
            phone_hash: phone_hash(&self.store, &ready.phone),
            unlock_sealed: None,
            one_factor,
            phone_changed_at: ready.phone_changed_at,
            must_change: ready.policy.must_change,
            language,
            tries: 0,
            answers: 0,
            unknown: false,
            answer: None,
            retry_at: Millis(0),
            reseals: 0,
            code: None,
            about: None,
            applied_at: None,
        };
        reset.phone_sealed = keys.seal(place(PHONE, &reset), ready.phone.e164().as_bytes());
        let whose = who.technician.id.to_string();
        reset.unlock_sealed =
            unlock.map(|code| keys.seal(unlock_place(&reset, &whose), code.expose().as_bytes()));
        let limits = limits(who, &ready.contact, &ready.person.id, &ready.policy);
        self.store.stage_reset(&reset, &share, &limits).await
    }

    /// How a reset stands.
    ///
    /// # Errors
    /// `NotFound` when it is not this account's, or of a customer whom this technician does not have.
    pub async fn get(&self, who: &Session, id: ResetId) -> Result<ResetView, Denied> {
        let reset = self.own(who, id).await?;
        self.view(who, &reset).await
    }

    /// Waits until the reset has left its live stages or patience ends, and tells how it stands.
    async fn watch(
        &self,
        who: &Session,
        id: ResetId,
        driver: Option<JoinHandle<()>>,
        patience: Duration,
    ) -> Result<ResetView, Denied> {
        let account = who.technician.account;
        let mut bell = self.bell.listen(account);
        let settled = async {
            // Until our own driver rests there is nothing to see; the bell rings for everybody's.
            if let Some(driver) = driver {
                tokio::select! {
                    // One that panicked has said so; the row says how far it came.
                    _ = driver => {}
                    // A stop does not wait for Microsoft: the pod looks again by itself.
                    () = self.stop.cancelled() => return Ok(()),
                }
            }
            loop {
                let reset = self.own(who, id).await?;
                if !reset.stage.is_live() {
                    return Ok::<(), Denied>(());
                }
                // It waits for another try, which the worker sets going, or another process does.
                tokio::select! {
                    _ = bell.changed() => {}
                    () = tokio::time::sleep(LOOK_AGAIN) => {}
                    () = self.stop.cancelled() => return Ok(()),
                }
            }
        };
        if let Ok(result) = tokio::time::timeout(patience, settled).await {
            result?;
        }
        self.get(who, id).await
    }

    /// Texts the same link again. Nothing is sent while a text is waiting already or when the link
    /// is over; what is given back says how it stands.
    ///
    /// # Errors
    /// When too many texts were sent.
    pub async fn resend(&self, who: &Session, id: ResetId) -> Result<ResetView, Denied> {
        self.may_reset(who)?;
        let reset = self.own(who, id).await?;
        let now = self.clock.now();
        let limit = text_limit(id);
        match self.store.text_again(&reset, who.technician.id, now, &limit).await? {
            Ok(true) => {
                self.bell.ring(reset.account);
                self.wake.notify_one();
            }
            Ok(false) => self.may_still_reset(who).await?,
            Err(hit) => return Err(Denied::Limit { retry_after: hit.retry_after }),
        }
        self.get(who, id).await
    }

    /// Ends a reset: nobody gets this password any more, not even the device that has opened the
    /// link a moment ago. What is on its screen can't be taken back.
    ///
    /// # Errors
    /// `IdTaken` when there is nothing to give up.
    pub async fn give_up(&self, who: &Session, id: ResetId) -> Result<ResetView, Denied> {
        self.may_reset(who)?;
        let reset = self.own(who, id).await?;
        match self.store.give_up(&reset, who.technician.id, self.clock.now()).await {
            Ok(()) => self.bell.ring(reset.account),
            // Opened or ended meanwhile: the view says which.
            Err(StoreError::MovedOn) if !reset.stage.is_live() => self.may_still_reset(who).await?,
            Err(StoreError::MovedOn) => return Err(Code::ResetUnderWay.into()),
            Err(other) => return Err(other.into()),
        }
        self.get(who, id).await
    }

    /// Whoever may not any more must not take what they are shown for done.
    async fn may_still_reset(&self, who: &Session) -> Result<(), Denied> {
        let technician = &who.technician;
        let now = self.store.technician(technician.account, technician.id).await?;
        if now.is_some_and(|now| now.may_reset) { Ok(()) } else { Err(Code::Forbidden.into()) }
    }

    pub(super) async fn own(&self, who: &Session, id: ResetId) -> Result<Reset, Denied> {
        let reset = self.store.reset(who.technician.account, id).await?.ok_or(Code::NotFound)?;
        reach::within(&self.store, who, reset.customer).await?;
        Ok(reset)
    }

    fn body_hash(&self, who: &Session, ask: &ResetAsk) -> Result<Vec<u8>, Code> {
        let body = serde_json::to_vec(ask).map_err(|_| Code::Internal)?;
        Ok(self.store.keys.hash(Purpose::Body, &[who.technician.id.0.as_bytes(), &body]))
    }
}
