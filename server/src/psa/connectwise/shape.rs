//! What ConnectWise says of tickets, contacts, companies and members (vendor OpenAPI 2022.1): the few
//! members that matter here. Every one may be absent or null. Pure.

use serde::Deserialize;

use crate::psa::read::{domain_of, moment, phones};
use crate::psa::{Card, Company, HostPerson, PsaTicket};

/// A reference to a company, a contact, a type.
#[derive(Deserialize)]
struct Reference {
    id: Option<i64>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Info {
    #[serde(rename = "dateEntered")]
    entered: Option<String>,
}

/// `Ticket`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ticket {
    id: Option<i64>,
    summary: Option<String>,
    company: Option<Reference>,
    contact: Option<Reference>,
    closed_flag: Option<bool>,
    #[serde(rename = "_info")]
    info: Option<Info>,
}

impl Ticket {
    /// What is asked for of each in a list.
    pub(super) const FIELDS: &'static str = "id,summary,company,contact,closedFlag,_info";

    /// In our shape; `None` for what is no ticket.
    pub(super) fn told(self) -> Option<PsaTicket> {
        let id = id(self.id)?;
        let company = self.company.and_then(|company| {
            let (id, name) = (id_of(Some(&company))?, text(company.name));
            Some(Company { id, name, domain: String::new() })
        });
        Some(PsaTicket {
            number: id.clone(),
            id,
            summary: text(self.summary),
            company,
            contact: id_of(self.contact.as_ref()),
            closed: self.closed_flag == Some(true),
            opened_at: self.info.and_then(|info| info.entered).and_then(|at| moment(&at)),
        })
    }
}

/// `ContactCommunicationItem`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Communication {
    #[serde(rename = "type")]
    kind: Option<Reference>,
    value: Option<String>,
    extension: Option<String>,
    default_flag: Option<bool>,
    communication_type: Option<String>,
}

impl Communication {
    fn is(&self, kind: &str) -> bool {
        self.communication_type.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(kind))
    }

    /// How personal a phone is: a mobile's before the default before a direct line before others. What the
    /// types are called is each MSP's own.
    fn rank(&self) -> u8 {
        let kind = self.kind.as_ref().and_then(|it| it.name.as_deref()).unwrap_or_default();
        let kind = kind.to_lowercase();
        match self.default_flag == Some(true) {
            _ if kind.contains("mobile") || kind.contains("cell") => 0,
            true => 1,
            false if kind.contains("direct") => 2,
            false => 3,
        }
    }

    /// As somebody would write it.
    fn written(self) -> Option<String> {
        let value = self.value?;
        match self.extension.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
            Some(extension) => Some(format!("{} x{extension}", value.trim())),
            None => Some(value),
        }
    }
}

/// `Contact`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Contact {
    id: Option<i64>,
    first_name: Option<String>,
    last_name: Option<String>,
    company: Option<Reference>,
    /// `None` where they have to be asked for by themselves.
    pub(super) communication_items: Option<Vec<Communication>>,
}

impl Contact {
    /// What is asked for of each in a list.
    pub(super) const FIELDS: &'static str = "id,firstName,lastName,company,communicationItems";

    /// In our shape; `None` for what is no contact.
    pub(super) fn told(self) -> Option<Card> {
        let id = id(self.id)?;
        let items = self.communication_items.unwrap_or_default();
        let (mut emails, mut rest) = (Vec::new(), Vec::new());
        for item in items {
            if item.is("Email") {
                emails.push(item);
            } else if item.is("Phone") {
                rest.push(item);
            }
        }
        emails.sort_by_key(|item| item.default_flag != Some(true));
        rest.sort_by_key(Communication::rank);
        let mut emails = emails.into_iter().map(|item| text(item.value));
        let name = format!("{} {}", text(self.first_name), text(self.last_name));
        Some(Card {
            id,
            company: id_of(self.company.as_ref()).unwrap_or_default(),
            company_name: self.company.map(|it| text(it.name)).unwrap_or_default(),
            name: name.trim().to_owned(),
            email: emails.find(|email| !email.is_empty()).unwrap_or_default(),
            phones: phones(rest.into_iter().map(Communication::written)),
        })
    }
}

/// `Company`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Customer {
    id: Option<i64>,
    name: Option<String>,
    website: Option<String>,
    deleted_flag: Option<bool>,
}

impl Customer {
    /// What is asked for of each: a page of a thousand whole ones is larger than we read.
    pub(super) const FIELDS: &'static str = "id,name,website,deletedFlag";

    /// In our shape; `None` for one that is gone, or no company.
    pub(super) fn told(self) -> Option<Company> {
        let id = id(self.id.filter(|_| self.deleted_flag != Some(true)))?;
        let domain = self.website.as_deref().map(domain_of).unwrap_or_default();
        Some(Company { id, name: text(self.name), domain })
    }
}

/// `MyMemberInfo`, and as much of `Member` as is the same.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MyMember {
    id: Option<i64>,
    identifier: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    inactive_flag: Option<bool>,
}

impl MyMember {
    /// What is asked for of each in a list.
    pub(super) const FIELDS: &'static str = "id,identifier,firstName,lastName,inactiveFlag";

    /// In our shape; `None` for what is no member.
    pub(super) fn told(self) -> Option<HostPerson> {
        let login = Some(text(self.identifier)).filter(|login| !login.is_empty())?;
        let name = format!("{} {}", text(self.first_name), text(self.last_name));
        let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        Some(HostPerson {
            id: id(self.id)?,
            name: name.unwrap_or_else(|| login.clone()),
            login,
            disabled: self.inactive_flag == Some(true),
        })
    }
}

/// Nobody and nothing is number 0.
fn id(number: Option<i64>) -> Option<String> {
    number.filter(|id| *id > 0).map(|id| id.to_string())
}

fn id_of(reference: Option<&Reference>) -> Option<String> {
    id(reference?.id)
}

fn text(member: Option<String>) -> String {
    member.unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;

    fn read<T: DeserializeOwned>(json: Value) -> T {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_ticket_says_whose_it_is() {
        let told = read::<Ticket>(json!({
            "id": 48213, "summary": " Can't sign in ", "recordType": "ServiceTicket",
            "company": {"id": 250, "identifier": "Northwind", "name": "Northwind Dental"},
            "contact": {"id": 1001, "name": "Ada Park"}, "closedFlag": false,
            "_info": {"dateEntered": "2026-11-22T00:00:00Z", "updatedBy": "tess"},
        }));
        let right = PsaTicket {
            id: "48213".into(),
            number: "48213".into(),
            summary: "Can't sign in".into(),
            company: Some(Company {
                id: "250".into(),
                name: "Northwind Dental".into(),
                domain: String::new(),
            }),
            contact: Some("1001".into()),
            closed: false,
            opened_at: Some(1_795_305_600_000),
        };
        assert_eq!(told.told(), Some(right));
    }

    #[test]
    fn everything_of_a_ticket_but_its_id_may_be_missing() {
        for rest in [
            json!({"id": 7}),
            json!({
                "id": 7, "summary": null, "company": null, "contact": null, "closedFlag": null,
                "_info": null,
            }),
            json!({"id": 7, "contact": {"id": null, "name": null}, "company": {"id": 0}}),
        ] {
            let told = read::<Ticket>(rest).told().unwrap();
            assert_eq!((told.contact, told.company, told.closed), (None, None, false));
        }
        for none in [json!({}), json!({"id": null}), json!({"id": 0}), json!({"id": -7})] {
            assert!(read::<Ticket>(none).told().is_none());
        }
    }

    #[test]
    fn a_card_has_the_default_address_and_the_most_personal_phones_first() {
        let phone = |kind: &str, value: &str, is_default: bool| {
            json!({
                "type": {"id": 1, "name": kind}, "value": value, "defaultFlag": is_default,
                "communicationType": "Phone", "extension": null,
            })
        };
        let email = |value: &str, is_default: bool| json!({"value": value, "defaultFlag": is_default, "communicationType": "Email"});
        let mut direct = phone("Direct", "4", false);
        direct["extension"] = json!("12");
        let card = read::<Contact>(json!({
            "id": 1001, "firstName": "Ada", "lastName": null, "inactiveFlag": false,
            "company": {"id": 250, "name": "Northwind Dental"},
            "communicationItems": [
                email("other@x.example", false), phone("Home", "5", false), direct,
                phone("Office", "3", true), phone("Cell Phone", "2", false),
                {"value": "9", "communicationType": "Fax"}, email("ada@x.example", true),
                phone("Mobile", "1", false), phone("Mobile", "ask Bob", false), {"value": null},
            ],
        }))
        .told()
        .unwrap();
        assert_eq!((card.id.as_str(), card.name.as_str()), ("1001", "Ada"));
        assert_eq!(
            (card.company.as_str(), card.company_name.as_str()),
            ("250", "Northwind Dental")
        );
        assert_eq!(card.email, "ada@x.example");
        assert_eq!(card.phones, ["2", "1", "3", "4 x12", "5"]);
        let bare = read::<Contact>(json!({"id": 7, "company": null})).told().unwrap();
        assert!(bare.company.is_empty() && bare.email.is_empty() && bare.phones.is_empty());
        assert!(read::<Contact>(json!({"id": null})).told().is_none());
    }

    #[test]
    fn companies_and_members_that_are_gone_are_told_apart() {
        let company = |json| read::<Customer>(json).told();
        let right =
            json!({"id": 250, "name": "Northwind", "website": "https://www.northwind.example"});
        assert_eq!(company(right).unwrap().domain, "northwind.example");
        let bare = company(json!({"id": 250, "name": null, "website": null, "deletedFlag": null}));
        assert_eq!(bare.unwrap().domain, "");
        assert_eq!(company(json!({"id": 250, "deletedFlag": true})), None);
        let member = |json| read::<MyMember>(json).told();
        let tess = member(json!({"id": 101, "identifier": "tess", "inactiveFlag": true})).unwrap();
        assert_eq!((tess.id.as_str(), tess.name.as_str(), tess.disabled), ("101", "tess", true));
        assert_eq!(member(json!({"id": 101})), None);
        assert_eq!(member(json!({"identifier": "tess"})), None);
    }
}
