//! ConnectWise PSA. `release` finds its API, `call` asks it with our keys or as a member, `reply` says what
//! comes back means, `shape` reads it. `member` is who a frame says is signed in, `proofs` what is
//! remembered of that; `condition` is how lists are searched, `note` what a note is over there, `pod` our
//! own entry in Manage Hosted API. Facts: Developer Guide and vendor OpenAPI 2022.1; what they do not say
//! is marked \[INFER\].

mod call;
mod check;
mod condition;
mod everybody;
mod member;
mod note;
mod pod;
mod proofs;
mod release;
mod reply;
mod shape;

use async_trait::async_trait;
use serde_json::Value;
use shared::{Code, MemberClaim};

use self::call::{Ask, readable};
use self::shape::{Communication, Contact, Customer, MyMember, Ticket};
use super::port::{Person, Wire};
use super::read::numeric_id;
use super::{About, Card, Company, ConnectWiseSettings, Everybody, NewNote, PsaClient, PsaTicket};
use crate::outbound::{Answer, Method};
use crate::secret::Credential;

pub(super) use member::is_company;
pub(super) use proofs::Proofs;

/// Entries of a page that people look at.
const PAGE: usize = 50;
/// Companies of a page (1000 is the most), and how many such pages are read.
const COMPANIES: usize = 1_000;
const MOST_PAGES: usize = 5;

const TICKETS: &str = "reading service tickets";
const CONTACTS: &str = "reading contacts";

/// An account's ConnectWise PSA.
pub(super) struct ConnectWise {
    wire: Wire,
    settings: ConnectWiseSettings,
    /// The private key.
    secret: Credential,
}

impl ConnectWise {
    pub(super) fn new(wire: Wire, settings: ConnectWiseSettings, secret: Credential) -> Self {
        Self { wire, settings, secret }
    }

    async fn one_ticket(
        &self,
        id: &str,
        member: Option<&MemberClaim>,
    ) -> Result<PsaTicket, Answer<PsaTicket>> {
        let missing = || Answer::Refused(Code::TicketUnknown.into());
        let path = ticket_path(id).ok_or_else(missing)?;
        let ask = Ask { path: &path, query: &[], missing: Code::TicketUnknown, what: TICKETS };
        let ticket: Ticket = match member.filter(|_| self.settings.as_member) {
            Some(claim) => self.seen_by(claim, ask).await?,
            None => self.get(ask).await.done()?,
        };
        ticket.told().filter(|it| numeric_id(&it.id) == numeric_id(id)).ok_or_else(missing)
    }

    /// A ticket as this member sees it. Who is not proven is not asked for, so that guessing is slowed
    /// down here too.
    async fn seen_by(
        &self,
        claim: &MemberClaim,
        ask: Ask<'_>,
    ) -> Result<Ticket, Answer<PsaTicket>> {
        if self.proven(claim, "").await.done()?.disabled {
            return Err(Answer::Refused(Code::HostPersonDisabled.into()));
        }
        let reply = self.reply(&Method::GET, ask, None, Some(claim)).await.done()?;
        match reply.status {
            _ if reply::is_unauthenticated(&reply) && !reply::blames_client_id(&reply) => {
                self.disproved(claim);
                Err(Answer::Refused(Code::HostPersonUnproven.into()))
            }
            // What they may not see is not there.
            403 => Err(Answer::Refused(Code::TicketUnknown.into())),
            _ => reply::open(&reply, ask.missing, ask.what).done(),
        }
    }

    async fn one_card(&self, id: &str) -> Result<Card, Answer<Card>> {
        let missing = || Answer::Refused(Code::NotFound.into());
        let path = format!("company/contacts/{}", numeric_id(id).ok_or_else(missing)?);
        let ask = |path| Ask { path, query: &[], missing: Code::NotFound, what: CONTACTS };
        let mut contact: Contact = self.get(ask(&path)).await.done()?;
        if contact.communication_items.is_none() {
            let path = format!("{path}/communications");
            let items: Vec<Communication> = self.list(ask(&path)).await.done()?;
            contact.communication_items = Some(items);
        }
        contact.told().ok_or_else(missing)
    }

    async fn all_companies(&self) -> Result<Vec<Company>, Answer<Vec<Company>>> {
        let mut all = Vec::new();
        let size = COMPANIES.to_string();
        for page in 1..=MOST_PAGES {
            let page = page.to_string();
            let query = [
                ("conditions", "deletedFlag=false"),
                ("orderBy", "name asc"),
                ("fields", Customer::FIELDS),
                ("pageSize", &size),
                ("page", &page),
            ];
            let what = "reading companies";
            let ask = Ask { path: "company/companies", query: &query, missing: LIST, what };
            let rows: Vec<Value> = self.get(ask).await.done()?;
            let is_last = rows.len() < COMPANIES;
            all.extend(readable(rows).into_iter().filter_map(Customer::told));
            if is_last {
                break;
            }
        }
        Ok(all)
    }

    /// By name, or by address: one list can't be asked for both.
    async fn contacts_like(
        &self,
        text: &str,
        company: Option<&str>,
    ) -> Result<Vec<Card>, Answer<Vec<Card>>> {
        let company = match company {
            Some(id) if numeric_id(id).is_none() => return Ok(Vec::new()),
            other => other,
        };
        let mut cards: Vec<Card> = Vec::new();
        // No name has an @ in it.
        let names = condition::names(text, company).filter(|_| !text.contains('@'));
        let by_name = names.map(|own| (own, String::new()));
        let by_address = condition::address(text, company);
        for (own, child) in [by_name, by_address].into_iter().flatten() {
            let size = PAGE.to_string();
            let mut query = vec![
                ("conditions", own.as_str()),
                ("fields", Contact::FIELDS),
                ("pageSize", &size),
            ];
            if !child.is_empty() {
                query.push(("childConditions", &child));
            }
            let ask =
                Ask { path: "company/contacts", query: &query, missing: LIST, what: CONTACTS };
            let found: Vec<Contact> = self.list(ask).await.done()?;
            for card in found.into_iter().filter_map(Contact::told) {
                if cards.iter().all(|it| it.id != card.id) {
                    cards.push(card);
                }
            }
        }
        cards.truncate(PAGE);
        Ok(cards)
    }

    async fn one_person(&self, id: &str) -> Result<Person, Answer<Person>> {
        let missing = || Answer::Refused(Code::NotFound.into());
        let id = numeric_id(id).ok_or_else(missing)?;
        let condition = format!("id={id}");
        let query = [("conditions", condition.as_str()), ("fields", MyMember::FIELDS)];
        let what = "reading members";
        let ask = Ask { path: "system/members", query: &query, missing: LIST, what };
        let found: Vec<MyMember> = self.list(ask).await.done()?;
        let mut people = found.into_iter().filter_map(MyMember::told);
        people.find(|it| numeric_id(&it.id) == Some(id)).ok_or_else(missing)
    }
}

/// A list is always there: where it is not, the cloud has refused our key (facts: "Bad auth on cloud may
/// surface as 404").
const LIST: Code = Code::PsaCredentials;

/// A ticket's address; `None` for what is no id, which is never sent.
fn ticket_path(id: &str) -> Option<String> {
    numeric_id(id).map(|id| format!("service/tickets/{id}"))
}

/// The answer that a method came to, on whichever way.
fn whole<T>(result: Result<T, Answer<T>>) -> Answer<T> {
    result.map_or_else(|other| other, Answer::Done)
}

#[async_trait]
impl PsaClient for ConnectWise {
    async fn check(&self) -> Answer<About> {
        whole(self.about().await)
    }

    async fn ticket(&self, id: &str, member: Option<&MemberClaim>) -> Answer<PsaTicket> {
        whole(self.one_ticket(id, member).await)
    }

    async fn card(&self, id: &str) -> Answer<Card> {
        whole(self.one_card(id).await)
    }

    async fn companies(&self) -> Answer<Vec<Company>> {
        whole(self.all_companies().await)
    }

    async fn find_contacts(&self, text: &str, company: Option<&str>) -> Answer<Vec<Card>> {
        whole(self.contacts_like(text, company).await)
    }

    async fn everybody(&self, after: Option<&str>) -> Answer<Everybody> {
        whole(self.everybody_after(after).await)
    }

    async fn newest_tickets(&self) -> Answer<Vec<PsaTicket>> {
        let size = PAGE.to_string();
        let query = [
            ("conditions", "closedFlag=false"),
            ("orderBy", "id desc"),
            ("fields", Ticket::FIELDS),
            ("pageSize", &size),
        ];
        let ask = Ask { path: "service/tickets", query: &query, missing: LIST, what: TICKETS };
        let tickets = self.list::<Ticket>(ask).await;
        tickets.map(|all| all.into_iter().filter_map(Ticket::told).collect())
    }

    async fn has_note(&self, ticket: &str, mark: &str) -> Answer<bool> {
        whole(self.marked(ticket, mark).await)
    }

    async fn write_note(&self, ticket: &str, note: NewNote<'_>) -> Answer<()> {
        self.note(ticket, note).await
    }

    async fn member(&self, claim: &MemberClaim, from: &str) -> Answer<Person> {
        self.proven(claim, from).await
    }

    async fn person(&self, id: &str) -> Answer<Person> {
        whole(self.one_person(id).await)
    }

    async fn install_pod(&self, url: &str, origin: &str) -> Answer<()> {
        whole(self.pod(url, origin).await)
    }
}
