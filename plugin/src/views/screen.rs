//! The pod's one screen, from a model alone.

use leptos::prelude::*;
use web_sys::Node;

use super::approval::approval;
use super::confirm::confirm;
use super::give_up::give_up;
use super::history::history;
use super::icons;
use super::person::person;
use super::phones::phones;
use super::progress::progress;
use super::reset_button::reset_button;
use super::shields::shields;
use super::vouching::vouching;
use super::widgets::{bones, note, trouble_panel, warnings};
use crate::dom::{El, div, el, of, p};
use crate::flow::Line;
use crate::model::{Model, Wishes};
use crate::words::EN;

/// Everything the technician sees.
#[component]
pub fn Screen(
    /// Where it is drawn.
    root: Node,
    /// What is shown.
    model: Model,
    /// Where wishes go.
    wish: Wishes,
) -> impl IntoView {
    let known = move || model.parts().state.with(Option::is_some);
    let body = div("").drawn(
        move || u32::from(known()),
        move || if known() { body(model, wish) } else { vec![unknown(model, wish)] },
    );
    let said = p("vh", "").set("role", "status");
    let said = said.live_text(move || model.parts().said.get());
    let pod = el("section").set("class", "pod").set("aria-label", EN.pod).kid(body).kid(said);
    pod.stay_in(&root);
    model.parts().pod.replace(Some(pod));
}

fn body(model: Model, wish: Wishes) -> Vec<El> {
    vec![
        lost(model),
        ended(model, wish),
        notice(model),
        person(model),
        progress(model, wish),
        approval(model, wish),
        shields(model, wish),
        think_twice(model),
        vouching(model, wish),
        reset_button(model, wish),
        history(model),
        confirm(model, wish),
        give_up(model, wish),
        phones(model, wish),
    ]
}

/// Calm: it is being tried again.
fn lost(model: Model) -> El {
    let lost = move || model.parts().line.with(|line| *line == Line::Lost);
    div("").set("role", "status").drawn(
        move || u32::from(lost()),
        move || {
            let banner = p("banner", "").kid(icons::spinner()).kid(el("span").text(EN.lost));
            lost().then_some(banner).into_iter().collect()
        },
    )
}

/// Plain: it is not.
fn ended(model: Model, wish: Wishes) -> El {
    div("").drawn(
        move || model.parts().line.changes(),
        move || match model.parts().line.get() {
            Line::Ended(trouble) => vec![trouble_panel(&trouble, wish)],
            _ => Vec::new(),
        },
    )
}

/// What an admin should look after, with the way there: a page of ours, in a tab of its own.
fn notice(model: Model) -> El {
    div("notice").drawn(
        of(move || model.parts().of_state(|state| state.notice.clone())),
        move || match model.parts().of_state(|state| state.notice.clone()) {
            Some(it) => {
                let way = el("a").set("href", &it.path).set("target", "_blank");
                let way = way.set("rel", "noopener").text(EN.look_after);
                let words = p("", &it.text).text(" ").kid(way);
                vec![note("warn", icons::warning(), words)]
            }
            None => Vec::new(),
        },
    )
}

/// What is unusual, beside what stands in the way.
fn think_twice(model: Model) -> El {
    div("twice")
        .drawn(of(move || model.parts().of_state(|state| state.warnings.clone())), move || {
            model.parts().of_state(|state| warnings(&state.warnings)).into_iter().collect()
        })
}

/// Before the first answer.
fn unknown(model: Model, wish: Wishes) -> El {
    let loading = move || match model.parts().line.get() {
        Line::Lost => EN.lost.to_owned(),
        Line::Ended(_) => String::new(),
        _ => EN.loading.to_owned(),
    };
    let over = move || model.parts().line.with(|line| matches!(line, Line::Ended(_)));
    let skeleton = div("").live("aria-busy", move || Some((!over()).to_string())).drawn(
        move || u32::from(over()),
        move || {
            if over() { Vec::new() } else { bones(&["wide", "", "block", "tall"]) }
        },
    );
    div("")
        .kid(p("small", "").set("role", "status").live_text(loading))
        .kid(skeleton)
        .kid(ended(model, wish))
}
