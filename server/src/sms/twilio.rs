//! Twilio's Messages resource. (twilio.com/docs: Messages, Webhooks Security, error codes.)

use aws_lc_rs::hmac;
use data_encoding::BASE64;
use serde::Deserialize;
use shared::Code;
use zeroize::Zeroizing;

use super::{Provider, Text, TwilioSettings};
use crate::brand::Sender;
use crate::outbound::{Answer, Auth, Body, Call, Method, Outbound, Refusal, Reply};
use crate::secret::Credential;

#[derive(Deserialize)]
struct Accepted {
    sid: String,
}

#[derive(Deserialize, Default)]
struct TwilioError {
    #[serde(default)]
    code: u32,
}

/// Sends. There is no idempotency key: after `Unknown` the same text is sent again, which is
/// harmless, as it carries the same link.
pub(super) async fn send(
    outbound: &Outbound,
    provider: &Provider,
    callback: &str,
    text: &Text<'_>,
) -> Answer<String> {
    let settings = &provider.settings;
    let address =
        format!("{}/2010-04-01/Accounts/{}/Messages.json", settings.api, settings.account_sid);
    let Ok(url) = url::Url::parse(&address) else {
        return Answer::Refused(Code::SmsNotSetUp.into());
    };
    let Some(sender) = sender(text, settings) else {
        return Answer::Refused(Code::SmsNotSetUp.into());
    };
    let clear = |value: &str| Zeroizing::new(value.to_owned());
    let mut form = vec![
        ("To", clear(text.to)),
        (sender.0, clear(sender.1)),
        ("Body", text.body.clone()),
        // Twilio takes 1 to 36000 seconds.
        ("ValidityPeriod", clear(&text.valid_for.clamp(1, 36_000).to_string())),
        // The provider's console must not keep a link or a code.
        ("ContentRetention", clear("discard")),
    ];
    if text.followed {
        form.push(("StatusCallback", clear(callback)));
    }
    let auth = match (&settings.key_sid, &provider.key_secret) {
        (Some(sid), Some(secret)) => Auth::Basic(sid, secret),
        _ => Auth::Basic(&settings.account_sid, &provider.auth_token),
    };
    let call = Call {
        method: Method::POST,
        url,
        auth,
        request_id: None,
        headers: Vec::new(),
        body: Body::Form(form),
    };
    outbound.send(call).await.judge(|reply| match reply.status {
        200 | 201 => match serde_json::from_slice::<Accepted>(&reply.body) {
            Ok(accepted) => Answer::Done(accepted.sid),
            Err(_) => Answer::Unknown(None),
        },
        408 => Answer::Unknown(None),
        _ => Answer::Refused(refusal(&reply)),
    })
}

/// Asks for the newest text, by the auth token and by the API key, if there is one: whoever may do that may
/// send. What comes is not looked at.
pub(super) async fn check(outbound: &Outbound, provider: &Provider) -> Answer<()> {
    let settings = &provider.settings;
    let key = settings.key_sid.as_ref().zip(provider.key_secret.as_ref());
    let ways = [Some((&settings.account_sid, &provider.auth_token)), key];
    for (user, secret) in ways.into_iter().flatten() {
        let address = format!(
            "{}/2010-04-01/Accounts/{}/Messages.json?PageSize=1",
            settings.api, settings.account_sid
        );
        let Ok(url) = url::Url::parse(&address) else {
            return Answer::Refused(Code::SmsNotSetUp.into());
        };
        let call = Call {
            method: Method::GET,
            url,
            auth: Auth::Basic(user, secret),
            request_id: None,
            headers: Vec::new(),
            body: Body::None,
        };
        let answer = outbound.send(call).await.judge(|reply| match reply.status {
            200 => Answer::Done(()),
            // Without such an account Twilio finds nothing.
            404 => Answer::Refused(Refusal::about(Code::SmsCredentials, "Twilio 20404")),
            _ => Answer::Refused(refusal(&reply)),
        });
        if !matches!(answer, Answer::Done(())) {
            return answer;
        }
    }
    Answer::Done(())
}

/// Which field names the sender, and as what: the brand's, else the integration's own.
fn sender<'a>(text: &'a Text<'_>, settings: &'a TwilioSettings) -> Option<(&'static str, &'a str)> {
    match &text.from {
        Some(Sender::Service(service)) => return Some(("MessagingServiceSid", service)),
        Some(Sender::Number(from)) => return Some(("From", from)),
        // No name gets to a phone in the United States or Canada: there the integration's own sender
        // is right for everybody. (twilio.com/docs/api/errors/21657; support.twilio.com, 223181348)
        Some(Sender::Name(from)) if !text.to.starts_with("+1") => return Some(("From", from)),
        Some(Sender::Name(_)) | None => {}
    }
    match (&settings.messaging_service, &settings.from) {
        (Some(service), _) => Some(("MessagingServiceSid", service)),
        (None, from) => from.as_deref().map(|from| ("From", from)),
    }
}

fn refusal(reply: &Reply) -> Refusal {
    let number = serde_json::from_slice::<TwilioError>(&reply.body).unwrap_or_default().code;
    let code = match (number, reply.status) {
        (20_003, _) | (_, 401 | 403) if number != 21_408 => Code::SmsCredentials,
        (number, _) => code_of(number),
    };
    Refusal::about(code, format!("Twilio {number}"))
}

/// Our code for an error number of a reply or of a callback minutes later.
#[must_use]
pub fn code_of(number: u32) -> Code {
    match number {
        21_610 => Code::SmsOptedOut,
        21_211 | 21_614 | 30_006 => Code::SmsNumber,
        21_212 | 21_408 | 21_603 | 21_606 | 21_608 | 21_612 | 21_657 | 21_701 | 30_034 => {
            Code::SmsNotSetUp
        }
        30_004 | 30_007 => Code::SmsBlocked,
        30_001..=30_999 => Code::SmsUndelivered,
        _ => Code::SmsNotSetUp,
    }
}

/// How far a message is: callbacks may come out of order, and never take it back. The last two
/// ranks are ends.
#[must_use]
pub fn status_rank(status: &str) -> i32 {
    match status {
        "accepted" | "scheduled" | "queued" => 1,
        "sending" => 2,
        "sent" => 3,
        "delivered" | "read" => 10,
        "undelivered" | "failed" | "canceled" => 11,
        _ => 0,
    }
}

/// `X-Twilio-Signature`: HMAC-SHA1 over the full address and every parameter sorted by name. The
/// key is always the auth token. No time stamp: against replay, message id and rank decide.
#[must_use]
pub fn signature(auth_token: &Credential, url: &str, form: &[(String, String)]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, auth_token.expose().as_bytes());
    let mut sorted: Vec<&(String, String)> = form.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut context = hmac::Context::with_key(&key);
    context.update(url.as_bytes());
    for (name, value) in sorted {
        context.update(name.as_bytes());
        context.update(value.as_bytes());
    }
    BASE64.encode(context.sign().as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the official helper libraries (twilio-python, tests/unit/test_request_validator.py).
    #[test]
    fn signs_as_the_documentation_does() {
        let token = Credential::new(Zeroizing::new("12345".into()));
        let form: Vec<(String, String)> = [
            ("To", "+18005551212"),
            ("From", "+14158675309"),
            ("Digits", "1234"),
            ("Caller", "+14158675309"),
            ("CallSid", "CA1234567890ABCDE"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        assert_eq!(signature(&token, url, &form), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    }

    #[test]
    fn a_brands_sender_goes_before_the_integrations_own() {
        let settings = |service: Option<&str>| TwilioSettings {
            api: String::new(),
            account_sid: String::new(),
            key_sid: None,
            from: Some("+12065550100".into()),
            messaging_service: service.map(str::to_owned),
        };
        let check = |to: &str, from: Option<&str>, service: Option<&str>, right| {
            let from = from.map(|from| Sender::parse(from).unwrap());
            let text = Text { to, from, body: Zeroizing::default(), valid_for: 1, followed: false };
            assert_eq!(sender(&text, &settings(service)), Some(right));
        };
        let service = format!("MG{}", "0".repeat(32));
        let (us, de) = ("+12065550123", "+4915112345678");
        check(us, None, None, ("From", "+12065550100"));
        check(us, None, Some("MG1"), ("MessagingServiceSid", "MG1"));
        check(us, Some("+12065550199"), Some("MG1"), ("From", "+12065550199"));
        check(de, Some(&service), None, ("MessagingServiceSid", &service));
        check(de, Some("Brightline"), Some("MG1"), ("From", "Brightline"));
        check(us, Some("Brightline"), Some("MG1"), ("MessagingServiceSid", "MG1"));
        check(us, Some("Brightline"), None, ("From", "+12065550100"));
    }

    #[test]
    fn refusals_become_our_words() {
        let check = |status: u16, number: u32, code: Code| {
            let reply = Reply {
                status,
                retry_after: None,
                request_id: None,
                body: Zeroizing::new(format!(r#"{{"code":{number}}}"#).into_bytes()),
            };
            assert_eq!(refusal(&reply).code, code, "{status} {number}");
        };
        check(401, 20_003, Code::SmsCredentials);
        check(400, 21_610, Code::SmsOptedOut);
        check(400, 21_614, Code::SmsNumber);
        check(400, 21_211, Code::SmsNumber);
        check(400, 21_408, Code::SmsNotSetUp);
        check(403, 21_408, Code::SmsNotSetUp);
        check(400, 21_606, Code::SmsNotSetUp);
        check(400, 0, Code::SmsNotSetUp);
        assert_eq!(code_of(30_007), Code::SmsBlocked);
        assert_eq!(code_of(30_003), Code::SmsUndelivered);
        assert_eq!(code_of(30_034), Code::SmsNotSetUp);
        assert_eq!(code_of(30_006), Code::SmsNumber);
    }

    #[test]
    fn an_end_outranks_what_came_before() {
        let order = ["queued", "sending", "sent", "delivered"];
        assert!(order.windows(2).all(|pair| status_rank(pair[0]) < status_rank(pair[1])));
        assert_eq!(status_rank("something-new"), 0);
    }
}
