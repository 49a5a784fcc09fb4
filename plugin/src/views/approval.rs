//! Another technician's approval: asked of whoever looks, or waited for.

use leptos::prelude::Callable;
use shared::{ApprovalId, ApprovalState, ApprovalView};

use super::icons;
use super::widgets::{button, failure, headline};
use crate::approval;
use crate::browser;
use crate::dom::{El, div, el, of, p};
use crate::flow::{Approving, Wish};
use crate::model::{Model, Wishes};
use crate::words::EN;

/// The newest approval that was asked for here.
pub(super) fn approval(model: Model, wish: Wishes) -> El {
    let seen = move || {
        let parts = model.parts();
        let now = parts.now.get();
        let stands = |it: &ApprovalView| (it.clone(), approval::state_at(it, now));
        (parts.of_state(|state| state.approval.as_ref().map(stands)), parts.approving.get())
    };
    div("").drawn(of(seen), move || {
        let (approval, approving) = seen();
        let card = |(it, state)| card(model, wish, &it, state, &approving);
        approval.map(card).into_iter().collect()
    })
}

fn card(
    model: Model,
    wish: Wishes,
    it: &ApprovalView,
    state: ApprovalState,
    approving: &Approving,
) -> El {
    let parts = model.parts();
    let now = parts.now.peek(|now| *now);
    let told = parts.of_known(|state| Some(approval::tell(it, state, now, &EN, &browser::clock)));
    let Some(told) = told else { return div("") };
    let title = el("h3").set("id", "approval-title").text(&told.title);
    let icon = div("").kid(icons::tone(told.tone));
    let mut card = el("section")
        .set("class", &format!("part card {}", told.tone.class()))
        .kid(headline(icon, title, p("small", &told.body)));
    if state == ApprovalState::Asked && it.may_answer {
        let answer = |label, approve| answer(wish, it.id, label, approve, approving);
        let buttons = div("buttons");
        card = card.kid(buttons.kid(answer(EN.approve, true)).kid(answer(EN.refuse, false)));
    }
    if let Approving::Failed(trouble) = approving {
        card = card.kid(failure(trouble).set("role", "alert"));
    }
    card
}

fn answer(
    wish: Wishes,
    id: ApprovalId,
    label: &'static str,
    approve: bool,
    approving: &Approving,
) -> El {
    let busy = *approving == Approving::Busy;
    let class = if approve { "primary" } else { "" };
    let button = button(class, label, move || {
        if !busy {
            wish.run((Wish::Approve(id, approve),));
        }
    });
    if busy { button.set("aria-disabled", "true") } else { button }
}
