//! How a link stands, for whoever made it. Pure.

use shared::{LateView, Millis, ShareState};

use crate::store::{Share, ShareStanding};

/// The truth about a link, without anything that opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// How it stands.
    pub state: ShareState,
    /// Wrong unlock codes that it still bears; `None` where it needs none, or none any more.
    pub tries_left: Option<u32>,
    /// Other devices that tried it after it was opened.
    pub late: Option<LateView>,
}

/// How this share stands at `now`.
#[must_use]
pub fn facts(share: &Share, now: Millis) -> Facts {
    let state = state(share, now);
    let asks = share.unlock_hash.is_some() && matches!(state, ShareState::Open { .. });
    Facts {
        tries_left: asks.then_some(share.unlock_tries),
        late: share.late_at.map(|at| LateView { count: share.late_attempts, at }),
        state,
    }
}

fn state(share: &Share, now: Millis) -> ShareState {
    let ends = share.expires_at.or(share.latest_at);
    match (share.state, ends, share.opened_at) {
        (ShareStanding::Open | ShareStanding::Locked, Some(ends), _) if ends <= now => {
            ShareState::Expired
        }
        (ShareStanding::Open, Some(ends), _) => ShareState::Open { expires_at: ends },
        (ShareStanding::Opened, _, Some(at)) => ShareState::Opened { at },
        (ShareStanding::Expired, ..) => ShareState::Expired,
        (ShareStanding::Revoked, _, opened) => ShareState::Revoked { opened },
        (ShareStanding::Locked, ..) => ShareState::Locked,
        (ShareStanding::Destroyed, ..) => ShareState::Destroyed,
        _ => ShareState::Closed,
    }
}
