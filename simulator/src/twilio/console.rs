//! What Twilio keeps of a message and shows to whoever may look: `GET …/Messages.json`,
//! `GET …/Messages/{Sid}.json`.

use serde_json::{Value, json};

use crate::dates;
use crate::front::{Answer, Call, pairs};
use crate::state::Message;
use crate::world::World;

use super::Refusal;

/// A message as the API shows it. With `ContentRetention=discard` the body is not kept (an empty
/// string here [K]); with `AddressRetention=obfuscate` the last four digits are not.
pub(super) fn show(account: &str, message: &Message) -> Value {
    let text = &message.text;
    let uri = format!("/2010-04-01/Accounts/{account}/Messages/{}", text.id);
    json!({
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": if message.keeps_body { text.body.as_str() } else { "" },
        "date_created": dates::rfc2822(text.at_ms),
        "date_sent": message.sent_ms.map(dates::rfc2822),
        "date_updated": dates::rfc2822(message.updated_ms),
        "direction": "outbound-api",
        "error_code": text.error_code,
        "error_message": text.error_code.map(reason),
        // A Messaging Service chooses its sender later.
        "from": if message.service.is_some() && message.sent_ms.is_none() { None } else { Some(&text.from) },
        "messaging_service_sid": message.service,
        "num_media": "0",
        "num_segments": message.text.segments.to_string(),
        "price": null,
        "price_unit": null,
        "sid": text.id,
        "status": text.status,
        "subresource_uris": {"media": format!("{uri}/Media.json")},
        "to": kept_to(message),
        "uri": format!("{uri}.json"),
    })
}

fn kept_to(message: &Message) -> String {
    let to = &message.text.to;
    if message.obfuscates {
        format!("{}XXXX", &to[..to.len().saturating_sub(4)])
    } else {
        to.clone()
    }
}

fn reason(code: u32) -> &'static str {
    match code {
        30_003 => "Unreachable destination handset",
        30_005 => "Unknown destination handset",
        30_006 => "Landline or unreachable carrier",
        30_007 => "Message filtered",
        30_034 => "Message from an Unregistered Number",
        _ => "Unknown error",
    }
}

pub(super) fn fetch(world: &World, call: &Call, sid: &str) -> Result<Answer, Refusal> {
    world.read(|state| {
        let found = state.messages.iter().find(|message| message.text.id == sid);
        let message = found.ok_or_else(|| Refusal::not_found(&call.path))?;
        Ok(Answer::json(200, show(&state.twilio.account_sid, message)))
    })
}

/// Newest first; `To`, `From` and `DateSent` (also `DateSent<`, `DateSent>`) filter, by GMT date.
pub(super) fn list(world: &World, call: &Call) -> Result<Answer, Refusal> {
    let query = pairs(&call.query);
    let get =
        |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let number =
        |name: &str, default: usize, range: std::ops::RangeInclusive<usize>| match get(name) {
            None => Ok(default),
            Some(text) => text
                .parse()
                .ok()
                .filter(|n| range.contains(n))
                .ok_or_else(|| Refusal::bad(20_001, format!("{name} is not valid"))),
        };
    let size = number("PageSize", 50, 1..=1000)?;
    let page = number("Page", 0, 0..=usize::MAX)?;
    for name in ["DateSent", "DateSent<", "DateSent>"] {
        if get(name).is_some_and(|date| date.len() < 10 || !date.is_char_boundary(10)) {
            return Err(Refusal::bad(20_001, format!("{name} is not a date")));
        }
    }
    world.read(|state| {
        let matching: Vec<&Message> = state
            .messages
            .iter()
            .rev()
            .filter(|message| {
                let sent = message.sent_ms.map(dates::day);
                let by_date = |name: &str, holds: fn(&str, &str) -> bool| {
                    get(name).is_none_or(|date| {
                        sent.as_deref().is_some_and(|sent| holds(sent, &date[..10]))
                    })
                };
                get("To").is_none_or(|to| kept_to(message) == to)
                    && get("From").is_none_or(|from| message.text.from == from)
                    && by_date("DateSent", |sent, date| sent == date)
                    && by_date("DateSent<", |sent, date| sent <= date)
                    && by_date("DateSent>", |sent, date| sent >= date)
            })
            .collect();
        let from = page.saturating_mul(size).min(matching.len());
        let account = &state.twilio.account_sid;
        let shown: Vec<Value> =
            matching.iter().skip(from).take(size).map(|message| show(account, message)).collect();
        let uri = |page: usize| {
            let mut out = url::form_urlencoded::Serializer::new(String::new());
            out.extend_pairs(query.iter().filter(|(key, _)| key != "Page" && key != "PageSize"));
            out.append_pair("PageSize", &size.to_string()).append_pair("Page", &page.to_string());
            format!("{}?{}", call.path, out.finish())
        };
        Ok(Answer::json(
            200,
            json!({
                "first_page_uri": uri(0),
                "next_page_uri": (from + shown.len() < matching.len()).then(|| uri(page + 1)),
                "previous_page_uri": page.checked_sub(1).map(uri),
                "uri": uri(page),
                "page": page,
                "page_size": size,
                "start": from,
                "end": (from + shown.len()).saturating_sub(1),
                "messages": shown,
            }),
        ))
    })
}
