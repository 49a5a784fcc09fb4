//! What the views wish, done.

use std::rc::Rc;

use shared::{ResetAct, ResetId};

use super::{Desk, Then, Work};
use crate::api::{Api, Ask};
use crate::browser;
use crate::flow::{Approving, Deed, Entry, Flow, Line, Wish};
use crate::pick::Pick;

impl Desk {
    pub(super) fn perform(self: &Rc<Self>, wish: Wish) {
        let parts = &self.parts;
        match wish {
            Wish::Send(to, channel, note) => {
                if !parts.entry.peek(Entry::busy) {
                    let ask = self.api.verification(&to, channel, &note);
                    parts.entry.set(Entry::Sending(to.clone(), channel));
                    self.spawn(Work::Call(ask, Then::Sent(to, channel)));
                }
            }
            Wish::Answer(id, code) => {
                if !parts.entry.peek(Entry::busy) {
                    parts.entry.set(Entry::Answering(id));
                    self.spawn(Work::Call(Api::answer(id, code), Then::Answered(id)));
                }
            }
            Wish::Check => self.check(),
            Wish::AskApproval => {
                let ask = self.api.approval();
                self.approve(ask, true);
            }
            Wish::Approve(id, approve) => self.approve(Api::approve(id, approve), false),
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

    /// Asks what stands in the way of a reset, for the confirmation that is open or being opened.
    pub(super) fn check(self: &Rc<Self>) {
        let parts = &self.parts;
        let round = self.round.get().wrapping_add(1);
        self.round.set(round);
        parts.approving.set(Approving::Idle);
        self.flow(|flow| flow.opened(round));
        if parts.flow.peek(|flow| matches!(flow, Flow::Checking(_))) {
            self.spawn(Work::Call(self.api.preflight(), Then::Checked(round)));
        }
    }

    fn approve(self: &Rc<Self>, ask: Ask, asked: bool) {
        if self.parts.approving.peek(|it| *it != Approving::Busy) {
            self.parts.approving.set(Approving::Busy);
            self.spawn(Work::Call(ask, Then::Approval(asked)));
        }
    }

    fn act(self: &Rc<Self>, id: ResetId, act: ResetAct) {
        if !self.parts.deed.peek(|deed| matches!(deed, Deed::Doing(_))) {
            self.parts.deed.set(Deed::Doing(act));
            self.spawn(Work::Call(Api::act(id, act), Then::Acted));
        }
    }
}
