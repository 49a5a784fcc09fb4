//! The few things that every screen is made of.

use leptos::prelude::Callable;
use shared::Code;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

use super::icons;
use crate::dom::{El, div, el, p};
use crate::flow::Wish;
use crate::model::{Model, Wishes};
use crate::trouble::Trouble;
use crate::words::EN;

/// A button that says what the technician wants.
pub(super) fn button(class: &str, label: &str, act: impl FnMut() + 'static) -> El {
    bare_button(class, act).text(label)
}

/// The same, without a label yet.
pub(super) fn bare_button(class: &str, mut act: impl FnMut() + 'static) -> El {
    el("button").set("type", "button").set("class", class).on("click", move |_| act())
}

/// `"true"` or no attribute.
pub(super) fn flag(on: bool) -> Option<String> {
    on.then(|| "true".to_owned())
}

/// `strong` and then `text`, in one paragraph.
pub(super) fn pair(class: &str, strong: &str, text: &str) -> El {
    el("p")
        .set("class", class)
        .kid(el("span").set("class", "strong").text(strong))
        .text(" ")
        .text(text)
}

/// A box with an icon.
pub(super) fn note(kind: &str, icon: El, what: El) -> El {
    div("box").set("class", &format!("box {kind}")).kid(icon).kid(what)
}

/// A code in words.
pub(super) fn coded(class: &str, code: Code) -> El {
    let words = code.words();
    pair(class, words.what, words.next)
}

/// A call that failed, where it was made.
pub(super) fn failure(trouble: &Trouble) -> El {
    let (what, next) = trouble.sentences(&EN);
    let said = pair("failure", &what, &next);
    if trouble.wants_sign_in() { said.text(" ").kid(sign_in("")) } else { said }
}

fn sign_in(class: &str) -> El {
    el("a").set("class", class).set("href", "/sign-in").text(EN.sign_in)
}

/// What ended the line to the server, and the way back.
pub(super) fn trouble_panel(trouble: &Trouble, wish: Wishes) -> El {
    let (what, next) = trouble.sentences(&EN);
    let mut ways = div("buttons");
    if trouble.wants_sign_in() {
        ways = ways.kid(sign_in("button primary"));
    }
    if *trouble != Trouble::Misplaced {
        ways = ways.kid(button("", EN.try_again, move || wish.run((Wish::Retry,))));
    }
    let said = el("div").kid(p("strong", &what)).kid(p("", &next)).kid(ways);
    note("bad", icons::warning(), said).set("role", "alert")
}

/// Grey bars where something will be.
pub(super) fn bones(classes: &[&str]) -> Vec<El> {
    classes.iter().map(|class| div("bone").set("class", &format!("bone {class}"))).collect()
}

/// A modal dialog that follows `open`, and calls `shut` when the browser closes it. Escape
/// and the backdrop are the browser's.
pub(super) fn dialog(
    title: &str,
    model: Model,
    open: fn(Model) -> bool,
    shut: impl Fn() + 'static,
) -> El {
    let dialog = el("dialog").set("aria-labelledby", title).on("close", move |_| shut());
    let of = dialog.clone();
    crate::dom::effect(Box::new(move || {
        let open = open(model);
        let node = of.node().and_then(|node| node.dyn_ref::<HtmlDialogElement>());
        let Some(node) = node else { return };
        if open && !node.open() {
            // It fails only for a dialog that is open or not in the page.
            let _ = node.show_modal();
            // Its title first, so that a screen reader begins at the beginning.
            let title = node.query_selector("h3").ok().flatten();
            if let Some(title) = title.as_ref().and_then(|title| title.dyn_ref::<HtmlElement>()) {
                let _ = title.focus();
            }
        } else if !open && node.open() {
            node.close();
        }
    }));
    dialog
}
