//! What became of earlier texts.

use crate::store::{StoreError, TextTrouble};
use async_trait::async_trait;
use shared::{AccountId, Millis};

/// What became of earlier texts.
#[async_trait]
pub trait TextStore {
    /// Why the newest text to this phone did not arrive, and why the provider refused the newest
    /// of this account's, as far as is known. What was sent before `since` is forgotten; so is
    /// what the provider said before its connection was last saved.
    ///
    /// Texts are ordered by when they were sent. One whose code was answered, or that is known to
    /// be delivered, has arrived; that the provider took one proves our credentials, not that it
    /// reaches the phone. What is not known says nothing. Of two in one instant the trouble counts.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn text_trouble(
        &self,
        account: AccountId,
        phone_hash: &[u8],
        since: Millis,
    ) -> Result<TextTrouble, StoreError>;
}
