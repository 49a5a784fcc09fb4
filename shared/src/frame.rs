//! A pod in a frame: what it asks to be let in, and where it finds itself. Nothing of it is proof; the
//! server checks every word with the PSA (P11).

use serde::{Deserialize, Serialize};

use crate::{ContactId, Millis, TicketId};

/// What ConnectWise's Hosted API says of its signed-in member: a claim, until ConnectWise has confirmed
/// it to the server. No `Debug`: the hash signs in as the member.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MemberClaim {
    /// The member's identifier (`memberid`).
    pub id: String,
    /// Opaque (`memberHash`).
    pub hash: String,
    /// Opaque (`memberContext`).
    pub context: String,
}

/// What HaloPSA adds to a frame's address where "send secure URL parameter" is on. A hint: it says that
/// somebody once saw this agent's tab.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AgentHint {
    /// The agent's number.
    pub id: String,
    /// Base64 of HMAC-SHA256 of the number.
    pub hmac: String,
}

/// POST `/api/frames/{integration}/enter`: a token for the pod in this frame. The cookie of an earlier
/// pairing continues it; otherwise who the host has proved is let in to see and to verify.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EnterAsk {
    /// ConnectWise's claim.
    pub member: Option<MemberClaim>,
    /// HaloPSA's hint.
    pub hint: Option<AgentHint>,
    /// Whether the frame asks by itself for its next token: nobody has touched anything.
    pub renewal: bool,
}

/// Let in.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FrameTokenView {
    /// Goes into `Authorization: Bearer …`.
    pub token: String,
    /// Ask for the next one before.
    pub expires_at: Millis,
    /// The server's clock.
    pub now: Millis,
    /// Who.
    pub technician: String,
    /// Whether it may reset as far as the second factor goes; otherwise a pairing makes it so.
    pub paired: bool,
}

/// POST `/api/frames/{integration}/pairings`: a technician's own sign-in is to vouch for this frame.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PairingAsk {
    /// SHA-256 of the verifier that only the frame holds, base64url.
    pub challenge: String,
    /// ConnectWise's claim: who pairs is linked to this member.
    pub member: Option<MemberClaim>,
    /// HaloPSA's hint.
    pub hint: Option<AgentHint>,
}

/// A pairing that waits for its technician.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PairingView {
    /// Its id.
    pub id: String,
    /// What the technician types on our page: shown in the frame, and nowhere else.
    pub code: String,
    /// That page.
    pub page: String,
    /// Until when.
    pub expires_at: Millis,
    /// The server's clock.
    pub now: Millis,
}

/// POST `/api/pairings/{id}/redeem`: 202 while nobody has approved (a long poll), otherwise a
/// [`FrameTokenView`].
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RedeemAsk {
    /// What the challenge was made of, base64url.
    pub verifier: String,
}

/// POST `/api/pod/place`: which contact and ticket the host's ticket is here.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlaceAsk {
    /// The ticket's id at the host.
    pub ticket: String,
    /// ConnectWise's claim: what the member may not see stays unseen.
    pub member: Option<MemberClaim>,
}

/// Where the pod is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlaceView {
    /// The ticket's contact.
    pub contact: ContactId,
    /// The ticket.
    pub ticket: TicketId,
}
