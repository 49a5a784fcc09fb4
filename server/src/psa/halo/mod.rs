//! HaloPSA. `token` signs in as the API's application, `call` asks as it, `shape` reads what comes back,
//! `reply` says what it means, `note` is what a note is over there, `hint` what a custom tab's address says.
//! Facts: "Halo API v2" swagger (2024); what it does not say is marked \[INFER\].

mod call;
mod check;
mod everybody;
mod hint;
mod note;
mod reply;
mod shape;
mod token;

use async_trait::async_trait;
use serde_json::Value;
use shared::{Code, MemberClaim};

use self::shape::{Agent, Client, Outcome, Ticket, User, outcome_named};
use super::port::{Person, Wire};
use super::read::numeric_id;
use super::{About, Card, Company, Everybody, HaloSettings, NewNote, PsaClient, PsaTicket};
use crate::outbound::Answer;
use crate::secret::Credential;

pub use hint::hint_holds;

/// Entries of a page that people look at.
const PAGE: &str = "50";
/// Entries of a page of companies, and how many such pages are read.
const COMPANIES: usize = 100;
const MOST_PAGES: usize = 50;
/// Actions that are searched for a mark: the ticket's newest, as the list begins with them \[INFER\].
const ACTIONS: &str = "50";
/// Longer than anything that finds somebody.
const LONGEST_SEARCH: usize = 100;

/// An account's HaloPSA.
pub(super) struct Halo {
    wire: Wire,
    settings: HaloSettings,
    secret: Credential,
    /// The origin of the API.
    base: String,
}

impl Halo {
    pub(super) fn new(wire: Wire, settings: HaloSettings, secret: Credential) -> Self {
        let base = wire.settings.psa.api_of(&settings.site).unwrap_or(&settings.site).to_owned();
        Self { wire, settings, secret, base }
    }

    async fn raw_ticket<U>(&self, id: &str) -> Result<Ticket, Answer<U>> {
        let missing = || Answer::Refused(Code::TicketUnknown.into());
        let number = numeric_id(id).ok_or_else(missing)?;
        let path = format!("api/Tickets/{number}");
        let json = self.get(&path, &[("includedetails", "true")], Code::TicketUnknown).await;
        let ticket: Ticket = read(json.done()?)?;
        if ticket.id() == Some(number) { Ok(ticket) } else { Err(missing()) }
    }

    async fn raw_card(&self, id: &str) -> Result<Card, Answer<Card>> {
        let missing = || Answer::Refused(Code::NotFound.into());
        let path = format!("api/Users/{}", numeric_id(id).ok_or_else(missing)?);
        let json = self.get(&path, &[("includedetails", "true")], Code::NotFound).await.done()?;
        let user: User = read(json)?;
        user.told().ok_or_else(missing)
    }

    async fn agent(&self, id: &str) -> Result<Person, Answer<Person>> {
        let missing = || Answer::Refused(Code::NotFound.into());
        let path = format!("api/Agent/{}", numeric_id(id).ok_or_else(missing)?);
        let agent: Agent = read(self.get(&path, &[], Code::NotFound).await.done()?)?;
        agent.told().ok_or_else(missing)
    }

    /// The outcome that makes a private note on tickets of this type.
    async fn outcome<U>(&self, tickettype: Option<i64>) -> Result<(i64, String), Answer<U>> {
        let tickettype = tickettype.map(|id| id.to_string());
        let query: Vec<(&str, &str)> =
            tickettype.iter().map(|id| ("tickettype_id", id.as_str())).collect();
        let outcomes = self.list::<Outcome>("api/Outcome", &query, "outcomes").await.done()?;
        let missing = || Answer::Refused(Code::PsaNoInternalNote.into());
        outcome_named(outcomes, &self.settings.outcome).ok_or_else(missing)
    }

    async fn marked(&self, ticket: &str, mark: &str) -> Result<bool, Answer<bool>> {
        let missing = || Answer::Refused(Code::TicketUnknown.into());
        let number = numeric_id(ticket).ok_or_else(missing)?.to_string();
        let query = [("ticket_id", number.as_str()), ("count", ACTIONS)];
        let json = self.get("api/Actions", &query, Code::TicketUnknown).await.done()?;
        note::has_mark(json, mark).ok_or(Answer::Unknown(None))
    }

    async fn note(&self, ticket: &str, note: NewNote<'_>) -> Result<(), Answer<()>> {
        let ticket = self.raw_ticket(ticket).await?;
        let outcome = self.outcome(ticket.tickettype_id).await?;
        let id = ticket.id().ok_or(Answer::Unknown(None))?;
        let post = async |agent| {
            let body = note::body(id, &outcome, &note, agent);
            self.post("api/Actions", &body, Code::TicketUnknown).await.done()
        };
        let agent = note::author(&note);
        let reply = match post(agent).await {
            // Not refused for certain: its mark will tell.
            Err(Answer::Refused(refusal))
                if refusal.about.as_deref() == Some(reply::ERRORS_IN_A_GOOD_REPLY) =>
            {
                return Err(Answer::Unknown(None));
            }
            // Refused is not written. An agent who is gone must not keep the note from the ticket; its
            // text names the technician anyway.
            Err(Answer::Refused(_)) if agent.is_some() => post(None).await,
            other => other,
        };
        note::written(&reply?).done()
    }

    async fn all_companies(&self) -> Result<Vec<Company>, Answer<Vec<Company>>> {
        let size = COMPANIES.to_string();
        let mut all: Vec<Company> = Vec::new();
        for page in 1..=MOST_PAGES {
            let page = page.to_string();
            let query = [("pageinate", "true"), ("page_size", &*size), ("page_no", &*page)];
            let entries: Vec<Value> = self.list("api/Client", &query, "clients").await.done()?;
            let is_last = entries.len() < COMPANIES;
            let told = entries.into_iter().filter_map(|it| serde_json::from_value(it).ok());
            let before = all.len();
            for company in told.filter_map(Client::told) {
                if all.iter().all(|it| it.id != company.id) {
                    all.push(company);
                }
            }
            // A page that brings nothing new: the pages are not followed over there.
            if is_last || all.len() == before {
                break;
            }
        }
        all.sort_by_key(|company| company.name.to_lowercase());
        Ok(all)
    }
}

/// A thing out of a reply; what can't be read may be anything.
fn read<T: serde::de::DeserializeOwned, U>(json: Value) -> Result<T, Answer<U>> {
    serde_json::from_value(json).map_err(|_| Answer::Unknown(None))
}

/// The answer that a method came to, on whichever way.
fn whole<T>(result: Result<T, Answer<T>>) -> Answer<T> {
    result.map_or_else(|other| other, Answer::Done)
}

#[async_trait]
impl PsaClient for Halo {
    async fn check(&self) -> Answer<About> {
        whole(self.about().await)
    }

    /// HaloPSA confirms no agent to us, so a ticket is always read as the application.
    async fn ticket(&self, id: &str, _: Option<&MemberClaim>) -> Answer<PsaTicket> {
        match self.raw_ticket(id).await.map(Ticket::told) {
            Ok(Some(ticket)) => Answer::Done(ticket),
            Ok(None) => Answer::Refused(Code::TicketUnknown.into()),
            Err(other) => whole(Err(other)),
        }
    }

    async fn card(&self, id: &str) -> Answer<Card> {
        whole(self.raw_card(id).await)
    }

    async fn companies(&self) -> Answer<Vec<Company>> {
        whole(self.all_companies().await)
    }

    async fn find_contacts(&self, text: &str, company: Option<&str>) -> Answer<Vec<Card>> {
        let text: String = text.trim().chars().take(LONGEST_SEARCH).collect();
        let company = match company.map(|id| numeric_id(id).map(|id| id.to_string())) {
            Some(None) => return Answer::Done(Vec::new()),
            Some(Some(id)) => Some(id),
            None => None,
        };
        if text.is_empty() {
            return Answer::Done(Vec::new());
        }
        let mut query = vec![("search", text.as_str()), ("count", PAGE)];
        if let Some(id) = &company {
            query.push(("client_id", id));
        }
        let users = self.list::<User>("api/Users", &query, "users").await;
        users.map(|users| {
            let somebody = users.into_iter().filter(User::is_somebody);
            // Not that a parameter which is passed over shows other companies' people.
            let is_theirs = |card: &Card| company.as_ref().is_none_or(|id| *id == card.company);
            somebody.filter_map(User::told).filter(is_theirs).collect()
        })
    }

    async fn everybody(&self, after: Option<&str>) -> Answer<Everybody> {
        whole(self.everybody_after(after).await)
    }

    async fn newest_tickets(&self) -> Answer<Vec<PsaTicket>> {
        let query =
            [("open_only", "true"), ("order", "id"), ("orderdesc", "true"), ("count", PAGE)];
        let tickets = self.list::<Ticket>("api/Tickets", &query, "tickets").await;
        tickets
            .map(|all| all.into_iter().filter_map(Ticket::told).filter(|it| !it.closed).collect())
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
        whole(self.agent(id).await)
    }

    /// Custom tabs have an API, but none that says to which ticket types they belong for certain.
    async fn install_pod(&self, _: &str, _: &str) -> Answer<()> {
        Answer::Refused(Code::PsaRefused.into())
    }
}
