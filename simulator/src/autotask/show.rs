//! What Autotask says of things (A§3, A§4).

use serde_json::{Value, json};

use crate::dates;
use crate::psa::{PsaCompany, PsaContact, PsaDesk, PsaNote, PsaPerson, PsaPick, PsaTicket};

/// Titles of notes have this many characters at most.
pub(super) const LONGEST_TITLE: usize = 250;

pub(super) fn ticket(ticket: &PsaTicket) -> Value {
    json!({
        "id": ticket.id, "ticketNumber": ticket.number, "title": ticket.summary, "description": ticket.summary,
        "companyID": ticket.company, "contactID": ticket.contact, "status": if ticket.closed { 5 } else { 1 },
        "priority": 2, "queueID": 8, "assignedResourceID": null, "ticketCategory": 3,
        "createDate": dates::iso(ticket.opened_ms), "lastActivityDate": dates::iso(ticket.opened_ms),
        "userDefinedFields": [],
    })
}

pub(super) fn contact(contact: &PsaContact) -> Value {
    // Three fields for phones: what has a fourth kind is not there at all.
    let phone = contact.phone("direct", 0);
    let (phone, other) = match phone {
        Some(direct) => (Some(direct), contact.phone("office", 0)),
        None => (contact.phone("office", 0), contact.phone("home", 0)),
    };
    json!({
        "id": contact.id, "companyID": contact.company, "firstName": contact.first, "lastName": contact.last,
        "emailAddress": contact.emails.first(), "emailAddress2": contact.emails.get(1),
        "emailAddress3": contact.emails.get(2), "phone": phone, "mobilePhone": contact.phone("mobile", 0),
        "alternatePhone": other, "extension": null, "isActive": i32::from(contact.active),
        "userDefinedFields": [],
    })
}

pub(super) fn company(company: &PsaCompany) -> Value {
    json!({
        "id": company.id, "companyName": company.name, "companyNumber": company.identifier, "phone": "",
        "webAddress": company.website, "isActive": true, "companyType": 1, "userDefinedFields": [],
    })
}

pub(super) fn resource(person: &PsaPerson) -> Value {
    json!({
        "id": person.id, "firstName": person.first, "lastName": person.last, "email": person.email,
        "userName": person.login, "isActive": !person.disabled, "resourceType": "Employee",
        "licenseType": if person.api { 7 } else { 1 },
    })
}

pub(super) fn note(desk: &PsaDesk, id: i64, note: &PsaNote) -> Value {
    let api = desk.people.iter().find(|it| it.api).map(|it| it.id);
    let author = desk.person(&note.author).map(|it| it.id);
    let publish = desk.autotask.publish.iter().find(|it| it.is_public() != note.internal);
    // The first line stands for the title, which nothing here keeps.
    let title: String =
        note.text.lines().next().unwrap_or_default().chars().take(LONGEST_TITLE).collect();
    json!({
        "id": id, "ticketID": note.ticket, "title": title, "description": note.text,
        "noteType": desk.autotask.note_types.first().map(|it| it.value), "publish": publish.map(|it| it.value),
        "createDateTime": dates::iso(note.at_ms), "lastActivityDate": dates::iso(note.at_ms),
        "creatorResourceID": author, "impersonatorCreatorResourceID": if author == api { None } else { api },
    })
}

/// `TicketNotes/entityInformation/fields`.
pub(super) fn note_fields(desk: &PsaDesk) -> Value {
    let field = |name: &str, kind: &str, required: bool, picks: Option<&[PsaPick]>| {
        let values: Option<Vec<Value>> = picks.map(|picks| {
            let sorted = (1..).zip(picks);
            sorted
                .map(|(order, it)| {
                    json!({
                        "value": it.value.to_string(), "label": it.label, "isDefaultValue": false, "sortOrder": order,
                        "parentValue": "", "isActive": it.active, "isSystem": false,
                    })
                })
                .collect()
        });
        let read_only =
            ["id", "createDateTime", "lastActivityDate", "creatorResourceID"].contains(&name);
        json!({
            "name": name, "dataType": kind, "length": if kind == "string" { 32_000 } else { 0 },
            "isRequired": required, "isReadOnly": read_only, "isQueryable": true, "isReference": false,
            "referenceEntityType": "", "isPickList": picks.is_some(), "picklistValues": values,
            "picklistParentValueField": "", "isSupportedWebhookField": false,
        })
    };
    json!({"fields": [
        field("createDateTime", "datetime", false, None),
        field("creatorResourceID", "integer", false, None),
        field("description", "string", true, None),
        field("id", "long", true, None),
        field("lastActivityDate", "datetime", false, None),
        field("noteType", "integer", true, Some(&desk.autotask.note_types)),
        field("publish", "integer", true, Some(&desk.autotask.publish)),
        field("ticketID", "integer", true, None),
        field("title", "string", true, None),
    ]})
}
