//! What Halo says of things: members of its swagger, of hundreds the few that matter (H§4).

use serde_json::{Value, json};

use crate::dates;
use crate::psa::{HaloOutcome, PsaContact, PsaDesk, PsaNote, PsaPerson, PsaTicket};

/// A place of the client's; every client of the sample has one, "Main".
fn site(company: i64) -> i64 {
    company * 10 + 1
}

fn client_name(desk: &PsaDesk, id: i64) -> &str {
    desk.company(id).map_or("", |it| &it.name)
}

pub(super) fn ticket(desk: &PsaDesk, ticket: &PsaTicket, detailed: bool) -> Value {
    let contact = ticket.contact.and_then(|id| desk.contact(id));
    let mut shown = json!({
        "id": ticket.id, "summary": ticket.summary, "client_id": ticket.company,
        "client_name": client_name(desk, ticket.company), "site_id": site(ticket.company), "site_name": "Main",
        // Without a user it is 0, not null [K].
        "user_id": contact.map_or(0, |it| it.id), "user_name": contact.map(PsaContact::name),
        "agent_id": 1, "status_id": if ticket.closed { 9 } else { 1 }, "tickettype_id": 1, "team": "1st Line Support",
        "dateoccurred": dates::iso(ticket.opened_ms), "inactive": false, "hasbeenclosed": ticket.closed,
        "use": "ticket",
    });
    if detailed {
        let email = contact.and_then(|it| it.emails.first());
        shown["details"] = ticket.summary.as_str().into();
        shown["user_email"] = json!(email);
        shown["reportedby"] = json!(email);
        shown["customfields"] = json!([]);
    }
    shown
}

pub(super) fn user(desk: &PsaDesk, contact: &PsaContact, detailed: bool) -> Value {
    let phone = |kind, nth| contact.phone(kind, nth).unwrap_or_default();
    let mut shown = json!({
        "id": contact.id, "name": contact.name(), "firstname": contact.first, "surname": contact.last,
        "emailaddress": contact.emails.first().map_or("", String::as_str),
        "client_id": contact.company, "client_name": client_name(desk, contact.company),
        // A number with a fraction in the swagger, and written so.
        "site_id": f64::from(i32::try_from(site(contact.company)).unwrap_or(0)), "site_name": "Main",
        "inactive": !contact.active, "phonenumber": phone("office", 0), "mobilenumber": phone("mobile", 0),
        "isserviceaccount": false, "use": "user",
    });
    if detailed {
        let email = |nth: usize| contact.emails.get(nth).map_or("", String::as_str);
        shown["email2"] = email(1).into();
        shown["email3"] = email(2).into();
        shown["phonenumber_preferred"] = phone("direct", 0).into();
        shown["homenumber"] = phone("home", 0).into();
        shown["mobilenumber2"] = phone("mobile", 1).into();
        shown["neversendemails"] = false.into();
        shown["login"] = "".into();
        shown["customfields"] = json!([]);
    }
    shown
}

pub(super) fn client(desk: &PsaDesk, id: i64) -> Value {
    let company = desk.company(id);
    json!({
        "id": id, "name": client_name(desk, id), "inactive": false, "website": company.map_or("", |it| &it.website),
        "main_site_id": site(id), "use": "client",
    })
}

pub(super) fn agent(person: &PsaPerson) -> Value {
    json!({
        "id": person.id, "name": person.name(), "firstname": person.first, "surname": person.last,
        "email": person.email, "isdisabled": person.disabled, "is_agent": true, "isapiagent": person.api,
        "team": "1st Line Support", "use": "agent",
    })
}

pub(super) fn outcome(outcome: &HaloOutcome) -> Value {
    json!({
        "id": outcome.id, "outcome": outcome.name, "buttonname": outcome.name, "hidden": false,
        "hidefromuser": outcome.hidden, "sequence": outcome.id,
    })
}

pub(super) fn action(desk: &PsaDesk, id: i64, note: &PsaNote) -> Value {
    let person = desk.person(&note.author);
    let outcome = desk.halo.outcomes.iter().find(|it| it.hidden == note.internal);
    json!({
        "id": id, "ticket_id": note.ticket, "note": note.text, "note_html": format!("<p>{}</p>", html(&note.text)),
        "hiddenfromuser": note.internal, "who_type": 1, "who_agentid": person.map_or(0, |it| it.id),
        "outcome": outcome.map(|it| &it.name), "outcome_id": outcome.map(|it| it.id),
        "datetime": dates::iso(note.at_ms),
    })
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>")
}

/// What people read of HTML: no tags, a line for each paragraph, characters for the five entities.
pub(super) fn plain(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        // A `<` that nothing closes is text.
        let Some(end) = rest[at..].find('>') else {
            out.push('<');
            rest = &rest[at + 1..];
            continue;
        };
        let tag = rest[at + 1..at + end].trim_end_matches('/').trim().to_ascii_lowercase();
        if ["br", "/p", "/div", "/li", "/tr"].contains(&tag.as_str()) {
            out.push('\n');
        }
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ];
    let text = entities.iter().fold(out, |text, (name, is)| text.replace(name, is));
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_lines_stay() {
        assert_eq!(plain("<p>a &lt;b&gt; &amp;amp;</p><p>c<br/>d</p>"), "a <b> &amp;\nc\nd");
        assert_eq!(plain("1 < 2"), "1 < 2");
        assert_eq!(plain(&html("<b>&\nx")), "<b>&\nx");
    }
}
