//! The heads of all chains go to the log once an hour: whoever keeps the log elsewhere can tell later that
//! the newest entries were cut off (`msp-reset audit-verify ACCOUNT --known ENTRIES:MAC`).

use std::collections::HashMap;
use std::time::Duration;

use shared::AccountId;

use super::chain::fingerprint;
use crate::app::App;
use crate::store::StoreError;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Tells of each head that has moved since it was told last.
#[derive(Default)]
pub struct Heads {
    told: HashMap<AccountId, i64>,
}

impl Heads {
    /// Works until stopped: a line for each account now, and each hour for those that went on.
    pub async fn tell(mut self, app: App) {
        loop {
            if let Err(error) = self.tell_once(&app).await {
                tracing::error!(error = %error, "heads of the audit");
            }
            tokio::select! {
                () = app.stop.cancelled() => return,
                () = tokio::time::sleep(HOUR) => {}
            }
        }
    }

    /// One line for each head that is news; how many.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn tell_once(&mut self, app: &App) -> Result<usize, StoreError> {
        let mut lines = 0;
        for head in app.store.audit_heads().await? {
            if self.told.insert(head.account, head.count) == Some(head.count) {
                continue;
            }
            let known = fingerprint(head.count, &head.mac);
            tracing::info!(account.id = %head.account, audit.head = known, "head of the audit");
            lines += 1;
        }
        Ok(lines)
    }
}
