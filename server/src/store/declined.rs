//! What was not written, and why: an answer, not an error.

use shared::Code;

use super::LimitHit;

/// Why a link was not replaced.
#[derive(Debug)]
pub enum NotReplaced {
    /// A limit.
    Limit(LimitHit),
    /// What has come in the way of it.
    Because(Code),
}

/// Why a reset could not be staged.
#[derive(Debug)]
pub enum NotStaged {
    /// A limit.
    Limit(LimitHit),
    /// The verification was used up meanwhile.
    VerificationUsed,
    /// The person has said meanwhile that it was not them.
    TakenBack,
    /// The approval was used up meanwhile, or somebody has said no.
    ApprovalOver,
    /// Whoever asked may not reset any more, or does not have the customer any more.
    MayNot,
    /// Another one for this person is live (P5).
    UnderWay,
    /// The id exists.
    IdTaken,
}
