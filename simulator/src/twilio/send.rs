//! `POST …/Messages.json`: checks a text as Twilio does, accepts it, lets it reach the phone.

use std::time::Duration;

use url::Url;

use crate::directory::Line;
use crate::front::{Answer, Call};
use crate::random;
use crate::state::{Message, Text};
use crate::world::World;

use super::{Refusal, callback, console, encoding};

/// When the callbacks come with the system's clock.
const SENT_AFTER: Duration = Duration::from_millis(300);
const SETTLED_AFTER: Duration = Duration::from_millis(600);

/// When they come with a clock that stands still.
const REPLY_FIRST: Duration = Duration::from_millis(20);

pub(super) fn send(world: &World, call: &Call) -> Result<Answer, Refusal> {
    let form = call.form();
    let field = |name: &str| {
        form.iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    };

    let to = field("To").ok_or_else(|| Refusal::bad(21_604, "A 'To' phone number is required."))?;
    if !is_phone(to) {
        return Err(Refusal::bad(
            21_211,
            format!("The 'To' number {to} is not a valid phone number."),
        ));
    }
    let (from, service) = sender(world, to, field("From"), field("MessagingServiceSid"))?;
    let body = field("Body").ok_or_else(|| Refusal::bad(21_602, "Message body is required."))?;
    if body.chars().count() > 1600 {
        return Err(Refusal::bad(
            21_617,
            "The concatenated message body exceeds the 1600 character limit.",
        ));
    }
    // twilio.com/docs/api/errors/21624
    if let Some(period) = field("ValidityPeriod")
        && !period.parse().is_ok_and(|seconds: u32| (1..=36_000).contains(&seconds))
    {
        return Err(Refusal::bad(
            21_624,
            format!("ValidityPeriod {period} is not valid: an integer from 1 to 36000."),
        ));
    }
    let keeps_body =
        choice(field("ContentRetention"), "ContentRetention", ["retain", "discard"])? == 0;
    let obfuscates =
        choice(field("AddressRetention"), "AddressRetention", ["retain", "obfuscate"])? == 1;
    choice(field("RiskCheck"), "RiskCheck", ["enable", "disable"])?;
    let callback = match field("StatusCallback") {
        Some(url) if !is_callback(url) => {
            return Err(Refusal::bad(
                21_609,
                format!("The 'StatusCallback' URL {url} is not a valid URL."),
            ));
        }
        other => other.map(str::to_owned),
    };
    let line = line(world, to)?;

    let status = if service.is_some() { "accepted" } else { "queued" };
    let message = Message {
        text: Text {
            id: random::sid("SM"),
            to: to.to_owned(),
            from,
            body: body.to_owned(),
            status: status.to_owned(),
            error_code: None,
            at_ms: call.now_ms,
            arrived: line.is_none(),
            segments: encoding::segments(body),
        },
        service,
        callback,
        is_carried: true,
        keeps_body,
        obfuscates,
        sent_ms: None,
        updated_ms: call.now_ms,
    };
    let shown = world.change(|state| {
        let shown = console::show(&state.twilio.account_sid, &message);
        state.messages.push(message.clone());
        shown
    });
    let (on_its_way, sid) = (world.clone(), message.text.id);
    world.track(async move { carry(on_its_way, sid, line).await });
    Ok(Answer::json(201, shown))
}

/// What the carrier makes of it: `sent`, then `delivered` or the number's own trouble.
async fn carry(world: World, sid: String, line: Option<Line>) {
    let manual = world.clock().is_manual();
    // A test does not wait for carriers; but not even they are faster than Twilio's own reply.
    pause(&world, if manual { REPLY_FIRST } else { SENT_AFTER }).await;
    callback::tell(&world, &sid, "sent", None).await;
    if !manual {
        pause(&world, SETTLED_AFTER).await;
    }
    match line {
        Some(Line::Filtered) => callback::tell(&world, &sid, "undelivered", Some(30_007)).await,
        Some(_) => callback::tell(&world, &sid, "undelivered", Some(30_003)).await,
        None => callback::tell(&world, &sid, "delivered", None).await,
    }
    world.change(|state| {
        let message = state.messages.iter_mut().find(|message| message.text.id == sid);
        message.into_iter().for_each(|message| message.is_carried = false);
    });
}

async fn pause(world: &World, time: Duration) {
    let stopped = world.stopped();
    tokio::select! {
        () = stopped.cancelled() => {}
        () = tokio::time::sleep(time) => {}
    }
}

fn sender(
    world: &World,
    to: &str,
    from: Option<&str>,
    service: Option<&str>,
) -> Result<(String, Option<String>), Refusal> {
    world.read(|state| {
        let twilio = &state.twilio;
        if let Some(service) = service {
            if !twilio.services.iter().any(|known| known == service) {
                return Err(Refusal::new(404, 21_701, format!("The Messaging Service {service} does not exist.")));
            }
            let from = from.map(str::to_owned).or_else(|| twilio.senders.first().cloned());
            return Ok((from.unwrap_or_default(), Some(service.to_owned())));
        }
        let Some(from) = from else {
            return Err(Refusal::bad(21_603, "A 'From' phone number is required."));
        };
        if is_name(from) {
            // No name in place of a number in the United States and Canada.
            // (twilio.com/docs/api/errors/21657)
            if to.starts_with("+1") {
                let text = format!("The Sender ID {from} is not supported for the destination {to}");
                return Err(Refusal::bad(21_657, text));
            }
            return Ok((from.to_owned(), None));
        }
        // [K] (SOURCES.md T1.4)
        if !is_phone(from) {
            let text = format!("The 'From' number {from} is not a valid phone number, shortcode, or alphanumeric sender ID.");
            return Err(Refusal::bad(21_212, text));
        }
        if from == to {
            return Err(Refusal::bad(21_266, "'To' and 'From' number cannot be the same."));
        }
        if !twilio.senders.iter().any(|known| known == from) {
            let text = format!("The 'From' phone number provided ({from}) is not a valid message-capable Twilio phone number for this destination/account");
            return Err(Refusal::bad(21_606, text));
        }
        Ok((from.to_owned(), None))
    })
}

/// Numbers that Twilio refuses at once; the statuses of 21408 and 21614 are [K] (SOURCES.md T§1.3).
fn line(world: &World, to: &str) -> Result<Option<Line>, Refusal> {
    world.read(|state| {
        if !state.twilio.regions.iter().any(|region| to.starts_with(region.as_str())) {
            let text = format!("Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}.");
            return Err(Refusal::bad(21_408, text));
        }
        match state.twilio.lines.get(to).copied() {
            Some(Line::OptedOut) => Err(Refusal::bad(21_610, "Attempt to send to unsubscribed recipient")),
            Some(Line::Landline) => Err(Refusal::bad(21_614, format!("'To' number: {to}, is not a valid mobile number"))),
            line => Ok(line),
        }
    })
}

/// "up to 11 characters […] upper- and lower-case ASCII letters, the digits 0 through 9, and space
/// […] at least one letter" (twilio.com/docs/api/errors/21709)
fn is_name(text: &str) -> bool {
    (1..=11).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ')
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// E.164; in the North American plan exactly ten digits follow the 1.
fn is_phone(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    let plain = (8..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    plain && (!digits.starts_with('1') || digits.len() == 11)
}

/// "URL must contain a valid hostname and underscores are not allowed" (twilio-oai).
fn is_callback(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty() && !host.contains('_'))
}

/// Which of two words; the first one without the field.
fn choice(value: Option<&str>, name: &str, words: [&str; 2]) -> Result<usize, Refusal> {
    match value {
        None => Ok(0),
        Some(value) => words.iter().position(|word| *word == value).ok_or_else(|| {
            Refusal::bad(
                20_001,
                format!("Invalid Parameter: {name} must be one of {} or {}", words[0], words[1]),
            )
        }),
    }
}
