//! What the server answered.

use std::rc::Rc;

use shared::{Channel, PodState, ResetAct, ResetView, ShieldState, VerificationView};

use super::{Desk, RESET_TITLE, Then, Work};
use crate::api::heard;
use crate::browser;
use crate::flow::{Approving, Deed, Entry};
use crate::news;
use crate::pick::Pick;
use crate::spot::Spot;
use crate::trouble::Trouble;

impl Desk {
    pub(super) fn hear(self: &Rc<Self>, then: Then, reply: Result<String, Trouble>) {
        let parts = &self.parts;
        match then {
            Then::Sent(to, channel) => self.sent(to, channel, heard(reply)),
            Then::Answered(id) => match reply {
                Ok(_) => parts.entry.set(Entry::Accepted(id)),
                Err(trouble) => {
                    parts.entry.set(Entry::Wrong(id, trouble));
                    self.spawn(Work::Focus(".code-field[aria-invalid]"));
                }
            },
            Then::Checked(round) => self.flow(|flow| flow.checked(round, heard(reply))),
            Then::Approval(asked) => match heard(reply) {
                Ok(view) => {
                    parts.approving.set(Approving::Idle);
                    self.know(|state| state.approval = Some(view));
                    if asked {
                        self.check();
                    }
                    let title = if asked { "#confirm-title" } else { "#approval-title" };
                    self.spawn(Work::Focus(title));
                }
                Err(trouble) => parts.approving.set(Approving::Failed(trouble)),
            },
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

    fn sent(
        self: &Rc<Self>,
        to: Spot,
        channel: Channel,
        answer: Result<VerificationView, Trouble>,
    ) {
        let view = match answer {
            Ok(view) => view,
            Err(trouble) => return self.parts.entry.set(Entry::Unsent(to, trouble)),
        };
        // The poll says the same, or has said it; the field need not wait for it.
        self.know(|state| {
            let Some(shield) = to.of_mut(state) else { return };
            let known = matches!(&shield.state, ShieldState::Pending { verification, .. } if *verification == view.id);
            if !known {
                shield.state = ShieldState::Pending {
                    verification: view.id,
                    channel,
                    say: view.say.clone(),
                    digits: None,
                    expires_at: view.expires_at,
                    tries_left: view.tries_left,
                };
            }
        });
        let at = self.api.skew().server(browser::now());
        self.parts.entry.set(Entry::Sent { to, verification: view.id, at });
        self.spawn(Work::Focus(".mine .code-field:not([readonly]), .mine .out"));
    }

    /// Shows what a call about a reset was answered.
    fn adopt(&self, view: ResetView) {
        *self.ours.borrow_mut() = Some(view.clone());
        self.know(|state| state.reset = Some(view));
    }

    /// Shows something before the poll knows of it.
    fn know(&self, change: impl FnOnce(&mut PodState)) {
        if let Some(mut state) = self.parts.state.peek(Clone::clone) {
            change(&mut state);
            state.now = self.api.skew().server(browser::now());
            self.show(state);
        }
    }
}
