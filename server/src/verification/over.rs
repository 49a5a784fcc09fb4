//! What comes to an end by itself: verifications that nobody answered, and their tickets' notes.

use shared::Code;

use super::{Verifications, note};
use crate::store::{Ending, Lease, OutboxRow, StoreError};

impl Verifications {
    /// Ends what has run out, of all accounts; whether there was any.
    ///
    /// # Errors
    /// When the database can't be used.
    pub async fn end_what_ran_out(&self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let over = self.store.run_out(now).await?;
        for verification in &over {
            if self.store.end_verification(verification, Ending::Expired, now).await?.is_some() {
                self.bell.ring(verification.account);
            }
        }
        Ok(!over.is_empty())
    }

    /// Writes the ticket's note of this row.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    pub async fn write_note(&self, row: &OutboxRow, lease: Lease) -> Result<(), StoreError> {
        let missing = StoreError::Inconsistent("a note without its verification");
        let Some(id) = row.verification else { return Err(missing) };
        let verification = self.store.verification(row.account, id).await?.ok_or(missing)?;
        let now = self.clock.now();
        if now >= row.give_up_at {
            let code = Code::Internal;
            return self.store.verification_not_noted(row, &verification, lease, code, now).await;
        }
        let contact = self.store.contact(row.account, verification.contact).await?;
        let name = contact.map(|contact| contact.name).unwrap_or_default();
        let body = note(&verification, &name);
        self.store.verification_noted(row, &verification, lease, &body, now).await
    }
}
