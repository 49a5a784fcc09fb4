//! What both sides of the wire agree on: ids, times, the shapes of questions and answers, and
//! the words for everything that can go wrong. No I/O, no clock, no randomness.
//!
//! Suffix `Ask` is what comes in, `View` is what goes out.

mod frame;
mod id;
mod pod;
mod problem;
mod reset;
#[cfg(feature = "openapi")]
mod schema;
mod verification;
mod words;

pub use frame::{
    AgentHint, EnterAsk, FrameTokenView, MemberClaim, PairingAsk, PairingView, PlaceAsk, PlaceView,
    RedeemAsk,
};
pub use id::{
    AccountId, ApprovalId, ContactId, CustomerId, IntegrationId, Millis, PairingId, ResetId,
    ShareId, TechnicianId, TicketId, VerificationId,
};
pub use pod::{
    ApprovalAnswer, ApprovalAsk, ApprovalState, ApprovalView, ContactView, DirectoryView,
    HistoryView, Host, NoticeView, PodState, PodTokenAsk, PodTokenView, TechnicianView, TicketView,
    VoucherView,
};
pub use problem::{Code, Problem};
pub use reset::{
    Finding, LateView, PhoneKind, PhoneView, PhonesView, Preflight, ResendAsk, ResetAct, ResetAsk,
    ResetView, ShareState, Stage, StepKind, StepState, StepView,
};
pub use verification::{
    AnswerAsk, Channel, DestinationKind, Factor, Outcome, Proof, Sends, Shield, ShieldState,
    Source, VerificationAsk, VerificationView, Vouching,
};
pub use words::Words;
