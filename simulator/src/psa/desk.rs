//! What a ticket system keeps: customers, their people, tickets and notes, and those who work on them.

use serde::Deserialize;

use super::Psa;
use super::knobs::{AutotaskKnobs, ConnectWiseKnobs, HaloKnobs};

/// Everything that one ticket system knows. Tests may change all of it.
#[derive(Clone, Debug)]
pub struct PsaDesk {
    /// The MSP's customers.
    pub companies: Vec<PsaCompany>,
    /// The customers' people.
    pub contacts: Vec<PsaContact>,
    /// Tickets, in no order.
    pub tickets: Vec<PsaTicket>,
    /// The MSP's people, and the one that the API signs in as.
    pub people: Vec<PsaPerson>,
    /// Notes of all tickets, oldest first. A note's number is its place here, counted from
    /// [`PsaDesk::FIRST_NOTE`].
    pub notes: Vec<PsaNote>,
    /// What the API asks for.
    pub credentials: PsaCredentials,
    /// Pods that are installed; the first that is not disabled is on the ticket screen.
    pub pods: Vec<PsaPod>,
    /// ConnectWise's release in addresses, `v2026_1/`; an upgrade changes it.
    pub codebase: String,
    /// What can be set at ConnectWise.
    pub connectwise: ConnectWiseKnobs,
    /// What can be set at Halo.
    pub halo: HaloKnobs,
    /// What can be set at Autotask.
    pub autotask: AutotaskKnobs,
}

impl PsaDesk {
    /// The number of the first note.
    pub const FIRST_NOTE: i64 = 90_001;

    /// The ticket with this number.
    pub fn ticket(&self, id: i64) -> Option<&PsaTicket> {
        self.tickets.iter().find(|it| it.id == id)
    }

    /// The contact with this number.
    pub fn contact(&self, id: i64) -> Option<&PsaContact> {
        self.contacts.iter().find(|it| it.id == id)
    }

    /// The customer with this number.
    pub fn company(&self, id: i64) -> Option<&PsaCompany> {
        self.companies.iter().find(|it| it.id == id)
    }

    /// The person with this login, whatever its case.
    pub fn person(&self, login: &str) -> Option<&PsaPerson> {
        self.people.iter().find(|it| it.login.eq_ignore_ascii_case(login))
    }

    /// The pod on the ticket screen.
    pub(crate) fn pod(&self) -> Option<&PsaPod> {
        self.pods.iter().find(|pod| !pod.disabled && pod.screen_id == PsaPod::TICKET_SCREEN)
    }

    /// Whom the API works as: notes show them when nobody else is named.
    pub(crate) fn api_login(&self) -> String {
        self.people.iter().find(|it| it.api).map(|it| it.login.clone()).unwrap_or_default()
    }

    /// Notes with their numbers, of one ticket or of all.
    pub(crate) fn numbered(&self, ticket: Option<i64>) -> impl Iterator<Item = (i64, &PsaNote)> {
        let all = (Self::FIRST_NOTE..).zip(&self.notes);
        all.filter(move |(_, note)| ticket.is_none_or(|ticket| note.ticket == ticket))
    }

    /// Keeps a note; its number.
    pub(crate) fn add_note(&mut self, note: PsaNote) -> i64 {
        let last = self.numbered(None).last().map(|(id, _)| id);
        self.notes.push(note);
        last.map_or(Self::FIRST_NOTE, |id| id + 1)
    }
}

/// A customer.
#[derive(Clone, Debug, Deserialize)]
pub struct PsaCompany {
    /// Its number.
    pub id: i64,
    /// ConnectWise's short name, without blanks.
    pub identifier: String,
    /// Its name.
    pub name: String,
    /// `https://…`, from which its mail domain can be guessed.
    pub website: String,
}

/// A customer's person.
#[derive(Clone, Debug, Deserialize)]
pub struct PsaContact {
    /// Their number.
    pub id: i64,
    /// [`PsaCompany::id`].
    pub company: i64,
    /// First name.
    pub first: String,
    /// Last name.
    pub last: String,
    /// None to three, the first one is the main one.
    pub emails: Vec<String>,
    /// Kind (`mobile`, `direct`, `office`, `home`) and what somebody typed.
    pub phones: Vec<(String, String)>,
    /// False: they have left.
    pub active: bool,
}

impl PsaContact {
    /// First and last name.
    pub fn name(&self) -> String {
        format!("{} {}", self.first, self.last).trim().to_owned()
    }

    /// The phone of a kind, the `nth` of them.
    pub(crate) fn phone(&self, kind: &str, nth: usize) -> Option<&str> {
        let mut of_kind = self.phones.iter().filter(|(it, _)| it == kind);
        of_kind.nth(nth).map(|(_, number)| number.as_str())
    }
}

/// A ticket.
#[derive(Clone, Debug)]
pub struct PsaTicket {
    /// Its number in the API.
    pub id: i64,
    /// What people call it: Autotask's `T20261127.0013`, elsewhere the id.
    pub number: String,
    /// One line.
    pub summary: String,
    /// [`PsaCompany::id`].
    pub company: i64,
    /// [`PsaContact::id`].
    pub contact: Option<i64>,
    /// Whether it is done.
    pub closed: bool,
    /// Logins of people who may not see it.
    pub hidden_from: Vec<String>,
    /// When it was opened, in milliseconds since 1970.
    pub opened_ms: i64,
}

impl PsaTicket {
    /// Whether somebody may see it.
    pub fn shown_to(&self, login: &str) -> bool {
        !self.hidden_from.iter().any(|it| it.eq_ignore_ascii_case(login))
    }
}

/// Somebody at the MSP: a member (ConnectWise), an agent (Halo), a resource (Autotask).
#[derive(Clone, Debug, Deserialize)]
pub struct PsaPerson {
    /// Their number.
    pub id: i64,
    /// What they sign in with.
    pub login: String,
    /// First name.
    pub first: String,
    /// Last name.
    pub last: String,
    /// Their address.
    pub email: String,
    /// Whether they can't sign in any more.
    #[serde(default)]
    pub disabled: bool,
    /// The one that the API signs in as: nobody sits behind it.
    #[serde(default)]
    pub api: bool,
    /// ConnectWise's proof of a session, opaque; another one ends the session, an empty one too.
    pub member_hash: String,
    /// Whether Autotask's API may write in their name: both security levels allow it.
    #[serde(default = "yes")]
    pub impersonable: bool,
}

fn yes() -> bool {
    true
}

impl PsaPerson {
    /// First and last name.
    pub fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

/// A note on a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PsaNote {
    /// [`PsaTicket::id`].
    pub ticket: i64,
    /// What it says, as text: Halo's HTML without its tags, Autotask's description without the title.
    pub text: String,
    /// Whether the customer can't read it.
    pub internal: bool,
    /// Login of the person shown as its author.
    pub author: String,
    /// When it was written, in milliseconds since 1970.
    pub at_ms: i64,
}

/// What an admin made for our product in the ticket system.
#[derive(Clone, Debug, Deserialize)]
pub struct PsaCredentials {
    /// ConnectWise: company id. Halo: tenant. Autotask: nothing.
    pub account: String,
    /// ConnectWise: public key. Halo: client id. Autotask: the API user's name.
    pub id: String,
    /// ConnectWise: private key. Halo: client secret. Autotask: the API user's secret.
    pub secret: String,
    /// ConnectWise: the vendor's `clientId`. Autotask: integration code. Halo: nothing.
    pub application: String,
}

/// A pod as the PSA's admin set it up: a Hosted API record, a custom tab, an insight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PsaPod {
    /// The record's number.
    pub id: i64,
    /// What it is called.
    pub description: String,
    /// With the PSA's own variables in it.
    pub url: String,
    /// ConnectWise: scheme, host and port that messages are taken from.
    pub origin: String,
    /// ConnectWise: `Pod`, `Tab` or `ToolbarButton`.
    pub kind: String,
    /// ConnectWise: the screen that it is on, by its number.
    pub screen_id: i64,
    /// Not shown.
    pub disabled: bool,
    /// ConnectWise: the record's members that change nothing here, as they were sent.
    pub rest: serde_json::Map<String, serde_json::Value>,
}

impl PsaPod {
    /// ConnectWise's screen "Service Ticket".
    pub(crate) const TICKET_SCREEN: i64 = 4;

    /// As an admin would fill in the form for an address.
    pub(crate) fn new(id: i64, url: &str) -> Self {
        let origin = url::Url::parse(url).map(|url| url.origin().ascii_serialization());
        PsaPod {
            id,
            description: "Password Reset".to_owned(),
            url: url.to_owned(),
            origin: origin.unwrap_or_default(),
            kind: "Pod".to_owned(),
            screen_id: Self::TICKET_SCREEN,
            disabled: false,
            rest: serde_json::Map::new(),
        }
    }
}

impl Psa {
    /// What people call a ticket with this id, in the sample.
    pub(crate) fn number_of(self, id: i64) -> String {
        match self {
            Psa::Autotask => format!("T20261127.{:04}", id.rem_euclid(1000) - 200),
            Psa::ConnectWise | Psa::Halo => id.to_string(),
        }
    }
}
