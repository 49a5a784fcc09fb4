//! The driver: claim, plan, perform, record. Recovery is the same loop on rows whose lease ran
//! out; it has no code of its own.

use shared::{Code, Millis, ResetId};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::Resets;
use super::plan::{self, Step};
use super::under_way::Turn;
use crate::directory::{Set, Tenant, first_mobile};
use crate::outbound::{Answer, Refusal, retry_delay};
use crate::password;
use crate::random;
use crate::share;
use crate::store::{LastAnswer, Lease, Reset, StoreError};
use crate::verification::phone_hash;

/// Within this time of the click the preflight's findings still stand.
const JUST_CHECKED_MS: i64 = 5_000;

impl Resets {
    /// Sets a reset going in a task of its own; `None` when one here is at it already.
    pub fn set_going(&self, id: ResetId) -> Option<JoinHandle<()>> {
        let turn = self.turn(id.0)?;
        let resets = self.clone();
        Some(self.tasks.spawn(async move {
            resets.drive(id).await;
            drop(turn);
        }))
    }

    /// Leave to work at a row for as long as a lease lasts.
    pub(super) fn turn(&self, row: Uuid) -> Option<Turn> {
        let now = self.clock.now();
        self.under_way.begin(row, now, now.plus(self.settings.reset.lease_ms))
    }

    /// Drives a reset until it has nothing to do or must wait. Doing nothing when somebody else
    /// has it is right.
    pub async fn drive(&self, id: ResetId) {
        match self.drive_claimed(id).await {
            Ok(()) => {}
            // A late driver: the reset is in better hands.
            Err(StoreError::MovedOn) => tracing::info!(reset.id = %id, outcome = "moved-on"),
            Err(error) => tracing::error!(reset.id = %id, error = %error, "driver"),
        }
    }

    async fn drive_claimed(&self, id: ResetId) -> Result<(), StoreError> {
        let lease = self.lease();
        if !self.store.claim_reset(id, lease, self.clock.now()).await? {
            return Ok(());
        }
        self.or_let_go(lease, self.drive_leased(id, lease)).await
    }

    /// Does it, unless patience ends first: then nobody has to wait for the lease to run out.
    pub(super) async fn or_let_go(
        &self,
        lease: Lease,
        work: impl Future<Output = Result<(), StoreError>>,
    ) -> Result<(), StoreError> {
        tokio::select! {
            biased;
            done = work => done,
            () = self.abandon.cancelled() => self.store.let_go(lease).await,
        }
    }

    async fn drive_leased(&self, id: ResetId, lease: Lease) -> Result<(), StoreError> {
        loop {
            let reset = self.store.reset_to_drive(id).await?;
            let now = self.clock.now();
            match plan::next(&reset, self.settings.reset.tries, now) {
                Step::SetPassword => self.set_password(&reset, lease).await?,
                Step::SealAnother => self.seal_another(&reset, lease).await?,
                Step::Refuse(code) => {
                    let about = reset.about.clone();
                    self.store.record_refused(&reset, lease, code, about.as_deref(), now).await?;
                    return self.settled(&reset, "refused");
                }
                Step::CallForHelp => {
                    self.store.record_stuck(&reset, lease, now).await?;
                    return self.settled(&reset, "stuck");
                }
                Step::Wait(at) => {
                    self.store.release_reset(id, lease, at).await?;
                    self.bell.ring(reset.account);
                    return Ok(());
                }
                Step::Rest => return self.settled(&reset, "driven"),
            }
            self.bell.ring(reset.account);
        }
    }

    fn settled(&self, reset: &Reset, outcome: &'static str) -> Result<(), StoreError> {
        tracing::info!(reset.id = %reset.id, account.id = %reset.account, outcome);
        self.bell.ring(reset.account);
        self.wake.notify_one();
        Ok(())
    }

    pub(super) fn lease(&self) -> Lease {
        let now = self.clock.now();
        Lease { id: random::id(now), until: now.plus(self.settings.reset.lease_ms) }
    }

    /// One try: what must be known is checked, the try is written down, Microsoft is asked, the
    /// answer is written down.
    async fn set_password(&self, reset: &Reset, lease: Lease) -> Result<(), StoreError> {
        let tenant = match self.still_right(reset, lease).await? {
            Ok(tenant) => tenant,
            Err(Answer::Refused(refusal)) => return self.refuse(reset, lease, refusal).await,
            // Not knowing is no reason to end it: ask again, up to `apply_before`.
            Err(_) => {
                let roll = random::below(1024);
                let at = self.clock.now().plus(retry_delay(None, 2, roll));
                return self.store.postpone(reset, lease, at).await;
            }
        };
        let share = self
            .store
            .share_of(reset.account, reset.id)
            .await?
            .ok_or(StoreError::Inconsistent("a live reset without a share"))?;
        let password = share::password(&self.store.keys, &share)
            .map_err(|_| StoreError::Inconsistent("a sealed password that does not open"))?;
        let policy = self.store.policy(reset.account, reset.customer).await?;
        let after = self.what_follows(reset, &policy).await?;
        let now = self.clock.now();
        let held = Lease { until: now.plus(self.settings.reset.lease_ms), ..lease };
        // P2: on disk before Microsoft is asked.
        if let Err(code) = self.store.announce(reset, held, now).await? {
            return self.refuse(reset, lease, code.into()).await;
        }
        self.bell.ring(reset.account);
        // Whoever comes after `not_after` may find the reset in other hands, or the person with a
        // password of their own. The call itself may take as long as its time limit.
        let timeout = i64::try_from(self.settings.outbound.timeout_ms).unwrap_or(i64::MAX);
        let not_after = Millis(held.until.0 - timeout).min(reset.apply_before);
        let Set { answer, ids } = self
            .directory
            .set_password(&tenant, &reset.directory_user, &password, reset.must_change, not_after)
            .await;
        let now = self.clock.now();
        let roll = random::below(1024);
        let at = |said| now.plus(retry_delay(said, reset.tries, roll));
        let (answer, about, retry_at) = match answer {
            Answer::Done(()) => {
                let ids = ids.as_deref();
                return self.store.record_applied(reset, lease, &after, ids, now).await;
            }
            Answer::Refused(Refusal { code: Code::PasswordRefused, about }) => {
                (LastAnswer::PasswordRefused, about, now)
            }
            Answer::Refused(Refusal { code, about }) => (LastAnswer::Refused(code), about, now),
            Answer::Later(said) => (LastAnswer::Later, None, at(said)),
            Answer::Unknown(said) => (LastAnswer::Unknown, None, at(said)),
        };
        let about = [about, ids].into_iter().flatten().collect::<Vec<String>>().join(" · ");
        let about = Some(about.as_str()).filter(|about| !about.is_empty());
        self.store.record_answer(reset, lease, answer, about, retry_at, now).await
    }

    /// The guard and the switches once more (P12), unless the click's own preflight is seconds old.
    async fn still_right(
        &self,
        reset: &Reset,
        lease: Lease,
    ) -> Result<Result<Tenant, Answer<()>>, StoreError> {
        let tenant = match self.switched_on(reset).await? {
            Ok(tenant) => tenant,
            Err(refusal) => return Ok(Err(Answer::Refused(refusal))),
        };
        if reset.tries == 0 && self.clock.now().is_within(JUST_CHECKED_MS, reset.asked_at) {
            return Ok(Ok(tenant));
        }
        let phones = match self.person_now(&tenant, reset, Some(lease)).await? {
            Ok(phones) => phones,
            Err(other) => return Ok(Err(other)),
        };
        let policy = self.store.policy(reset.account, reset.customer).await?;
        // Microsoft has taken its time: what an admin has switched off meanwhile is off.
        let tenant = match self.switched_on(reset).await? {
            Ok(tenant) => tenant,
            Err(refusal) => return Ok(Err(Answer::Refused(refusal))),
        };
        Ok(match first_mobile(&phones, policy.alternate_mobile) {
            None => Err(Answer::Refused(Code::NoPhone.into())),
            Some(phone) if phone_hash(&self.store, phone) != reset.phone_hash => {
                Err(Answer::Refused(Code::PhoneChanged.into()))
            }
            Some(_) => Ok(tenant),
        })
    }

    /// What forbids it now: nothing was changed, unless an earlier try is in doubt.
    async fn refuse(
        &self,
        reset: &Reset,
        lease: Lease,
        refusal: Refusal,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        if plan::in_doubt(reset) {
            self.store.record_stuck(reset, lease, now).await
        } else {
            let about = refusal.about.as_deref();
            self.store.record_refused(reset, lease, refusal.code, about, now).await
        }
    }

    async fn seal_another(&self, reset: &Reset, lease: Lease) -> Result<(), StoreError> {
        let share = self
            .store
            .share_of(reset.account, reset.id)
            .await?
            .ok_or(StoreError::Inconsistent("a live reset without a share"))?;
        let policy = self.store.policy(reset.account, reset.customer).await?;
        let contact = self.contact_if_known(reset).await?;
        let mut names = vec![reset.person.as_str()];
        if let Some(contact) = &contact {
            names.extend([contact.name.as_str(), &contact.email, &contact.customer_name]);
        }
        let password = password::make(policy.password, &names);
        let share = share::reseal_password(&self.store.keys, &share, &password)
            .map_err(|_| StoreError::Inconsistent("a sealed token that does not open"))?;
        self.store.reseal(reset, lease, &share, self.clock.now()).await
    }
}
