//! Somebody else's word: who, why, and their own shields.

use std::cell::RefCell;
use std::rc::Rc;

use shared::{ContactId, ShieldState, VoucherView};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlTextAreaElement};

use super::shields::list;
use super::widgets::{choice, flag};
use crate::dom::{El, div, el, of, p};
use crate::model::{Model, Part, Wishes};
use crate::words::EN;

/// Why they vouch, in the technician's words.
pub(super) struct Note {
    text: RefCell<String>,
    /// Whether something was to be sent without it.
    missing: Part<bool>,
    field: RefCell<Option<El>>,
}

impl Note {
    /// The note; without one, says that it is missing and goes there.
    pub(super) fn wanted(&self) -> Option<String> {
        let text = self.text.borrow().trim().to_owned();
        self.missing.set(text.is_empty());
        if text.is_empty() {
            let field = self.field.borrow();
            let field = field.as_ref().and_then(El::node);
            if let Some(field) = field.and_then(|field| field.dyn_ref::<HtmlElement>()) {
                // Where it can't take the focus, the field is still marked.
                let _ = field.focus();
            }
            return None;
        }
        Some(text)
    }
}

/// Folded away until somebody wants it; not there unless somebody may vouch.
pub(super) fn vouching(model: Model, wish: Wishes) -> El {
    // What is under way is open.
    let busy = |it: &&VoucherView| it.shields.iter().any(|s| s.state != ShieldState::Grey);
    let first =
        model.parts().of_known(|state| state.vouchers.iter().find(busy).map(|it| it.contact));
    let chosen = Rc::new(Part::new(first));
    let none = move || model.parts().of_state(|state| state.vouchers.is_empty());
    let people = move || {
        let name = |it: &VoucherView| (it.contact, it.name.clone());
        model.parts().of_state(|state| state.vouchers.iter().map(name).collect::<Vec<_>>())
    };
    let choices = el("fieldset").set("class", "choices").drawn(of(people), {
        let chosen = Rc::clone(&chosen);
        move || {
            let mut all = vec![el("legend").set("class", "small").text(EN.who_vouches)];
            for (at, (id, name)) in people().into_iter().enumerate() {
                let of = Rc::clone(&chosen);
                let now = chosen.peek(|it| *it == Some(id));
                all.push(choice("voucher", at, now, &name, "", move || of.set(Some(id))));
            }
            all
        }
    });
    let theirs = div("").drawn(
        {
            let chosen = Rc::clone(&chosen);
            move || chosen.changes()
        },
        move || chosen.peek(|it| it.map(|id| word(model, wish, id)).unwrap_or_default()),
    );
    let mut part = el("details").set("class", "part vouching");
    if first.is_some() {
        part = part.set("open", "");
    }
    part.live("hidden", move || none().then(String::new))
        .kid(el("summary").text(EN.vouching))
        .kid(p("small", EN.vouching_body))
        .kid(choices)
        .kid(theirs)
}

/// The note, and the voucher's shields.
fn word(model: Model, wish: Wishes, id: ContactId) -> Vec<El> {
    let note = Rc::new(Note {
        text: RefCell::default(),
        missing: Part::new(false),
        field: RefCell::default(),
    });
    let of = || Rc::clone(&note);
    let field = el("textarea")
        .set("id", "note")
        .set("rows", "2")
        .set("maxlength", "500")
        .set("aria-describedby", "note-alert")
        .set("aria-required", "true")
        .live("aria-invalid", {
            let n = of();
            move || flag(n.missing.get())
        })
        .on("input", {
            let n = of();
            move |event| {
                let field = event.target().and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok());
                if let Some(field) = field {
                    n.text.replace(field.value());
                    n.missing.set(false);
                }
            }
        });
    note.field.replace(Some(field.clone()));
    let alert = p("failure", "").set("id", "note-alert").set("role", "alert").live_text({
        let n = of();
        move || {
            let words = shared::Code::NoteMissing.words();
            if n.missing.get() { format!("{} {}", words.what, words.next) } else { String::new() }
        }
    });
    vec![
        el("label").set("class", "small").set("for", "note").text(EN.note),
        field,
        alert,
        list(model, wish, Some(id), Some(note)),
    ]
}
