//! **Password Reset**, and why it does not work now.

use std::rc::Rc;

use leptos::prelude::Callable;
use shared::Code;
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use super::widgets::{bare_button, flag, sign_in};
use crate::dom::{El, div, el};
use crate::flow::{Flow, Wish};
use crate::gate;
use crate::model::{Model, Part, Wishes};
use crate::words::EN;

/// Whether the button is blocked. A reset that we heard nothing of can always be gone back to.
fn blocked(model: Model) -> bool {
    let parts = model.parts();
    parts.of_state(|state| state.blocked.is_some())
        && !parts.flow.with(|flow| matches!(flow, Flow::Parked(..)))
}

/// The button. Blocked, it keeps the focus and says why: on hover, on focus, to a screen reader.
pub(super) fn reset_button(model: Model, wish: Wishes) -> El {
    let dismissed = Rc::new(Part::new(false));
    let of = || Rc::clone(&dismissed);
    let button = bare_button("primary main", {
        let dismissed = of();
        move || {
            dismissed.set(false);
            if !blocked(model) {
                wish.run((Wish::Check,));
            }
        }
    })
    .set("id", "reset")
    .set("aria-haspopup", "dialog")
    .set("aria-describedby", "reset-why")
    .live("aria-disabled", move || flag(blocked(model)))
    .on("keydown", {
        let dismissed = of();
        move |event| {
            if event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Escape") {
                dismissed.set(true);
            }
        }
    })
    .on("blur", {
        let dismissed = of();
        move |_| dismissed.set(false)
    })
    .on("mouseenter", {
        let dismissed = of();
        move |_| dismissed.set(false)
    })
    .text(EN.password_reset);
    let hint = move || {
        let what = model.parts().of_state(|state| state.blocked.as_ref().map(gate::what));
        what.unwrap_or_else(|| EN.ready.to_owned())
    };
    let reason = move || {
        if blocked(model) {
            model.parts().of_state(|state| gate::reason(state.blocked.as_ref()))
        } else {
            EN.ready.to_owned()
        }
    };
    let tip = el("p").set("class", "tip").set("role", "tooltip").set("id", "reset-why");
    // Where only the technician's own sign-in is missing, the way to it.
    let factor = move || {
        let code = model.parts().of_state(|state| state.blocked.as_ref().map(|it| it.code));
        code == Some(Code::SecondFactorNeeded)
    };
    let way = div("way").drawn(
        move || u32::from(factor()),
        move || factor().then(|| sign_in("", EN.sign_in_to_reset)).into_iter().collect(),
    );
    let hinted = el("p").set("class", "small hint").set("aria-hidden", "true").live_text(hint);
    div("")
        .live("class", move || {
            let closed = if blocked(model) { " closed" } else { "" };
            let dismissed = if dismissed.get() { " dismissed" } else { "" };
            Some(format!("gate{closed}{dismissed}"))
        })
        .kid(button)
        .kid(hinted)
        .kid(way)
        .kid(tip.live_text(reason))
}
