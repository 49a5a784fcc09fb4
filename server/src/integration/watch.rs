//! Looks after integrations by itself: each is tested from time to time, spread out, and its admins
//! are told before a credential ends and when it stops working.

use std::time::Duration;

use shared::{AccountId, IntegrationId};

use super::Integrations;
use super::health::{self, Rhythm};
use crate::directory::Tenant;
use crate::random;
use crate::store::{Lease, StoreError};

/// How long the watcher sleeps between two looks.
const PAUSE: Duration = Duration::from_secs(5);
/// Calls of one test, at most, one after the other.
const MOST_CALLS: u64 = 20;
const HOUR_MS: i64 = 60 * 60_000;

impl Integrations {
    /// Works until stopped.
    pub async fn watch(self) {
        if self.settings.health.check_every_hours == 0 {
            tracing::warn!("integrations are not looked after: health.check_every_hours is 0");
            return;
        }
        loop {
            // In a task of its own: a bug in one look must not end the watcher.
            let integrations = self.clone();
            match self.tasks.spawn(async move { integrations.look_once().await }).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(error = %error, "watcher"),
                Err(_) => tracing::error!("the watcher panicked; it goes on"),
            }
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    /// Tests what is due, one after the other.
    ///
    /// # Errors
    /// When the database can't be used.
    pub async fn look_once(&self) -> Result<(), StoreError> {
        for (account, id) in self.store.due_checks(self.clock.now()).await? {
            if self.stop.is_cancelled() {
                break;
            }
            match self.look_at(account, id).await {
                Ok(()) => {}
                Err(StoreError::MovedOn) => {
                    tracing::info!(integration.id = %id, outcome = "moved-on");
                }
                Err(error) => {
                    tracing::error!(integration.id = %id, error = %error, "check");
                }
            }
        }
        Ok(())
    }

    async fn look_at(&self, account: AccountId, id: IntegrationId) -> Result<(), StoreError> {
        let now = self.clock.now();
        let held = self.settings.outbound.timeout_ms.saturating_mul(MOST_CALLS);
        let until = now.plus(i64::try_from(held).unwrap_or(HOUR_MS));
        let lease = Lease { id: random::id(now), until };
        let Some(row) = self.store.claim_check(account, id, lease, now).await? else {
            return Ok(());
        };
        let tenant = Tenant::of(&row.integration)?;
        let examined = self.examine(&tenant, None).await?;
        let (check, news) = health::after_check(
            row.check.as_ref(),
            tenant.settings(),
            &examined.report,
            examined.expires_at,
            self.rhythm(),
        );
        self.store.record_check(&row, lease, &check, &news, self.clock.now()).await?;
        if !news.is_empty() {
            self.bell.ring(account);
            self.wake.notify_one();
        }
        Ok(())
    }

    pub(super) fn rhythm(&self) -> Rhythm {
        let hours = i64::from(self.settings.health.check_every_hours.max(1));
        Rhythm { every_ms: hours * HOUR_MS, roll: random::below(1024) }
    }
}
