//! Typing in what the contact read out.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::Callable;
use shared::{Code, Shield, ShieldState, VerificationId};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::shields::Row;
use super::widgets::{coded, failure, flag};
use crate::code_field::{complete, digits, least};
use crate::dom::{El, div, effect, el, p};
use crate::flow::{Entry, Wish};
use crate::model::Part;
use crate::words::EN;

/// One code that is out, and the form for it.
struct Form {
    row: Row,
    verification: VerificationId,
    /// What has been typed so far: digits only.
    typed: RefCell<String>,
    /// Whether too few digits were sent off.
    short: Part<bool>,
    /// Whether all of it waits for another call: the server's state may be quicker than its answer to whoever
    /// sends, and nothing that was typed meanwhile is lost.
    held: Cell<bool>,
}

impl Form {
    fn answering(&self) -> bool {
        self.row.model.parts().entry.with(|entry| *entry == Entry::Answering(self.verification))
    }

    fn accepted(&self) -> bool {
        self.row.model.parts().entry.with(|entry| *entry == Entry::Accepted(self.verification))
    }

    fn busy(&self) -> bool {
        self.answering() || self.accepted()
    }

    fn invalid(&self) -> bool {
        let wrong = |entry: &Entry| entry.wrong(self.verification).is_some();
        self.row.model.parts().entry.with(wrong) || self.short.get()
    }

    /// How many digits the code has, once the server has said it.
    fn wanted(&self) -> Option<u32> {
        self.row.of(|shield| match shield.state {
            ShieldState::Pending { digits, .. } => digits,
            _ => None,
        })
    }

    fn answer(&self) {
        let code = self.typed.borrow().clone();
        let ready = complete(&code, self.wanted());
        self.short.set(!ready);
        if ready && !self.busy() {
            let waits = self.row.model.parts().entry.peek(Entry::busy);
            self.held.set(waits);
            if !waits {
                self.row.wish.run((Wish::Answer(self.verification, code),));
            }
        }
    }

    /// Whether what was held may go now: this code is out still, and nothing else went wrong that the answer would
    /// cover.
    fn released(&self) -> bool {
        let parts = self.row.model.parts();
        let wrong = |entry: &Entry| matches!(entry, Entry::Unsent(..) | Entry::Wrong(..));
        let (busy, wrong) = parts.entry.with(|entry| (entry.busy(), wrong(entry)));
        let mine = |shield: &Shield| match shield.state {
            ShieldState::Pending { verification, .. } => verification == self.verification,
            _ => false,
        };
        !busy && self.held.take() && !wrong && self.row.of(mine)
    }

    fn input(&self, field: &HtmlInputElement) {
        let value = field.value();
        let wanted = self.wanted();
        let now = digits(&value, wanted);
        if now != value {
            field.set_value(&now);
        }
        self.short.set(false);
        // By itself only where it is known that nothing is to come.
        let ready = wanted.is_some() && complete(&now, wanted);
        if self.typed.replace(now.clone()) != now {
            self.held.set(false);
            if ready {
                self.answer();
            }
        }
    }

    fn tries(&self) -> String {
        if self.accepted() {
            return EN.accepted.to_owned();
        }
        self.row.tries(self.verification)
    }

    /// What is wrong with what was typed.
    fn alert(&self, replaced: bool) -> Vec<El> {
        let parts = self.row.model.parts();
        let mut alert = Vec::new();
        alert.extend(parts.entry.peek(|entry| entry.wrong(self.verification).map(failure)));
        if self.short.peek(|short| *short) {
            alert.push(p("failure", &(EN.code_incomplete)(least(self.wanted()))));
        } else if replaced && alert.is_empty() {
            alert.push(coded("failure", Code::CodeReplaced));
        }
        alert
    }
}

/// The field for the code, and how many tries are left. `replaced`: it took the place of something
/// else that was out here.
pub(super) fn code_form(row: Row, verification: VerificationId, replaced: bool) -> El {
    let at = row.at;
    let whom = row.whom();
    let short = Part::new(false);
    let held = Cell::new(false);
    let form = Rc::new(Form { row, verification, typed: RefCell::default(), short, held });
    let of = || Rc::clone(&form);

    // Whoever was quicker than the server's word on the length, or than another call, need not press **Check**.
    effect(Box::new({
        let (f, last) = (of(), Cell::new(None));
        move || {
            let wanted = f.wanted();
            let told = last.replace(wanted).is_none() && wanted.is_some();
            // Both are asked each time: each follows what it asks.
            let released = f.released();
            if (told || released) && complete(&f.typed.borrow(), wanted) {
                f.answer();
            }
        }
    }));

    let id = format!("code-{at}");
    let (alert_id, hint_id) = (format!("{id}-alert"), format!("{id}-hint"));
    let label = el("label").set("for", &id).text(&(EN.code_label)(&whom));
    let field = el("input")
        .set("id", &id)
        .set("class", "code-field")
        .set("type", "text")
        .set("inputmode", "numeric")
        .set("autocomplete", "off")
        .set("spellcheck", "false")
        .set("aria-describedby", &format!("{alert_id} {hint_id}"))
        .live("aria-invalid", {
            let f = of();
            move || flag(f.invalid())
        })
        .live("readonly", {
            let f = of();
            move || flag(f.busy())
        })
        .on("input", {
            let f = of();
            move |event| {
                let field = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
                if let Some(field) = field {
                    f.input(&field);
                }
            }
        });
    let check = el("button")
        .set("type", "submit")
        .set("class", "primary")
        .live("aria-disabled", {
            let f = of();
            move || flag(f.busy())
        })
        .live_text({
            let f = of();
            move || if f.answering() { EN.checking_code } else { EN.check_code }.to_owned()
        });
    let alert = div("").set("role", "alert").set("id", &alert_id).drawn(
        {
            let f = of();
            move || f.row.model.parts().entry.changes().wrapping_add(f.short.changes())
        },
        {
            let f = of();
            move || f.alert(replaced)
        },
    );
    let tries = p("small", "").set("id", &hint_id).live_text({
        let f = of();
        move || f.tries()
    });
    el("form")
        .set("class", "code")
        .on("submit", move |event| {
            event.prevent_default();
            form.answer();
        })
        .kid(label)
        .kid(div("line").kid(field).kid(check))
        .kid(alert)
        .kid(tries)
}
