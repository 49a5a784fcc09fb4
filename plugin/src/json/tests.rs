//! Held against `serde_json`, and fed nonsense.

use super::*;
use crate::sample;
use shared::{
    Code, DirectoryView, Millis, PodState, PodTokenView, Preflight, Problem, ShareState,
    ShieldState, Stage, StepKind, StepState, VerificationView,
};

fn same<T: DeserializeOwned + serde::Serialize + PartialEq + fmt::Debug>(value: &T) {
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

#[test]
fn every_answer_of_the_server_is_read_as_serde_json_reads_it() {
    let mut state = sample::state();
    same(&state);
    state.contact.name = "Zoë \"\\/\n\t\u{1} 🛡 O'Neil".into();
    state.directory = DirectoryView::Trouble { code: Code::M365SecretExpired };
    state.shields = [
        ShieldState::Grey,
        sample::pending(i64::MAX, u32::MAX),
        ShieldState::Verified { until: Millis(-1) },
        ShieldState::Failed { code: Code::CodeWrong },
    ]
    .map(sample::phone)
    .into();
    same(&state);
    state.directory = DirectoryView::Looking;
    for share in [
        ShareState::Closed,
        ShareState::Open { expires_at: Millis(1) },
        ShareState::Opened { at: Millis(2) },
        ShareState::Locked,
        ShareState::Destroyed,
    ] {
        let mut reset = sample::reset(Stage::Applied, share);
        reset.unlock_code = Some("0042".into());
        reset.code = Some(Code::InDoubt);
        sample::step(&mut reset, StepKind::Sealed, StepState::Done { at: Millis(3) });
        sample::step(&mut reset, StepKind::TextSent, StepState::Failed { code: Code::Brake });
        same(&reset);
        state.reset = Some(reset);
    }
    same(&state);
    same(&sample::preflight());
    same(&sample::phones());
    for code in Code::ALL {
        same(&Problem { tries_left: Some(2), ..Problem::new(*code) });
    }
    let id = shared::VerificationId(uuid::Uuid::from_u128(5));
    let outcome = shared::Outcome::Pending;
    let (masked, expires_at) = ("…".into(), Millis(4));
    same(&VerificationView { id, outcome, masked, expires_at, tries_left: 5 });
}

#[test]
fn fields_of_a_newer_server_are_passed_over() {
    let text = r#" { "new" : [1.5e3, {"a":"}"}, null, true, -2], "token":"t", "x":{}, "expires_at" : 7 } "#;
    let view: Result<PodTokenView, Bad> = read(text);
    assert!(view.is_ok_and(|view| view.token == "t" && view.expires_at == Millis(7)));
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
    assert!(read::<i64>("+1").is_err() && read::<i64>("1.5").is_err());
    let deep = format!("{{\"x\":{}1{}}}", "[".repeat(99), "]".repeat(99));
    assert!(read::<PodTokenView>(&deep).is_err());
}
