//! Which contact and ticket a host's ticket is here. The id that a frame names is a question to the PSA.

use shared::{Code, Finding, Millis, PlaceAsk, PlaceView};

use super::{Frames, as_member};
use crate::denied::Denied;
use crate::outbound::Answer;
use crate::psa::Card;
use crate::reach;
use crate::store::{PsaRow, SeenContact, SeenTicket, Session};

/// The longest id that any PSA has.
const LONGEST_ID: usize = 40;
/// Whom it can't be shown to.
const NOT_THEIRS: &str = "the customer of this ticket is not among yours";

impl Frames {
    /// Reads the host's ticket, as the member who looks at it where that is so, and its contact, and
    /// keeps what is kept of both.
    ///
    /// # Errors
    /// `ticket-unknown`, `ticket-no-contact`, `company-unmapped`; `host-person-unproven`,
    /// `host-person-other`; `forbidden` for a customer whom this technician does not have; what the PSA refuses, or that it does not answer.
    pub async fn place(
        &self,
        who: &Session,
        ask: &PlaceAsk,
        address: &str,
    ) -> Result<PlaceView, Denied> {
        let account = who.technician.account;
        // A pod of our own pages has no PSA to ask.
        let id = who.psa.ok_or(Code::NotFound)?;
        let psa = self.store.psa(account, id).await?.ok_or(Code::PsaMissing)?;
        let number = ask.ticket.trim();
        if number.is_empty() || number.len() > LONGEST_ID || !number.is_ascii() {
            return Err(Code::TicketUnknown.into());
        }
        let member = match (as_member(&psa)?, &ask.member) {
            (false, _) => None,
            (true, None) => return Err(Code::HostPersonUnproven.into()),
            (true, Some(claim)) => {
                // The host does not answer: nobody can say what the member may see.
                let proven = self.proven(&psa, Some(claim), address).await?;
                let person = proven.ok_or(Code::PsaUnavailable)?.person.id;
                if self.is_somebody_else(&psa, &person, who.technician.id).await? {
                    return Err(Code::HostPersonOther.into());
                }
                Some(claim)
            }
        };
        let client = self.psa.client(account, id).await??;
        let ticket = done(client.ticket(number, member).await)?;
        let contact = ticket.contact.as_deref().ok_or(Code::TicketNoContact)?;
        let card = match client.card(contact).await {
            // It was deleted, or is not for us to see.
            Answer::Refused(refusal) if refusal.code == Code::NotFound => {
                return Err(Code::TicketNoContact.into());
            }
            other => done(other)?,
        };
        let customer = self.customer(&psa, &card).await?;
        // They see the ticket in the PSA: that nothing is here would only puzzle them.
        if !reach::of(&self.store, who).await?.covers(customer) {
            return Err(Finding { code: Code::Forbidden, about: Some(NOT_THEIRS.into()) }.into());
        }
        let hash = self.people.hash(account, &card);
        let seen_contact =
            SeenContact { id: &card.id, customer, name: &card.name, address_hash: hash.as_deref() };
        let now = self.clock.now();
        let seen_ticket = SeenTicket {
            id: &ticket.id,
            number: &ticket.number,
            summary: &ticket.summary,
            created_at: ticket.opened_at.map_or(now, Millis),
            closed: ticket.closed,
        };
        let kept = self.store.mirror(account, id, now, seen_contact, Some(seen_ticket)).await?;
        self.people.remember(kept.contact, psa.integration.changed_at, &Ok(&card));
        let ticket = kept.ticket.ok_or(Code::Internal)?;
        Ok(PlaceView { contact: kept.contact, ticket })
    }

    /// Whose person a card is. A company that nobody has mapped is remembered, for an admin to map it.
    async fn customer(&self, psa: &PsaRow, card: &Card) -> Result<shared::CustomerId, Denied> {
        let (account, id) = (psa.integration.account, psa.integration.id);
        if let Some(customer) = self.store.customer_of_company(account, id, &card.company).await? {
            return Ok(customer.id);
        }
        let seen = crate::psa::Company {
            id: card.company.clone(),
            name: card.company_name.clone(),
            domain: String::new(),
        };
        let known = self.store.psa_companies(account, id, "", u32::MAX, 0).await?;
        if known.iter().all(|company| company.company != seen.id) {
            self.store.see_companies(account, id, self.clock.now(), &[seen]).await?;
        }
        Err(Code::CompanyUnmapped.into())
    }
}

fn done<T>(answer: Answer<T>) -> Result<T, Denied> {
    match answer {
        Answer::Done(done) => Ok(done),
        Answer::Refused(refusal) => Err(refusal.into()),
        Answer::Later(_) | Answer::Unknown(_) => Err(Code::PsaUnavailable.into()),
    }
}
