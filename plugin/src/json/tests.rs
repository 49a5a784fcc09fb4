//! Held against `serde_json` both ways, and fed nonsense.

use super::*;
use crate::sample;
use serde::Serialize;
use shared::{
    AnswerAsk, ApprovalState, Channel, Code, DestinationKind, DirectoryView, Factor, Finding,
    Millis, NoticeView, Outcome, PhoneKind, PodState, Preflight, Problem, ResetAct, ShareState,
    ShieldState, Source, Stage, StepKind, StepState, VerificationAsk, VerificationView,
};

/// An enum of names.
pub(super) trait Named: Sized + 'static {
    const ALL: &[Self];
    fn name(&self) -> &'static str;
}

fn same<T: Read + Serialize + PartialEq + std::fmt::Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(read::<T>(&text).as_ref(), Ok(value), "{text}");
    let pretty = serde_json::to_string_pretty(value).unwrap();
    assert_eq!(read::<T>(&pretty).as_ref(), Ok(value), "{pretty}");
    for end in 0..text.len() {
        if let Some(cut) = text.get(..end) {
            assert!(read::<T>(cut).is_err(), "{cut}");
        }
    }
}

fn named<T: Named + Read + Serialize + PartialEq + std::fmt::Debug>() {
    for value in T::ALL {
        assert_eq!(serde_json::to_string(value).unwrap(), format!("\"{}\"", value.name()));
        same(value);
    }
    assert!(read::<T>("\"nonsense\"").is_err() && read::<T>("null").is_err());
}

#[test]
fn names_are_as_serde_writes_them() {
    named::<ApprovalState>();
    named::<DestinationKind>();
    named::<Factor>();
    named::<Outcome>();
    named::<PhoneKind>();
    named::<ResetAct>();
    named::<Source>();
    named::<StepKind>();
    Channel::ALL.iter().for_each(same);
    Stage::ALL.iter().for_each(same);
}

#[test]
fn every_answer_of_the_server_is_read_as_serde_json_reads_it() {
    let mut state = sample::state();
    same(&state);
    state.contact.name = "Zoë \"\\/\n\t\u{1} 🛡 O'Neil".into();
    state.directory = DirectoryView::Trouble { code: Code::M365SecretExpired };
    state.shields = [
        ShieldState::Grey,
        sample::pending(i64::MAX, u32::MAX),
        sample::link(9, Some("47")),
        sample::link(9, None),
        ShieldState::Verified { until: Millis(-1) },
        ShieldState::Failed { code: Code::CodeWrong },
    ]
    .map(sample::phone)
    .into();
    state.shields[0].sends.more_at = Some(Millis(4));
    state.warnings = vec![Code::NumbersDiffer.into()];
    state.approval = Some(sample::approval(ApprovalState::Approved));
    state.vouchers = vec![sample::voucher()];
    state.history[0].voucher = Some("Grace Moss".into());
    same(&state);
    state.directory = DirectoryView::Looking;
    for share in [
        ShareState::Closed,
        ShareState::Open { expires_at: Millis(1) },
        ShareState::Opened { at: Millis(2) },
        ShareState::Expired,
        ShareState::Revoked { opened: None },
        ShareState::Revoked { opened: Some(Millis(3)) },
        ShareState::Locked,
        ShareState::Destroyed,
    ] {
        let mut reset = sample::reset(Stage::Applied, share);
        reset.unlock_code = Some("0042".into());
        reset.code = Some(Code::InDoubt);
        reset.late = Some(shared::LateView { count: 3, at: Millis(4) });
        sample::step(&mut reset, StepKind::Sealed, StepState::Done { at: Millis(3) });
        sample::step(&mut reset, StepKind::PasswordSet, StepState::Running);
        sample::step(&mut reset, StepKind::TextSent, StepState::Failed { code: Code::Brake });
        same(&reset);
        state.reset = Some(reset);
    }
    state.notice = Some(shared::NoticeView { text: "Soon.".into(), path: "/x".into() });
    same(&state);
    let mut preflight = sample::preflight();
    same(&preflight);
    preflight.findings = vec![Finding { code: Code::NoPhone, about: Some("x".into()) }];
    preflight.warnings = vec![Code::FailedBefore.into()];
    preflight.approved_by = Some("Bo".into());
    same(&preflight);
    same(&sample::approval(ApprovalState::Asked));
    same(&sample::phones());
    for code in Code::ALL {
        same(&Problem { tries_left: Some(2), retry_after: Some(3), ..Problem::new(*code) });
    }
    let id = shared::VerificationId(uuid::Uuid::from_u128(5));
    let (masked, expires_at) = ("…".into(), Millis(4));
    let outcome = Outcome::Pending;
    let say = Some("47".into());
    same(&VerificationView { id, outcome, masked, expires_at, tries_left: 5, say });
}

#[test]
fn what_is_asked_is_read_by_serde_json() {
    let code = "0 \"\\/\n\t\u{1}\u{1f}\u{7f} é🛡 ";
    let written = object([("code", Field::Text(code))]);
    let read: AnswerAsk = serde_json::from_str(&written).unwrap();
    assert_eq!(read.code, code);
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let vouching = object([("voucher", Field::Text(id)), ("note", Field::Text("why"))]);
    let written = object([
        ("contact", Field::Text(id)),
        ("ticket", Field::Null),
        ("destination", Field::Text("ms-phone")),
        ("channel", Field::Text("sms-link")),
        ("vouching", Field::Json(&vouching)),
    ]);
    let read: VerificationAsk = serde_json::from_str(&written).unwrap();
    assert_eq!((read.channel, read.ticket), (Channel::SmsLink, None));
    assert!(read.vouching.is_some_and(|it| it.note == "why" && it.voucher.to_string() == id));
    assert_eq!(object([("approve", Field::Bool(true))]), r#"{"approve":true}"#);
}

#[test]
fn fields_of_a_newer_server_are_passed_over() {
    let text =
        r#" { "new" : [1.5e3, {"a":"}"}, null, true, -2], "text":"t", "x":{}, "path" : "/" } "#;
    let view: Result<NoticeView, Bad> = read(text);
    assert!(view.is_ok_and(|view| view.text == "t" && view.path == "/"));
}

#[test]
fn escapes_are_read() {
    let read = |text: &str| read::<String>(text);
    assert_eq!(
        read(r#""\u00e9\ud83d\udee1\"\\\/\b\f\n\r\t""#).as_deref(),
        Ok("é🛡\"\\/\u{8}\u{c}\n\r\t")
    );
    for bad in [r#""\ud83d""#, r#""\ud83dx""#, r#""\udee1""#, r#""\u00""#, r#""\x""#, r#"""#] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn nonsense_is_refused() {
    for bad in ["", "{", "[]", "null", "{}x", "<html>", "{\"tag\":1}", "\"\u{feff}\""] {
        assert!(read::<PodState>(bad).is_err(), "{bad}");
        assert!(read::<Preflight>(bad).is_err(), "{bad}");
    }
    assert!(
        read::<i64>("+1").is_err() && read::<i64>("1.5").is_err() && read::<u16>("-1").is_err()
    );
    for bad in ["[1,]", "[,1]", "{\"a\":1,}", "{\"a\"}", "[1 2]", "tru", "nul"] {
        assert!(parse(bad).is_err(), "{bad}");
    }
    let deep = format!("{{\"x\":{}1{}}}", "[".repeat(99), "]".repeat(99));
    assert!(read::<NoticeView>(&deep).is_err());
}
