//! Autotask PSA. `zone` finds where its API user is at home, `call` asks there, `filter` makes queries,
//! `shape` reads what comes back, `reply` says what it means, `note` is what a note is over there. Facts:
//! the vendor's REST API pages; what they do not say is marked \[INFER\].

mod call;
mod check;
mod everybody;
mod filter;
mod note;
mod reply;
mod shape;
mod zone;

use std::any::Any;
use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use serde_json::Value;
use shared::{Code, MemberClaim, Millis};

use self::filter::{is, query};
use self::note::Picklists;
use self::shape::{
    COMPANY_FIELDS, COMPLETE, CONTACT_FIELDS, CompanyItem, Contact, Resource, TICKET_FIELDS,
    Ticket, the_one,
};
use self::zone::Zone;
use super::port::{Person, Wire};
use super::read::numeric_id;
use super::{
    About, Author, AutotaskSettings, Card, Company, Everybody, NewNote, PsaClient, PsaTicket,
};
use crate::outbound::Answer;
use crate::secret::Credential;

/// Entries of a page that people look at.
const PAGE: usize = 50;
/// Rows that a query gives at most (vendor). Tickets come oldest first, so a fortnight's are read to find
/// the newest.
const ROWS: usize = 500;

/// An account's Autotask.
pub(super) struct Autotask {
    wire: Wire,
    settings: AutotaskSettings,
    secret: Credential,
}

/// What is remembered of it, each with when it was found.
#[derive(Default)]
struct Known {
    zone: Option<(Millis, Zone)>,
    picklists: Option<(Millis, Picklists)>,
}

impl Known {
    /// In the memory of this version of the integration.
    fn of(found: &mut Option<Box<dyn Any + Send>>) -> &mut Self {
        if !found.as_ref().is_some_and(|it| it.is::<Self>()) {
            *found = Some(Box::<Self>::default());
        }
        #[expect(clippy::expect_used, reason = "it was put there in the line before")]
        found.as_mut().and_then(|it| it.downcast_mut()).expect("what is known of Autotask")
    }

    /// What was found, unless it is too old.
    fn fresh<T: Clone>(found: Option<&(Millis, T)>, now: Millis, life: i64) -> Option<T> {
        found.filter(|(at, _)| now.is_within(life, *at)).map(|(_, it)| it.clone())
    }
}

/// What is not there, by the word for it.
fn missing<U>(code: Code) -> Answer<U> {
    Answer::Refused(code.into())
}

/// The answer that a method came to, on whichever way.
fn whole<T>(result: Result<T, Answer<T>>) -> Answer<T> {
    result.map_or_else(|other| other, Answer::Done)
}

impl Autotask {
    pub(super) fn new(wire: Wire, settings: AutotaskSettings, secret: Credential) -> Self {
        Self { wire, settings, secret }
    }

    async fn named_ticket(&self, id: &str) -> Result<PsaTicket, Answer<PsaTicket>> {
        let id = numeric_id(id).ok_or_else(|| missing(Code::TicketUnknown))?;
        let ticket: Ticket = self.one("Tickets", id, Code::TicketUnknown).await?;
        let company = ticket.company;
        let mut told = ticket.told().ok_or_else(|| missing(Code::TicketUnknown))?;
        if let Some(found) = self.company(company).await? {
            told.company = Some(found);
        }
        Ok(told)
    }

    async fn named_card(&self, id: &str) -> Result<Card, Answer<Card>> {
        let id = numeric_id(id).ok_or_else(|| missing(Code::NotFound))?;
        let contact: Contact = self.one("Contacts", id, Code::NotFound).await?;
        let company = contact.company;
        let mut card = contact.told().ok_or_else(|| missing(Code::NotFound))?;
        card.company_name = self.company(company).await?.map(|it| it.name).unwrap_or_default();
        Ok(card)
    }

    /// A company; `None` where we are not let see it, which must not hide the ticket.
    async fn company<U>(&self, id: Option<i64>) -> Result<Option<Company>, Answer<U>> {
        let Some(id) = id.filter(|id| *id >= 0) else { return Ok(None) };
        match self.one::<CompanyItem, U>("Companies", id, Code::NotFound).await {
            Ok(company) => Ok(company.told()),
            Err(Answer::Refused(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// The names of companies, by their ids as texts; none where we are not let see them.
    async fn names<U>(&self, ids: BTreeSet<i64>) -> Result<HashMap<String, String>, Answer<U>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<i64> = ids.into_iter().take(ROWS).collect();
        let asked = query(vec![is("in", "id", ids)], ROWS, &COMPANY_FIELDS);
        match self.query::<CompanyItem, U>("Companies", &asked).await {
            Ok(all) => {
                let told = all.into_iter().filter_map(CompanyItem::told);
                Ok(told.map(|it| (it.id, it.name)).collect())
            }
            Err(Answer::Refused(_)) => Ok(HashMap::new()),
            Err(other) => Err(other),
        }
    }

    async fn all_companies(&self) -> Result<Vec<Company>, Answer<Vec<Company>>> {
        let asked = query(vec![is("eq", "isActive", true)], ROWS, &COMPANY_FIELDS);
        let all: Vec<CompanyItem> = self.pages("Companies", &asked).await?;
        let active = all.into_iter().filter(CompanyItem::is_on);
        let mut all: Vec<Company> = active.filter_map(CompanyItem::told).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all.dedup_by(|a, b| a.id == b.id);
        all.sort_by_key(|company| company.name.to_lowercase());
        Ok(all)
    }

    async fn found(
        &self,
        text: &str,
        company: Option<&str>,
    ) -> Result<Vec<Card>, Answer<Vec<Card>>> {
        // 0 is the MSP itself.
        let id = |text: &str| if text == "0" { Some(0) } else { numeric_id(text) };
        let company = match company.map(id) {
            Some(None) => return Ok(Vec::new()),
            other => other.flatten(),
        };
        let Some(filter) = filter::contacts(text, company) else { return Ok(Vec::new()) };
        let asked = query(filter, PAGE, &CONTACT_FIELDS);
        let mut found: Vec<Contact> = self.query("Contacts", &asked).await?;
        found.retain(|it| it.is_on() && (company.is_none() || it.company == company));
        let ids = found.iter().filter_map(|it| it.company).filter(|id| *id >= 0).collect();
        let names = self.names(ids).await?;
        let mut cards: Vec<Card> = found.into_iter().filter_map(Contact::told).collect();
        for card in &mut cards {
            card.company_name = names.get(&card.company).cloned().unwrap_or_default();
        }
        Ok(cards)
    }

    async fn newest(&self) -> Result<Vec<PsaTicket>, Answer<Vec<PsaTicket>>> {
        let filter = filter::new_tickets(self.wire.clock.now(), COMPLETE);
        let asked = query(filter, ROWS, &TICKET_FIELDS);
        let found: Vec<Ticket> = self.query("Tickets", &asked).await?;
        let mut open: Vec<PsaTicket> =
            found.into_iter().filter_map(Ticket::told).filter(|it| !it.closed).collect();
        open.sort_by_key(|it| std::cmp::Reverse(numeric_id(&it.id)));
        open.truncate(PAGE);
        let ids = open.iter().filter_map(|it| it.company.as_ref()?.id.parse().ok()).collect();
        let names = self.names(ids).await?;
        for company in open.iter_mut().filter_map(|it| it.company.as_mut()) {
            company.name = names.get(&company.id).cloned().unwrap_or_default();
        }
        Ok(open)
    }

    async fn marked(&self, ticket: &str, mark: &str) -> Result<bool, Answer<bool>> {
        let ticket = numeric_id(ticket).ok_or_else(|| missing(Code::TicketUnknown))?;
        let filter = vec![is("eq", "ticketID", ticket), is("contains", "description", mark)];
        let asked = query(filter, PAGE, &["id", "description"]);
        let notes: Vec<Value> = self.query("TicketNotes", &asked).await?;
        Ok(note::has_mark(&notes, mark))
    }

    async fn note(&self, ticket: &str, note: NewNote<'_>) -> Result<(), Answer<()>> {
        let ticket = numeric_id(ticket).ok_or_else(|| missing(Code::TicketUnknown))?;
        let internal = self.picklists().await?.internal(&self.settings);
        let internal = internal.ok_or_else(|| missing(Code::PsaNoInternalNote))?;
        let resource = match note.author {
            Some(author) => self.resource(author).await?,
            None => None,
        };
        let (path, body) = (format!("Tickets/{ticket}/Notes"), note::body(&note, internal));
        let post = async |resource| {
            self.post("TicketNotes", &path, &body, resource, Code::TicketUnknown).await
        };
        let reply: Value = match post(resource).await {
            // Not refused for certain: its mark will tell.
            Err(Answer::Refused(refusal))
                if refusal.about.as_deref() == Some(reply::ERRORS_IN_A_GOOD_REPLY) =>
            {
                return Err(Answer::Unknown(None));
            }
            // Refused is not written. A security level that does not let us write in a technician's name
            // must not keep the note from the ticket; its text names them anyway.
            Err(Answer::Refused(_)) if resource.is_some() => post(None).await?,
            other => other?,
        };
        match reply["itemId"].as_i64() {
            Some(id) if id > 0 => Ok(()),
            _ => Err(Answer::Unknown(None)),
        }
    }

    /// Whom a note is written as: the linked person, otherwise the one active resource with the
    /// technician's address. Nobody where we are not let look.
    async fn resource<U>(&self, author: &Author) -> Result<Option<i64>, Answer<U>> {
        if let Some(linked) = author.person.as_deref().and_then(numeric_id) {
            return Ok(Some(linked));
        }
        let email = author.email.trim();
        if email.is_empty() {
            return Ok(None);
        }
        let filter = vec![is("eq", "email", email), is("eq", "isActive", true)];
        let asked = query(filter, PAGE, &["id", "email", "isActive"]);
        match self.query::<Resource, U>("Resources", &asked).await {
            Ok(found) => Ok(the_one(found, email)),
            Err(Answer::Refused(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    async fn host_person(&self, id: &str) -> Result<Person, Answer<Person>> {
        let id = numeric_id(id).ok_or_else(|| missing(Code::NotFound))?;
        let resource: Resource = self.one("Resources", id, Code::NotFound).await?;
        resource.told().ok_or_else(|| missing(Code::NotFound))
    }
}

#[async_trait]
impl PsaClient for Autotask {
    async fn check(&self) -> Answer<About> {
        whole(self.about().await)
    }

    /// Autotask confirms nobody to us, so a ticket is always read as the API user.
    async fn ticket(&self, id: &str, _: Option<&MemberClaim>) -> Answer<PsaTicket> {
        whole(self.named_ticket(id).await)
    }

    async fn card(&self, id: &str) -> Answer<Card> {
        whole(self.named_card(id).await)
    }

    async fn companies(&self) -> Answer<Vec<Company>> {
        whole(self.all_companies().await)
    }

    async fn find_contacts(&self, text: &str, company: Option<&str>) -> Answer<Vec<Card>> {
        whole(self.found(text, company).await)
    }

    async fn everybody(&self, after: Option<&str>) -> Answer<Everybody> {
        whole(self.everybody_after(after).await)
    }

    async fn newest_tickets(&self) -> Answer<Vec<PsaTicket>> {
        whole(self.newest().await)
    }

    async fn has_note(&self, ticket: &str, mark: &str) -> Answer<bool> {
        whole(self.marked(ticket, mark).await)
    }

    async fn write_note(&self, ticket: &str, note: NewNote<'_>) -> Answer<()> {
        whole(self.note(ticket, note).await)
    }

    async fn member(&self, _: &MemberClaim, _: &str) -> Answer<Person> {
        Answer::Refused(Code::HostPersonUnproven.into())
    }

    async fn person(&self, id: &str) -> Answer<Person> {
        whole(self.host_person(id).await)
    }

    /// Insights are the vendor's to approve; there is no API for them.
    async fn install_pod(&self, _: &str, _: &str) -> Answer<()> {
        Answer::Refused(Code::PsaRefused.into())
    }
}
