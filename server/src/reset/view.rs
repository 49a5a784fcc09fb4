//! How a reset looks to the technician: the truth, in steps.

use shared::{Millis, ResetAct, ResetView, ShareState, Stage, StepKind, StepState, StepView};

use super::Resets;
use super::begin::unlock_place;
use crate::denied::Denied;
use crate::share::facts;
use crate::store::{
    OutboxKind, OutboxRow, OutboxState, Reset, Session, Share, ShareStanding, StoreError,
};

impl Resets {
    /// The reset as this technician may see it.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn view(&self, who: &Session, reset: &Reset) -> Result<ResetView, Denied> {
        let (reset, share) = self.with_link(reset.clone()).await?;
        let rows = self.store.outbox_of(reset.account, reset.id).await?;
        let unlock_code = self.unlock_code(who, &reset, share.as_ref());
        let now = self.clock.now();
        let facts = share.as_ref().map(|share| facts(share, now));
        Ok(ResetView {
            id: reset.id,
            stage: reset.stage,
            asked_at: reset.asked_at,
            asked_by: reset.technician_name.clone(),
            person: reset.person.clone(),
            phone: reset.phone_masked.clone(),
            must_change: reset.must_change,
            steps: steps(&reset, share.as_ref(), &rows),
            code: reset.code,
            share: facts.as_ref().map_or(ShareState::Closed, |facts| facts.state.clone()),
            unlock_code,
            tries_left: facts.as_ref().and_then(|facts| facts.tries_left),
            late: facts.and_then(|facts| facts.late),
            acts: acts(&reset, share.as_ref(), &rows, now),
        })
    }

    /// A reset with its newest link, as they stood at one moment: a colleague's new link changes
    /// both, and the code of one does not open the other.
    pub(super) async fn with_link(
        &self,
        mut reset: Reset,
    ) -> Result<(Reset, Option<Share>), StoreError> {
        loop {
            let share = self.store.share_of(reset.account, reset.id).await?;
            let again = self.store.reset(reset.account, reset.id).await?;
            let again = again.ok_or(StoreError::Inconsistent("a reset that is gone"))?;
            // Sealed anew with each link, for the same phone too.
            if again.phone_sealed == reset.phone_sealed {
                return Ok((reset, share));
            }
            reset = again;
        }
    }

    /// Only for the technician who asked for this link, and only while it can be opened.
    fn unlock_code(&self, who: &Session, reset: &Reset, share: Option<&Share>) -> Option<String> {
        let open = share.is_some_and(|share| share.state == ShareStanding::Open);
        let sealed = reset.unlock_sealed.as_deref().filter(|_| open)?;
        let whose = who.technician.id.to_string();
        let clear = self.store.keys.open(unlock_place(reset, &whose), sealed).ok()?;
        String::from_utf8(clear).ok()
    }
}

/// The steps, in the order in which they happen.
fn steps(reset: &Reset, share: Option<&Share>, rows: &[OutboxRow]) -> Vec<StepView> {
    let newest = |kind| rows.iter().rev().find(|row| row.kind == kind);
    let text = newest(OutboxKind::Text);
    let sessions = newest(OutboxKind::Sessions);
    let mut steps = vec![
        step(StepKind::Sealed, StepState::Done { at: reset.asked_at }),
        step(StepKind::PasswordSet, password_set(reset)),
    ];
    if sessions.is_some() {
        steps.push(step(StepKind::SessionsEnded, sent(sessions)));
    }
    steps.extend([
        step(StepKind::TextSent, sent(text)),
        step(StepKind::TextDelivered, delivered(text)),
        step(
            StepKind::LinkOpened,
            match share.map(|share| (share.state, share.opened_at, share.expires_at)) {
                Some((_, Some(at), _)) => StepState::Done { at },
                // The text is out: now it is the person's turn.
                Some((ShareStanding::Open, None, Some(_))) => StepState::Running,
                _ => StepState::Waiting,
            },
        ),
    ]);
    if reset.ticket.is_some() {
        steps.push(step(StepKind::NoteWritten, sent(newest(OutboxKind::NoteSet))));
    }
    steps
}

fn step(what: StepKind, state: StepState) -> StepView {
    StepView { what, state }
}

fn password_set(reset: &Reset) -> StepState {
    match (reset.applied_at, reset.stage, reset.code) {
        (Some(at), ..) => StepState::Done { at },
        (None, Stage::Refused | Stage::Stuck | Stage::Completed, Some(code)) => {
            StepState::Failed { code }
        }
        (None, Stage::Staged | Stage::Applying, _) => StepState::Running,
        _ => StepState::Waiting,
    }
}

fn sent(row: Option<&OutboxRow>) -> StepState {
    match row.map(|row| (row.state, row.done_at, row.code)) {
        None => StepState::Waiting,
        Some((_, Some(at), _)) => StepState::Done { at },
        Some((OutboxState::Failed, None, Some(code))) => StepState::Failed { code },
        Some(_) => StepState::Running,
    }
}

fn delivered(text: Option<&OutboxRow>) -> StepState {
    match text.map(|row| (row.state, row.done_at, row.delivered_at, row.code)) {
        Some((_, _, Some(at), _)) => StepState::Done { at },
        // Accepted first, refused by a carrier minutes later.
        Some((OutboxState::Failed, Some(_), None, Some(code))) => StepState::Failed { code },
        Some((OutboxState::Done, ..)) => StepState::Running,
        _ => StepState::Waiting,
    }
}

/// Whether the password may get a new link: Microsoft holds it, nobody opened the old link, and
/// that is not over for good. The store holds the same against the database.
pub(super) fn renewable(reset: &Reset, share: &Share, now: Millis) -> bool {
    matches!(reset.stage, Stage::Applied | Stage::Completed)
        && share.password_sealed.is_some()
        && matches!(facts(share, now).state, ShareState::Open { .. } | ShareState::Locked)
}

fn acts(reset: &Reset, share: Option<&Share>, rows: &[OutboxRow], now: Millis) -> Vec<ResetAct> {
    let mut acts = Vec::new();
    let waiting =
        rows.iter().any(|row| row.kind == OutboxKind::Text && row.state == OutboxState::Waiting);
    let state = share.map(|share| facts(share, now).state);
    if matches!(state, Some(ShareState::Open { .. })) && !waiting {
        acts.push(ResetAct::Resend);
    }
    if share.is_some_and(|share| renewable(reset, share, now)) {
        acts.push(ResetAct::NewLink);
    }
    let kept =
        matches!(state, Some(ShareState::Closed | ShareState::Open { .. } | ShareState::Locked));
    // Whoever opened it may fetch it again: that can be stopped.
    let in_grace = share.is_some_and(|share| share.in_grace(now));
    if (kept || in_grace) && !reset.stage.is_live() {
        acts.push(ResetAct::GiveUp);
    }
    acts
}
