//! The check of an account's chain, in batches: a million entries are never held at once, and no
//! transaction stays open meanwhile.

use std::sync::atomic::{AtomicI64, Ordering};

use shared::AccountId;

use super::{Store, StoreError};
use crate::audit::chain::{BrokenChain, Intact, KnownHead, Walk};

/// Entries that are held at a time: half a megabyte.
const BATCH: u32 = 1_000;

impl Store {
    /// Recomputes the account's chain up to the head that it has now, and holds the columns that entries
    /// are filtered by against each of them. `known` is a head that somebody has kept elsewhere.
    ///
    /// Entries never change, so the head is read first and those up to it batch by batch: one that is
    /// written meanwhile is no damage.
    ///
    /// # Errors
    /// When the database can't be read or there is no such account; a broken chain is an answer, not an
    /// error.
    pub async fn check_audit(
        &self,
        account: AccountId,
        known: Option<&KnownHead>,
    ) -> Result<Result<Intact, BrokenChain>, StoreError> {
        self.watch_audit(account, known, &AtomicI64::new(0)).await
    }

    /// The same; `walked` says meanwhile how many entries it has been at.
    ///
    /// # Errors
    /// As [`Store::check_audit`].
    pub async fn watch_audit(
        &self,
        account: AccountId,
        known: Option<&KnownHead>,
        walked: &AtomicI64,
    ) -> Result<Result<Intact, BrokenChain>, StoreError> {
        let head = self
            .audit_head(account)
            .await?
            .ok_or_else(|| StoreError::Unusable(format!("there is no account {account}")))?;
        let mut walk = Walk::new(&self.keys, account, known);
        if let Err(broken) = self.walk_audit(&mut walk, account, head.count, walked).await? {
            return Ok(Err(broken));
        }
        let at = walk.at();
        Ok(match walk.end(&head) {
            Ok(_) if self.audit_has_strays(account).await? => {
                Err(BrokenChain { seq: at + 1, how: crate::audit::Break::Tail })
            }
            answer => answer,
        })
    }

    /// The same from the first entry up to this one; `None` when there is no such entry.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn watch_audit_up_to(
        &self,
        account: AccountId,
        seq: i64,
        walked: &AtomicI64,
    ) -> Result<Option<Result<Intact, BrokenChain>>, StoreError> {
        match self.audit_head(account).await? {
            Some(head) if (1..=head.count).contains(&seq) => {}
            _ => return Ok(None),
        }
        let mut walk = Walk::new(&self.keys, account, None);
        let ended = self.walk_audit(&mut walk, account, seq, walked).await?;
        let at = walk.at();
        Ok(Some(match ended {
            Ok(()) if at < seq => {
                Err(BrokenChain { seq: at + 1, how: crate::audit::Break::Missing })
            }
            Ok(()) => walk.up_to_here(),
            Err(broken) => Err(broken),
        }))
    }

    /// How many entries the account's chain has, where it is intact.
    ///
    /// # Errors
    /// As [`Store::check_audit`].
    pub async fn verify_audit(
        &self,
        account: AccountId,
    ) -> Result<Result<i64, BrokenChain>, StoreError> {
        Ok(self.check_audit(account, None).await?.map(|intact| intact.entries))
    }

    async fn walk_audit(
        &self,
        walk: &mut Walk<'_>,
        account: AccountId,
        last: i64,
        walked: &AtomicI64,
    ) -> Result<Result<(), BrokenChain>, StoreError> {
        loop {
            let links = self.audit_links(account, walk.at(), last, BATCH).await?;
            if links.is_empty() {
                return Ok(Ok(()));
            }
            for link in &links {
                if let Err(broken) = walk.step(link) {
                    return Ok(Err(broken));
                }
            }
            walked.store(walk.at(), Ordering::Relaxed);
        }
    }
}
