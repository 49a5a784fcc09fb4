//! The few things that every screen is made of.

use leptos::prelude::Callable;
use shared::{Code, Finding};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

use super::icons;
use crate::dom::{El, div, el, p};
use crate::flow::Wish;
use crate::gate;
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
    if trouble.wants_sign_in() { said.text(" ").kid(sign_in("", EN.sign_in)) } else { said }
}

/// The way to sign in. In a frame the custom element takes it, and pairs the frame instead.
pub(super) fn sign_in(class: &str, label: &str) -> El {
    el("a").set("class", class).set("href", "/sign-in?again=factor").text(label)
}

/// What ended the line to the server, and the way back.
pub(super) fn trouble_panel(trouble: &Trouble, wish: Wishes) -> El {
    let (what, next) = trouble.sentences(&EN);
    let mut ways = div("buttons");
    if trouble.wants_sign_in() {
        ways = ways.kid(sign_in("button primary", EN.sign_in));
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

/// One of several: a radio button, its label, and what there is to say about it.
pub(super) fn choice(
    group: &str,
    at: usize,
    chosen: bool,
    label: &str,
    about: &str,
    mut act: impl FnMut() + 'static,
) -> El {
    let id = format!("{group}-{at}");
    let radio = el("input").set("type", "radio").set("name", group).set("id", &id);
    let radio = radio.on("change", move |_| act());
    let radio = if chosen { radio.set("checked", "") } else { radio };
    let label = el("label").set("for", &id).kid(el("span").set("class", "strong").text(label));
    div("choice").kid(radio).kid(label.kid(el("span").set("class", "about").text(about)))
}

/// Headline and body of a card, with its icon.
pub(super) fn headline(icon: El, title: El, body: El) -> El {
    div("headline").kid(icon).kid(el("div").kid(title.set("tabindex", "-1")).kid(body))
}

/// Findings in a box, each with what to do about it; `title` stands above them.
pub(super) fn findings(kind: &str, title: El, found: &[Finding]) -> El {
    let line =
        |finding: &Finding| el("li").kid(pair("", &gate::what(finding), finding.code.words().next));
    let list = el("ul").set("class", "findings").kids(found.iter().map(line).collect());
    note(kind, icons::warning(), el("div").kid(title).kid(list))
}

/// What should make the technician think twice.
pub(super) fn warnings(found: &[Finding]) -> Option<El> {
    (!found.is_empty()).then(|| findings("warn", p("strong", EN.warnings), found))
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
