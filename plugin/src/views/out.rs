//! What is out and is not typed in here: a link with its two digits, a push.

use super::icons;
use super::shields::Row;
use super::widgets::pair;
use crate::dom::{El, div, el, p};
use crate::look::Out;
use crate::story::spaced;
use crate::words::EN;

/// The two digits, large, and what happens with them; or whose link it is.
pub(super) fn link(row: &Row, out: &Out) -> El {
    let Some(say) = &out.say else {
        let who = row.sender();
        let who = who.as_deref().unwrap_or(EN.colleague);
        return div("out").kid(pair("", &(EN.link_of)(who), EN.link_of_hint));
    };
    let id = format!("say-{}", row.at);
    let tries = {
        let (r, id) = (row.clone(), out.id);
        p("small", "").live_text(move || r.tries(id))
    };
    div("out say")
        .set("tabindex", "-1")
        .set("role", "group")
        .set("aria-labelledby", &id)
        .kid(p("strong", &(EN.say)(&row.whom())).set("id", &id))
        .kid(el("output").set("aria-labelledby", &id).text(&spaced(say)))
        .kid(p("small", EN.say_hint))
        .kid(tries)
}

/// Waiting for the person's tap.
pub(super) fn push() -> El {
    let (what, next) = EN.push_out;
    div("out line").set("tabindex", "-1").kid(icons::spinner()).kid(pair("", what, next))
}
