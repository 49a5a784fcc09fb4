//! How far the reset is, and what came of it.

use leptos::prelude::Callable;
use shared::{Code, LateView, ResetAct, ResetId, ShareState, StepState, StepView};

use super::icons;
use super::widgets::{bare_button, failure, flag, headline, note, pair};
use crate::browser;
use crate::dom::{El, div, el, of, p};
use crate::flow::{Deed, Wish};
use crate::model::{Model, Wishes};
use crate::story::{self, Headline, Tone};
use crate::words::EN;

/// The newest reset of this person.
pub(super) fn progress(model: Model, wish: Wishes) -> El {
    let any = move || model.parts().of_state(|state| state.reset.is_some());
    div("").drawn(
        move || u32::from(any()),
        move || if any() { vec![card(model, wish)] } else { Vec::new() },
    )
}

fn told(model: Model) -> Option<Headline> {
    let parts = model.parts();
    let now = parts.now.get();
    parts.of_reset(|reset| Some(story::tell(reset, now, &EN, &browser::clock)))
}

fn tone(model: Model) -> Tone {
    told(model).map_or(Tone::Busy, |told| told.tone)
}

/// The unlock code, until the link is opened.
fn unlock(model: Model) -> String {
    model.parts().of_reset(|reset| match reset.share {
        ShareState::Opened { .. } => String::new(),
        _ => reset.unlock_code.as_deref().map(story::spaced).unwrap_or_default(),
    })
}

fn card(model: Model, wish: Wishes) -> El {
    let title = move || told(model).map(|told| told.title).unwrap_or_default();
    let body = move || told(model).map(|told| told.body).unwrap_or_default();
    let whom = move || model.parts().of_reset(|reset| (EN.for_whom)(&reset.person, &reset.phone));
    let asked = move || {
        model.parts().of_reset(|reset| {
            let when = browser::local(reset.asked_at).when(browser::local(browser::now()), &EN);
            (EN.asked)(&reset.asked_by, &when)
        })
    };
    let icon = div("").drawn(move || tone(model) as u32, move || vec![icons::tone(tone(model))]);
    let title = el("h3").set("id", "reset-title").live_text(title);
    let headline = headline(icon, title, el("p").live_text(body));
    let unlock = div("").drawn(of(move || unlock(model)), move || {
        Some(unlock(model)).filter(|c| !c.is_empty()).map(unlock_code).into_iter().collect()
    });
    let wrong =
        div("").drawn(of(move || model.parts().of_reset(|reset| reset.tries_left)), move || {
            let left = model.parts().of_reset(|reset| reset.tries_left).filter(|left| *left < 5);
            let said = |left| p("small", &(EN.wrong_code)(&(EN.tries_left)(left)));
            left.map(said).into_iter().collect()
        });
    let late = div("").set("role", "alert").drawn(
        of(move || model.parts().of_reset(|reset| reset.late)),
        move || {
            let late = model.parts().of_reset(|reset| reset.late);
            let said = |late: LateView| {
                let body = (EN.late_body)(late.count, &browser::clock(late.at));
                note("bad", icons::warning(), pair("", EN.late, &body))
            };
            late.map(said).into_iter().collect()
        },
    );
    let steps = el("ol").set("class", "steps").set("aria-label", EN.steps).drawn(
        of(move || model.parts().of_reset(|reset| (reset.steps.clone(), story::over(reset)))),
        move || {
            model.parts().of_reset(|reset| {
                let over = story::over(reset);
                reset.steps.iter().map(|view| step(view, over)).collect()
            })
        },
    );
    let alert = div("").set("role", "alert").drawn(
        move || model.parts().deed.changes(),
        move || match model.parts().deed.get() {
            Deed::Failed(trouble) => vec![failure(&trouble)],
            _ => Vec::new(),
        },
    );
    let acts = div("buttons").drawn(
        of(move || model.parts().of_reset(|reset| (Some(reset.id), reset.acts.clone()))),
        move || {
            model.parts().of_reset(|reset| {
                let acts = reset.acts.iter();
                acts.map(|act| act_button(model, wish, reset.id, *act)).collect()
            })
        },
    );
    el("section")
        .live("class", move || Some(format!("part card {}", tone(model).class())))
        .kid(headline)
        .kid(late)
        .kid(unlock)
        .kid(wrong)
        .kid(steps)
        .kid(alert)
        .kid(acts)
        .kid(p("small", "").live_text(whom))
        .kid(p("small", "").live_text(asked))
}

fn unlock_code(code: String) -> El {
    div("unlock")
        .kid(p("small", EN.unlock_code).set("id", "unlock-label"))
        .kid(el("output").set("aria-labelledby", "unlock-label").text(&code))
        .kid(p("small", EN.unlock_hint))
}

fn step(view: &StepView, over: bool) -> El {
    let mut line = el("li").set("class", story::step_class(&view.state));
    let mut what = el("span").text((EN.step)(view.what, &view.state));
    match &view.state {
        StepState::Running => line = line.set("aria-current", "step"),
        StepState::Failed { code } => {
            let words = code.words();
            let mut why = el("span").set("class", "small why").text(words.what);
            // Nothing else on this page says what to do about it.
            if *code == Code::SessionsPermission {
                why = why.text(" ").text(words.next);
            }
            what = what.kid(why);
        }
        _ => {}
    }
    let mark = story::mark(&view.state, over, &EN, &browser::clock);
    line.kid(icons::step(&view.state)).kid(what).kid(el("span").set("class", "when").text(&mark))
}

fn act_button(model: Model, wish: Wishes, id: ResetId, act: ResetAct) -> El {
    let busy = move || model.parts().deed.with(|deed| matches!(deed, Deed::Doing(_)));
    let doing = move || model.parts().deed.with(|deed| *deed == Deed::Doing(act));
    let name = match act {
        ResetAct::Resend => "resend",
        ResetAct::NewLink => "new-link",
        ResetAct::GiveUp => "give-up",
    };
    let label = move || {
        let share = model.parts().of_reset(|reset| Some(reset.share.clone()));
        match (act, share) {
            _ if doing() => (EN.acting)(act),
            (ResetAct::NewLink, Some(ShareState::Locked)) => EN.new_link,
            (ResetAct::GiveUp, Some(ShareState::Opened { .. })) => EN.close_link,
            _ => (EN.act)(act),
        }
        .to_owned()
    };
    bare_button("", move || {
        if !busy() {
            wish.run((Wish::Act(id, act),));
        }
    })
    .set("id", name)
    .live("aria-disabled", move || flag(busy()))
    .live_text(label)
}
