//! Tells open pods that something about an account has changed, so that they look again. A hint
//! within this process only: who waits also looks by itself every second or two.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use shared::AccountId;
use tokio::sync::watch;

/// One bell per account.
#[derive(Clone, Default)]
pub struct Bell(Arc<Mutex<HashMap<AccountId, watch::Sender<u64>>>>);

impl Bell {
    /// Wakes everybody who listens for this account.
    pub fn ring(&self, account: AccountId) {
        let bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bells.get(&account) {
            bell.send_modify(|rung| *rung += 1);
        }
    }

    /// Listens: register first, look then, wait last, and no change is missed.
    #[must_use]
    pub fn listen(&self, account: AccountId) -> watch::Receiver<u64> {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bells.entry(account).or_insert_with(|| watch::channel(0).0).subscribe()
    }
}
