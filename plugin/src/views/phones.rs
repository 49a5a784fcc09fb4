//! To which phone? Everything that is in the way is said here too.

use leptos::prelude::Callable;
use shared::{Factor, PhoneView, ResetAct};

use super::icons;
use super::widgets::{bones, button, choice, dialog, failure, flag, note};
use crate::dom::{El, div, el, of, p};
use crate::flow::Wish;
use crate::model::{Model, Wishes};
use crate::pick::Pick;
use crate::words::EN;

/// The dialog behind **Send to another phone**.
pub(super) fn phones(model: Model, wish: Wishes) -> El {
    let open = |model: Model| model.parts().pick.with(|pick| pick.of.is_some());
    let shut = move || {
        if open(model) {
            wish.run((Wish::Unpick,));
        }
    };
    // Drawn anew for another list only: choosing must not take the focus away.
    let list = move || model.parts().pick.with(|pick| (pick.of, pick.phones.clone(), waits(pick)));
    let choices =
        div("").drawn(of(list), move || model.parts().pick.peek(|pick| content(pick, wish)));
    let trouble = move || model.parts().pick.with(|pick| pick.trouble.clone());
    let alert = div("").set("role", "alert").drawn(of(trouble), move || {
        let trouble = model.parts().pick.peek(|pick| pick.trouble.clone());
        trouble.iter().map(|it| note("bad", icons::warning(), failure(it))).collect()
    });
    let busy = move || model.parts().pick.with(|pick| pick.busy);
    let listed = move || model.parts().pick.with(|pick| !pick.phones.is_empty());
    let send = button("primary", "", move || {
        let wanted = model.parts().pick.peek(|pick| match pick.of {
            Some(id) if !pick.busy && pick.phones.is_empty() => {
                Some(Wish::Act(id, ResetAct::NewLink))
            }
            _ => pick.wanted().map(|_| Wish::NewLink),
        });
        wanted.into_iter().for_each(|wanted| wish.run((wanted,)));
    })
    .live("aria-disabled", move || flag(busy()))
    .live_text(move || {
        match (listed(), busy()) {
            (true, true) => EN.sending,
            (false, false) => EN.check_again,
            _ => EN.send_link,
        }
        .to_owned()
    });
    dialog("phones-title", model, open, shut)
        .kid(el("h3").set("id", "phones-title").set("tabindex", "-1").text(EN.new_link))
        .kid(choices)
        .kid(alert)
        .kid(div("buttons end").kid(button("", EN.cancel, shut)).kid(send))
}

/// The list is still to come.
fn waits(pick: &Pick) -> bool {
    pick.phones.is_empty() && pick.busy
}

fn content(pick: &Pick, wish: Wishes) -> Vec<El> {
    if waits(pick) {
        let mut all = vec![p("small", EN.checking).set("role", "status")];
        all.extend(bones(&["wide", ""]));
        return vec![div("").set("aria-busy", "true").kids(all)];
    }
    if pick.phones.is_empty() {
        return Vec::new();
    }
    let legend = el("legend").set("class", "small").text(EN.phones);
    let lines = pick.phones.iter().enumerate();
    let lines = lines.map(|(at, phone)| line(at, phone, at == pick.chosen, wish)).collect();
    let mut all = vec![el("fieldset").set("class", "choices").kid(legend).kids(lines)];
    if pick.phones.iter().all(|phone| phone.used) {
        all.push(p("small", EN.no_other_phone));
    }
    all.push(p("small", EN.new_link_body));
    all
}

fn line(at: usize, phone: &PhoneView, chosen: bool, wish: Wishes) -> El {
    let mut about = vec![(EN.phone_kind)(phone.kind)];
    about.extend(phone.used.then_some(EN.phone_used));
    about.extend((phone.factor == Factor::One).then_some(EN.phone_one_factor));
    about.extend(phone.unlock_code.then_some(EN.phone_unlocks));
    let act = move || wish.run((Wish::Pick(at),));
    choice("phone", at, chosen, &phone.masked, &about.join(" · "), act)
}
