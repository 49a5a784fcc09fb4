//! What forms of senders may hold, as tables.

use super::*;
use crate::settings::Settings;

const SID: &str = "AC0123456789abcdef0123456789abcdef";
const KEY: &str = "SK0123456789abcdef0123456789abcdef";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn sms(change: impl FnOnce(&mut SmsAsk)) -> SmsAsk {
    let mut ask = SmsAsk {
        region: "us1".into(),
        account_sid: format!(" {SID} "),
        auth_token: Typed::new(SECRET.into()),
        sender: "+1 206 555 0100".into(),
        ..SmsAsk::default()
    };
    change(&mut ask);
    ask
}

fn checked(
    ask: &SmsAsk,
    known: Option<&TwilioSettings>,
) -> Result<TwilioSettings, Vec<&'static str>> {
    let errors = |errors: Vec<FieldError>| errors.iter().map(|it| it.field).collect();
    ask.check(known, &Settings::defaults().unwrap().sms).map_err(errors)
}

fn typed(text: &str) -> Typed {
    Typed::new(text.into())
}

#[test]
fn what_is_right_is_kept_in_its_plain_form() {
    let kept = checked(&sms(|_| {}), None).unwrap();
    assert_eq!((kept.api.as_str(), kept.account_sid.as_str()), ("https://api.twilio.com", SID));
    assert_eq!(kept.from.as_deref(), Some("+12065550100"));
    let service = format!("MG{SECRET}");
    let kept = checked(&sms(|ask| ask.sender = service.clone()), None).unwrap();
    assert_eq!((kept.from, kept.messaging_service), (None, Some(service)));
}

#[test]
fn each_field_of_twilio_says_what_is_wrong_with_it() {
    type Change = fn(&mut SmsAsk);
    let table: [(Change, &[&str]); 10] = [
        (|ask| ask.region = "https://evil.example".into(), &["region"]),
        (|ask| ask.region.clear(), &["region"]),
        (|ask| ask.account_sid = "AC01".into(), &["account_sid"]),
        (|ask| ask.account_sid = format!("../{SID}"), &["account_sid"]),
        (|ask| ask.auth_token = typed(""), &["auth_token"]),
        (|ask| ask.auth_token = typed("not a token at all"), &["auth_token"]),
        (|ask| ask.key_sid = SID.into(), &["key_sid", "key_secret"]),
        (|ask| ask.key_sid = KEY.into(), &["key_secret"]),
        (|ask| ask.key_secret = typed(SECRET), &["key_sid"]),
        (|ask| ask.sender = "555".into(), &["sender"]),
    ];
    for (change, wrong) in table {
        assert_eq!(checked(&sms(change), None).unwrap_err(), wrong);
    }
}

#[test]
fn stored_secrets_stay_with_what_they_were_entered_for() {
    let with_key = |ask: &mut SmsAsk| {
        ask.key_sid = KEY.into();
        ask.key_secret = typed(SECRET);
    };
    let known = checked(&sms(with_key), None).unwrap();
    let nothing_typed = |ask: &mut SmsAsk| {
        (ask.auth_token, ask.key_secret) = (typed(""), typed(""));
        ask.key_sid = KEY.into();
    };
    let changed = |more: fn(&mut SmsAsk)| {
        let ask = sms(|ask| {
            nothing_typed(ask);
            more(ask);
        });
        checked(&ask, Some(&known))
    };
    assert!(changed(|_| {}).is_ok());
    assert!(changed(|ask| ask.sender = "Brightline".into()).is_ok());
    assert!(changed(|ask| ask.key_sid.clear()).is_ok(), "the auth token alone does");
    assert!(changed(|ask| ask.region.clear()).is_ok(), "where it was");
    let both: &[&str] = &["auth_token", "key_secret"];
    assert_eq!(changed(|ask| ask.region = "ie1".into()).unwrap_err(), both);
    assert_eq!(changed(|ask| ask.account_sid = SID.replace('0', "1")).unwrap_err(), both);
    let other_key = changed(|ask| ask.key_sid = KEY.replace('0', "1"));
    assert_eq!(other_key.unwrap_err(), ["key_secret"]);
}

fn mail(change: impl FnOnce(&mut MailAsk)) -> MailAsk {
    let mut ask = MailAsk {
        host: " SMTP.msp.example".into(),
        port: "587".into(),
        tls: "starttls".into(),
        user: "notify@msp.example".into(),
        password: typed("secret"),
        from: "notify@msp.example".into(),
        ..MailAsk::default()
    };
    change(&mut ask);
    ask
}

fn server(ask: &MailAsk, known: Option<&SmtpSettings>) -> Result<SmtpSettings, Vec<&'static str>> {
    let errors = |errors: Vec<FieldError>| errors.iter().map(|it| it.field).collect();
    let mut operator = Settings::defaults().unwrap().outbound;
    operator.allow = "smtp://127.0.0.1:4414".into();
    ask.check(known, &operator).map_err(errors)
}

#[test]
fn each_field_of_a_mail_server_says_what_is_wrong_with_it() {
    assert_eq!(server(&mail(|_| {}), None).unwrap().host, "smtp.msp.example");
    type Change = fn(&mut MailAsk);
    let table: [(Change, &[&str]); 8] = [
        (|ask| ask.host = "smtp://smtp.msp.example".into(), &["host"]),
        (|ask| ask.host = "a@b".into(), &["host"]),
        (|ask| ask.port = "0".into(), &["port"]),
        (|ask| ask.port = "99999".into(), &["port"]),
        (|ask| ask.tls = "none".into(), &["tls"]),
        (|ask| ask.user.clear(), &["user"]),
        (|ask| ask.from = "notify".into(), &["from"]),
        (|ask| ask.password = typed(" "), &["password"]),
    ];
    for (change, wrong) in table {
        assert_eq!(server(&mail(change), None).unwrap_err(), wrong);
    }
    let listed = |ask: &mut MailAsk| {
        (ask.host, ask.port, ask.tls) = ("127.0.0.1".into(), "4414".into(), "none".into());
    };
    assert_eq!(server(&mail(listed), None).unwrap().tls, MailTls::None, "the operator's word");
}

#[test]
fn a_stored_password_stays_with_its_server_and_user() {
    let known = server(&mail(|_| {}), None).unwrap();
    let changed = |more: fn(&mut MailAsk)| {
        let ask = mail(|ask| {
            ask.password = typed("");
            more(ask);
        });
        server(&ask, Some(&known))
    };
    assert!(changed(|ask| ask.from = "help@msp.example".into()).is_ok());
    let port = changed(|ask| (ask.port, ask.tls) = ("465".into(), "implicit".into()));
    assert_eq!(port.unwrap_err(), ["password"], "another port may be another program");
    assert_eq!(changed(|ask| ask.host = "smtp.evil.example".into()).unwrap_err(), ["password"]);
    assert_eq!(changed(|ask| ask.user = "other".into()).unwrap_err(), ["password"]);
}
