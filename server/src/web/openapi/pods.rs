//! What pods and frames call, and how a browser gets in.

use axum::http::Method;
use shared::{
    AnswerAsk, ApprovalAnswer, ApprovalAsk, ApprovalView, Code, EnterAsk, FrameTokenView,
    PairingAsk, PairingView, PhonesView, PlaceAsk, PlaceView, PodState, PodTokenAsk, PodTokenView,
    Preflight, RedeemAsk, ResendAsk, ResetAsk, ResetView, TechnicianView, VerificationAsk,
    VerificationView,
};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::answers::{DUO, MAIL, MAY_RESET, MICROSOFT, PERSON, PSA, SMS, VERIFIED};
use super::group::Group;
use super::operation::{Operation, op};
use crate::web::auth::SessionAsk;

pub(super) fn all() -> Vec<Operation> {
    let mut all = doors();
    all.extend(verifying());
    all.extend(resetting());
    all.extend(frames());
    all
}

fn doors() -> Vec<Operation> {
    vec![
        op(Group::Doors, Method::GET, "/api/openapi.json", "Gives this document.").gives_object(
            "An OpenAPI 3.1 document.",
            ObjectBuilder::new().schema_type(Type::Object).build().into(),
        ),
        op(
            Group::Doors,
            Method::POST,
            "/api/session",
            "Signs a browser in, with both factors at once.",
        )
        .more("The answer sets the cookie.")
        .own()
        .takes::<SessionAsk>()
        .gives::<TechnicianView>(200, "Who is signed in now.")
        .refuses(&[
            Code::WrongSignIn,
            Code::TooMany,
            Code::SecondFactorNeeded,
            Code::AccountOff,
        ]),
        op(
            Group::Doors,
            Method::POST,
            "/api/pod/token",
            "Gives a pod’s token to one of our own pages.",
        )
        .takes::<PodTokenAsk>()
        .gives::<PodTokenView>(200, "A token for 15 minutes."),
    ]
}

/// For a contact and a ticket in the query.
fn subject(operation: Operation) -> Operation {
    operation
        .query_id("contact", "Whom it is about. It must be there.")
        .query_id("ticket", "In which ticket.")
        .refuses(&[Code::NotFound])
}

fn verifying() -> Vec<Operation> {
    let pod = |method, path, says| op(Group::Pods, method, path, says);
    vec![
        subject(pod(
            Method::GET,
            "/api/pod/state",
            "Says what the pod shows, as soon as it changes.",
        ))
        .query(
            "since",
            "The `tag` that is known: then it waits for another one, 25 seconds at most.",
        )
        .gives::<PodState>(200, "All that the pod shows.")
        .refuses(PSA),
        pod(Method::POST, "/api/verifications", "Sends a contact a code, a link or a push.")
            .takes::<VerificationAsk>()
            .gives::<VerificationView>(201, "It is on its way.")
            .refuses(&[
                Code::NotFound,
                Code::DestinationUnknown,
                Code::ChannelUnavailable,
                Code::ChannelOff,
                Code::CountryOff,
                Code::CustomerOff,
                Code::NoteMissing,
                Code::LimitReached,
                Code::IdTaken,
                Code::NotVerified,
            ])
            .refuses(&[Code::VouchingOff, Code::VoucherUnfit])
            .refuses(MICROSOFT)
            .refuses(PERSON)
            .refuses(PSA)
            .refuses(SMS)
            .refuses(MAIL)
            .refuses(DUO),
        pod(
            Method::POST,
            "/api/verifications/{id}/answer",
            "Tries the code that the contact reads out.",
        )
        .takes::<AnswerAsk>()
        .gives::<VerificationView>(200, "It was the right one.")
        .refuses(&[
            Code::CodeWrong,
            Code::CodeExpired,
            Code::CodeTriesSpent,
            Code::CodeReplaced,
            Code::CallerDenied,
            Code::ChannelUnavailable,
        ]),
        pod(Method::POST, "/api/approvals", "Asks another technician to approve a reset.")
            .takes::<ApprovalAsk>()
            .gives::<ApprovalView>(201, "They are asked.")
            .refuses(&[Code::NotFound, Code::IdTaken])
            .refuses(MAY_RESET)
            .refuses(MICROSOFT)
            .refuses(PERSON)
            .refuses(PSA),
        pod(
            Method::POST,
            "/api/approvals/{id}/answer",
            "Says yes or no to another technician’s reset.",
        )
        .takes::<ApprovalAnswer>()
        .gives::<ApprovalView>(200, "How it stands now.")
        .refuses(&[Code::ApprovalOwn, Code::ApprovalOver])
        .refuses(MAY_RESET),
    ]
}

fn resetting() -> Vec<Operation> {
    let pod = |method, path, says| op(Group::Pods, method, path, says);
    vec![
        subject(pod(
            Method::GET,
            "/api/preflight",
            "Says everything that would make a reset fail; changes nothing.",
        ))
        .gives::<Preflight>(200, "What the confirmation shows.")
        .refuses(MAY_RESET)
        .refuses(VERIFIED)
        .refuses(MICROSOFT)
        .refuses(PERSON)
        .refuses(PSA)
        .refuses(SMS),
        pod(Method::PUT, "/api/resets/{id}", "Resets a password, once for each id.")
            .more(
                "The pod makes the id (UUIDv7). The same id with the same body gives the reset as it stands; \
                 with another body it is refused.",
            )
            .takes::<ResetAsk>()
            .gives::<ResetView>(200, "It has come to an end.")
            .gives::<ResetView>(202, "It is under way: ask for it again.")
            .refuses(&[
                Code::IdTaken,
                Code::ResetUnderWay,
                Code::PreflightStale,
                Code::PasswordRefused,
                Code::TooLate,
                Code::InDoubt,
                Code::CallerDenied,
            ])
            .refuses(MAY_RESET)
            .refuses(VERIFIED)
            .refuses(MICROSOFT)
            .refuses(PERSON)
            .refuses(PSA)
            .refuses(SMS),
        pod(Method::GET, "/api/resets/{id}", "Says how a reset stands.")
            .gives::<ResetView>(200, "How it stands."),
        pod(Method::GET, "/api/resets/{id}/phones", "Says where a new link may go.")
            .gives::<PhonesView>(200, "Phones, masked.")
            .refuses(&[Code::LinkMoved, Code::LinkDead, Code::GivenUp])
            .refuses(MAY_RESET)
            .refuses(MICROSOFT)
            .refuses(PERSON)
            .refuses(PSA)
            .refuses(SMS),
        pod(Method::POST, "/api/resets/{id}/resend", "Texts the link again, or a new one to another phone.")
            .more("With nothing sent along, the same link goes to the same phone.")
            .may_take::<ResendAsk>()
            .gives::<ResetView>(200, "How the reset stands now.")
            .refuses(&[
                Code::LinkMoved,
                Code::LinkDead,
                Code::GivenUp,
                Code::IdTaken,
                Code::PreflightStale,
            ])
            .refuses(MAY_RESET)
            .refuses(VERIFIED)
            .refuses(MICROSOFT)
            .refuses(PERSON)
            .refuses(PSA)
            .refuses(SMS),
        pod(Method::POST, "/api/resets/{id}/give-up", "Ends a reset that nobody has opened, or one in doubt.")
            .gives::<ResetView>(200, "How it stands now.")
            .refuses(&[Code::ResetUnderWay, Code::GivenUp, Code::LinkDead, Code::IdTaken])
            .refuses(MAY_RESET),
    ]
}

fn frames() -> Vec<Operation> {
    let frame = |path, says| op(Group::Frames, Method::POST, path, says);
    let host = [
        Code::HostPersonUnproven,
        Code::HostPersonDisabled,
        Code::HostPersonOther,
        Code::PairingNeeded,
        Code::NotSignedIn,
        Code::AccountOff,
        Code::LimitReached,
        Code::TooMany,
    ];
    vec![
        frame(
            "/api/frames/{id}/enter",
            "Lets a frame of a PSA in, as far as its host confirms who it is.",
        )
        .own()
        .takes::<EnterAsk>()
        .gives::<FrameTokenView>(200, "A pod’s token.")
        .refuses(&host)
        .refuses(PSA),
        frame("/api/frames/{id}/pairings", "Begins to wait for the technician’s own sign-in.")
            .own()
            .takes::<PairingAsk>()
            .gives::<PairingView>(201, "The code that the frame shows, for two minutes.")
            .refuses(&host)
            .refuses(PSA),
        frame("/api/pairings/{id}/redeem", "Asks whether the technician has signed in.")
            .own()
            .takes::<RedeemAsk>()
            .gives::<FrameTokenView>(200, "A pod’s token.")
            .gives_nothing(202, "Not yet.")
            .refuses(&[Code::PairingOver, Code::AccountOff]),
        frame("/api/pod/place", "Says whom the host’s ticket is about.")
            .takes::<PlaceAsk>()
            .gives::<PlaceView>(200, "The contact, and the ticket as it is known here.")
            .refuses(&[Code::NotFound, Code::IdTaken, Code::LimitReached])
            .refuses(&host)
            .refuses(PSA),
    ]
}
