//! Typing in what the contact read out.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::Callable;
use shared::{Code, ShieldState, VerificationId};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::shields::Row;
use super::widgets::{bare_button, coded, failure, flag};
use crate::code_field::{complete, digits};
use crate::dom::{El, div, el, p};
use crate::flow::{Entry, Wish, tries_left};
use crate::model::Part;
use crate::times::countdown;
use crate::words::EN;

/// One code that is out, and the form for it.
struct Form {
    row: Row,
    verification: VerificationId,
    /// What has been typed so far: digits only.
    typed: RefCell<String>,
    /// Whether too few digits were sent off.
    short: Part<bool>,
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

    fn answer(&self) {
        let code = self.typed.borrow().clone();
        let ready = complete(&code);
        self.short.set(!ready);
        if ready && !self.busy() {
            self.row.wish.run((Wish::Answer(self.verification, code),));
        }
    }

    fn input(&self, field: &HtmlInputElement) {
        let value = field.value();
        let now = digits(&value);
        if now != value {
            field.set_value(&now);
        }
        self.short.set(false);
        let ready = complete(&now);
        if self.typed.replace(now.clone()) != now && ready {
            self.answer();
        }
    }

    fn tries(&self) -> String {
        if self.accepted() {
            return EN.accepted.to_owned();
        }
        let shown = self.row.of(|shield| match shield.state {
            ShieldState::Pending { tries_left, .. } => tries_left,
            _ => 0,
        });
        let entry = self.row.model.parts().entry.get();
        (EN.tries_left)(tries_left(&entry, self.verification, shown))
    }

    fn resend_in(&self) -> i64 {
        let parts = self.row.model.parts();
        let now = parts.now.get();
        parts.entry.with(|entry| entry.resend_in(&self.row.key, now))
    }

    /// What is wrong with what was typed.
    fn alert(&self, replaced: bool) -> Vec<El> {
        let parts = self.row.model.parts();
        let mut alert = Vec::new();
        alert.extend(parts.entry.peek(|entry| entry.wrong(self.verification).map(failure)));
        if self.short.peek(|short| *short) {
            alert.push(p("failure", EN.code_incomplete));
        } else if replaced && alert.is_empty() {
            alert.push(coded("failure", Code::CodeReplaced));
        }
        alert
    }
}

/// The field for the code, how many tries are left, and sending another. `replaced`: it took
/// the place of another code that was out here.
pub(super) fn code_form(row: Row, verification: VerificationId, replaced: bool) -> El {
    let at = row.at;
    let masked = row.of(|shield| shield.masked.clone());
    let short = Part::new(false);
    let form = Rc::new(Form { row, verification, typed: RefCell::default(), short });
    let of = || Rc::clone(&form);

    let id = format!("code-{at}");
    let (alert_id, hint_id) = (format!("{id}-alert"), format!("{id}-hint"));
    let label = el("label").set("for", &id).text(EN.code_label);
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
    let resend = bare_button("link", {
        let f = of();
        move || {
            if f.resend_in() == 0 {
                f.row.wish.run((Wish::Send(f.row.key.clone()),));
            }
        }
    })
    .live("aria-disabled", {
        let f = of();
        move || flag(f.resend_in() > 0)
    })
    .kid(el("span").live_text({
        let f = of();
        move || match f.resend_in() {
            0 => EN.send_new_code.to_owned(),
            left => (EN.send_new_code_in)(&countdown(left)),
        }
    }))
    .kid(el("span").set("class", "vh").text(&(EN.to)(&masked)));
    let tries = el("span").live_text({
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
        .kid(div("small line").set("id", &hint_id).kid(tries).kid(resend))
}
