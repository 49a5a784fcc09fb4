//! What ConnectWise says of things, as in its models of 2022.1.

use serde_json::{Value, json};

use crate::dates;
use crate::psa::{PsaCompany, PsaContact, PsaDesk, PsaNote, PsaPerson, PsaTicket};

pub(super) fn info(desk: &PsaDesk) -> Value {
    let release = desk.codebase.trim_end_matches('/').replace('_', ".");
    json!({
        "version": format!("{release}.101250"), "isCloud": true, "serverTimeZone": "Eastern Standard Time",
        "licenseBits": [], "cloudRegion": "NA",
    })
}

pub(super) fn myself(person: &PsaPerson) -> Value {
    json!({
        "id": person.id, "identifier": person.login, "firstName": person.first, "lastName": person.last,
        "fullName": person.name(), "defaultEmail": person.email,
        "licenseClass": if person.api { "A" } else { "F" }, "inactiveFlag": person.disabled,
        "timeZone": {"id": 1, "name": "US Eastern"}, "ssoSessionFlag": false,
    })
}

pub(super) fn member(person: &PsaPerson) -> Value {
    json!({
        "id": person.id, "identifier": person.login, "firstName": person.first, "lastName": person.last,
        "primaryEmail": person.email, "officeEmail": person.email, "defaultEmail": "Office",
        "licenseClass": if person.api { "A" } else { "F" }, "inactiveFlag": person.disabled,
    })
}

fn company_reference(desk: &PsaDesk, id: i64) -> Value {
    let company = desk.company(id);
    json!({
        "id": id, "identifier": company.map_or("", |it| &it.identifier), "name": company.map_or("", |it| &it.name),
    })
}

pub(super) fn company(company: &PsaCompany) -> Value {
    json!({
        "id": company.id, "identifier": company.identifier, "name": company.name,
        "status": {"id": 1, "name": "Active"}, "website": company.website, "deletedFlag": false,
        "types": [{"id": 1, "name": "Client"}],
    })
}

pub(super) fn ticket(desk: &PsaDesk, ticket: &PsaTicket) -> Value {
    let status = if ticket.closed { (19, ">Closed") } else { (16, "New") };
    let mut shown = json!({
        "id": ticket.id, "summary": ticket.summary, "recordType": "ServiceTicket",
        "board": {"id": 1, "name": "Help Desk"}, "status": {"id": status.0, "name": status.1},
        "company": company_reference(desk, ticket.company),
        "priority": {"id": 4, "name": "Priority 3 - Normal Response"},
        "contact": null, "closedFlag": ticket.closed, "customFields": [],
        "_info": {"dateEntered": dates::iso(ticket.opened_ms), "lastUpdated": dates::iso(ticket.opened_ms), "updatedBy": "tess"},
    });
    if let Some(contact) = ticket.contact.and_then(|id| desk.contact(id)) {
        let name = contact.name();
        shown["contact"] = json!({"id": contact.id, "name": name});
        shown["contactName"] = name.into();
        if let Some((_, phone)) = contact.phones.first() {
            // A field of twenty characters; what is longer was cut when the ticket was made [K].
            shown["contactPhoneNumber"] = phone.chars().take(20).collect::<String>().into();
        }
        if let Some(email) = contact.emails.first() {
            shown["contactEmailAddress"] = email.as_str().into();
        }
    }
    shown
}

pub(super) fn contact(desk: &PsaDesk, contact: &PsaContact) -> Value {
    let mut shown = json!({
        "id": contact.id, "firstName": contact.first, "lastName": contact.last,
        "company": company_reference(desk, contact.company), "inactiveFlag": !contact.active,
        "communicationItems": communications(contact), "types": [], "customFields": [],
        "_info": {"lastUpdated": "2026-01-05T09:00:00Z", "updatedBy": "tess"},
    });
    if let Some((kind, phone)) = contact.phones.first() {
        shown["defaultPhoneType"] = phone_type(kind).1.into();
        shown["defaultPhoneNbr"] = phone.as_str().into();
    }
    shown
}

/// Types are the tenant's own; these are what a new one has \[K\].
fn phone_type(kind: &str) -> (i64, &'static str) {
    match kind {
        "mobile" => (4, "Mobile"),
        "office" => (9, "Office"),
        "home" => (5, "Home"),
        _ => (2, "Direct"),
    }
}

pub(super) fn communications(contact: &PsaContact) -> Vec<Value> {
    let emails = contact.emails.iter().enumerate().map(|(nth, email)| {
        let domain = email.rfind('@').map_or("", |at| &email[at..]);
        json!({
            "type": {"id": 1, "name": "Email"}, "value": email, "defaultFlag": nth == 0, "domain": domain,
            "communicationType": "Email",
        })
    });
    let phones = contact.phones.iter().enumerate().map(|(nth, (kind, number))| {
        let (id, name) = phone_type(kind);
        json!({
            "type": {"id": id, "name": name}, "value": number, "defaultFlag": nth == 0,
            "communicationType": "Phone",
        })
    });
    let numbered = (contact.id * 10..).zip(emails.chain(phones));
    numbered
        .map(|(id, mut item)| {
            item["id"] = id.into();
            item
        })
        .collect()
}

pub(super) fn note(desk: &PsaDesk, id: i64, note: &PsaNote) -> Value {
    let person = desk.person(&note.author);
    json!({
        "id": id, "ticketId": note.ticket, "text": note.text,
        "detailDescriptionFlag": !note.internal, "internalAnalysisFlag": note.internal,
        "resolutionFlag": false, "issueFlag": false,
        "member": {"id": person.map_or(0, |it| it.id), "identifier": note.author, "name": person.map_or_else(String::new, PsaPerson::name)},
        "customerUpdatedFlag": false, "dateCreated": dates::iso(note.at_ms), "createdBy": note.author,
        "internalFlag": note.internal, "externalFlag": !note.internal,
    })
}
