//! `sample/psa.json`: three customers, their people and tickets. The people are those of
//! `sample/directory.json`, the tickets those of the product's own sample.

use anyhow::Context as _;
use serde::Deserialize;
use std::collections::HashMap;

use super::desk::{PsaCompany, PsaContact, PsaCredentials, PsaDesk, PsaPerson, PsaTicket};
use super::{Office, Psa};

const SAMPLE: &str = include_str!("../../sample/psa.json");

#[derive(Deserialize)]
struct Sample {
    credentials: Credentials,
    companies: Vec<PsaCompany>,
    people: Vec<PsaPerson>,
    contacts: Vec<PsaContact>,
    tickets: Vec<Ticket>,
}

#[derive(Deserialize)]
struct Credentials {
    connectwise: PsaCredentials,
    halo: PsaCredentials,
    autotask: PsaCredentials,
}

#[derive(Deserialize)]
struct Ticket {
    id: i64,
    summary: String,
    company: i64,
    contact: Option<i64>,
    opened_minutes_ago: i64,
    #[serde(default)]
    closed: bool,
    #[serde(default)]
    hidden_from: Vec<String>,
}

impl Ticket {
    fn at(&self, psa: Psa, now_ms: i64) -> PsaTicket {
        PsaTicket {
            id: self.id,
            number: psa.number_of(self.id),
            summary: self.summary.clone(),
            company: self.company,
            contact: self.contact,
            closed: self.closed,
            // Only ConnectWise lets us ask as the person (psa.md §1.6); elsewhere nobody would notice.
            hidden_from: match psa {
                Psa::ConnectWise => self.hidden_from.clone(),
                Psa::Halo | Psa::Autotask => Vec::new(),
            },
            opened_ms: now_ms - self.opened_minutes_ago * 60_000,
        }
    }
}

/// Reads the sample.
pub(crate) fn sample(now_ms: i64) -> anyhow::Result<Office> {
    let sample: Sample = serde_json::from_str(SAMPLE).context("simulator/sample/psa.json")?;
    let desk = |psa: Psa| PsaDesk {
        companies: sample.companies.clone(),
        contacts: sample.contacts.clone(),
        tickets: sample.tickets.iter().map(|ticket| ticket.at(psa, now_ms)).collect(),
        people: sample.people.clone(),
        notes: Vec::new(),
        credentials: match psa {
            Psa::ConnectWise => sample.credentials.connectwise.clone(),
            Psa::Halo => sample.credentials.halo.clone(),
            Psa::Autotask => sample.credentials.autotask.clone(),
        },
        pods: Vec::new(),
        codebase: "v2026_1/".to_owned(),
        connectwise: Default::default(),
        halo: Default::default(),
        autotask: Default::default(),
    };
    Ok(Office {
        desks: Psa::ALL.map(desk),
        connectwise_hits: Vec::new(),
        halo_tokens: HashMap::new(),
        autotask_hits: Vec::new(),
        autotask_threads: HashMap::new(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_sample_holds_together() {
        let office = sample(0).expect("the sample file");
        for psa in Psa::ALL {
            let desk = office.desk(psa);
            let ids: HashSet<i64> = desk.tickets.iter().map(|it| it.id).collect();
            assert_eq!(ids.len(), desk.tickets.len(), "two tickets with one id");
            for ticket in &desk.tickets {
                assert!(desk.company(ticket.company).is_some(), "{}", ticket.id);
                let contact = ticket.contact.map(|id| desk.contact(id).expect("a contact"));
                assert!(contact.is_none_or(|it| it.company == ticket.company), "{}", ticket.id);
            }
            assert_eq!(desk.people.iter().filter(|it| it.api).count(), 1);
        }
        assert_eq!(Psa::Autotask.number_of(48_213), "T20261127.0013");
    }
}
