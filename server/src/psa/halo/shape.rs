//! What HaloPSA says of tickets, users, clients, agents and outcomes ("Halo API v2" swagger, 2024): the few
//! members that matter here. Every one may be absent or null. Pure.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::psa::read::{domain_of, moment, phones};
use crate::psa::{Card, Company, HostPerson, PsaTicket};

/// `Faults` and `Faults_List`.
#[derive(Deserialize)]
pub(super) struct Ticket {
    id: Option<i64>,
    summary: Option<String>,
    client_id: Option<i64>,
    client_name: Option<String>,
    user_id: Option<i64>,
    /// Which outcomes there are depends on it.
    pub(super) tickettype_id: Option<i64>,
    dateoccurred: Option<String>,
    inactive: Option<bool>,
    hasbeenclosed: Option<bool>,
    deleted: Option<bool>,
}

impl Ticket {
    /// Its id, where it is one and the ticket is not deleted.
    pub(super) fn id(&self) -> Option<i64> {
        self.id.filter(|id| *id > 0 && self.deleted != Some(true))
    }

    /// In our shape; `None` for what is no ticket.
    pub(super) fn told(self) -> Option<PsaTicket> {
        let id = self.id()?;
        let company = self.client_id.filter(|id| *id > 0).map(|id| Company {
            id: id.to_string(),
            name: text(self.client_name),
            domain: String::new(),
        });
        Some(PsaTicket {
            id: id.to_string(),
            number: id.to_string(),
            summary: text(self.summary),
            company,
            // Nobody is 0 there, or nothing.
            contact: self.user_id.filter(|id| *id > 0).map(|id| id.to_string()),
            // [INFER]: `inactive` is a ticket that is off the lists.
            closed: self.hasbeenclosed == Some(true) || self.inactive == Some(true),
            opened_at: self.dateoccurred.and_then(|it| moment(&it)),
        })
    }
}

/// `Users` and `Users_List`. Its `site_id` is a number with a fraction in the swagger; nobody reads it here.
#[derive(Deserialize)]
pub(super) struct User {
    id: Option<i64>,
    name: Option<String>,
    firstname: Option<String>,
    surname: Option<String>,
    emailaddress: Option<String>,
    client_id: Option<i64>,
    client_name: Option<String>,
    mobilenumber: Option<String>,
    mobilenumber2: Option<String>,
    phonenumber_preferred: Option<String>,
    phonenumber: Option<String>,
    homenumber: Option<String>,
    inactive: Option<bool>,
    isserviceaccount: Option<bool>,
}

impl User {
    /// Whether somebody could be on the phone.
    pub(super) fn is_somebody(&self) -> bool {
        self.inactive != Some(true) && self.isserviceaccount != Some(true)
    }

    /// In our shape; `None` for what is no user.
    pub(super) fn told(self) -> Option<Card> {
        let id = self.id.filter(|id| *id > 0)?;
        let names = format!("{} {}", text(self.firstname), text(self.surname));
        let name = Some(text(self.name)).filter(|it| !it.is_empty());
        Some(Card {
            id: id.to_string(),
            company: self
                .client_id
                .filter(|id| *id > 0)
                .map(|id| id.to_string())
                .unwrap_or_default(),
            company_name: text(self.client_name),
            name: name.unwrap_or_else(|| names.trim().to_owned()),
            // The first one is the one that counts; `email2` and `email3` are anybody's guess.
            email: text(self.emailaddress),
            phones: phones([
                self.mobilenumber,
                self.mobilenumber2,
                self.phonenumber_preferred,
                self.phonenumber,
                self.homenumber,
            ]),
        })
    }
}

/// A client, `GET /api/Client` (not in the swagger's slice; members as public clients read them \[INFER\]).
#[derive(Deserialize)]
pub(super) struct Client {
    id: Option<i64>,
    name: Option<String>,
    website: Option<String>,
    inactive: Option<bool>,
}

impl Client {
    /// In our shape; `None` for one that is gone, or no client.
    pub(super) fn told(self) -> Option<Company> {
        let id = self.id.filter(|id| *id > 0 && self.inactive != Some(true))?;
        let domain = self.website.as_deref().map(domain_of).unwrap_or_default();
        Some(Company { id: id.to_string(), name: text(self.name), domain })
    }
}

/// `Uname`: an agent.
#[derive(Deserialize)]
pub(super) struct Agent {
    id: Option<i64>,
    name: Option<String>,
    email: Option<String>,
    isdisabled: Option<bool>,
}

impl Agent {
    /// In our shape; `None` for what is no agent.
    pub(super) fn told(self) -> Option<HostPerson> {
        let id = self.id.filter(|id| *id > 0)?;
        Some(HostPerson {
            id: id.to_string(),
            login: text(self.email),
            name: text(self.name),
            disabled: self.isdisabled == Some(true),
        })
    }
}

/// `TOutcome`: what an action can be.
#[derive(Deserialize)]
pub(super) struct Outcome {
    id: Option<i64>,
    outcome: Option<String>,
    buttonname: Option<String>,
}

/// The outcome of this name, whatever its case: its id and its exact name. The button's name counts where
/// no outcome has it.
pub(super) fn outcome_named(outcomes: Vec<Outcome>, name: &str) -> Option<(i64, String)> {
    let is = |it: &Option<String>| {
        let it = it.as_deref().unwrap_or_default().trim();
        !it.is_empty() && it.to_lowercase() == name.trim().to_lowercase()
    };
    let known: Vec<Outcome> = outcomes.into_iter().filter(|it| it.id.is_some()).collect();
    let at = known
        .iter()
        .position(|it| is(&it.outcome))
        .or_else(|| known.iter().position(|it| is(&it.buttonname)))?;
    let found = known.into_iter().nth(at)?;
    Some((found.id?, text(found.outcome)))
}

/// The entries of a list that can be read: `{"record_count", "<name>": […]}`, or a bare array, as some
/// lists come. `None` for what is no list.
pub(super) fn listed<T: DeserializeOwned>(mut reply: Value, name: &str) -> Option<Vec<T>> {
    let list = if reply.is_array() { reply } else { reply.get_mut(name)?.take() };
    let Value::Array(entries) = list else { return None };
    Some(entries.into_iter().filter_map(|it| serde_json::from_value(it).ok()).collect())
}

fn text(member: Option<String>) -> String {
    member.unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read<T: DeserializeOwned>(json: Value) -> T {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_ticket_says_whose_it_is() {
        let told = read::<Ticket>(json!({
            "id": 1001, "summary": " Can't sign in ", "client_id": 12, "client_name": "Northwind",
            "site_id": 121.0, "user_id": 44, "tickettype_id": 1, "inactive": false, "hasbeenclosed": false,
            "dateoccurred": "2026-11-22T00:00:00", "customfields": [],
        }))
        .told()
        .unwrap();
        let company = Company { id: "12".into(), name: "Northwind".into(), domain: String::new() };
        assert_eq!(
            told,
            PsaTicket {
                id: "1001".into(),
                number: "1001".into(),
                summary: "Can't sign in".into(),
                company: Some(company),
                contact: Some("44".into()),
                closed: false,
                opened_at: Some(1_795_305_600_000),
            }
        );
    }

    #[test]
    fn everything_of_a_ticket_but_its_id_may_be_missing() {
        for (json, closed) in [
            (json!({"id": 7}), false),
            (json!({"id": 7, "user_id": 0, "client_id": 0, "summary": null}), false),
            (json!({"id": 7, "hasbeenclosed": true, "user_id": null}), true),
            (json!({"id": 7, "inactive": true}), true),
        ] {
            let told = read::<Ticket>(json).told().unwrap();
            assert_eq!((told.company, told.contact, told.opened_at), (None, None, None));
            assert_eq!(told.closed, closed);
        }
        for none in
            [json!({}), json!({"id": null}), json!({"id": 0}), json!({"id": 7, "deleted": true})]
        {
            assert_eq!(read::<Ticket>(none).told(), None);
        }
    }

    #[test]
    fn a_card_has_the_first_address_and_the_most_personal_phones_first() {
        let card = read::<User>(json!({
            "id": 44, "name": "Ada Park", "emailaddress": " ada@northwind.example ", "email2": "x@y.example",
            "client_id": 12, "client_name": "Northwind", "site_id": 121.5, "homenumber": "4",
            "mobilenumber": "1", "mobilenumber2": "2", "phonenumber_preferred": "3", "phonenumber": "1",
        }))
        .told()
        .unwrap();
        assert_eq!((card.id.as_str(), card.company.as_str()), ("44", "12"));
        assert_eq!(
            (card.name.as_str(), card.email.as_str()),
            ("Ada Park", "ada@northwind.example")
        );
        assert_eq!(card.phones, ["1", "2", "3", "4"]);
        let bare = read::<User>(
            json!({"id": 9, "firstname": "Ben", "surname": null, "email2": "b@x.example"}),
        );
        assert!(bare.is_somebody());
        let bare = bare.told().unwrap();
        assert_eq!(
            (bare.name.as_str(), bare.email.as_str(), bare.company.as_str()),
            ("Ben", "", "")
        );
        assert!(bare.phones.is_empty());
        assert!(read::<User>(json!({"id": 0})).told().is_none());
        assert!(!read::<User>(json!({"id": 9, "inactive": true})).is_somebody());
        assert!(!read::<User>(json!({"id": 9, "isserviceaccount": true})).is_somebody());
    }

    #[test]
    fn clients_and_agents_that_are_gone_are_told_apart() {
        let told = |json| read::<Client>(json).told();
        let site =
            json!({"id": 12, "name": "Northwind", "website": "https://www.northwind.example/"});
        assert_eq!(told(site).unwrap().domain, "northwind.example");
        assert_eq!(told(json!({"id": 12, "name": "Northwind", "inactive": true})), None);
        assert_eq!(told(json!({"name": "Northwind"})), None);
        let agent = |json| read::<Agent>(json).told();
        assert!(agent(json!({"id": 3, "name": "Ann", "isdisabled": true})).unwrap().disabled);
        assert!(!agent(json!({"id": 3, "name": "Ann", "isdisabled": null})).unwrap().disabled);
        assert_eq!(agent(json!({"id": 0})), None);
    }

    #[test]
    fn an_outcome_is_found_by_its_name() {
        let all = || -> Vec<Outcome> {
            read(json!([
                {"id": 1, "outcome": "Email", "buttonname": "Private Note"},
                {"id": null, "outcome": "Private Note"},
                {"id": 7, "outcome": "private note", "buttonname": null},
                {"id": 8, "outcome": "Internal", "buttonname": "Team only"},
            ]))
        };
        assert_eq!(outcome_named(all(), "Private Note "), Some((7, "private note".into())));
        assert_eq!(outcome_named(all(), "TEAM ONLY"), Some((8, "Internal".into())));
        assert_eq!(outcome_named(all(), "Public Note"), None);
        assert_eq!(outcome_named(all(), ""), None);
        assert_eq!(outcome_named(read(json!([{"id": 1, "outcome": null}])), ""), None);
    }

    #[test]
    fn lists_come_in_two_shapes_and_survive_an_odd_entry() {
        let ids = |reply| {
            let agents = listed::<Agent>(reply, "agents")?;
            Some(agents.into_iter().filter_map(Agent::told).map(|it| it.id).collect::<Vec<_>>())
        };
        let two = json!([{"id": 1}, {"id": "x"}, null, {"id": 2}]);
        assert_eq!(ids(two.clone()), Some(vec!["1".into(), "2".into()]));
        assert_eq!(
            ids(json!({"record_count": 4, "agents": two})),
            Some(vec!["1".into(), "2".into()])
        );
        assert_eq!(ids(json!({"record_count": 0, "users": []})), None);
        assert_eq!(ids(json!({"Message": "no"})), None);
        assert_eq!(ids(json!("no")), None);
    }
}
