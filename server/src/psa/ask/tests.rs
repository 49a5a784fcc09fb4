//! Each field that can't be right, and the secret that stays with what it was entered for.

use super::*;
use crate::settings::Settings;

const GUID: &str = "A1B2C3D4-0001-4000-8000-000000000001";

fn typed(text: &str) -> Typed {
    Typed::new(text.into())
}

fn operator() -> Operator {
    let mut operator = Settings::defaults().unwrap().psa;
    operator.sites.insert("http://at.localhost:4417".into(), "http://127.0.0.1:4417".into());
    operator
}

fn check(
    ask: &PsaAsk,
    kind: PsaKind,
    known: Option<&PsaSettings>,
) -> Result<PsaSettings, Vec<&'static str>> {
    let errors = |errors: Vec<FieldError>| errors.iter().map(|it| it.field).collect();
    ask.check(kind, known, &operator()).map_err(errors)
}

fn connectwise() -> PsaAsk {
    PsaAsk {
        site: " NA.myconnectwise.net/v4_6_release/services ".into(),
        company: " brightline ".into(),
        public_key: "pubKEY1234567890".into(),
        client_id: GUID.into(),
        secret: typed("privKEY"),
        ..PsaAsk::default()
    }
}

fn halo() -> PsaAsk {
    PsaAsk {
        site: "https://brightline.halopsa.com/ticket?id=7".into(),
        client_id: GUID.into(),
        secret: typed("hush"),
        ..PsaAsk::default()
    }
}

fn autotask() -> PsaAsk {
    PsaAsk {
        site: "https://ww5.autotask.net/Mvc/".into(),
        username: "api@BRIGHTLINE.EXAMPLE".into(),
        integration_code: "TRACKING7".into(),
        secret: typed("5s*Q$9w"),
        ..PsaAsk::default()
    }
}

#[test]
fn what_is_right_is_kept_in_its_plain_form() {
    let PsaSettings::ConnectWise(it) = check(&connectwise(), PsaKind::ConnectWise, None).unwrap()
    else {
        panic!("another kind")
    };
    assert_eq!(
        (it.site.as_str(), it.company.as_str()),
        ("https://na.myconnectwise.net", "brightline")
    );
    assert_eq!((it.client_id, it.as_member), (GUID.to_lowercase(), true));
    let PsaSettings::Halo(it) = check(&halo(), PsaKind::Halo, None).unwrap() else {
        panic!("another kind")
    };
    assert_eq!((it.site.as_str(), it.tenant.as_str()), ("https://brightline.halopsa.com", ""));
    assert_eq!((it.outcome.as_str(), it.ticket_variable.as_str()), ("Private Note", "{$ID}"));
    let PsaSettings::Autotask(it) = check(&autotask(), PsaKind::Autotask, None).unwrap() else {
        panic!("another kind")
    };
    assert_eq!(
        (it.site.as_str(), it.ticket_parameter.as_str()),
        ("https://ww5.autotask.net", "ticketId")
    );
}

#[test]
fn nothing_entered_is_wrong_at_each_field_that_is_needed() {
    for (kind, fields) in [
        (PsaKind::ConnectWise, &["site", "company", "public_key", "client_id", "secret"][..]),
        (PsaKind::Halo, &["site", "client_id", "secret"]),
        (PsaKind::Autotask, &["site", "username", "integration_code", "secret"]),
    ] {
        assert_eq!(check(&PsaAsk::default(), kind, None).unwrap_err(), fields, "{kind:?}");
    }
}

#[test]
fn each_field_says_what_is_wrong_with_it() {
    use PsaKind::{Autotask, ConnectWise, Halo};
    type Set = fn(&mut PsaAsk, &str);
    let cases: &[(PsaKind, &str, Set, &[&str])] = &[
        (
            ConnectWise,
            "site",
            |ask, text| ask.site = text.into(),
            &[
                "http://na.myconnectwise.net",
                "javascript://x",
                "https://u:p@cw.example",
                "https://*.example",
                "https://cw.example;sandbox",
            ],
        ),
        (Halo, "site", |ask, text| ask.site = text.into(), &["http://127.0.0.1", "ftp://h"]),
        (
            Autotask,
            "site",
            |ask, text| ask.site = text.into(),
            &[
                "https://autotask.net.evil.example",
                "https://evilautotask.net",
                "http://ww5.autotask.net",
            ],
        ),
        (
            ConnectWise,
            "company",
            |ask, text| ask.company = text.into(),
            &["a b", "a+b", "a:b", "a;b", "ä", LONG],
        ),
        (ConnectWise, "public_key", |ask, text| ask.public_key = text.into(), &["a:b", "a b"]),
        (
            ConnectWise,
            "client_id",
            |ask, text| ask.client_id = text.into(),
            &["a1b2", "not a guid"],
        ),
        (Halo, "client_id", |ask, text| ask.client_id = text.into(), &["a b"]),
        (Halo, "tenant", |ask, text| ask.tenant = text.into(), &["a b"]),
        (Halo, "outcome", |ask, text| ask.outcome = text.into(), &["a\nb", LONG]),
        (
            Halo,
            "ticket_variable",
            |ask, text| ask.ticket_variable = text.into(),
            &["{}", "a&b", "<id>", "a b"],
        ),
        (Halo, "frame_secret", |ask, text| ask.frame_secret = typed(text), &["a b"]),
        (Autotask, "username", |ask, text| ask.username = text.into(), &["a b"]),
        (Autotask, "integration_code", |ask, text| ask.integration_code = text.into(), &["a\u{7}"]),
        (Autotask, "internal_label", |ask, text| ask.internal_label = text.into(), &[LONG]),
        (Autotask, "note_type_label", |ask, text| ask.note_type_label = text.into(), &["a\tb"]),
        (
            Autotask,
            "ticket_parameter",
            |ask, text| ask.ticket_parameter = text.into(),
            &["a-b", "a=b", LONG],
        ),
        (Autotask, "secret", |ask, text| ask.secret = typed(text), &["a b", "ä"]),
    ];
    for (kind, field, set, bad) in cases {
        for text in *bad {
            let mut ask = match kind {
                ConnectWise => connectwise(),
                Halo => halo(),
                Autotask => autotask(),
            };
            set(&mut ask, text);
            assert_eq!(check(&ask, *kind, None), Err(vec![*field]), "{kind:?} {field} {text}");
        }
    }
}

const LONG: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

#[test]
fn a_site_that_the_operator_lists_may_be_plain() {
    for kind in PsaKind::ALL {
        let mut ask = match kind {
            PsaKind::ConnectWise => connectwise(),
            PsaKind::Halo => halo(),
            PsaKind::Autotask => autotask(),
        };
        ask.site = "http://at.localhost:4417/page".into();
        assert_eq!(check(&ask, kind, None).unwrap().site(), "http://at.localhost:4417");
    }
}

#[test]
fn a_stored_secret_stays_with_what_it_was_entered_for() {
    type Set = fn(&mut PsaAsk);
    type Case = (PsaKind, fn() -> PsaAsk, &'static [Set], Set);
    let cases: &[Case] = &[
        (
            PsaKind::ConnectWise,
            connectwise,
            &[
                |ask| ask.site = "eu.myconnectwise.net".into(),
                |ask| ask.company = "other".into(),
                |ask| ask.public_key = "other".into(),
            ],
            |ask| ask.as_member = false,
        ),
        (
            PsaKind::Halo,
            halo,
            &[
                |ask| ask.site = "other.halopsa.com".into(),
                |ask| ask.tenant = "other".into(),
                |ask| ask.client_id = "other".into(),
            ],
            |ask| ask.outcome = "Internal".into(),
        ),
        (
            PsaKind::Autotask,
            autotask,
            &[
                |ask| ask.site = "ww6.autotask.net".into(),
                |ask| ask.username = "other".into(),
                |ask| ask.integration_code = "other".into(),
            ],
            |ask| ask.internal_label = "Internal".into(),
        ),
    ];
    for (kind, ask, moves, stays) in cases {
        let known = check(&ask(), *kind, None).unwrap();
        let mut same = PsaAsk { secret: typed(""), ..ask() };
        stays(&mut same);
        let kept = check(&same, *kind, Some(&known)).unwrap();
        assert_ne!(kept, known, "something was changed");
        for moved in *moves {
            let mut without = PsaAsk { secret: typed(""), ..ask() };
            moved(&mut without);
            assert_eq!(check(&without, *kind, Some(&known)), Err(vec!["secret"]), "{kind:?}");
            let mut with = ask();
            moved(&mut with);
            assert!(check(&with, *kind, Some(&known)).is_ok());
        }
    }
}

#[test]
fn stored_settings_are_an_ask_that_holds() {
    for (kind, ask) in [
        (PsaKind::ConnectWise, connectwise()),
        (PsaKind::Halo, halo()),
        (PsaKind::Autotask, autotask()),
    ] {
        let known = check(&ask, kind, None).unwrap();
        let again = PsaAsk::from(known.clone());
        assert_eq!(again.kind, Some(kind));
        assert_eq!(check(&again, kind, Some(&known)), Ok(known));
    }
}

#[test]
fn only_halopsa_has_a_frame_secret() {
    let ask = PsaAsk { frame_secret: typed(" sign "), ..PsaAsk::default() };
    assert_eq!(ask.new_frame_secret(PsaKind::Halo), Some("sign"));
    assert_eq!(ask.new_frame_secret(PsaKind::Autotask), None);
    assert_eq!(PsaAsk::default().new_frame_secret(PsaKind::Halo), None);
}
