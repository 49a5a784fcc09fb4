//! Resets: each transition is one compare-and-set on id, stage and lease, with its audit entry in
//! the same transaction (P7). Reading is in `reset_reads.rs`.

use crate::store::{LastAnswer, Lease, Limit, NotStaged, Reset, Share, StoreError};
use async_trait::async_trait;
use shared::{Code, Millis};

/// The transitions of a reset before the pivot.
#[async_trait]
pub trait ResetStore {
    /// `staged`: the request, the sealed password, the closed share and the used verification, in
    /// one transaction (P1, P9). From here on nothing can be lost; nothing was changed yet.
    ///
    /// # Errors
    /// When the database can't be written; what stands in the way is an answer, not an error.
    async fn stage_reset(
        &self,
        reset: &Reset,
        share: &Share,
        limits: &[Limit],
    ) -> Result<Result<(), NotStaged>, StoreError>;

    /// Takes a live reset for a while. `None` when somebody else has it or it is not live.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn claim_reset(
        &self,
        id: shared::ResetId,
        lease: Lease,
        now: Millis,
    ) -> Result<bool, StoreError>;

    /// Lets go of a reset, to be taken again from `retry_at` on.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    async fn release_reset(
        &self,
        id: shared::ResetId,
        lease: Lease,
        retry_at: Millis,
    ) -> Result<(), StoreError>;

    /// Lets go of whatever this lease holds, at once: a stop that ran out of patience. A reset
    /// whose PATCH may be under way stays until the lease ends, so that no two are under way.
    ///
    /// # Errors
    /// When the database can't be written.
    async fn let_go(&self, lease: Lease) -> Result<(), StoreError>;

    /// Holds a reset for longer.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile and somebody else took it.
    async fn renew_lease(&self, reset: &Reset, lease: Lease) -> Result<(), StoreError>;

    /// Not now: what must be known before a try could not be learnt. Keeps the lease.
    ///
    /// # Errors
    /// `MovedOn` when the lease ran out meanwhile.
    async fn postpone(
        &self,
        reset: &Reset,
        lease: Lease,
        retry_at: Millis,
    ) -> Result<(), StoreError>;

    /// `applying`: the intent and the attempt's number are on disk before Microsoft is asked (P2).
    /// Or why Microsoft is not to be asked: the person has said since the click that it was not
    /// them, or whoever clicked may not reset there any more, where nothing is in doubt yet.
    ///
    /// # Errors
    /// `MovedOn` when another driver has the reset.
    async fn announce(
        &self,
        reset: &Reset,
        lease: Lease,
        now: Millis,
    ) -> Result<Result<(), Code>, StoreError>;

    /// An answer short of yes.
    ///
    /// # Errors
    /// `MovedOn` when another driver has the reset.
    async fn record_answer(
        &self,
        reset: &Reset,
        lease: Lease,
        answer: LastAnswer,
        about: Option<&str>,
        retry_at: Millis,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// Another password, because Microsoft said that it refused the last (P3): sealed and
    /// committed before it is sent.
    ///
    /// # Errors
    /// `MovedOn` when another driver has the reset.
    async fn reseal(
        &self,
        reset: &Reset,
        lease: Lease,
        share: &Share,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// `refused`: nothing was changed; the share is destroyed. The verification is given back when
    /// Microsoft was never asked (P9).
    ///
    /// # Errors
    /// `MovedOn` when another driver has the reset.
    async fn record_refused(
        &self,
        reset: &Reset,
        lease: Lease,
        code: Code,
        about: Option<&str>,
        now: Millis,
    ) -> Result<(), StoreError>;

    /// `stuck`: in doubt, out of tries or time. The share is kept; a person decides.
    ///
    /// # Errors
    /// `MovedOn` when another driver has the reset.
    async fn record_stuck(
        &self,
        reset: &Reset,
        lease: Lease,
        now: Millis,
    ) -> Result<(), StoreError>;
}
