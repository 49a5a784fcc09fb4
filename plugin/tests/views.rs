//! The pod's screen in a browser, from given states and without a server.
#![cfg(target_arch = "wasm32")]

#[allow(dead_code, reason = "the unit tests use more of it")]
mod sample;
#[allow(dead_code, reason = "other tests use more of it")]
mod shown;

use leptos::task::tick;
use pod::{Spot, Wish};
use shared::{
    ApprovalState, Channel, Code, Finding, LateView, Millis, ResetAct, ShareState, ShieldState,
    Stage, StepKind, StepState,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlDialogElement, HtmlInputElement};

use shown::{Shown, type_in};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn the_blocked_button_says_why_and_does_nothing() {
    let stage = Shown::with(sample::state()).await;
    let button = stage.button("Password Reset");
    assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
    assert!(!button.has_attribute("disabled"), "it must take the focus");
    assert!(stage.described(&button).starts_with("The caller has not been verified. Send a code"));
    button.click();
    assert!(stage.wished().is_empty());

    let mut state = sample::state();
    state.blocked = None;
    stage.model.show(state);
    tick().await;
    assert!(!button.has_attribute("aria-disabled"));
    button.click();
    assert_eq!(stage.wished(), [Wish::Check]);
}

#[wasm_bindgen_test]
async fn a_code_is_sent_typed_and_kept_while_states_arrive() {
    let mut state = sample::state();
    let stage = Shown::with(state.clone()).await;
    stage.button("Send code to +1 ••• ••• ••42").click();
    let spot = Spot { voucher: None, key: "ms-phone".into() };
    assert_eq!(stage.wished(), [Wish::Send(spot, Channel::SmsCode, String::new())]);

    state.shields[0].state = sample::pending(300_000, 5);
    stage.model.show(state.clone());
    tick().await;
    let field: HtmlInputElement = stage.find("input").unwrap().unchecked_into();
    assert_eq!(field.get_attribute("inputmode").as_deref(), Some("numeric"));
    assert_eq!(field.get_attribute("autocomplete").as_deref(), Some("off"));
    let label = stage.find(&format!("label[for={}]", field.id())).unwrap();
    assert_eq!(label.text_content().as_deref(), Some("Code the caller reads out"));
    assert!(stage.described(&field).contains("5 tries left"));

    type_in(&field, "12 3");
    assert_eq!(field.value(), "123");
    state.shields[0].state = sample::pending(300_000, 4);
    state.history.clear();
    stage.model.show(state.clone());
    tick().await;
    assert_eq!(field.value(), "123");
    assert!(field.is_connected() && stage.described(&field).contains("4 tries left"));

    type_in(&field, " 123 456 ");
    let id = shared::VerificationId(uuid::Uuid::from_u128(1));
    assert_eq!(stage.wished(), [Wish::Answer(id, "123456".into())]);

    state.shields[0].state = ShieldState::Verified { until: Millis(900_000) };
    stage.model.show(state);
    tick().await;
    assert!(stage.find("input").is_none());
    assert!(stage.text().contains("Verified until "));
    assert!(stage.find("svg.shield.verified").is_some());
}

#[wasm_bindgen_test]
async fn the_confirmation_shows_whom_and_can_be_confirmed_or_left() {
    let stage = Shown::with(sample::state()).await;
    stage.model.confirm(sample::preflight());
    tick().await;
    let dialog: HtmlDialogElement = stage.find("dialog").unwrap().unchecked_into();
    assert!(dialog.open());
    let text = dialog.text_content().unwrap();
    for wanted in [
        "Dana Reyes",
        "dana.reyes@northwind.example",
        "+1 ••• ••• ••42",
        "One factor",
        "Unlock code",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    stage.button("Reset password").click();
    stage.button("Cancel").click();
    assert_eq!(stage.wished(), [Wish::Confirm, Wish::Dismiss]);
}

#[wasm_bindgen_test]
async fn a_new_phone_is_a_warning_and_no_obstacle() {
    let stage = Shown::with(sample::state()).await;
    let mut shown = sample::preflight();
    stage.model.confirm(shown.clone());
    tick().await;
    assert!(!stage.text().contains("New phone"));
    // 9 November 2001: on no clock today.
    shown.phone_changed_at = Some(Millis(1_005_300_000_000));
    stage.model.confirm(shown);
    tick().await;
    let text = stage.text();
    assert!(text.contains("is not the one it was: noticed 9 Nov "), "{text}");
    stage.button("Reset password").click();
    assert_eq!(stage.wished(), [Wish::Confirm]);
}

#[wasm_bindgen_test]
async fn findings_keep_it_from_being_confirmed() {
    let stage = Shown::with(sample::state()).await;
    let mut shown = sample::preflight();
    shown.sealed = None;
    shown.phone = None;
    let about = Some("Group.Read.All".into());
    shown.findings = vec![
        Finding { code: Code::NoPhone, about: None },
        Finding { code: Code::M365PermissionMissing, about },
    ];
    stage.model.confirm(shown);
    tick().await;
    let button = stage.button("Reset password");
    assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
    assert_eq!(stage.described(&button), "2 things are in the way");
    assert!(stage.text().contains("lacks a permission: Group.Read.All."));
    button.click();
    assert!(stage.wished().is_empty());
}

#[wasm_bindgen_test]
async fn a_reset_is_told_step_by_step() {
    let mut state = sample::state();
    let share = ShareState::Open { expires_at: Millis(3_600_000) };
    let mut reset = sample::reset(Stage::Applied, share);
    sample::step(&mut reset, StepKind::PasswordSet, StepState::Done { at: Millis(1) });
    sample::step(&mut reset, StepKind::TextSent, StepState::Running);
    reset.unlock_code = Some("4821".into());
    state.reset = Some(reset.clone());
    let stage = Shown::with(state.clone()).await;
    assert!(stage.text().contains("Set at Microsoft"));
    let running = stage.find("li[aria-current=step]").unwrap();
    assert!(running.text_content().unwrap().contains("Texting the link"));
    let unlock = stage.find("output").unwrap();
    assert_eq!(unlock.text_content().as_deref(), Some("4 8 2 1"));
    stage.button("Send again").click();
    stage.button("Give up").click();
    let id = reset.id;
    assert_eq!(stage.wished(), [Wish::Act(id, ResetAct::Resend), Wish::Act(id, ResetAct::GiveUp)]);

    reset.share = ShareState::Opened { at: Millis(5) };
    reset.stage = Stage::Completed;
    reset.acts.clear();
    state.reset = Some(reset);
    stage.model.show(state);
    tick().await;
    assert!(stage.find("output").is_none(), "opened: the unlock code is of no use any more");
    assert!(stage.text().contains("Link opened at "));
}

#[wasm_bindgen_test]
async fn an_opened_link_can_be_closed_and_late_ones_are_an_alert() {
    let mut state = sample::state();
    let share = ShareState::Open { expires_at: Millis(3_600_000) };
    let mut reset = sample::reset(Stage::Completed, share);
    reset.tries_left = Some(5);
    state.reset = Some(reset.clone());
    let stage = Shown::with(state.clone()).await;
    assert!(!stage.text().contains("wrong unlock code"), "none so far");
    reset.tries_left = Some(1);
    state.reset = Some(reset.clone());
    stage.model.show(state.clone());
    tick().await;
    assert!(stage.text().contains("A wrong unlock code was entered: 1 try left."));

    reset.share = ShareState::Opened { at: Millis(5) };
    (reset.tries_left, reset.late) = (None, Some(LateView { count: 2, at: Millis(60_000) }));
    reset.acts = vec![ResetAct::GiveUp];
    let id = reset.id;
    state.reset = Some(reset);
    stage.model.show(state);
    tick().await;
    let alert = stage.find("[role=alert] .box.bad").unwrap().text_content().unwrap();
    assert!(alert.contains("2 times after it was opened, last at "), "{alert}");
    assert!(alert.contains("reset the password again"), "{alert}");
    assert!(!stage.text().contains("A wrong unlock code"));
    // What closing it means now is said as what it is.
    let body = stage.find("#give-up-body").unwrap().text_content().unwrap();
    assert!(body.contains("may have read it already"), "{body}");
    stage.button("Close the link").click();
    assert_eq!(stage.wished(), [Wish::Act(id, ResetAct::GiveUp)]);
}

#[wasm_bindgen_test]
async fn a_phone_is_chosen_for_a_new_link() {
    let mut state = sample::state();
    let mut reset = sample::reset(Stage::Completed, ShareState::Locked);
    reset.acts = vec![ResetAct::NewLink, ResetAct::GiveUp];
    let id = reset.id;
    state.reset = Some(reset);
    let stage = Shown::with(state).await;
    assert!(stage.text().contains("Five wrong unlock codes"));
    stage.button("Send a new link").click();
    assert_eq!(stage.wished(), [Wish::Act(id, ResetAct::NewLink)]);

    stage.model.choose(id, sample::phones());
    tick().await;
    let dialog: HtmlDialogElement = stage.find("dialog[open]").unwrap().unchecked_into();
    let text = dialog.text_content().unwrap();
    for wanted in ["••42Mobile · used so far", "••77Second mobile", "needs an unlock code"]
    {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    let radio = |at: usize| -> HtmlInputElement {
        stage.find(&format!("#phone-{at}")).unwrap().unchecked_into()
    };
    assert!(!radio(0).checked() && radio(1).checked(), "the one that was not tried");
    radio(0).click();
    stage.button("Send link").click();
    stage.button("Cancel").click();
    assert_eq!(stage.wished(), [Wish::Pick(0), Wish::NewLink, Wish::Unpick]);
}

#[wasm_bindgen_test]
async fn a_stuck_reset_can_be_given_up_and_reset_anew_beside_it() {
    let mut state = sample::state();
    let mut reset = sample::reset(Stage::Stuck, ShareState::Closed);
    reset.code = Some(Code::InDoubt);
    reset.acts = vec![ResetAct::GiveUp];
    let id = reset.id;
    state.reset = Some(reset);
    state.blocked = None;
    let stage = Shown::with(state).await;
    let text = stage.text();
    for wanted in ["A decision is needed", "Verify the caller again and use Password Reset"] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    // It has no link: what giving up means is said without one.
    let dialog = stage.find("#give-up-body").unwrap().text_content().unwrap();
    assert!(dialog.contains("The old one may still work") && !dialog.contains("link"), "{dialog}");
    stage.button("Give up").click();
    stage.button("Password Reset").click();
    assert_eq!(stage.wished(), [Wish::Act(id, ResetAct::GiveUp), Wish::Check]);
}

#[wasm_bindgen_test]
async fn a_lost_connection_is_told_calmly_and_what_is_known_stays() {
    let stage = Shown::with(sample::state()).await;
    stage.model.lose();
    tick().await;
    let banner = stage.find("[role=status] .banner").unwrap();
    assert!(banner.text_content().unwrap().contains("Connection lost, trying again"));
    assert!(stage.text().contains("Dana Reyes"));
    stage.model.show(sample::state());
    tick().await;
    assert!(stage.find(".banner").is_none());
}

#[wasm_bindgen_test]
async fn nothing_is_nameless_doubled_or_styled_inline() {
    let mut state = sample::state();
    state.shields[0].state = sample::pending(300_000, 5);
    state.shields.push(sample::mail(sample::link(300_000, Some("47"))));
    state.shields.push(sample::app(sample::push(300_000)));
    let denied = ShieldState::Failed { code: Code::CallerDenied };
    let mut voucher = sample::voucher();
    voucher.shields.push(sample::app(denied));
    state.vouchers = vec![voucher];
    state.warnings = vec![Code::NumbersDiffer.into()];
    state.approval = Some(sample::approval(ApprovalState::Asked));
    state.reset =
        Some(sample::reset(Stage::Applied, ShareState::Open { expires_at: Millis(9_000) }));
    let stage = Shown::with(state.clone()).await;
    stage.model.confirm(sample::preflight());
    stage.model.choose(state.reset.unwrap().id, sample::phones());
    tick().await;
    assert!(stage.find("[style]").is_none());
    let all = stage.root.query_selector_all("*").unwrap();
    let mut ids = Vec::new();
    for at in 0..all.length() {
        let element: Element = all.item(at).unwrap().unchecked_into();
        let html = element.outer_html();
        if !element.id().is_empty() {
            assert!(!ids.contains(&element.id()), "twice: #{}", element.id());
            ids.push(element.id());
        }
        match element.tag_name().to_ascii_lowercase().as_str() {
            "button" | "a" => assert!(!element.text_content().unwrap().trim().is_empty(), "{html}"),
            "svg" => assert_eq!(element.get_attribute("aria-hidden").as_deref(), Some("true")),
            "input" | "textarea" => {
                let label = stage.find(&format!("label[for={}]", element.id()));
                assert!(label.is_some(), "{html}");
            }
            _ => {}
        }
    }
    for attribute in ["aria-labelledby", "aria-describedby"] {
        let all = stage.root.query_selector_all(&format!("[{attribute}]")).unwrap();
        for at in 0..all.length() {
            let element: Element = all.item(at).unwrap().unchecked_into();
            for id in element.get_attribute(attribute).unwrap().split(' ') {
                assert!(ids.iter().any(|known| known == id), "{attribute} names no #{id}");
            }
        }
    }
}
