//! Earlier verifications of this contact.

use shared::{HistoryView, Outcome};

use super::icons;
use super::widgets::pair;
use crate::browser;
use crate::dom::{El, el, of, p};
use crate::look::Look;
use crate::model::Model;
use crate::words::EN;

/// Folded away until somebody wants it.
pub(super) fn history(model: Model) -> El {
    let count = move || model.parts().of_state(|state| state.history.len());
    let list = el("ul")
        .set("class", "history")
        .drawn(of(move || model.parts().of_state(|state| state.history.clone())), move || {
            model.parts().of_state(|state| state.history.iter().map(line).collect())
        });
    el("details")
        .set("class", "part")
        .live("hidden", move || (count() == 0).then(String::new))
        .kid(el("summary").live_text(move || (EN.history)(count())))
        .kid(list)
}

fn line(entry: &HistoryView) -> El {
    let when = browser::local(entry.at).when(browser::local(browser::now()), &EN);
    let look = match entry.outcome {
        Outcome::Verified => Look::Verified,
        Outcome::Pending => Look::Pending,
        Outcome::Expired | Outcome::Replaced => Look::Grey,
        Outcome::TriesSpent | Outcome::Unsent | Outcome::Denied => Look::Failed,
    };
    let mut place = vec![(EN.channel)(entry.channel).to_owned()];
    place.extend(entry.voucher.as_deref().map(EN.vouched));
    place.extend([(EN.source)(entry.source).to_owned(), (EN.by)(&entry.technician)]);
    place.extend(entry.ticket.clone());
    let destination = el("span").set("class", "whole").text(&entry.destination);
    let about = el("div")
        .kid(pair("", (EN.outcome)(entry.outcome), "· ").kid(destination))
        .kid(p("small", &place.join(" · ")));
    let when = el("span").set("class", "when").text(&when);
    el("li").kid(icons::shield(look)).kid(about).kid(when)
}
