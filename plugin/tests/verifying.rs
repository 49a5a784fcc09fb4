//! Shields in each state, vouching, approvals, limits and warnings: what is seen, what is wished.
#![cfg(target_arch = "wasm32")]

#[allow(dead_code, reason = "other tests use more of it")]
mod sample;
#[allow(dead_code, reason = "other tests use more of it")]
mod shown;

use leptos::task::tick;
use pod::{Spot, Wish};
use shared::{
    ApprovalState, Channel, Code, ContactId, Millis, Outcome, PodState, Sends, Shield, ShieldState,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement};

use shown::{Shown, type_in};

wasm_bindgen_test_configure!(run_in_browser);

fn with(shields: Vec<Shield>) -> PodState {
    PodState { shields, ..sample::state() }
}

fn spot(voucher: Option<ContactId>, key: &str) -> Spot {
    Spot { voucher, key: key.into() }
}

fn sent(key: &str, channel: Channel) -> Wish {
    Wish::Send(spot(None, key), channel, String::new())
}

#[wasm_bindgen_test]
async fn each_way_of_sending_has_its_button() {
    let grey = || ShieldState::Grey;
    let stage =
        Shown::with(with(vec![sample::phone(grey()), sample::app(grey()), sample::mail(grey())]))
            .await;
    stage.button("Send code to +1 ••• ••• ••42").click();
    stage.button("Send link to +1 ••• ••• ••42").click();
    stage.button("Send push to Duo Mobile").click();
    stage.button("Send link to d•••@northwind.example").click();
    let wished = [
        sent("ms-phone", Channel::SmsCode),
        sent("ms-phone", Channel::SmsLink),
        sent("duo", Channel::DuoPush),
        sent("mail", Channel::EmailLink),
    ];
    assert_eq!(stage.wished(), wished);
    let text = stage.text();
    for wanted in ["Registered at Microsoft", "Enrolled at Duo", "doesn’t count for a reset"] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
}

#[wasm_bindgen_test]
async fn a_link_shows_the_two_digits_to_whoever_sent_it() {
    let mut state = with(vec![sample::phone(sample::link(150_000, Some("47")))]);
    let stage = Shown::with(state.clone()).await;
    let digits = stage.find(".out output").unwrap();
    assert_eq!(digits.text_content().as_deref(), Some("4 7"));
    let text = stage.text();
    assert!(text.contains("Say these two digits to the caller"), "{text}");
    assert!(text.contains("Link sent · 2:30 left") && text.contains("2 tries left"), "{text}");
    assert!(stage.find("input").is_none());
    stage.button("Send a code instead to +1 ••• ••• ••42").click();
    stage.button("Send a new link to +1 ••• ••• ••42").click();
    let wished = [sent("ms-phone", Channel::SmsCode), sent("ms-phone", Channel::SmsLink)];
    assert_eq!(stage.wished(), wished);

    state.shields[0].state = sample::link(150_000, None);
    state.history[0].outcome = Outcome::Pending;
    stage.show(&state).await;
    assert!(stage.find("output").is_none());
    assert!(stage.text().contains("Ann Archer’s link is out."), "{}", stage.text());
    state.history.clear();
    state.shields[0].state = sample::link(160_000, None);
    stage.show(&state).await;
    assert!(stage.text().contains("link is out."));

    // It runs out though the server has not said so yet.
    state.now = Millis(160_000);
    stage.show(&state).await;
    assert!(stage.find(".out").is_none() && stage.text().contains("Nobody answered in time."));
}

#[wasm_bindgen_test]
async fn a_push_is_waited_for() {
    let stage = Shown::with(with(vec![sample::app(sample::push(60_000))])).await;
    let text = stage.text();
    assert!(text.contains("Push sent · 1:00 left"), "{text}");
    assert!(text.contains("Waiting for them to approve in Duo."), "{text}");
}

#[wasm_bindgen_test]
async fn a_denial_is_striking_and_in_words() {
    let denied = ShieldState::Failed { code: Code::CallerDenied };
    let stage = Shown::with(with(vec![sample::phone(denied)])).await;
    let told = stage.find(".row .box.bad").unwrap().text_content().unwrap();
    assert!(told.contains("The person says that they did not call. End the call."), "{told}");
    assert!(stage.find("svg.shield.failed").is_some());
    stage.button("Send a new code to +1 ••• ••• ••42").click();
    assert_eq!(stage.wished().len(), 1);
}

#[wasm_bindgen_test]
async fn limits_are_told_and_close_the_buttons() {
    let mut state = sample::state();
    state.shields[0].sends = Sends { left: 1, more_at: Some(Millis(9)) };
    let stage = Shown::with(state.clone()).await;
    assert!(stage.text().contains("1 more can be sent"));
    state.shields[0].sends.left = 0;
    stage.show(&state).await;
    let button = stage.button("Send code to +1 ••• ••• ••42");
    assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
    assert!(stage.described(&button).starts_with("No more can be sent until "));
    button.click();
    assert!(stage.wished().is_empty());
    state.shields[0].channels.clear();
    state.shields[0].why_not = Some(Code::CountryOff);
    stage.show(&state).await;
    assert!(stage.text().contains("Your policy sends no texts to this number’s country."));
}

#[wasm_bindgen_test]
async fn a_longer_code_is_sent_when_it_is_whole() {
    let mut state = sample::state();
    let out = |wanted: Option<u32>| match sample::pending(300_000, 5) {
        ShieldState::Pending { verification, channel, say, expires_at, tries_left, .. } => {
            ShieldState::Pending {
                verification,
                channel,
                say,
                digits: wanted,
                expires_at,
                tries_left,
            }
        }
        other => other,
    };
    state.shields[0].state = out(None);
    let stage = Shown::with(state.clone()).await;
    let field: HtmlInputElement = stage.find("input").unwrap().unchecked_into();
    type_in(&field, "123456");
    assert!(stage.wished().is_empty(), "nobody knows yet how long it is");
    state.shields[0].state = out(Some(8));
    stage.show(&state).await;
    assert!(field.is_connected() && field.value() == "123456");
    type_in(&field, "1234567");
    stage.button("Check").click();
    tick().await;
    assert!(stage.wished().is_empty());
    assert!(stage.described(&field).contains("The code has 8 digits."));
    state.shields[0].state = out(None);
    stage.show(&state).await;
    type_in(&field, "12345678");
    assert!(stage.wished().is_empty());
    state.shields[0].state = out(Some(8));
    stage.show(&state).await;
    let id = shared::VerificationId(uuid::Uuid::from_u128(1));
    assert_eq!(stage.wished(), [Wish::Answer(id, "12345678".into())]);
}

#[wasm_bindgen_test]
async fn a_code_that_is_quicker_than_another_call_waits_for_it() {
    let mut state = sample::state();
    state.shields[0].state = sample::pending(300_000, 5);
    let stage = Shown::with(state.clone()).await;
    stage.model.send(Some((spot(None, "mail"), Channel::EmailCode)));
    let field: HtmlInputElement = stage.find("input").unwrap().unchecked_into();
    type_in(&field, "123456");
    tick().await;
    assert!(stage.wished().is_empty(), "one thing at a time");
    type_in(&field, "123456 ");
    stage.model.send(None);
    tick().await;
    let id = shared::VerificationId(uuid::Uuid::from_u128(1));
    assert_eq!(stage.wished(), [Wish::Answer(id, "123456".into())]);
    // Once: and not where it was taken back meanwhile, or another code came in its place.
    stage.model.send(Some((spot(None, "mail"), Channel::EmailCode)));
    type_in(&field, "654321");
    type_in(&field, "65432");
    stage.model.send(None);
    tick().await;
    assert!(stage.wished().is_empty());
    stage.model.send(Some((spot(None, "ms-phone"), Channel::SmsCode)));
    type_in(&field, "654321");
    if let ShieldState::Pending { verification, .. } = &mut state.shields[0].state {
        *verification = shared::VerificationId(uuid::Uuid::from_u128(2));
    }
    stage.show(&state).await;
    stage.model.send(None);
    tick().await;
    assert!(stage.wished().is_empty());
}

#[wasm_bindgen_test]
async fn warnings_are_told_before_anything_is_confirmed() {
    let mut state = sample::state();
    let changed = shared::Finding { code: Code::NumberChanged, about: Some("2 days ago".into()) };
    state.warnings = vec![Code::NumbersDiffer.into(), changed];
    let stage = Shown::with(state).await;
    let told = stage.find(".twice .box.warn").unwrap().text_content().unwrap();
    assert!(told.contains("is not the one that Microsoft has registered. Trust"), "{told}");
    assert!(told.contains("changed lately: 2 days ago."), "{told}");

    let mut shown = sample::preflight();
    shown.warnings = vec![Code::FailedBefore.into()];
    shown.approved_by = Some("Bo Berg".into());
    stage.model.confirm(shown);
    tick().await;
    let dialog = stage.find("dialog[open]").unwrap().text_content().unwrap();
    assert!(dialog.contains("A verification failed before this one succeeded."), "{dialog}");
    assert!(dialog.contains("Approved byBo Berg"), "{dialog}");
    stage.button("Reset password").click();
    assert_eq!(stage.wished(), [Wish::Confirm]);
}

#[wasm_bindgen_test]
async fn approval_is_asked_for_where_it_is_missing() {
    let stage = Shown::with(sample::state()).await;
    for (code, asks) in [
        (Code::ApprovalNeeded, true),
        (Code::ApprovalRefused, true),
        (Code::ApprovalAwaited, false),
    ] {
        let mut shown = sample::preflight();
        shown.sealed = None;
        shown.findings = vec![code.into()];
        stage.model.confirm(shown);
        tick().await;
        stage.button(if asks { "Ask for approval" } else { "Reset password" }).click();
        let wished = if asks { vec![Wish::AskApproval] } else { Vec::new() };
        assert_eq!(stage.wished(), wished);
    }
}

#[wasm_bindgen_test]
async fn an_approval_is_waited_for_answered_and_told() {
    let mut state = sample::state();
    let approval = sample::approval(ApprovalState::Asked);
    state.approval = Some(approval.clone());
    let stage = Shown::with(state.clone()).await;
    assert!(stage.text().contains("Waiting for a colleague"));
    assert!(stage.find(".card button").is_none());

    state.approval.as_mut().unwrap().may_answer = true;
    stage.show(&state).await;
    assert!(stage.text().contains("Ann Archer asks you to approve a reset for Dana Reyes"));
    stage.button("Approve").click();
    stage.button("Refuse").click();
    let wished = [Wish::Approve(approval.id, true), Wish::Approve(approval.id, false)];
    assert_eq!(stage.wished(), wished);

    state.approval = Some(sample::approval(ApprovalState::Approved));
    stage.show(&state).await;
    assert!(stage.text().contains("Approved by Bo Berg until "));
    state.approval = Some(sample::approval(ApprovalState::Refused));
    stage.show(&state).await;
    assert!(stage.text().contains("Refused by Bo Berg"));
    state.approval = None;
    stage.show(&state).await;
    assert!(stage.find(".card").is_none());
}

#[wasm_bindgen_test]
async fn somebody_who_vouches_is_chosen_with_a_note() {
    let mut state = sample::state();
    let stage = Shown::with(state.clone()).await;
    let part: HtmlElement = stage.find("details.vouching").unwrap().unchecked_into();
    assert!(part.hidden(), "nobody may");
    state.vouchers = vec![sample::voucher()];
    stage.show(&state).await;
    assert!(!part.hidden() && stage.find("textarea").is_none());
    let radio: HtmlElement = stage.find("#voucher-0").unwrap().unchecked_into();
    radio.click();
    tick().await;

    let send = stage.button("Send link to +1 ••• ••• ••61");
    send.click();
    tick().await;
    let note: HtmlTextAreaElement = stage.find("textarea").unwrap().unchecked_into();
    assert_eq!(note.get_attribute("aria-invalid").as_deref(), Some("true"));
    assert!(stage.described(&note).starts_with("Vouching needs a note."));
    assert!(stage.wished().is_empty());
    note.set_value(" Dana lost her phone ");
    note.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    tick().await;
    assert!(!note.has_attribute("aria-invalid"));
    send.click();
    let to = spot(Some(state.vouchers[0].contact), "ms-phone");
    let wanted = Wish::Send(to, Channel::SmsLink, "Dana lost her phone".into());
    assert_eq!(stage.wished(), [wanted]);

    // Their state is not the contact's, though the keys are the same; and the note stays.
    state.vouchers[0].shields[0].state = sample::link(60_000, Some("93"));
    stage.show(&state).await;
    assert!(stage.text().contains("Say these two digits to Grace Moss"));
    assert_eq!(stage.root.query_selector_all(".shield.pending").unwrap().length(), 1);
    assert!(note.is_connected() && note.value().contains("lost her phone"));
}

#[wasm_bindgen_test]
async fn the_history_names_channel_ticket_and_voucher() {
    let mut state = sample::state();
    state.history[0].voucher = Some("Grace Moss".into());
    let stage = Shown::with(state).await;
    let line = stage.find(".history li").unwrap().text_content().unwrap();
    let wanted =
        "Code by text · Grace Moss vouched · Registered at Microsoft · by Ann Archer · #4690";
    assert!(line.contains(wanted), "{line}");
}
