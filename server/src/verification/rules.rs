//! Whether a verification counts for a reset (P9). Pure: one function, one table of reasons.

use shared::{
    Code, ContactId, CustomerId, DestinationKind, Millis, Outcome, Source, TechnicianId, TicketId,
    VerificationId,
};

use super::outcome_at;
use crate::policy::Policy;
use crate::store::Verification;

/// The reset that a verification is to count for, as things stand now.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// For which customer.
    pub customer: CustomerId,
    /// For whom.
    pub contact: ContactId,
    /// In which ticket.
    pub ticket: Option<TicketId>,
    /// By whom.
    pub technician: TechnicianId,
    /// Who the contact is at Microsoft.
    pub directory_user: &'a str,
    /// Keyed hash of what the contact's card says.
    pub contact_hash: &'a [u8],
    /// Keyed hash of the phone registered at Microsoft.
    pub phone_hash: &'a [u8],
    /// Keyed hash of the mailbox that Microsoft has.
    pub mail_hash: &'a [u8],
    /// Keyed hash of the person at the customer's Duo.
    pub duo_hash: &'a [u8],
    /// Verifications by somebody's word that does not count now, and why: the policy, the voucher or
    /// their card has changed since.
    pub unfit: &'a [(VerificationId, Code)],
    /// Now.
    pub now: Millis,
}

/// Whether it was asked for in this ticket or, without one, by this technician.
#[must_use]
pub fn is_from_here(
    verification: &Verification,
    ticket: Option<TicketId>,
    technician: TechnicianId,
) -> bool {
    match ticket {
        Some(_) => verification.ticket == ticket,
        None => verification.ticket.is_none() && verification.technician == technician,
    }
}

/// What a destination's shield shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing.
    Grey,
    /// An answer is waited for.
    Pending,
    /// Green, until then.
    Verified(Millis),
    /// The newest attempt came to nothing, a short while ago.
    Failed(Code),
}

/// How a destination stands by its newest verification: one rule for pods and lists.
#[must_use]
pub fn standing(newest: &Verification, policy: &Policy, now: Millis) -> Standing {
    // A failure is worth showing as long as a success would be.
    let shown = now.since(newest.sent_at) < policy.shown_ms;
    let failed = |code| if shown { Standing::Failed(code) } else { Standing::Grey };
    match outcome_at(newest, now) {
        Outcome::Pending => Standing::Pending,
        Outcome::Verified => match shown_until(newest, policy) {
            Some(until) if until > now => Standing::Verified(until),
            _ => Standing::Grey,
        },
        Outcome::Expired => failed(Code::CodeExpired),
        Outcome::TriesSpent => failed(Code::CodeTriesSpent),
        Outcome::Denied => failed(Code::CallerDenied),
        Outcome::Unsent => failed(newest.code.unwrap_or(Code::SmsUnavailable)),
        Outcome::Replaced => Standing::Grey,
    }
}

/// Until when a shield stays green; `None` when it never was.
fn shown_until(verification: &Verification, policy: &Policy) -> Option<Millis> {
    match (verification.outcome, verification.verified_at) {
        (Outcome::Verified, Some(at)) => Some(at.plus(policy.shown_ms)),
        _ => None,
    }
}

/// Until when a verification counts for a reset; `None` when it was never successful.
#[must_use]
pub fn fresh_until(verification: &Verification, policy: &Policy) -> Option<Millis> {
    match (verification.outcome, verification.verified_at) {
        (Outcome::Verified, Some(at)) => Some(at.plus(policy.fresh_ms)),
        _ => None,
    }
}

/// Whether one verification counts, or why it does not.
///
/// # Errors
/// The code of the first thing that does not fit.
pub fn counts(
    verification: &Verification,
    occasion: &Occasion<'_>,
    policy: &Policy,
) -> Result<(), Code> {
    if verification.contact != occasion.contact {
        return Err(Code::NotVerified);
    }
    let until = fresh_until(verification, policy).ok_or(Code::NotVerified)?;
    if until <= occasion.now {
        return Err(Code::VerificationStale);
    }
    if !is_from_here(verification, occasion.ticket, occasion.technician) {
        return Err(Code::VerificationElsewhere);
    }
    if verification.used {
        return Err(Code::VerificationUsed);
    }
    if !policy.accepts(verification.channel, verification.source) {
        return Err(Code::VerificationNotAccepted);
    }
    // Another customer has another policy and another tenant, whoever the person is.
    if verification.customer != occasion.customer
        || verification.directory_user.as_deref() != Some(occasion.directory_user)
    {
        return Err(Code::VerificationVoid);
    }
    if verification.voucher.is_some() {
        // Whose card and whose phone these are was looked at by whoever made the occasion.
        let unfit = occasion.unfit.iter().find(|(id, _)| *id == verification.id);
        return unfit.map_or(Ok(()), |(_, code)| Err(*code));
    }
    let now = match verification.channel.kind() {
        DestinationKind::Phone => occasion.phone_hash,
        DestinationKind::Email => occasion.mail_hash,
        DestinationKind::App => occasion.duo_hash,
    };
    // What is on the card is covered by the card's hash.
    let same_destination =
        verification.source == Source::Contact || verification.destination_hash == now;
    if verification.contact_hash != occasion.contact_hash || !same_destination {
        return Err(Code::VerificationVoid);
    }
    Ok(())
}

/// The newest verification that counts, or the reason that helps most: that of the newest
/// successful one. A person who says that it was not them takes back whatever succeeded before.
///
/// # Errors
/// [`Code::NotVerified`] and its more telling siblings.
pub fn choose<'v>(
    newest_first: &'v [Verification],
    occasion: &Occasion<'_>,
    policy: &Policy,
) -> Result<&'v Verification, Code> {
    let mut reason = Code::NotVerified;
    let denied_at = newest_first
        .iter()
        .filter(|it| it.contact == occasion.contact && it.outcome == Outcome::Denied)
        .filter_map(|it| it.ended_at)
        .max();
    let taken_back = |it: &Verification| denied_at.is_some() && it.verified_at <= denied_at;
    for verification in newest_first {
        let counted = match counts(verification, occasion, policy) {
            Ok(()) if taken_back(verification) => Err(Code::CallerDenied),
            other => other,
        };
        match counted {
            Ok(()) => return Ok(verification),
            Err(Code::NotVerified) => {}
            Err(code) if reason == Code::NotVerified => reason = code,
            Err(_) => {}
        }
    }
    Err(reason)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use shared::{AccountId, Channel};
    use uuid::Uuid;

    const NOW: Millis = Millis(1_000_000_000);

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    pub(crate) fn good() -> Verification {
        Verification {
            id: VerificationId(id(1)),
            account: AccountId(id(0)),
            customer: CustomerId(id(2)),
            contact: ContactId(id(3)),
            ticket: Some(TicketId(id(4))),
            ticket_number: None,
            technician: TechnicianId(id(5)),
            technician_name: String::new(),
            directory_user: Some("user".into()),
            channel: Channel::SmsCode,
            source: Source::Microsoft,
            destination_hash: vec![1],
            contact_hash: vec![2],
            masked: String::new(),
            code_hash: vec![3],
            look_id: None,
            proof_hash: None,
            say_sealed: None,
            provider_id: None,
            voucher: None,
            voucher_name: None,
            note: None,
            outcome: Outcome::Verified,
            code: None,
            tries_left: 4,
            sent_at: NOW,
            expires_at: NOW.plus(300_000),
            verified_at: Some(NOW),
            ended_at: Some(NOW),
            used: false,
        }
    }

    fn occasion() -> Occasion<'static> {
        Occasion {
            customer: CustomerId(id(2)),
            contact: ContactId(id(3)),
            ticket: Some(TicketId(id(4))),
            technician: TechnicianId(id(5)),
            directory_user: "user",
            contact_hash: &[2],
            phone_hash: &[1],
            mail_hash: &[8],
            duo_hash: &[6],
            unfit: &[],
            now: NOW.plus(1),
        }
    }

    #[test]
    fn every_rule_has_its_reason() {
        let policy = Policy::default();
        let check = |change: fn(&mut Verification, &mut Occasion<'_>), expected| {
            let (mut verification, mut occasion) = (good(), occasion());
            change(&mut verification, &mut occasion);
            assert_eq!(counts(&verification, &occasion, &policy), expected);
        };
        check(|_, _| {}, Ok(()));
        check(|v, _| v.outcome = Outcome::Pending, Err(Code::NotVerified));
        check(|v, _| v.outcome = Outcome::TriesSpent, Err(Code::NotVerified));
        check(|v, _| v.verified_at = None, Err(Code::NotVerified));
        check(|_, o| o.contact = ContactId(id(9)), Err(Code::NotVerified));
        check(|_, o| o.customer = CustomerId(id(9)), Err(Code::VerificationVoid));
        check(|_, o| o.now = NOW.plus(15 * 60_000 - 1), Ok(()));
        check(|_, o| o.now = NOW.plus(15 * 60_000), Err(Code::VerificationStale));
        check(|_, o| o.ticket = Some(TicketId(id(9))), Err(Code::VerificationElsewhere));
        check(|_, o| o.ticket = None, Err(Code::VerificationElsewhere));
        // In the same ticket a colleague may go on; without one nobody may.
        check(|_, o| o.technician = TechnicianId(id(9)), Ok(()));
        check(
            |v, o| {
                (v.ticket, o.ticket) = (None, None);
            },
            Ok(()),
        );
        check(
            |v, o| {
                (v.ticket, o.ticket, o.technician) = (None, None, TechnicianId(id(9)));
            },
            Err(Code::VerificationElsewhere),
        );
        check(|v, _| v.used = true, Err(Code::VerificationUsed));
        check(|v, _| v.source = Source::Contact, Err(Code::VerificationNotAccepted));
        check(|_, o| o.directory_user = "other", Err(Code::VerificationVoid));
        check(|v, _| v.directory_user = None, Err(Code::VerificationVoid));
        check(|_, o| o.contact_hash = &[9], Err(Code::VerificationVoid));
        check(|_, o| o.phone_hash = &[9], Err(Code::VerificationVoid));
    }

    #[test]
    fn a_loosened_policy_takes_numbers_from_the_card() {
        let policy = Policy { accept_contact_phones: true, ..Policy::default() };
        let verification =
            Verification { source: Source::Contact, destination_hash: vec![7], ..good() };
        assert_eq!(counts(&verification, &occasion(), &policy), Ok(()));
    }

    #[test]
    fn the_newest_that_counts_is_chosen_and_the_reason_is_the_newest_success() {
        let policy = Policy::default();
        let named = |n: u128, change: fn(&mut Verification)| {
            let mut verification = Verification { id: VerificationId(id(n)), ..good() };
            change(&mut verification);
            verification
        };
        let pending = named(10, |v| v.outcome = Outcome::Pending);
        let used = named(11, |v| v.used = true);
        let stale = named(12, |v| v.verified_at = Some(Millis(0)));
        let fine = named(13, |_| {});
        let choose =
            |list: &[Verification]| super::choose(list, &occasion(), &policy).map(|v| v.id);
        assert_eq!(choose(&[]), Err(Code::NotVerified));
        assert_eq!(choose(std::slice::from_ref(&pending)), Err(Code::NotVerified));
        assert_eq!(
            choose(&[pending.clone(), used.clone(), stale.clone()]),
            Err(Code::VerificationUsed)
        );
        // Whoever says that it was not them takes back what succeeded before, by any way.
        let denied = |ms| Verification {
            ended_at: Some(NOW.plus(ms)),
            verified_at: None,
            ..named(14, |v| v.outcome = Outcome::Denied)
        };
        assert_eq!(choose(&[denied(1), fine.clone()]), Err(Code::CallerDenied));
        assert_eq!(choose(&[fine.clone(), denied(0)]), Err(Code::CallerDenied));
        assert_eq!(choose(&[fine.clone(), denied(-1)]), Ok(fine.id), "proved since");
        assert_eq!(choose(&[stale, used]), Err(Code::VerificationStale));
        assert_eq!(choose(&[pending, fine.clone()]), Ok(fine.id));
    }
}
