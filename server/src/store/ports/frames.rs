//! Frames: waiting for their technician's own sign-in, paired, continued by a cookie.

use async_trait::async_trait;
use shared::{AccountId, IntegrationId, Millis, PairingId, TechnicianId};

use crate::store::{
    FrameSession, NewCookie, NewFrame, NewPairing, NewSession, Pairing, StoreError,
};

/// Frames and their pairings.
#[async_trait]
pub trait FrameStore {
    /// A frame begins to wait. What waited too long is swept away with it.
    ///
    /// # Errors
    /// `Taken` when another one shows the same code; `MovedOn` when there is no such integration.
    async fn begin_pairing(
        &self,
        account: AccountId,
        now: Millis,
        new: &NewPairing,
    ) -> Result<(), StoreError>;

    /// A pairing by its id alone: the frame holds its verifier, and knows no account.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn pairing(&self, id: PairingId, now: Millis) -> Result<Option<Pairing>, StoreError>;

    /// The account's pairing that shows this code, while it waits.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn pairing_by_code(
        &self,
        account: AccountId,
        code_hash: &[u8],
        now: Millis,
    ) -> Result<Option<Pairing>, StoreError>;

    /// A technician's own sign-in vouches for the frame, by its second factor, while it lives: one
    /// that was ended a moment before vouches for nothing.
    ///
    /// # Errors
    /// `MovedOn` when it has run out, was approved or refused, or the sign-in has ended.
    async fn approve_pairing(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: PairingId,
        session: &[u8],
    ) -> Result<(), StoreError>;

    /// A technician says that it is not theirs.
    ///
    /// # Errors
    /// `MovedOn` when it has run out, was approved or refused.
    async fn refuse_pairing(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        id: PairingId,
    ) -> Result<(), StoreError>;

    /// The frame comes for what was approved: it gets a session, and the person whom the host has
    /// confirmed there is linked to the technician, where neither is linked yet.
    ///
    /// # Errors
    /// `MovedOn` when it was not approved, has run out, was redeemed, or the technician has left.
    async fn redeem_pairing(
        &self,
        account: AccountId,
        now: Millis,
        id: PairingId,
        new: &NewFrame<'_>,
    ) -> Result<(), StoreError>;

    /// The frame's session that this cookie continues, while it lives and its PSA is on.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn frame_session(
        &self,
        cookie: &[u8],
        now: Millis,
        idle_ms: i64,
    ) -> Result<Option<FrameSession>, StoreError>;

    /// A new cookie takes the newest one's place.
    ///
    /// # Errors
    /// `MovedOn` when it is not the newest any more.
    async fn rotate_cookie(
        &self,
        account: AccountId,
        now: Millis,
        new: &NewCookie<'_>,
    ) -> Result<(), StoreError>;

    /// Begins a pod's session for whom the host has confirmed: it has no parent and no second factor.
    ///
    /// # Errors
    /// `MovedOn` when the PSA is off or not there any more.
    async fn begin_proven(
        &self,
        account: AccountId,
        at: Millis,
        id: IntegrationId,
        new: &NewSession<'_>,
    ) -> Result<(), StoreError>;
}
