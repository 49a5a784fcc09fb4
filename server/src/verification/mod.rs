//! Verification: proving that a contact is who they say, before anything can be reset.
//!
//! Something goes to a destination that the *server* looked up: a code, a link or a push. What comes
//! back is tried against a keyed hash, each try counted before it is compared.
//!
//! `destination` says where somebody can be reached, `method` how a proof travels, `answer` and
//! `page` take what comes back, `rules` decides what counts for a reset, `warnings` what should make a
//! technician think twice, `vouching` whose word counts for somebody else.

mod answer;
mod destination;
mod left;
mod link;
mod method;
mod over;
mod page;
mod rules;
mod send;
mod vouching;
mod warnings;
mod words;

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use shared::{Code, ContactId, Millis, Outcome, TicketId, VerificationView};

pub use destination::{
    Address, Destination, card_hash, contact_hash, destinations, duo_hash, mail_hash, numbers_hash,
    phone_hash, same_numbers,
};
pub(crate) use left::of_notice;
pub use left::{left, limits};
pub use method::Methods;
pub use page::LinkView;
#[cfg(test)]
pub(crate) use rules::tests::good;
pub use rules::{Occasion, Standing, choose, counts, fresh_until, is_from_here, standing};
pub use vouching::{Unfit, Voucher, may_vouch};
pub use warnings::{Seen, warnings};
pub use words::{by, note};

use crate::bell::Bell;
use crate::clock::Clock;
use crate::denied::Denied;
use crate::directory::Directory;
use crate::people::People;
use crate::psa::Psa;
use crate::seal::Place;
use crate::settings::Settings;
use crate::store::{Contact, Session, Store, Ticket, Verification};

/// Verifications, with what they need.
#[derive(Clone)]
pub struct Verifications {
    /// What is remembered.
    pub store: Store,
    /// Contacts with their cards.
    pub people: People,
    /// Where tickets are that are not ours.
    pub psa: Psa,
    /// Who contacts are at Microsoft.
    pub directory: Directory,
    /// The ways in which a proof travels.
    pub methods: Methods,
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// The time.
    pub clock: Clock,
    /// Tells pods.
    pub bell: Bell,
    /// Sending runs here, not in a request's future.
    pub tasks: TaskTracker,
}

/// The contact as their card is now, and the ticket, when they are this account's, of a customer that this
/// technician has, and belong together: for whatever is decided or sent.
///
/// # Errors
/// `NotFound` otherwise: what is not yours does not exist. Why a PSA does not tell.
pub async fn subject(
    people: &People,
    store: &Store,
    who: &Session,
    contact: ContactId,
    ticket: Option<TicketId>,
) -> Result<(Contact, Option<Ticket>), Denied> {
    let ticket = ticket_of(store, who, contact, ticket).await?;
    Ok((people.now(who, contact).await?, ticket))
}

/// The ticket, when it is this account's, about this contact, and in the PSA that the pod is in.
///
/// # Errors
/// `NotFound` otherwise.
pub async fn ticket_of(
    store: &Store,
    who: &Session,
    contact: ContactId,
    ticket: Option<TicketId>,
) -> Result<Option<Ticket>, Denied> {
    let found = match ticket {
        None => None,
        Some(id) => store.ticket(who.technician.account, id).await?,
    };
    let fits = match (&found, ticket) {
        (None, Some(_)) => false,
        (Some(found), _) => {
            let of_psa = found.psa.as_ref().map(|psa| psa.integration);
            found.contact == contact && who.psa.is_none_or(|psa| of_psa == Some(psa))
        }
        // A frame stands in a ticket.
        (None, None) => who.psa.is_none(),
    };
    if fits { Ok(found) } else { Err(Code::NotFound.into()) }
}

/// What a verification has come to by `now`.
#[must_use]
pub fn outcome_at(verification: &Verification, now: Millis) -> Outcome {
    match verification.outcome {
        Outcome::Pending if verification.expires_at <= now => Outcome::Expired,
        other => other,
    }
}

/// Where a link's two digits are sealed: they open in nobody else's view than the technician's who
/// sent it.
fn say_place<'a>(verification: &Verification, technician: &'a str) -> Place<'a> {
    Place {
        account: verification.account.0,
        kind: "verification.say",
        row: verification.id.0,
        bound_to: technician,
    }
}

/// The two digits to say, for the technician who sent the link, while it is out.
#[must_use]
pub fn say(store: &Store, who: &Session, verification: &Verification) -> Option<String> {
    let sealed = verification.say_sealed.as_deref()?;
    let whose = who.technician.id.to_string();
    let clear = store.keys.open(say_place(verification, &whose), sealed).ok()?;
    String::from_utf8(clear).ok()
}

fn view(
    store: &Store,
    who: &Session,
    verification: &Verification,
    now: Millis,
) -> VerificationView {
    VerificationView {
        id: verification.id,
        outcome: outcome_at(verification, now),
        masked: verification.masked.clone(),
        expires_at: verification.expires_at,
        tries_left: verification.tries_left,
        say: say(store, who, verification),
    }
}
