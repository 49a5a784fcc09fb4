//! The words of PSAs, frames and pairing.

use crate::Code;

/// What happened, and what to do next; `None` for codes of something else.
pub(super) const fn words(code: Code) -> Option<(&'static str, &'static str)> {
    Some(match code {
        Code::PsaMissing => (
            "This PSA is not connected, or switched off.",
            "Ask an admin to look at Settings, Integrations.",
        ),
        Code::PsaCredentials => (
            "The PSA refused our credentials.",
            "Ask an admin to enter them again in Settings, Integrations.",
        ),
        Code::PsaPermission => (
            "Our credentials in the PSA may not do this.",
            "Ask an admin to give them the rights that Settings, Integrations lists.",
        ),
        Code::PsaUnavailable => (
            "The PSA does not answer, so the contact can’t be read.",
            "It is asked again by itself. Nothing that is under way is lost.",
        ),
        Code::PsaRefused => (
            "The PSA refused this.",
            "Try again; if it stays, ask an admin to test the connection.",
        ),
        Code::PsaNoInternalNote => (
            "The PSA has no kind of note that only your team reads.",
            "Ask an admin to look at Settings, Integrations. Nothing was written.",
        ),
        Code::PsaNoteVisible => (
            "The PSA shows the customer a note that was to be internal.",
            "Look at the ticket, and ask an admin what makes notes public there.",
        ),
        Code::TicketUnknown => (
            "This ticket does not exist, or it is not yours to see.",
            "Open a ticket that you may see.",
        ),
        Code::TicketNoContact => (
            "This ticket has no contact.",
            "Choose the caller as the ticket’s contact and save it.",
        ),
        Code::CompanyUnmapped => (
            "This ticket’s company is not one of your customers here.",
            "Ask an admin to choose its customer in Settings, Integrations.",
        ),
        Code::HostPersonUnproven => (
            "The PSA does not confirm who is signed in.",
            "Sign in to the PSA again, then reload the ticket.",
        ),
        Code::HostPersonDisabled => {
            ("The PSA says that this person is switched off.", "Ask an admin of the PSA.")
        }
        Code::HostPersonOther => (
            "Somebody else is signed in to the PSA in this browser.",
            "Sign in there as yourself, or ask an admin to remove the link in Settings.",
        ),
        Code::PairingNeeded => ("Sign in to use this.", "Open our sign-in page from here."),
        Code::PairingCodeWrong => (
            "No frame waits with this code.",
            "Type the code that the frame shows now; it changes every two minutes.",
        ),
        Code::PairingOver => ("This code’s time is over.", "Ask for a new one."),
        _ => return None,
    })
}
