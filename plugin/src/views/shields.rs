//! A shield for each phone and address: what it is worth, how it stands, sending a code to it.

use std::cell::Cell;

use leptos::prelude::Callable;

use shared::{Channel, DestinationKind, Shield, ShieldState, VerificationId};

use super::entry::code_form;
use super::icons;
use super::widgets::{bare_button, failure, flag};
use crate::browser;
use crate::dom::{El, div, el, of, p};
use crate::flow::{Entry, Wish};
use crate::look::{self, Look};
use crate::model::{Model, Wishes};
use crate::words::EN;

/// The list of shields. Rows stay while their keys stay, so that a state that arrives disturbs
/// nobody's typing.
pub(super) fn shields(model: Model, wish: Wishes) -> El {
    let keys = move || {
        let key = |shield: &Shield| shield.key.clone();
        model.parts().of_state(|state| state.shields.iter().map(key).collect::<Vec<_>>())
    };
    let rows = move || {
        let keys = keys().into_iter().enumerate();
        keys.map(|(at, key)| row(Row { model, wish, at, key })).collect()
    };
    let none = move || if keys().is_empty() { EN.no_shields.to_owned() } else { String::new() };
    el("section")
        .set("class", "part")
        .kid(el("h3").set("id", "verify-title").set("tabindex", "-1").text(EN.verification))
        .kid(p("small", "").live_text(none))
        .kid(el("ul").set("class", "shields").drawn(of(keys), rows))
}

/// One shield's row: by key, so that it can be looked up in each new state.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) model: Model,
    pub(super) wish: Wishes,
    /// Its place in the list, for ids.
    pub(super) at: usize,
    /// The shield's key.
    pub(super) key: String,
}

impl Row {
    /// Something of the shield as it is now; followed.
    pub(super) fn of<R: Default>(&self, read: impl FnOnce(&Shield) -> R) -> R {
        self.model.parts().of_state(|state| {
            let mut shields = state.shields.iter();
            shields.find(|shield| shield.key == self.key).map(read).unwrap_or_default()
        })
    }

    fn look(&self) -> Look {
        let now = self.model.parts().now.get();
        self.of(|shield| Some(look::look(&shield.state, now))).unwrap_or(Look::Grey)
    }

    /// The code that can be answered now.
    pub(super) fn out(&self) -> Option<VerificationId> {
        let now = self.model.parts().now.get();
        self.of(|shield| look::out(shield, now))
    }

    fn words(&self) -> String {
        let now = self.model.parts().now.get();
        self.of(|shield| look::state_words(&shield.state, now, &EN, &browser::clock))
    }

    fn sending(&self) -> bool {
        self.model.parts().entry.with(|e| matches!(e, Entry::Sending(key) if *key == self.key))
    }

    fn can_send(&self) -> bool {
        let can = self.of(|shield| {
            shield.kind == DestinationKind::Phone && shield.channels.contains(&Channel::SmsCode)
        });
        can && self.out().is_none()
    }
}

fn row(row: Row) -> El {
    let same = || row.clone();
    let icon = div("").drawn(
        {
            let r = same();
            move || r.look() as u32
        },
        {
            let r = same();
            move || vec![icons::shield(r.look())]
        },
    );
    let state = el("p")
        .live("class", {
            let r = same();
            move || Some(format!("state {}", r.look().class()))
        })
        .live_text({
            let r = same();
            move || r.words()
        });
    let notes = div("below").drawn(
        of({
            let r = same();
            move || r.of(|shield| Some(shield.clone()))
        }),
        {
            let r = same();
            move || r.of(notes)
        },
    );
    let about = div("about").kid(p("strong", &row.of(|shield| shield.masked.clone()))).kid(state);
    let send = div("").drawn(
        {
            let r = same();
            move || u32::from(r.can_send())
        },
        {
            let r = same();
            move || r.can_send().then(|| send_button(r.clone())).into_iter().collect()
        },
    );
    let alert = div("below").set("role", "alert").drawn(
        {
            let r = same();
            move || r.model.parts().entry.changes()
        },
        {
            let r = same();
            move || {
                r.model
                    .parts()
                    .entry
                    .peek(|entry| entry.unsent(&r.key).map(failure))
                    .into_iter()
                    .collect()
            }
        },
    );
    let form = div("below").drawn(
        of({
            let r = same();
            move || r.out()
        }),
        {
            let last = Cell::new(None);
            let r = same();
            move || {
                let Some(out) = r.out() else { return Vec::new() };
                let before = last.replace(Some(out));
                let replaced = before.is_some_and(|before| before != out) && !ours(&r, out);
                vec![code_form(r.clone(), out, replaced)]
            }
        },
    );
    el("li").set("class", "row").kid(icon).kid(about).kid(send).kid(notes).kid(alert).kid(form)
}

/// Whether this pod sent the code.
fn ours(row: &Row, out: VerificationId) -> bool {
    row.model.parts().entry.peek(|entry| match entry {
        Entry::Sent { verification, .. } => *verification == out,
        Entry::Sending(_) => true,
        _ => false,
    })
}

/// What to do about a failure, what the shield is worth, why nothing can be sent.
fn notes(shield: &Shield) -> Vec<El> {
    let mut notes = Vec::new();
    if let ShieldState::Failed { code } = shield.state {
        notes.push(p("small", code.words().next));
    }
    notes.push(p("small", &look::worth(shield, &EN)));
    if let (true, Some(code)) = (shield.channels.is_empty(), shield.why_not) {
        let words = code.words();
        notes.push(p("small", &format!("{} {}", words.what, words.next)));
    }
    notes
}

/// Sends a first code; while one is out, the form has a button of its own.
fn send_button(row: Row) -> El {
    let r = row.clone();
    let label = move || if r.sending() { EN.sending } else { EN.send_code }.to_owned();
    let r = row.clone();
    let sending = move || flag(r.sending());
    let to = (EN.to)(&row.of(|shield| shield.masked.clone()));
    bare_button("send", move || {
        if !row.sending() {
            row.wish.run((Wish::Send(row.key.clone()),));
        }
    })
    .live("aria-disabled", sending)
    .kid(el("span").live_text(label))
    .kid(el("span").set("class", "vh").text(&to))
}
