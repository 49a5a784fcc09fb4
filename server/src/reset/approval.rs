//! A second technician: for people in guarded groups nobody resets a password alone. Asked for and
//! answered in the pod or on the Approvals page, never by the same person.

use shared::{
    ApprovalAsk, ApprovalId, ApprovalState, ApprovalView, Code, CustomerId, Finding, Millis,
    TechnicianId, TicketId,
};

use super::Resets;
use crate::denied::Denied;
use crate::random;
use crate::reach;
use crate::store::{Approval, Limit, Session};
use crate::verification::subject;

/// Approvals that one technician asks for in an hour: a list that nobody can read protects nobody.
const MOST_ASKED: u32 = 20;

impl Resets {
    /// Asks. Who asks twice has asked once.
    ///
    /// # Errors
    /// When this technician may not reset, the contact or ticket is not this account's, or nobody
    /// knows who the contact is at Microsoft.
    pub async fn ask_approval(
        &self,
        who: &Session,
        ask: &ApprovalAsk,
    ) -> Result<ApprovalView, Denied> {
        self.may_reset(who)?;
        let account = who.technician.account;
        let (contact, ticket) =
            subject(&self.verifications.people, &self.store, who, ask.contact, ask.ticket).await?;
        let look = self.directory.look(account, &contact).await?;
        let person = look.person.clone()?;
        let policy = self.store.policy(account, contact.customer).await?;
        let now = self.clock.now();
        let approval = Approval {
            id: ApprovalId(random::id(now)),
            account,
            customer: contact.customer,
            contact: contact.id,
            contact_name: contact.name,
            customer_name: contact.customer_name,
            ticket: ticket.as_ref().map(|ticket| ticket.id),
            ticket_number: ticket.map(|ticket| ticket.number),
            directory_user: person.id,
            asked_by: who.technician.id,
            asked_by_name: who.technician.name.clone(),
            asked_at: now,
            expires_at: now.plus(policy.approval_ms),
            approved: None,
            answered_by: None,
            answered_by_name: None,
            answered_at: None,
            used: false,
        };
        let limit = Limit {
            name: format!("approval technician {}", who.technician.id),
            most: MOST_ASKED,
            window_ms: 60 * 60_000,
        };
        if let Err(hit) = self.store.ask_approval(&approval, &limit).await? {
            return Err(Denied::Limit { retry_after: hit.retry_after });
        }
        self.bell.ring(account);
        let newest = self.store.approvals_of(account, contact.id, 20).await?;
        let asked = newest.iter().find(|it| {
            it.asked_by == who.technician.id
                && it.ticket == approval.ticket
                && it.approved.is_none()
        });
        Ok(approval_view(asked.unwrap_or(&approval), who, now))
    }

    /// Answers, as a technician who may reset with a fresh second factor, and never the one who
    /// asked.
    ///
    /// # Errors
    /// `ApprovalOwn`, `ApprovalOver`, `NotFound`.
    pub async fn answer_approval(
        &self,
        who: &Session,
        id: ApprovalId,
        approve: bool,
    ) -> Result<ApprovalView, Denied> {
        self.may_reset(who)?;
        let account = who.technician.account;
        let known = self.store.approval(account, id).await?.ok_or(Code::NotFound)?;
        reach::within(&self.store, who, known.customer).await?;
        if known.asked_by == who.technician.id {
            return Err(Code::ApprovalOwn.into());
        }
        let policy = self.store.policy(account, known.customer).await?;
        let now = self.clock.now();
        let until = now.plus(policy.approval_ms);
        let by = who.technician.id;
        let answered = self.store.answer_approval(account, id, by, approve, until, now).await?;
        self.bell.ring(account);
        let answered = answered.ok_or(Code::ApprovalOver)?;
        Ok(approval_view(&answered, who, now))
    }
}

/// The reset that an approval is to count for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Approved<'a> {
    /// For which customer.
    pub(super) customer: CustomerId,
    /// In which ticket.
    pub(super) ticket: Option<TicketId>,
    /// By whom.
    pub(super) technician: TechnicianId,
    /// Who the contact is at Microsoft.
    pub(super) directory_user: &'a str,
    /// When the phone that gets the link became another one.
    pub(super) phone_changed_at: Option<Millis>,
    /// Now.
    pub(super) now: Millis,
}

/// The approval that counts, or why none does: the newest yes that was given here, unless somebody has
/// said no since; whatever was asked besides is waited for only where there is neither.
///
/// # Errors
/// `ApprovalNeeded`, and its more telling siblings.
pub(super) fn choose<'a>(
    newest_first: &'a [Approval],
    reset: &Approved<'_>,
) -> Result<&'a Approval, Finding> {
    let here = |it: &&Approval| match reset.ticket {
        Some(_) => it.ticket == reset.ticket,
        None => it.ticket.is_none() && it.asked_by == reset.technician,
    };
    let fits = |it: &&Approval| {
        it.customer == reset.customer
            && it.directory_user == reset.directory_user
            && !it.used
            && it.expires_at > reset.now
    };
    let answered = |yes| {
        let of = newest_first.iter().filter(here).filter(fits);
        of.filter(move |it| it.approved == Some(yes)).max_by_key(|it| it.answered_at)
    };
    let (yes, no) = (answered(true), answered(false));
    if let Some(no) = no
        && yes.is_none_or(|yes| yes.answered_at <= no.answered_at)
    {
        let about = no.answered_by_name.as_ref().map(|name| format!("by {name}"));
        let asked_since = newest_first
            .iter()
            .filter(here)
            .filter(fits)
            .any(|it| it.approved.is_none() && Some(it.asked_at) >= no.answered_at);
        return Err(match asked_since {
            true => Code::ApprovalAwaited.into(),
            false => Finding { code: Code::ApprovalRefused, about },
        });
    }
    match yes {
        // Two people, always: whoever approved does not reset as well. What was approved before the
        // phone became another one was approved of another phone.
        Some(yes) if yes.answered_by == Some(reset.technician) => Err(Code::ApprovalNeeded.into()),
        Some(yes) if reset.phone_changed_at.is_some_and(|at| Some(at) >= yes.answered_at) => {
            Err(Code::ApprovalNeeded.into())
        }
        Some(yes) => Ok(yes),
        None if newest_first.iter().filter(here).any(|it| fits(&it)) => {
            Err(Code::ApprovalAwaited.into())
        }
        None => Err(Code::ApprovalNeeded.into()),
    }
}

/// An approval as pods and pages show it.
#[must_use]
pub fn approval_view(approval: &Approval, who: &Session, now: Millis) -> ApprovalView {
    let over = approval.expires_at <= now;
    let state = match approval.approved {
        _ if approval.used => ApprovalState::Used,
        Some(false) => ApprovalState::Refused,
        _ if over => ApprovalState::Expired,
        Some(true) => ApprovalState::Approved,
        None => ApprovalState::Asked,
    };
    ApprovalView {
        id: approval.id,
        asked_by: approval.asked_by_name.clone(),
        asked_at: approval.asked_at,
        expires_at: approval.expires_at,
        state,
        answered_by: approval.answered_by_name.clone(),
        may_answer: state == ApprovalState::Asked
            && approval.asked_by != who.technician.id
            && who.technician.may_reset,
    }
}

#[cfg(test)]
mod tests {
    use shared::{AccountId, ContactId, CustomerId};
    use uuid::Uuid;

    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn approved() -> Approval {
        Approval {
            id: ApprovalId(id(1)),
            account: AccountId(id(2)),
            customer: CustomerId(id(3)),
            contact: ContactId(id(4)),
            contact_name: String::new(),
            customer_name: String::new(),
            ticket: Some(TicketId(id(5))),
            ticket_number: None,
            directory_user: "user".into(),
            asked_by: TechnicianId(id(6)),
            asked_by_name: String::new(),
            asked_at: Millis(0),
            expires_at: Millis(100),
            approved: Some(true),
            answered_by: Some(TechnicianId(id(7))),
            answered_by_name: Some("Bo".into()),
            answered_at: Some(Millis(1)),
            used: false,
        }
    }

    fn reset() -> Approved<'static> {
        Approved {
            customer: approved().customer,
            ticket: Some(TicketId(id(5))),
            technician: TechnicianId(id(6)),
            directory_user: "user",
            phone_changed_at: None,
            now: Millis(99),
        }
    }

    #[test]
    fn every_rule_has_its_reason() {
        let check = |change: fn(&mut Approval, &mut Approved<'_>), expected: Option<Code>| {
            let (mut approval, mut reset) = (approved(), reset());
            change(&mut approval, &mut reset);
            let told = choose(std::slice::from_ref(&approval), &reset).err().map(|it| it.code);
            assert_eq!(told, expected);
        };
        check(|_, _| {}, None);
        check(|_, r| r.now = Millis(100), Some(Code::ApprovalNeeded));
        check(|a, _| a.used = true, Some(Code::ApprovalNeeded));
        check(|a, _| a.directory_user = "other".into(), Some(Code::ApprovalNeeded));
        check(|_, r| r.ticket = Some(TicketId(id(9))), Some(Code::ApprovalNeeded));
        check(|_, r| r.ticket = None, Some(Code::ApprovalNeeded));
        // A colleague goes on in the same ticket; the one who approved does not.
        check(|_, r| r.technician = TechnicianId(id(8)), None);
        check(|_, r| r.technician = TechnicianId(id(7)), Some(Code::ApprovalNeeded));
        check(|_, r| r.phone_changed_at = Some(Millis(1)), Some(Code::ApprovalNeeded));
        check(|_, r| r.phone_changed_at = Some(Millis(0)), None);
        check(|a, r| (a.ticket, r.ticket) = (None, None), None);
        check(
            |a, r| (a.ticket, r.ticket, r.technician) = (None, None, TechnicianId(id(8))),
            Some(Code::ApprovalNeeded),
        );
        check(|a, _| a.approved = Some(false), Some(Code::ApprovalRefused));
        check(|a, _| (a.approved, a.answered_by) = (None, None), Some(Code::ApprovalAwaited));
        assert_eq!(choose(&[], &reset()).unwrap_err().code, Code::ApprovalNeeded);
    }

    /// In the order in which they were answered, whatever was asked first; and a question that nobody
    /// has answered hides no answer.
    #[test]
    fn the_newest_answer_counts() {
        let told = |list: &[Approval]| choose(list, &reset()).map(|it| it.id).map_err(|it| it.code);
        let yes = |at| Approval { answered_at: Some(Millis(at)), ..approved() };
        let no = |at| Approval { id: ApprovalId(id(2)), approved: Some(false), ..yes(at) };
        let asked = |at| Approval {
            id: ApprovalId(id(3)),
            approved: None,
            answered_by: None,
            answered_at: None,
            asked_at: Millis(at),
            ..approved()
        };
        assert_eq!(told(&[yes(1), no(2)]), Err(Code::ApprovalRefused));
        assert_eq!(told(&[no(2), yes(1)]), Err(Code::ApprovalRefused));
        assert_eq!(told(&[no(1), yes(2)]), Ok(approved().id));
        assert_eq!(told(&[asked(3), yes(1)]), Ok(approved().id));
        // Asking again after a no is a new question.
        assert_eq!(told(&[asked(3), no(2)]), Err(Code::ApprovalAwaited));
        assert_eq!(told(&[asked(1), no(2)]), Err(Code::ApprovalRefused));
    }
}
