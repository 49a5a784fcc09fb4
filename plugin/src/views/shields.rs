//! A shield for each phone, address and app: what it is worth, how it stands, sending to it.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::Callable;
use shared::{Channel, Code, ContactId, Outcome, Proof, Shield, ShieldState, VerificationId};

use super::entry::code_form;
use super::icons;
use super::out::{link, push};
use super::vouching::Note;
use super::widgets::{bare_button, coded, failure, flag, note};
use crate::browser;
use crate::dom::{El, div, el, of, p};
use crate::flow::{Entry, Wish, tries_left};
use crate::look::{self, Look, Out};
use crate::model::{Model, Wishes};
use crate::spot::{Spot, shields_of};
use crate::times::countdown;
use crate::words::{EN, Sending};

/// The contact's own shields.
pub(super) fn shields(model: Model, wish: Wishes) -> El {
    el("section")
        .set("class", "part")
        .kid(el("h3").set("id", "verify-title").set("tabindex", "-1").text(EN.verification))
        .kid(list(model, wish, None, None))
}

/// A list of shields: the contact's own, or a voucher's with the note that goes with them. Rows stay
/// while their keys stay, so that a state that arrives disturbs nobody's typing.
pub(super) fn list(
    model: Model,
    wish: Wishes,
    voucher: Option<ContactId>,
    note: Option<Rc<Note>>,
) -> El {
    let keys = move || {
        let key = |shield: &Shield| shield.key.clone();
        let keys = |state: &_| shields_of(state, voucher).iter().map(key).collect::<Vec<_>>();
        model.parts().of_state(keys)
    };
    // Their ids are not those of the contact's own.
    let first = if voucher.is_some() { 100 } else { 0 };
    let rows = move || {
        let row = |(at, key)| {
            let spot = Spot { voucher, key };
            row(Row { model, wish, at: first + at, spot, note: note.clone() })
        };
        keys().into_iter().enumerate().map(row).collect()
    };
    let none = move || if keys().is_empty() { EN.no_shields.to_owned() } else { String::new() };
    div("")
        .kid(p("small", "").live_text(none))
        .kid(el("ul").set("class", "shields").drawn(of(keys), rows))
}

/// One shield's row: by its place, so that it can be looked up in each new state.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) model: Model,
    pub(super) wish: Wishes,
    /// Its place in the list, for ids.
    pub(super) at: usize,
    /// Which shield.
    spot: Spot,
    /// Why its owner vouches.
    note: Option<Rc<Note>>,
}

impl Row {
    /// Something of the shield as it is now; followed.
    pub(super) fn of<R: Default>(&self, read: impl FnOnce(&Shield) -> R) -> R {
        self.model.parts().of_state(|state| self.spot.of(state).map(read).unwrap_or_default())
    }

    fn look(&self) -> Look {
        let now = self.model.parts().now.get();
        self.of(|shield| Some(look::look(&shield.state, now))).unwrap_or(Look::Grey)
    }

    /// What is out and can be answered now.
    fn out(&self) -> Option<Out> {
        let now = self.model.parts().now.get();
        self.of(|shield| look::out(shield, now))
    }

    fn words(&self) -> String {
        let now = self.model.parts().now.get();
        self.of(|shield| look::state_words(&shield.state, now, &EN, &browser::clock))
    }

    /// How many tries `verification` still has, in words.
    pub(super) fn tries(&self, verification: VerificationId) -> String {
        let shown = self.of(|shield| match shield.state {
            ShieldState::Pending { tries_left, .. } => tries_left,
            _ => 0,
        });
        let entry = self.model.parts().entry.get();
        (EN.tries_left)(tries_left(&entry, verification, shown))
    }

    /// Who sent what is out here, as the history has it.
    pub(super) fn sender(&self) -> Option<String> {
        let masked = self.of(|shield| shield.masked.clone());
        self.model.parts().of_known(|state| {
            let mut history = state.history.iter();
            let it = history.find(|it| it.outcome == Outcome::Pending && it.destination == masked);
            it.map(|it| it.technician.clone())
        })
    }

    /// Who is on the phone: the caller, or whoever vouches for them.
    pub(super) fn whom(&self) -> String {
        let name = self.model.parts().of_known(|state| {
            let mut vouchers = state.vouchers.iter();
            let it = vouchers.find(|it| Some(it.contact) == self.spot.voucher);
            it.map(|it| it.name.clone())
        });
        name.unwrap_or_else(|| EN.caller.to_owned())
    }

    /// Whether something is being sent here this way.
    fn sends(&self, channel: Channel) -> bool {
        self.model
            .parts()
            .entry
            .with(|it| matches!(it, Entry::Sending(to, by) if *to == self.spot && *by == channel))
    }

    /// How a button for `channel` is meant, and milliseconds until it may be used.
    fn sending(&self, channel: Channel) -> (Sending, i64) {
        let parts = self.model.parts();
        let now = parts.now.get();
        let how = self.of(|shield| Some(look::sending(shield, channel, now)));
        let how = how.unwrap_or(Sending::First);
        let wait = parts.entry.with(|entry| entry.resend_in(&self.spot, now));
        (how, if how == Sending::Another { wait } else { 0 })
    }

    /// Why nothing more can be sent here, or how little.
    fn left(&self) -> String {
        self.of(|shield| look::left(shield, &EN, &browser::clock))
    }

    /// Whether a button for `channel` does nothing now.
    fn idle(&self, channel: Channel) -> bool {
        self.model.parts().entry.with(Entry::busy)
            || self.of(|shield| shield.sends.left == 0)
            || self.sending(channel).1 > 0
    }

    fn send(&self, channel: Channel) {
        if self.idle(channel) {
            return;
        }
        let note = match &self.note {
            None => String::new(),
            Some(note) => match note.wanted() {
                None => return,
                Some(note) => note,
            },
        };
        self.wish.run((Wish::Send(self.spot.clone(), channel, note),));
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
            move || r.of(|shield| Some((shield.clone(), r.look() as u32)))
        }),
        {
            let r = same();
            move || {
                let late = r.look() == Look::Failed;
                r.of(|shield| notes(shield, late))
            }
        },
    );
    let about = div("about").kid(p("strong", &row.of(|shield| shield.masked.clone()))).kid(state);
    let alert = div("below").set("role", "alert").drawn(
        {
            let r = same();
            move || r.model.parts().entry.changes()
        },
        {
            let r = same();
            move || {
                let entry = &r.model.parts().entry;
                entry.peek(|entry| entry.unsent(&r.spot).map(failure)).into_iter().collect()
            }
        },
    );
    let panel = div("below").drawn(
        of({
            let r = same();
            move || r.out()
        }),
        {
            let last = Cell::new(None);
            let r = same();
            move || {
                let Some(out) = r.out() else { return Vec::new() };
                let before = last.replace(Some(out.id));
                let ours = r.model.parts().entry.peek(|entry| entry.ours(&r.spot));
                let replaced = before.is_some_and(|before| before != out.id) && !ours;
                vec![match out.channel.proof() {
                    Proof::Code => code_form(r.clone(), out.id, replaced),
                    Proof::Link => link(&r, &out),
                    Proof::Push => push(),
                }]
            }
        },
    );
    let acts = acts(&row);
    el("li")
        .live("class", {
            let r = same();
            move || {
                let mine = r.model.parts().entry.with(|entry| entry.ours(&r.spot));
                Some(if mine { "row mine" } else { "row" }.to_owned())
            }
        })
        .kid(icon)
        .kid(about)
        .kid(notes)
        .kid(alert)
        .kid(panel)
        .kid(acts)
}

/// What to do about a failure, what the shield is worth, why nothing can be sent. `late`: what is
/// out has run out, though the server has not said so yet.
fn notes(shield: &Shield, late: bool) -> Vec<El> {
    let mut notes = Vec::new();
    match shield.state {
        ShieldState::Failed { code: code @ Code::CallerDenied } => {
            notes.push(note("bad", icons::warning(), coded("", code)));
        }
        ShieldState::Failed { code } => notes.push(p("small", look::failed(code, &EN).1)),
        ShieldState::Pending { .. } if late => notes.push(p("small", EN.not_in_time.1)),
        _ => {}
    }
    notes.push(p("small", &look::worth(shield, &EN)));
    if let (true, Some(code)) = (shield.channels.is_empty(), shield.why_not) {
        notes.push(coded("small", code));
    }
    notes
}

/// A button for each way of sending, and what is left of the limits.
fn acts(row: &Row) -> El {
    let same = || row.clone();
    let id = format!("left-{}", row.at);
    let left = p("small", "").set("id", &id).live_text({
        let r = same();
        move || r.left()
    });
    let buttons = div("").drawn(
        of({
            let r = same();
            move || r.of(|shield| shield.channels.clone())
        }),
        {
            let r = same();
            move || {
                let channels = r.of(|shield| shield.channels.clone());
                channels.into_iter().map(|channel| send_button(r.clone(), channel, &id)).collect()
            }
        },
    );
    let quiet = same();
    // One button beside, several below, and quiet ones when there is something better to do.
    div("")
        .live("class", move || {
            let one = quiet.of(|shield| shield.channels.len()) == 1 && quiet.left().is_empty();
            let denied = ShieldState::Failed { code: Code::CallerDenied };
            let denied = quiet.of(|shield| shield.state == denied);
            Some(match (quiet.look(), one) {
                _ if denied => "below acts quiet".to_owned(),
                (Look::Pending | Look::Verified, _) => "below acts quiet".to_owned(),
                (Look::Grey, true) => "acts beside".to_owned(),
                _ => "below acts".to_owned(),
            })
        })
        .kid(buttons)
        .kid(left)
}

fn send_button(row: Row, channel: Channel, left: &str) -> El {
    let to = (EN.to)(&row.of(|shield| shield.masked.clone()));
    let same = || row.clone();
    let label = {
        let r = same();
        move || {
            let (how, wait) = r.sending(channel);
            match (r.sends(channel), (EN.send)(channel.proof(), how)) {
                (true, _) => EN.sending.to_owned(),
                (_, label) if wait > 0 => (EN.send_in)(label, &countdown(wait)),
                (_, label) => label.to_owned(),
            }
        }
    };
    let idle = {
        let r = same();
        move || flag(r.idle(channel))
    };
    bare_button("", move || row.send(channel))
        .live("aria-disabled", idle)
        .set("aria-describedby", left)
        .kid(el("span").live_text(label))
        .kid(el("span").set("class", "vh").text(&to))
}
