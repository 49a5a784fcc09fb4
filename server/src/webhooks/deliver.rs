//! Sends what webhooks tell: claim a lease, sign, send, record. At least once, each try with the same id and
//! body; no transaction is open meanwhile. Recovery is the same loop on rows whose lease ran out.

use std::sync::Arc;
use std::time::Duration;

use shared::{AccountId, Code, Millis};
use tokio::sync::Semaphore;
use url::Url;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{PATIENCE_MS, SECRET, Webhooks, place, sign};
use crate::denied::Denied;
use crate::outbound::{Answer, Auth, Body, Call, Method, Sent};
use crate::random;
use crate::secret::Credential;
use crate::sign_in::admins;
use crate::store::{Delivery, DeliveryState, Lease, NotTaken, Session, StoreError, Tried, Webhook};

/// How long the worker sleeps when nobody wakes it.
const PAUSE: Duration = Duration::from_millis(500);
/// How often heads are told and what is over is forgotten.
const TIDY_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * 60_000;
/// What was settled longer ago is forgotten.
const KEPT_MS: i64 = 30 * 24 * HOUR_MS;
/// Between two tries there is no more.
const MOST_PAUSE_MS: i64 = 6 * HOUR_MS;
/// Deliveries of one webhook that are under way together: a slow one must not keep the others waiting.
const MOST_OF_ONE: i64 = 4;
/// Deliveries under way in one process.
const MOST_AT_ONCE: usize = 128;
/// Tests that somebody may send.
const MOST_TESTS: i64 = 20;
/// In so long.
const TESTS_WINDOW_MS: i64 = 10 * 60_000;
/// "Gone": the other side wants no more, as the Standard Webhooks specification has it.
const GONE: u16 = 410;

/// What a test came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tested {
    /// Whether it was taken.
    pub taken: bool,
    /// What was answered, where there was an answer.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
}

/// What one try came to.
struct Try {
    answer: Answer<()>,
    tried: Tried,
}

/// Places for all that one process sends at a time.
#[must_use]
pub fn places() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(MOST_AT_ONCE))
}

impl Webhooks {
    /// Works until stopped.
    pub async fn work(self) {
        let mut tidied = Millis(0);
        loop {
            // In a task of its own: a bug in one pass must not end the worker.
            let webhooks = self.clone();
            match self.tasks.spawn(async move { webhooks.work_once(tidied).await }).await {
                Ok(Ok(now_tidied)) => tidied = now_tidied,
                Ok(Err(error)) => tracing::error!(error = %error, "webhooks"),
                Err(_) => tracing::error!("the webhooks' worker panicked; it goes on"),
            }
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    async fn work_once(&self, tidied: Millis) -> Result<Millis, StoreError> {
        let now = self.clock.now();
        for id in self.store.due_deliveries(now, MOST_OF_ONE).await? {
            // Whoever is at it already goes on. Where too many are, the next pass has the rest.
            let until = now.plus(self.lease_ms());
            let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { break };
            let Some(turn) = self.under_way.begin(id, now, until) else { continue };
            let webhooks = self.clone();
            self.tasks.spawn(async move {
                webhooks.deliver(id).await;
                drop((turn, place));
            });
        }
        if now.since(tidied) < TIDY_MS {
            return Ok(tidied);
        }
        self.tell_heads(now).await?;
        self.keys.warn(now).await?;
        self.store.sweep_deliveries(now.plus(-KEPT_MS)).await?;
        Ok(now)
    }

    /// Tells the audit's head where it is to be told and was not in this hour.
    ///
    /// # Errors
    /// When the database can't be used.
    pub async fn tell_heads(&self, now: Millis) -> Result<(), StoreError> {
        let hour = Millis(now.0 - now.0.rem_euclid(HOUR_MS));
        for (account, webhook) in self.store.due_heads(hour).await? {
            match self.store.tell_head(account, webhook, hour, now).await {
                // Another process was faster.
                Ok(()) | Err(StoreError::MovedOn) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Longer than a call can take: its name is resolved, it connects, it is answered.
    fn lease_ms(&self) -> i64 {
        let call = i64::try_from(self.settings.outbound.timeout_ms).unwrap_or(HOUR_MS);
        self.settings.reset.lease_ms.max(call.saturating_mul(2))
    }

    fn lease(&self) -> Lease {
        let now = self.clock.now();
        Lease { id: random::id(now), until: now.plus(self.lease_ms()) }
    }

    /// Sends one, if nobody else does.
    async fn deliver(&self, id: Uuid) {
        let lease = self.lease();
        match self.deliver_claimed(id, lease).await {
            Ok(()) => {}
            Err(StoreError::MovedOn) => tracing::info!(delivery.id = %id, outcome = "moved-on"),
            Err(error) => tracing::error!(delivery.id = %id, error = %error, "webhook"),
        }
    }

    async fn deliver_claimed(&self, id: Uuid, lease: Lease) -> Result<(), StoreError> {
        let now = self.clock.now();
        let Some(delivery) = self.store.claim_delivery(id, lease, now).await? else {
            return Ok(());
        };
        let tried = tokio::select! {
            tried = self.attempt(&delivery) => tried,
            // Let go of, so that the next start need not wait for the lease to run out.
            () = self.stop.cancelled() => return self.store.release_delivery(&delivery, lease).await,
        };
        let tried = match tried {
            Ok(tried) => tried,
            Err(StoreError::MovedOn) => return Err(StoreError::MovedOn),
            // Its key can't be opened, say: it waits as one that was not taken, and is given up like one.
            Err(error) => {
                tracing::error!(delivery.id = %id, error = %error, "webhook");
                let at = self.clock.now();
                let tried = Tried { status: None, took_ms: at.since(now), at };
                Try { answer: Answer::Later(None), tried }
            }
        };
        self.record(&delivery, lease, tried).await.map(drop)
    }

    async fn record(
        &self,
        delivery: &Delivery,
        lease: Lease,
        Try { answer, tried }: Try,
    ) -> Result<bool, StoreError> {
        let next = match answer {
            Answer::Done(()) => {
                self.store.delivery_taken(delivery, lease, tried).await?;
                return Ok(true);
            }
            Answer::Refused(_) => NotTaken::SwitchOff,
            Answer::Later(said) | Answer::Unknown(said) => {
                let failing = self.failing_since(delivery).await?;
                next(delivery, failing, said, tried.at, random::below(1024))
            }
        };
        self.store.delivery_not_taken(delivery, lease, tried, next).await?;
        self.wake.notify_one();
        Ok(false)
    }

    async fn failing_since(&self, delivery: &Delivery) -> Result<Option<Millis>, StoreError> {
        let webhook = self.store.webhook(delivery.account, delivery.webhook).await?;
        Ok(webhook.and_then(|webhook| webhook.failing_since))
    }

    /// One try.
    async fn attempt(&self, delivery: &Delivery) -> Result<Try, StoreError> {
        let begun = self.clock.now();
        let webhook = self.store.webhook(delivery.account, delivery.webhook).await?;
        let webhook = webhook.ok_or(StoreError::MovedOn)?;
        let key = self.key(&webhook).await?;
        let url = Url::parse(&webhook.url)
            .map_err(|_| StoreError::Inconsistent("a webhook's address"))?;
        let headers = sign::headers(&key, delivery.id, begun, &delivery.body)
            .ok_or(StoreError::Inconsistent("a webhook's signing key"))?;
        let call = Call {
            method: Method::POST,
            url,
            auth: Auth::None,
            request_id: None,
            headers,
            body: Body::Json(Zeroizing::new(delivery.body.clone().into_bytes())),
        };
        let sent = self.outbound.tell(call).await;
        let at = self.clock.now();
        let status = match &sent {
            Sent::Reply(reply) => Some(reply.status),
            Sent::NotConnected(_) | Sent::Broken(_) => None,
        };
        // Nobody reads what the other side says beside its status.
        let answer = sent.judge(|reply| match reply.status {
            200..=299 => Answer::Done(()),
            GONE => Answer::Refused(Code::NotFound.into()),
            // Redirects too: who moves says so here.
            _ => Answer::Later(reply.retry_after.map(|seconds| i64::from(seconds) * 1000)),
        });
        Ok(Try { answer, tried: Tried { status, took_ms: at.since(begun), at } })
    }

    async fn key(&self, webhook: &Webhook) -> Result<Credential, StoreError> {
        let sealed = self.store.secret(webhook.account, SECRET, webhook.id).await?;
        let sealed = sealed.ok_or(StoreError::MovedOn)?;
        let place = place(webhook.account, webhook.id, &webhook.url);
        let clear = self.store.keys.open(place, &sealed);
        Ok(clear.map_err(|_| StoreError::Inconsistent("a webhook's signing key"))?.into())
    }

    /// Sends a test now, once, and says what came of it; never what the other side wrote.
    ///
    /// # Errors
    /// `NotFound`; who may not.
    pub async fn test(&self, who: &Session, id: Uuid) -> Result<Tested, Denied> {
        admins::may_change(who, self.clock.now())?;
        let account: AccountId = who.technician.account;
        self.one(account, id).await?;
        let (name, now) = (format!("webhook test {id}"), self.clock.now());
        let (count, since) = self.store.count_attempt(&name, now, TESTS_WINDOW_MS).await?;
        if count > MOST_TESTS {
            let left = since.plus(TESTS_WINDOW_MS).since(now).max(0) / 1000;
            let retry_after = u32::try_from(left).unwrap_or(u32::MAX).max(1);
            return Err(Denied::Limit { retry_after });
        }
        let lease = self.lease();
        let ping = self.store.add_ping(account, id, lease, self.clock.now()).await?;
        let ping = ping.ok_or(Code::NotFound)?;
        debug_assert_eq!(ping.state, DeliveryState::Waiting);
        let tried = self.attempt(&ping).await?;
        let Tried { status, took_ms, .. } = tried.tried;
        let taken = matches!(tried.answer, Answer::Done(()));
        // A test switches nothing off, whatever it is answered.
        let answer = if taken { Answer::Done(()) } else { Answer::Later(None) };
        self.record(&ping, lease, Try { answer, ..tried }).await?;
        Ok(Tested { taken, status, took_ms })
    }
}

/// What follows a try that was not taken. Pure.
fn next(
    delivery: &Delivery,
    failing_since: Option<Millis>,
    said: Option<i64>,
    now: Millis,
    roll: u32,
) -> NotTaken {
    if delivery.event == super::PING {
        return NotTaken::GivenUp;
    }
    if failing_since.is_some_and(|since| now.since(since) >= PATIENCE_MS) {
        return NotTaken::SwitchOff;
    }
    if now >= delivery.give_up_at {
        // Where this one was alone, its first try was a little after it happened, and so was the failing.
        let all_along = |since: Millis| now.since(since) >= PATIENCE_MS - MOST_PAUSE_MS;
        let off = failing_since.is_some_and(all_along);
        return if off { NotTaken::SwitchOff } else { NotTaken::GivenUp };
    }
    // The last try is at the end, and not hours before it.
    let due_at = now.plus(pause(said, delivery.attempts, roll));
    NotTaken::Later(due_at.min(delivery.give_up_at))
}

/// Milliseconds before the next try: five seconds, threefold each time, up to six hours, with jitter; longer
/// when the other side says so.
fn pause(said: Option<i64>, attempts: u32, roll: u32) -> i64 {
    const FIRST: i64 = 5_000;
    let ceiling =
        FIRST.saturating_mul(3_i64.pow(attempts.saturating_sub(1).min(12))).min(MOST_PAUSE_MS);
    let own = ceiling / 2 + ceiling / 2 * i64::from(roll % 1024) / 1024;
    said.map_or(own, |said| said.clamp(own, MOST_PAUSE_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(attempts: u32) -> Delivery {
        Delivery {
            id: Uuid::nil(),
            account: AccountId(Uuid::nil()),
            webhook: Uuid::nil(),
            event: "reset.applied".into(),
            body: "{}".into(),
            state: DeliveryState::Waiting,
            attempts,
            created_at: Millis(0),
            due_at: Millis(0),
            give_up_at: Millis(PATIENCE_MS),
            status: None,
            took_ms: None,
            tried_at: None,
        }
    }

    #[test]
    fn pauses_grow_from_seconds_to_hours() {
        for attempts in 1..40 {
            let (low, high) = (pause(None, attempts, 0), pause(None, attempts, 1023));
            assert!(low >= 2_500 && high <= 6 * HOUR_MS && low <= high, "{attempts}");
        }
        assert!(pause(None, 1, 1023) <= 5_000);
        assert_eq!(pause(None, 12, 0), 3 * HOUR_MS);
        assert_eq!(pause(Some(60_000), 1, 0), 60_000);
        assert!(pause(Some(0), 3, 0) > 0 && pause(Some(i64::MAX), 1, 0) == 6 * HOUR_MS);
    }

    #[test]
    fn after_three_days_it_is_over() {
        let late = Millis(PATIENCE_MS);
        assert_eq!(next(&delivery(9), Some(Millis(0)), None, late, 0), NotTaken::SwitchOff);
        assert_eq!(next(&delivery(9), Some(Millis(9)), None, late, 0), NotTaken::SwitchOff);
        // Others were taken meanwhile: this one alone is given up.
        let lately = Some(Millis(PATIENCE_MS / 2));
        assert_eq!(next(&delivery(9), lately, None, late, 0), NotTaken::GivenUp);
        let soon = next(&delivery(1), None, None, Millis(10), 0);
        assert_eq!(soon, NotTaken::Later(Millis(2_510)));
        let last = next(&delivery(20), None, None, Millis(PATIENCE_MS - 5), 0);
        assert_eq!(last, NotTaken::Later(late));
        let ping = Delivery { event: super::super::PING.into(), ..delivery(1) };
        assert_eq!(next(&ping, Some(Millis(0)), None, late, 0), NotTaken::GivenUp);
    }
}
