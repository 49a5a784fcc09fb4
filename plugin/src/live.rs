//! The pod with a server behind it: follows the state; `wishes` does what the views wish, `answers`
//! hears what comes of it.

mod answers;
mod wishes;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Interval;
use leptos::prelude::*;
use leptos::reactive::owner::Owner;
use leptos::task::spawn_local_scoped_with_cancellation;
use shared::{PodState, ResetId, ResetView, ShieldState, VerificationId};
use wasm_bindgen::JsValue;
use web_sys::Node;
use web_sys::js_sys::Function;

use crate::api::{Api, Ask, Place, heard};
use crate::backoff::Backoff;
use crate::browser;
use crate::flow::{Entry, Flow, Line};
use crate::model::{Model, Parts};
use crate::news;
use crate::pick::Pick;
use crate::spot::{self, Spot};
use crate::story;
use crate::trouble::Trouble;
use crate::views::Screen;
use crate::words::EN;

/// The whole pod.
#[component]
pub(crate) fn Pod(
    /// Where it is drawn.
    root: Node,
    /// What it is about; `None` when the page did not say it in a way we know.
    place: Option<Place>,
    /// Tells the embedding page: name of the event, id of what it is about.
    tell: Function,
    /// Makes its calls.
    ask: Function,
) -> impl IntoView {
    let model = Model::new();
    let desk = place.map(|place| {
        Rc::new(Desk {
            api: Api::new(place, ask),
            parts: model.parts(),
            tell,
            ours: RefCell::default(),
            round: Cell::new(0),
            owner: Owner::current(),
        })
    });
    match &desk {
        Some(desk) => {
            let of = Rc::clone(desk);
            StoredValue::new_local(Interval::new(1_000, move || of.set_now()));
            desk.spawn(Work::Follow);
        }
        None => model.parts().line.set(Line::Ended(Trouble::Misplaced)),
    }
    let wish = UnsyncCallback::new(move |(wish,)| {
        if let Some(desk) = &desk {
            desk.perform(wish);
        }
    });
    view! { <Screen root model wish /> }
}

/// What takes time. One kind of task for all of it.
enum Work {
    Follow,
    Call(Ask, Then),
    Focus(&'static str),
}

/// What an answer is for.
enum Then {
    Sent(Spot, shared::Channel),
    Answered(VerificationId),
    Checked(u32),
    /// An approval was asked for, or else answered.
    Approval(bool),
    Reset(ResetId),
    Acted,
    Listed(ResetId),
    Linked(ResetId),
}

/// Where what happens to the reset is told.
const RESET_TITLE: &str = "#reset-title";

struct Desk {
    api: Api,
    parts: Rc<Parts>,
    tell: Function,
    /// The newest answer to a call about a reset, until the poll knows of it too.
    ours: RefCell<Option<ResetView>>,
    /// Counts the preflights asked for.
    round: Cell<u32>,
    /// The component; what is under way ends with it.
    owner: Option<Owner>,
}

impl Desk {
    fn spawn(self: &Rc<Self>, work: Work) {
        let desk = Rc::clone(self);
        if let Some(owner) = &self.owner {
            owner.with(|| {
                spawn_local_scoped_with_cancellation(async move { desk.work(work).await });
            });
        }
    }

    async fn work(self: &Rc<Self>, work: Work) {
        match work {
            Work::Follow => self.follow().await,
            Work::Call(ask, then) => {
                let reply = self.api.call(ask).await;
                self.hear(then, reply);
            }
            Work::Focus(selector) => {
                let pod = self.parts.pod.borrow().clone();
                browser::focus(pod, selector).await;
            }
        }
    }

    fn set_now(&self) {
        self.parts.now.set(self.api.skew().server(browser::now()));
    }

    fn flow(&self, step: impl FnOnce(Flow) -> Flow) {
        let flow = self.parts.flow.peek(Flow::clone);
        self.parts.flow.set(step(flow));
    }

    fn pick(&self, step: impl FnOnce(Pick) -> Pick) {
        let pick = self.parts.pick.peek(Pick::clone);
        self.parts.pick.set(step(pick));
    }

    /// The server knows of this reset, by its answer or by the poll, whichever is first. The
    /// button that opened the dialog is blocked now; what happens is up there.
    fn heard_of(self: &Rc<Self>, id: ResetId) {
        if self.parts.flow.peek(|flow| flow.awaits(id)) {
            self.flow(|flow| flow.known(id));
            self.spawn(Work::Focus(RESET_TITLE));
        }
    }

    /// The long poll, until the pod is gone or asking again would not help.
    async fn follow(self: &Rc<Self>) {
        let mut backoff = Backoff::default();
        let mut tag: Option<String> = None;
        loop {
            let asked = browser::now();
            let mut wait = 0;
            let reply = self.api.call(self.api.state(tag.as_deref())).await;
            match heard::<PodState>(reply) {
                Ok(state) => {
                    self.api.told_time(state.now);
                    backoff.worked();
                    // A server that does not hold the poll must not make us spin.
                    if tag.as_ref() == Some(&state.tag) && browser::now().since(asked) < 1_000 {
                        wait = 1_000;
                    }
                    tag = Some(state.tag.clone());
                    self.learn(state);
                }
                Err(trouble) if trouble.passes() => {
                    // The next answer is wanted at once, changed or not.
                    tag = None;
                    self.parts.line.set(Line::Lost);
                    wait = backoff.failed(browser::jitter(), trouble.retry_after());
                }
                Err(trouble) => {
                    if trouble == Trouble::SignedOut {
                        self.emit(&news::Event { name: "sign-in", id: String::new() });
                    }
                    return self.parts.line.set(Line::Ended(trouble));
                }
            }
            if wait > 0 {
                browser::sleep(wait).await;
            }
        }
    }

    fn learn(self: &Rc<Self>, mut state: PodState) {
        let parts = &self.parts;
        self.set_now();
        state.reset = story::newest(state.reset.take(), self.ours.borrow().as_ref());
        if let Some(id) = state.reset.as_ref().map(|reset| reset.id) {
            self.heard_of(id);
        }
        if parts.line.peek(|line| *line == Line::Lost) {
            parts.said.set(EN.back.to_owned());
        }
        let pending = |id: VerificationId| {
            spot::all(&state).iter().any(|(_, shield)| {
                matches!(shield.state, ShieldState::Pending { verification, .. } if verification == id)
            })
        };
        if parts.entry.peek(|entry| matches!(entry, Entry::Accepted(id) if !pending(*id))) {
            parts.entry.set(Entry::Idle);
            let next = if state.blocked.is_none() { "#reset" } else { "#verify-title" };
            self.spawn(Work::Focus(next));
        }
        parts.line.set(Line::Live);
        let approval = |state: &PodState| state.approval.as_ref().map(|it| (it.id, it.state));
        let before = parts.of_known(approval);
        let answered = before != approval(&state);
        self.show(state);
        // What the confirmation says about it is old now.
        if answered && parts.flow.peek(|flow| flow.wants_approval().is_some()) {
            self.check();
        }
    }

    /// Shows `state`, and tells page and screen reader what is new in it.
    fn show(&self, state: PodState) {
        let parts = &self.parts;
        let Some(old) = parts.state.peek(Clone::clone) else {
            return parts.state.set(Some(state));
        };
        let quiet = PodState { now: state.now, tag: state.tag.clone(), ..old.clone() };
        if quiet == state {
            return;
        }
        for (event, said) in news::shields(&old, &state, &EN, &browser::clock) {
            self.emit(&event);
            self.say(said);
        }
        self.say(news::approval(&old, &state, &EN, &browser::clock));
        for event in [news::completed(&old, &state), news::link(&old, &state)] {
            event.iter().for_each(|event| self.emit(event));
        }
        let told = |state: &PodState| {
            let reset = state.reset.as_ref();
            reset.map(|reset| story::tell(reset, state.now, &EN, &browser::clock))
        };
        let new = told(&state);
        if let Some(line) = new.filter(|new| told(&old).as_ref() != Some(new)) {
            self.say(format!("{}. {}", line.title, line.body));
        }
        parts.state.set(Some(state));
    }

    fn say(&self, text: String) {
        if !text.is_empty() {
            self.parts.said.set(text);
        }
    }

    fn emit(&self, event: &news::Event) {
        // A listener of the page that throws is the page's affair.
        let _ = self.tell.call2(&JsValue::NULL, &event.name.into(), &event.id.as_str().into());
    }
}
