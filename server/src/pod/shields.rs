//! One shield per destination, how each stands, and what came before. Pure, but for the two digits
//! that are unsealed for the technician who sent a link.

use shared::{Code, HistoryView, Millis, Proof, Sends, Shield, ShieldState};

use crate::duo::DuoSettings;
use crate::policy::Policy;
use crate::store::{Session, Store, Verification};
use crate::verification::{Destination, Standing, outcome_at, say, standing};

/// Who looks, by which rules, when.
pub(super) struct Eye<'a> {
    pub(super) store: &'a Store,
    pub(super) who: &'a Session,
    pub(super) policy: &'a Policy,
    /// The customer's Duo.
    pub(super) duo: Option<&'a DuoSettings>,
    pub(super) now: Millis,
}

/// A destination's shield; `newest` is the newest verification by it from here. `vouches`: it is
/// somebody else's than the contact's.
pub(super) fn shield(
    eye: &Eye<'_>,
    destination: Destination,
    newest: Option<&Verification>,
    sends: Sends,
    vouches: bool,
) -> Shield {
    let mut channels = destination.channels(eye.policy);
    // A code says nothing of whom it is for: only a page and a push tell the voucher.
    channels.retain(|channel| !vouches || channel.proof() != Proof::Code);
    let why_not = match channels.is_empty() {
        true if !destination.is_allowed(eye.policy) => Some(Code::CountryOff),
        true => Some(Code::ChannelUnavailable),
        false => None,
    };
    let accepts = |channel| eye.policy.accepts(channel, destination.source);
    Shield {
        state: newest.map_or(ShieldState::Grey, |newest| state(eye, newest)),
        why_not,
        for_reset: channels.iter().any(|channel| accepts(*channel)),
        key: destination.key,
        kind: destination.kind,
        source: destination.source,
        masked: destination.masked,
        channels,
        sends,
    }
}

fn state(eye: &Eye<'_>, newest: &Verification) -> ShieldState {
    match standing(newest, eye.policy, eye.now) {
        Standing::Grey => ShieldState::Grey,
        Standing::Verified(until) => ShieldState::Verified { until },
        Standing::Failed(code) => ShieldState::Failed { code },
        Standing::Pending => ShieldState::Pending {
            verification: newest.id,
            channel: newest.channel,
            say: say(eye.store, eye.who, newest),
            digits: (newest.channel.proof() == Proof::Code).then_some(eye.policy.code_digits),
            expires_at: newest.expires_at,
            tries_left: newest.tries_left,
        },
    }
}

/// The newest verifications, as many as the policy shows.
pub(super) fn history(eye: &Eye<'_>, verifications: &[Verification]) -> Vec<HistoryView> {
    verifications
        .iter()
        .take(eye.policy.history_shown as usize)
        .map(|verification| HistoryView {
            at: verification.sent_at,
            destination: verification.masked.clone(),
            source: verification.source,
            technician: verification.technician_name.clone(),
            ticket: verification.ticket_number.clone(),
            channel: verification.channel,
            outcome: outcome_at(verification, eye.now),
            voucher: match (&verification.voucher_name, &verification.note) {
                (Some(name), Some(note)) => Some(format!("{name} ({note})")),
                (name, _) => name.clone(),
            },
        })
        .collect()
}
