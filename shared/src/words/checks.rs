//! The words of verification, approval and Duo.

use crate::Code;

/// What happened, and what to do next; `None` for codes of something else.
pub(super) const fn words(code: Code) -> Option<(&'static str, &'static str)> {
    Some(match code {
        Code::NotVerified => (
            "The caller has not been verified.",
            "Send a code to the phone that Microsoft has registered and enter what the caller reads out.",
        ),
        Code::VerificationStale => (
            "The verification is too old.",
            "Send a new code; a verification counts for a few minutes only.",
        ),
        Code::VerificationNotAccepted => (
            "The way the caller was verified is not accepted for a password reset.",
            "Send a code to the phone that Microsoft has registered.",
        ),
        Code::VerificationUsed => {
            ("This verification was already used for a reset.", "Verify the caller again.")
        }
        Code::VerificationElsewhere => (
            "The caller was verified in another ticket or by another technician.",
            "Verify the caller again here; it shows in the history below.",
        ),
        Code::VerificationVoid => (
            "The contact or the registered phone has changed since the verification.",
            "Make sure the change was wanted, then verify the caller again.",
        ),
        Code::CodeWrong => ("That is not the code.", "Ask the caller to read it out again."),
        Code::CodeExpired => ("The code has expired.", "Send a new code."),
        Code::CodeTriesSpent => (
            "Too many wrong codes.",
            "This code no longer works. Send a new one, and be careful: a caller who guesses is not your caller.",
        ),
        Code::CodeReplaced => ("A newer code was sent.", "Ask the caller for the newest code."),
        Code::DestinationUnknown => (
            "This phone or address does not belong to the contact.",
            "Reload the page to see the current ones.",
        ),
        Code::ChannelUnavailable => (
            "This way of sending is not available here.",
            "Use the phone that Microsoft has registered.",
        ),
        Code::ChannelOff => (
            "Your policy does not have this way of verifying.",
            "Choose another one, or ask an admin to allow it.",
        ),
        Code::CountryOff => (
            "Your policy sends no texts to this number’s country.",
            "Verify in another way, or ask an admin to add the country.",
        ),
        Code::CallerDenied => (
            "The person says that they did not call.",
            "End the call. Somebody may be posing as them: tell your lead, and ring the person on a number that you know.",
        ),
        Code::VouchingOff => (
            "Your policy lets nobody vouch for somebody else.",
            "Verify the caller, or ask an admin.",
        ),
        Code::VoucherUnfit => (
            "This person may not vouch for the caller.",
            "Choose their manager at Microsoft or one of the approvers that your policy names.",
        ),
        Code::NoteMissing => {
            ("Vouching needs a note.", "Write why somebody else vouches; it goes on the record.")
        }
        Code::SameNumber => (
            "The number that verified the caller would also get the link.",
            "Verify in another way, such as Duo, or have a second technician approve where the policy asks for one.",
        ),
        Code::ApprovalNeeded => (
            "This person is in a protected group: another technician has to approve.",
            "Ask for approval; a colleague answers in this ticket or under Approvals.",
        ),
        Code::ApprovalAwaited => (
            "Another technician has not approved this reset yet.",
            "A colleague answers in this ticket or under Approvals.",
        ),
        Code::ApprovalRefused => {
            ("Another technician refused this reset.", "Speak to them. You can ask again.")
        }
        Code::ApprovalOwn => (
            "Nobody approves what they have asked for themselves.",
            "Ask a colleague who may reset passwords.",
        ),
        Code::ApprovalOver => (
            "This was answered already, has run out or was used.",
            "Ask for approval again if it is still wanted.",
        ),
        Code::NumbersDiffer => (
            "The card’s number is not the one that Microsoft has registered.",
            "Trust the one at Microsoft. Ask the caller about the other.",
        ),
        Code::NumberChanged => (
            "The number on the card was changed lately.",
            "Make sure who changed it before you trust it.",
        ),
        Code::PersonRepeats => {
            ("This person’s password was reset lately.", "Ask why before you do it again.")
        }
        Code::TechnicianRepeats => (
            "You have reset many passwords lately.",
            "Take your time: somebody who calls again and again may be testing you.",
        ),
        Code::FailedBefore => (
            "A verification failed before this one succeeded.",
            "Make sure that it is the same caller.",
        ),
        Code::DuoMissing => (
            "This customer’s Duo is not connected, or it is switched off.",
            "Verify another way, or ask an admin to connect it in Settings.",
        ),
        Code::DuoCredentials => (
            "Duo refused the keys of this customer’s connection.",
            "Ask an admin to copy integration key and secret key from Duo again.",
        ),
        Code::DuoClock => (
            "Duo finds that this server’s clock is wrong.",
            "Ask your operator to set it; more than five minutes are too many.",
        ),
        Code::DuoPersonUnknown => (
            "Duo does not know this person, or they have not enrolled yet.",
            "Verify another way, or compare their user name in Duo with the one shown here.",
        ),
        Code::DuoNoPush => (
            "This person has no device in Duo that takes a push.",
            "Verify another way. They need Duo Mobile, activated, for a push.",
        ),
        Code::DuoBypass => (
            "Duo lets this person in without asking, so a push would prove nothing.",
            "Verify another way, or have the bypass taken off in Duo.",
        ),
        Code::DuoDenied => (
            "Duo keeps this person out: they are locked out, disabled or not allowed.",
            "Verify another way, and ask whoever looks after Duo why.",
        ),
        Code::DuoUnavailable => {
            ("Duo does not answer right now.", "Try again in a minute, or verify another way.")
        }
        Code::DuoRefused => (
            "Duo refused without a reason that we know.",
            "Verify another way, and ask an admin to test the Duo connection.",
        ),
        _ => return None,
    })
}
