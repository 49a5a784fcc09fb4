//! The confirmation: whom, where, to which phone, and everything that stands in the way, before
//! anything is changed.

use leptos::prelude::Callable;
use shared::{Factor, Preflight};

use super::icons;
use super::widgets::{bones, button, dialog, failure, findings, note, pair, warnings};
use crate::browser;
use crate::dom::{El, address, div, el, p};
use crate::flow::{Approving, Flow, Wish};
use crate::gate;
use crate::model::{Model, Wishes};
use crate::trouble::Trouble;
use crate::words::EN;

/// The dialog behind **Password Reset**.
pub(super) fn confirm(model: Model, wish: Wishes) -> El {
    let open = |model: Model| model.parts().flow.with(Flow::open);
    let shut = move || {
        if open(model) {
            wish.run((Wish::Dismiss,));
        }
    };
    let title = el("h3").set("id", "confirm-title").set("tabindex", "-1");
    let changes = move || model.parts().flow.changes();
    let content = div("").drawn(changes, move || model.parts().flow.peek(content));
    let way_out = button("", "", shut).live_text(move || {
        let going = model.parts().flow.with(|flow| ready(flow) || busy(flow));
        if going { EN.cancel } else { EN.close }.to_owned()
    });
    let asked = move || changes().wrapping_add(model.parts().approving.changes());
    let way_on = div("").drawn(asked, move || {
        let asking = model.parts().approving.peek(|it| *it == Approving::Busy);
        model.parts().flow.peek(|flow| action(flow, asking, wish)).into_iter().collect()
    });
    let unasked = div("").set("role", "alert").drawn(asked, move || unasked(model));
    dialog("confirm-title", model, open, shut)
        .kid(title.text(EN.confirm_title))
        .kid(content)
        .kid(unasked)
        .kid(div("buttons end").kid(way_out).kid(way_on))
}

/// Why nobody could be asked to approve.
fn unasked(model: Model) -> Vec<El> {
    model.parts().approving.peek(|approving| match approving {
        Approving::Failed(trouble) => vec![note("bad", icons::warning(), failure(trouble))],
        _ => Vec::new(),
    })
}

fn busy(flow: &Flow) -> bool {
    matches!(flow, Flow::Checking(_) | Flow::Asking(..))
}

fn ready(flow: &Flow) -> bool {
    matches!(flow, Flow::Confirming(shown) if shown.sealed.is_some() && shown.findings.is_empty())
}

/// What is shown. Alerts are announced as they appear.
fn content(flow: &Flow) -> Vec<El> {
    match flow {
        Flow::Closed | Flow::Parked(..) => Vec::new(),
        Flow::Checking(_) => {
            let said = p("line", "").set("role", "status");
            let mut all = vec![said.kid(icons::spinner()).kid(el("span").text(EN.checking))];
            all.extend(bones(&["wide", "", "wide"]));
            vec![div("").set("aria-busy", "true").kids(all)]
        }
        Flow::Unchecked(trouble) => vec![alert(trouble)],
        Flow::Confirming(shown) | Flow::Asking(shown, _) => details(shown),
        Flow::Unheard(shown, _) => {
            let (what, next) = EN.unheard_reset;
            let said = note("warn", icons::warning(), pair("", what, next));
            vec![person(shown), said.set("role", "alert")]
        }
        Flow::Refused(shown, trouble) => vec![person(shown), alert(trouble)],
    }
}

fn alert(trouble: &Trouble) -> El {
    note("bad", icons::warning(), failure(trouble)).set("role", "alert")
}

/// The button that goes on, if going on is possible at all.
fn action(flow: &Flow, asking: bool, wish: Wishes) -> Option<El> {
    let (label, class, wanted, can) = match flow {
        _ if flow.wants_approval() == Some(true) => {
            let label = if asking { EN.asking_approval } else { EN.ask_approval };
            (label, "primary", Wish::AskApproval, !asking)
        }
        Flow::Closed | Flow::Parked(..) => return None,
        Flow::Checking(_) => (EN.confirm, "primary danger", Wish::Confirm, false),
        Flow::Confirming(_) => (EN.confirm, "primary danger", Wish::Confirm, ready(flow)),
        Flow::Asking(..) => (EN.confirming, "primary danger", Wish::Confirm, false),
        Flow::Unheard(..) => (EN.try_again, "primary", Wish::Confirm, true),
        Flow::Unchecked(_) | Flow::Refused(..) => (EN.check_again, "primary", Wish::Check, true),
    };
    let button = button(class, label, move || {
        if can {
            wish.run((wanted.clone(),));
        }
    });
    Some(if can {
        button
    } else {
        button.set("aria-disabled", "true").set("aria-describedby", "confirm-why")
    })
}

fn person(shown: &Preflight) -> El {
    let tenant = (EN.tenant_of)(&shown.tenant, &shown.customer);
    let rows = [
        (EN.person, shown.person.as_str()),
        (EN.upn, &shown.upn),
        (EN.tenant, &tenant),
        (EN.goes_to, shown.phone.as_deref().unwrap_or(EN.no_phone)),
        (EN.approved_by, shown.approved_by.as_deref().unwrap_or_default()),
    ];
    rows.into_iter().filter(|(_, text)| !text.is_empty()).fold(el("dl"), |list, (name, text)| {
        list.kid(el("div").kid(el("dt").text(name)).kid(address(el("dd"), text)))
    })
}

fn details(shown: &Preflight) -> Vec<El> {
    let mut all = vec![person(shown)];
    if !shown.findings.is_empty() {
        let title = gate::summary(&shown.findings, &EN);
        let title = p("strong", &title).set("id", "confirm-why");
        all.push(findings("bad", title, &shown.findings).set("role", "alert"));
        all.extend(warnings(&shown.warnings));
        return all;
    }
    all.extend(warnings(&shown.warnings));
    if shown.factor == Factor::One {
        let (title, text) = EN.one_factor;
        all.push(note("warn", icons::warning(), pair("", title, text)));
    }
    if let Some(at) = shown.phone_changed_at {
        let when = browser::local(at).when(browser::local(browser::now()), &EN);
        let said = pair("", EN.new_phone, &(EN.new_phone_body)(&when));
        all.push(note("warn", icons::warning(), said));
    }
    if shown.unlock_code {
        let (title, text) = EN.unlock_ahead;
        all.push(note("info", icons::note(), pair("", title, text)));
    }
    all.push(p("small", EN.nothing_changed).set("id", "confirm-why"));
    all
}
