//! What Autotask says of tickets, contacts, companies and resources (vendor's entity pages): the few fields
//! that matter here. Every one may be absent or null. Pure.

use serde::Deserialize;
use serde_json::Value;

use crate::psa::read::{domain_of, moment, phones};
use crate::psa::{Card, Company, HostPerson, PsaTicket};

/// The status "Complete", which a picklist of the vendor's has under this number \[INFER\].
pub(super) const COMPLETE: i64 = 5;

/// Fields that are asked for, one list for each thing.
pub(super) const TICKET_FIELDS: [&str; 8] = [
    "id",
    "ticketNumber",
    "title",
    "companyID",
    "contactID",
    "status",
    "createDate",
    "completedDate",
];
pub(super) const CONTACT_FIELDS: [&str; 9] = [
    "id",
    "companyID",
    "firstName",
    "lastName",
    "emailAddress",
    "phone",
    "mobilePhone",
    "alternatePhone",
    "isActive",
];
pub(super) const COMPANY_FIELDS: [&str; 4] = ["id", "companyName", "webAddress", "isActive"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ticket {
    id: Option<i64>,
    ticket_number: Option<String>,
    title: Option<String>,
    /// 0 is the MSP itself.
    #[serde(rename = "companyID")]
    pub(super) company: Option<i64>,
    #[serde(rename = "contactID")]
    contact: Option<i64>,
    status: Option<i64>,
    create_date: Option<String>,
    completed_date: Option<String>,
}

impl Ticket {
    /// In our shape, without its company's name; `None` for what is no ticket.
    pub(super) fn told(self) -> Option<PsaTicket> {
        let id = self.id.filter(|id| *id > 0)?.to_string();
        let number = text(self.ticket_number);
        let company = self.company.filter(|id| *id >= 0);
        Some(PsaTicket {
            number: if number.is_empty() { id.clone() } else { number },
            id,
            summary: text(self.title),
            company: company.map(|id| Company {
                id: id.to_string(),
                name: String::new(),
                domain: String::new(),
            }),
            contact: self.contact.filter(|id| *id > 0).map(|id| id.to_string()),
            closed: self.status == Some(COMPLETE) || self.completed_date.is_some(),
            opened_at: self.create_date.and_then(|it| moment(&it)),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Contact {
    id: Option<i64>,
    /// 0 is the MSP itself.
    #[serde(rename = "companyID")]
    pub(super) company: Option<i64>,
    first_name: Option<String>,
    last_name: Option<String>,
    email_address: Option<String>,
    phone: Option<String>,
    mobile_phone: Option<String>,
    alternate_phone: Option<String>,
    #[serde(default)]
    is_active: Value,
}

impl Contact {
    pub(super) fn is_on(&self) -> bool {
        is_on(&self.is_active)
    }

    /// In our shape, without the company's name; `None` for what is no contact.
    pub(super) fn told(self) -> Option<Card> {
        let id = self.id.filter(|id| *id > 0)?.to_string();
        let company = self.company.filter(|id| *id >= 0);
        Some(Card {
            id,
            company: company.map(|id| id.to_string()).unwrap_or_default(),
            company_name: String::new(),
            name: name(self.first_name, self.last_name),
            // The first one is the one that counts; `emailAddress2` and `3` are anybody's guess.
            email: text(self.email_address),
            phones: phones([self.mobile_phone, self.phone, self.alternate_phone]),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CompanyItem {
    id: Option<i64>,
    company_name: Option<String>,
    web_address: Option<String>,
    #[serde(default)]
    is_active: Value,
}

impl CompanyItem {
    pub(super) fn is_on(&self) -> bool {
        is_on(&self.is_active)
    }

    /// In our shape; `None` for what is no company.
    pub(super) fn told(self) -> Option<Company> {
        let id = self.id.filter(|id| *id >= 0)?.to_string();
        let domain = self.web_address.as_deref().map(domain_of).unwrap_or_default();
        Some(Company { id, name: text(self.company_name), domain })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Resource {
    id: Option<i64>,
    user_name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    #[serde(default)]
    is_active: Value,
}

impl Resource {
    /// In our shape; `None` for what is no resource.
    pub(super) fn told(self) -> Option<HostPerson> {
        let id = self.id.filter(|id| *id > 0)?.to_string();
        let disabled = !is_on(&self.is_active);
        let name = name(self.first_name, self.last_name);
        Some(HostPerson { id, login: text(self.user_name), name, disabled })
    }
}

/// The one active resource with this address; `None` where there are several, or none.
pub(super) fn the_one(resources: Vec<Resource>, email: &str) -> Option<i64> {
    let mut theirs = resources.into_iter().filter(|it| {
        let has = it.email.as_deref().is_some_and(|it| it.trim().eq_ignore_ascii_case(email.trim()));
        has && is_on(&it.is_active)
    });
    let first = theirs.next()?;
    if theirs.next().is_some() { None } else { first.id.filter(|id| *id > 0) }
}

/// A number for some things, true or false for others. What does not say is on.
fn is_on(member: &Value) -> bool {
    match member {
        Value::Bool(on) => *on,
        Value::Number(number) => number.as_i64() != Some(0),
        _ => true,
    }
}

fn name(first: Option<String>, last: Option<String>) -> String {
    format!("{} {}", text(first), text(last)).trim().to_owned()
}

fn text(member: Option<String>) -> String {
    member.unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read<T: serde::de::DeserializeOwned>(json: Value) -> T {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_ticket_has_a_number_of_its_own() {
        let told = read::<Ticket>(json!({
            "id": 29301, "ticketNumber": "T20261127.0013", "title": "Can't sign in", "companyID": 12,
            "contactID": 44, "status": 1, "createDate": "2026-11-22T00:00:00.25Z", "completedDate": null,
            "userDefinedFields": [],
        }))
        .told()
        .unwrap();
        let company = Company { id: "12".into(), name: String::new(), domain: String::new() };
        assert_eq!(
            told,
            PsaTicket {
                id: "29301".into(),
                number: "T20261127.0013".into(),
                summary: "Can't sign in".into(),
                company: Some(company),
                contact: Some("44".into()),
                closed: false,
                opened_at: Some(1_795_305_600_250),
            }
        );
        for (json, closed) in [
            (json!({"id": 7}), false),
            (json!({"id": 7, "contactID": null, "status": 5}), true),
            (json!({"id": 7, "completedDate": "2026-11-22T00:00:00Z"}), true),
        ] {
            let told = read::<Ticket>(json).told().unwrap();
            assert_eq!((told.number.as_str(), told.company, told.contact), ("7", None, None));
            assert_eq!(told.closed, closed);
        }
        let own = read::<Ticket>(json!({"id": 7, "companyID": 0})).told().unwrap();
        assert_eq!(own.company.unwrap().id, "0");
        assert_eq!(read::<Ticket>(json!({"id": 0})).told(), None);
        assert_eq!(read::<Ticket>(json!({})).told(), None);
    }

    #[test]
    fn a_card_has_the_first_address_and_the_mobile_first() {
        let card = read::<Contact>(json!({
            "id": 44, "companyID": 12, "firstName": "Ada", "lastName": "Park", "phone": "2", "isActive": 1,
            "emailAddress": "ada@northwind.example", "emailAddress2": "x@y.example", "mobilePhone": "1",
            "alternatePhone": "ext.", "extension": "9",
        }));
        assert!(card.is_on());
        let card = card.told().unwrap();
        assert_eq!((card.id.as_str(), card.company.as_str()), ("44", "12"));
        assert_eq!((card.name.as_str(), card.email.as_str()), ("Ada Park", "ada@northwind.example"));
        assert_eq!(card.phones, ["1", "2"]);
        let bare = read::<Contact>(json!({"id": 9, "lastName": "Ray", "isActive": 0}));
        assert!(!bare.is_on());
        assert_eq!(bare.told().unwrap().name, "Ray");
        assert!(read::<Contact>(json!({"lastName": "Ray"})).told().is_none());
    }

    #[test]
    fn companies_have_a_domain_and_resources_a_login() {
        let told = |json| read::<CompanyItem>(json).told();
        let company = told(json!({"id": 12, "companyName": "Northwind", "webAddress": "www.northwind.example"}));
        assert_eq!(company.unwrap().domain, "northwind.example");
        assert_eq!(told(json!({"id": 0, "companyName": "Brightline"})).unwrap().id, "0");
        assert_eq!(told(json!({"companyName": "x"})), None);
        assert!(!read::<CompanyItem>(json!({"id": 12, "isActive": false})).is_on());
        let ann = json!({"id": 3, "userName": "ann", "firstName": "Ann", "lastName": "Lee", "isActive": false});
        let ann = read::<Resource>(ann).told().unwrap();
        assert_eq!((ann.login.as_str(), ann.name.as_str(), ann.disabled), ("ann", "Ann Lee", true));
    }

    #[test]
    fn only_one_active_resource_by_its_address_is_it() {
        let one = |id: i64, email: &str, on: bool| json!({"id": id, "email": email, "isActive": on});
        let found = |all: &[Value]| the_one(read(json!(all)), " Ann@msp.example");
        assert_eq!(found(&[one(3, "ann@msp.example", true), one(4, "ann@msp.example", false)]), Some(3));
        assert_eq!(found(&[one(3, "ann@msp.example", true), one(4, "ANN@msp.example", true)]), None);
        assert_eq!(found(&[one(3, "ben@msp.example", true)]), None);
        assert_eq!(found(&[one(0, "ann@msp.example", true)]), None);
        assert_eq!(found(&[json!({"id": 3})]), None);
    }
}
