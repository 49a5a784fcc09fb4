//! Are you sure?

use leptos::prelude::Callable;
use shared::{ResetAct, ShareState, Stage};

use super::widgets::{bare_button, button, dialog};
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
    // Title, what it means, and the button that does it.
    let words = move || {
        model.parts().of_reset(|reset| {
            let act = (EN.act)(ResetAct::GiveUp);
            match (&reset.share, reset.stage) {
                (ShareState::Opened { .. }, _) => {
                    [EN.close_opened.0, EN.close_opened.1, EN.close_link]
                }
                (_, Stage::Stuck) => [EN.give_up.0, EN.give_up_stuck, act],
                _ => [EN.give_up.0, EN.give_up.1, act],
            }
        })
    };
    let word = move |at: usize| move || words()[at].to_owned();
    let buttons = div("buttons end")
        .kid(button("", EN.keep, keep))
        .kid(bare_button("primary danger", sure).live_text(word(2)));
    dialog("give-up-title", model, open, keep)
        .set("aria-describedby", "give-up-body")
        .kid(el("h3").set("id", "give-up-title").set("tabindex", "-1").live_text(word(0)))
        .kid(p("", "").set("id", "give-up-body").live_text(word(1)))
        .kid(buttons)
}
