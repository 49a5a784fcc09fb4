//! What the views show. `live` fills it from the server; a test fills it by hand.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use shared::{Channel, Millis, PhonesView, PodState, Preflight, ResetId, ResetView};

use crate::dom::El;
use crate::flow::{Approving, Deed, Entry, Flow, Line, Wish};
use crate::pick::Pick;
use crate::spot::Spot;

/// Where views send what the technician wants.
pub type Wishes = UnsyncCallback<(Wish,)>;

/// A value that can be followed. One kind of signal, a number that counts the changes, serves
/// all types, so that the reactive code is compiled once.
pub(crate) struct Part<T> {
    value: RefCell<T>,
    changes: RwSignal<u32>,
}

impl<T: Clone + PartialEq> Part<T> {
    /// Starts as `value`.
    pub(crate) fn new(value: T) -> Self {
        Self { value: RefCell::new(value), changes: RwSignal::new(0) }
    }

    /// The value; an effect that asks follows it.
    pub(crate) fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.changes.try_get();
        self.peek(read)
    }

    /// The value, not followed.
    pub(crate) fn peek<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.value.borrow())
    }

    /// A copy; an effect that asks follows it.
    pub(crate) fn get(&self) -> T {
        self.with(T::clone)
    }

    /// How often it has changed; an effect that asks follows it.
    pub(crate) fn changes(&self) -> u32 {
        self.changes.try_get().unwrap_or_default()
    }

    /// Changes it. Nobody is told when it stays the same.
    pub(crate) fn set(&self, value: T) {
        if self.peek(|now| *now == value) {
            return;
        }
        self.value.replace(value);
        self.changes.try_update(|count| *count = count.wrapping_add(1));
    }
}

/// The parts of one pod.
pub(crate) struct Parts {
    /// The newest state.
    pub(crate) state: Part<Option<PodState>>,
    /// The server's time, moving on each second.
    pub(crate) now: Part<Millis>,
    /// The line to the server.
    pub(crate) line: Part<Line>,
    /// Sending and answering a code.
    pub(crate) entry: Part<Entry>,
    /// From the click to the server's answer.
    pub(crate) flow: Part<Flow>,
    /// Asking for approval, or answering.
    pub(crate) approving: Part<Approving>,
    /// Sending again and giving up.
    pub(crate) deed: Part<Deed>,
    /// Choosing the phone for a new link.
    pub(crate) pick: Part<Pick>,
    /// What a screen reader says next.
    pub(crate) said: Part<String>,
    /// The pod's outermost element, for moving the focus.
    pub(crate) pod: RefCell<Option<El>>,
}

impl Parts {
    fn new() -> Self {
        Self {
            state: Part::new(None),
            now: Part::new(Millis(0)),
            line: Part::new(Line::Connecting),
            entry: Part::new(Entry::Idle),
            flow: Part::new(Flow::Closed),
            approving: Part::new(Approving::Idle),
            deed: Part::new(Deed::Idle),
            pick: Part::new(Pick::default()),
            said: Part::new(String::new()),
            pod: RefCell::new(None),
        }
    }

    /// Something of the state, if there is one.
    pub(crate) fn of_state<R: Default>(&self, read: impl FnOnce(&PodState) -> R) -> R {
        self.state.with(|state| state.as_ref().map(read).unwrap_or_default())
    }

    /// The same, not followed.
    pub(crate) fn of_known<R: Default>(&self, read: impl FnOnce(&PodState) -> R) -> R {
        self.state.peek(|state| state.as_ref().map(read).unwrap_or_default())
    }

    /// Something of the person's reset, if there is one.
    pub(crate) fn of_reset<R: Default>(&self, read: impl FnOnce(&ResetView) -> R) -> R {
        self.of_state(|state| state.reset.as_ref().map(read).unwrap_or_default())
    }
}

/// One pod's model. `Copy`, like a signal; it ends with the owner that it was made under.
#[derive(Clone, Copy)]
pub struct Model(StoredValue<Rc<Parts>, LocalStorage>);

impl Model {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Self {
        Self(StoredValue::new_local(Rc::new(Parts::new())))
    }

    /// The parts; empty ones when the pod is gone.
    pub(crate) fn parts(self) -> Rc<Parts> {
        self.0.try_get_value().unwrap_or_else(|| Rc::new(Parts::new()))
    }

    /// Shows `state`, at the server's time that stands in it.
    pub fn show(self, state: PodState) {
        let parts = self.parts();
        parts.now.set(state.now);
        parts.line.set(Line::Live);
        parts.state.set(Some(state));
    }

    /// Shows a connection that is lost and being tried again.
    pub fn lose(self) {
        self.parts().line.set(Line::Lost);
    }

    /// Shows that something is being sent to a shield, or nothing any more.
    pub fn send(self, to: Option<(Spot, Channel)>) {
        let entry = to.map_or(Entry::Idle, |(to, channel)| Entry::Sending(to, channel));
        self.parts().entry.set(entry);
    }

    /// Opens the confirmation with `shown`.
    pub fn confirm(self, shown: Preflight) {
        self.parts().flow.set(Flow::Confirming(shown));
    }

    /// Opens the choice of a phone for a new link of `reset`.
    pub fn choose(self, reset: ResetId, phones: PhonesView) {
        self.parts().pick.set(Pick::opened(reset).listed(reset, Ok(phones)));
    }
}

impl Default for Model {
    fn default() -> Self {
        Self::new()
    }
}
