//! Are you sure?

use leptos::prelude::Callable;
use shared::{ResetAct, Stage};

use super::widgets::{button, dialog};
use crate::dom::{El, div, el, p};
use crate::flow::{Deed, Wish};
use crate::model::{Model, Wishes};
use crate::words::EN;

/// Asks before a reset is given up.
pub(super) fn give_up(model: Model, wish: Wishes) -> El {
    let open = |model: Model| model.parts().deed.with(|deed| matches!(deed, Deed::Sure(_)));
    let keep = move || {
        if open(model) {
            wish.run((Wish::Keep,));
        }
    };
    let sure = move || {
        if let Deed::Sure(id) = model.parts().deed.get() {
            wish.run((Wish::GiveUp(id),));
        }
    };
    let (title, body) = EN.give_up;
    let what = move || {
        let stuck = model.parts().of_reset(|reset| reset.stage == Stage::Stuck);
        if stuck { EN.give_up_stuck } else { body }.to_owned()
    };
    let buttons = div("buttons end").kid(button("", EN.keep, keep)).kid(button(
        "primary danger",
        (EN.act)(ResetAct::GiveUp),
        sure,
    ));
    dialog("give-up-title", model, open, keep)
        .set("aria-describedby", "give-up-body")
        .kid(el("h3").set("id", "give-up-title").set("tabindex", "-1").text(title))
        .kid(p("", "").set("id", "give-up-body").live_text(what))
        .kid(buttons)
}
