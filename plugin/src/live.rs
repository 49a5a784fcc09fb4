//! The pod with a server behind it: follows the state, and does what the views wish.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Interval;
use leptos::prelude::*;
use leptos::reactive::owner::Owner;
use leptos::task::spawn_local_scoped_with_cancellation;
use shared::{PodState, ResetAct, ResetId, ResetView, ShieldState, VerificationId};
use wasm_bindgen::JsValue;
use web_sys::Node;
use web_sys::js_sys::Function;

use crate::api::{Api, Ask, Place, heard};
use crate::backoff::Backoff;
use crate::browser;
use crate::flow::{Deed, Entry, Flow, Line, Wish};
use crate::model::{Model, Parts};
use crate::news;
use crate::pick::Pick;
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
) -> impl IntoView {
    let model = Model::new();
    let desk = place.map(|place| {
        Rc::new(Desk {
            api: Api::new(place),
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
    Sent(String),
    Answered(VerificationId),
    Checked(u32),
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

    fn hear(self: &Rc<Self>, then: Then, reply: Result<String, Trouble>) {
        let parts = &self.parts;
        match then {
            Then::Sent(key) => self.sent(key, heard(reply)),
            Then::Answered(id) => match reply {
                Ok(_) => parts.entry.set(Entry::Accepted(id)),
                Err(trouble) => {
                    parts.entry.set(Entry::Wrong(id, trouble));
                    self.spawn(Work::Focus(".code-field[aria-invalid]"));
                }
            },
            Then::Checked(round) => self.flow(|flow| flow.checked(round, heard(reply))),
            Then::Reset(id) => match heard(reply) {
                Ok(view) => {
                    self.adopt(view);
                    self.heard_of(id);
                }
                Err(trouble) => self.flow(|flow| flow.failed(id, trouble)),
            },
            Then::Acted => match heard::<ResetView>(reply) {
                Ok(view) => {
                    if parts.deed.peek(|deed| matches!(deed, Deed::Doing(ResetAct::Resend))) {
                        self.emit(&news::Event { name: "link-resent", id: view.id.to_string() });
                    }
                    self.adopt(view);
                    parts.deed.set(Deed::Idle);
                    self.spawn(Work::Focus(RESET_TITLE));
                }
                Err(trouble) => parts.deed.set(Deed::Failed(trouble)),
            },
            Then::Listed(id) => self.pick(|pick| pick.listed(id, heard(reply))),
            Then::Linked(id) => match heard(reply) {
                Ok(view) => {
                    self.adopt(view);
                    self.emit(&news::Event { name: "link-replaced", id: id.to_string() });
                    self.pick(|pick| if pick.of == Some(id) { Pick::default() } else { pick });
                    parts.deed.set(Deed::Idle);
                    self.spawn(Work::Focus(RESET_TITLE));
                }
                Err(trouble) => self.pick(|pick| pick.failed(id, trouble)),
            },
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
                Err(trouble) => return self.parts.line.set(Line::Ended(trouble)),
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
            let mut shields = state.shields.iter();
            shields.any(|shield| {
                matches!(shield.state, ShieldState::Pending { verification, .. } if verification == id)
            })
        };
        if parts.entry.peek(|entry| matches!(entry, Entry::Accepted(id) if !pending(*id))) {
            parts.entry.set(Entry::Idle);
            let next = if state.blocked.is_none() { "#reset" } else { "#verify-title" };
            self.spawn(Work::Focus(next));
        }
        parts.line.set(Line::Live);
        self.show(state);
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
        for (event, masked, until) in news::turned_green(&old, &state) {
            self.emit(&event);
            parts.said.set((EN.now_verified)(&masked, &browser::clock(until)));
        }
        for event in [news::completed(&old, &state), news::link(&old, &state)] {
            event.iter().for_each(|event| self.emit(event));
        }
        let told = |state: &PodState| {
            let reset = state.reset.as_ref();
            reset.map(|reset| story::tell(reset, state.now, &EN, &browser::clock))
        };
        let new = told(&state);
        if let Some(line) = new.filter(|new| told(&old).as_ref() != Some(new)) {
            parts.said.set(format!("{}. {}", line.title, line.body));
        }
        parts.state.set(Some(state));
    }

    fn emit(&self, event: &news::Event) {
        // A listener of the page that throws is the page's affair.
        let _ = self.tell.call2(&JsValue::NULL, &event.name.into(), &event.id.as_str().into());
    }

    fn perform(self: &Rc<Self>, wish: Wish) {
        let parts = &self.parts;
        match wish {
            Wish::Send(key) => {
                if !parts.entry.peek(Entry::busy) {
                    parts.entry.set(Entry::Sending(key.clone()));
                    let ask = self.api.verification(key.clone());
                    self.spawn(Work::Call(ask, Then::Sent(key)));
                }
            }
            Wish::Answer(id, code) => {
                if !parts.entry.peek(Entry::busy) {
                    parts.entry.set(Entry::Answering(id));
                    self.spawn(Work::Call(Api::answer(id, code), Then::Answered(id)));
                }
            }
            Wish::Check => {
                let round = self.round.get().wrapping_add(1);
                self.round.set(round);
                self.flow(|flow| flow.opened(round));
                if parts.flow.peek(|flow| matches!(flow, Flow::Checking(_))) {
                    self.spawn(Work::Call(self.api.preflight(), Then::Checked(round)));
                }
            }
            Wish::Confirm => {
                if parts.flow.peek(|flow| matches!(flow, Flow::Asking(..))) {
                    return;
                }
                self.flow(|flow| flow.confirmed(browser::reset_id));
                if let Flow::Asking(shown, id) = parts.flow.peek(Flow::clone) {
                    let ask = self.api.reset(id, shown.sealed.unwrap_or_default());
                    self.spawn(Work::Call(ask, Then::Reset(id)));
                }
            }
            // Not every browser gives the focus back to a button that was clicked.
            Wish::Dismiss => {
                self.flow(Flow::dismissed);
                self.spawn(Work::Focus("#reset"));
            }
            Wish::Act(id, ResetAct::GiveUp) => parts.deed.set(Deed::Sure(id)),
            Wish::Act(id, ResetAct::NewLink) => {
                parts.pick.set(Pick::opened(id));
                // Not left on **Check again**, which will mean something else.
                self.spawn(Work::Focus("#phones-title"));
                self.spawn(Work::Call(Api::phones(id), Then::Listed(id)));
            }
            Wish::Act(id, act) => self.act(id, act),
            Wish::GiveUp(id) => self.act(id, ResetAct::GiveUp),
            Wish::Keep => {
                parts.deed.set(Deed::Idle);
                self.spawn(Work::Focus("#give-up"));
            }
            Wish::Pick(at) => self.pick(|pick| pick.chose(at)),
            Wish::NewLink => {
                if let Some((id, sealed)) = parts.pick.peek(Pick::wanted) {
                    self.pick(Pick::sending);
                    self.spawn(Work::Call(Api::new_link(id, sealed), Then::Linked(id)));
                }
            }
            Wish::Unpick => {
                parts.pick.set(Pick::default());
                self.spawn(Work::Focus("#new-link"));
            }
            Wish::Retry => {
                if parts.line.peek(|line| matches!(line, Line::Ended(_))) {
                    parts.line.set(Line::Connecting);
                    self.spawn(Work::Follow);
                }
            }
        }
    }

    fn act(self: &Rc<Self>, id: ResetId, act: ResetAct) {
        if !self.parts.deed.peek(|deed| matches!(deed, Deed::Doing(_))) {
            self.parts.deed.set(Deed::Doing(act));
            self.spawn(Work::Call(Api::act(id, act), Then::Acted));
        }
    }

    fn sent(self: &Rc<Self>, key: String, answer: Result<shared::VerificationView, Trouble>) {
        let view = match answer {
            Ok(view) => view,
            Err(trouble) => return self.parts.entry.set(Entry::Unsent(key, trouble)),
        };
        // The poll says the same in a moment; the field need not wait for it.
        let mut state = self.parts.state.peek(Clone::clone);
        for shield in state.iter_mut().flat_map(|state| &mut state.shields) {
            if shield.key == key {
                shield.state = ShieldState::Pending {
                    verification: view.id,
                    expires_at: view.expires_at,
                    tries_left: view.tries_left,
                };
            }
        }
        let at = self.api.skew().server(browser::now());
        self.parts.entry.set(Entry::Sent { key, verification: view.id, at });
        self.parts.state.set(state);
        self.spawn(Work::Focus(".code-field:not([readonly])"));
    }

    /// Shows what a call about a reset was answered.
    fn adopt(&self, view: ResetView) {
        *self.ours.borrow_mut() = Some(view.clone());
        if let Some(mut state) = self.parts.state.peek(Clone::clone) {
            state.reset = Some(view);
            state.now = self.api.skew().server(browser::now());
            self.show(state);
        }
    }
}
