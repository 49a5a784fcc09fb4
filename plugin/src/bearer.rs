//! The pod's token and when to ask for the next one.

use shared::{Millis, PodTokenView};

use crate::times::Skew;

const MINUTE: i64 = 60_000;

/// A token in memory. No `Debug`: it opens the pod's API.
#[derive(Clone)]
pub(crate) struct Bearer {
    token: String,
    renew_at: Millis,
}

impl Bearer {
    /// A token that came at `here` on this browser's clock. It is renewed after four fifths of
    /// its life. A clock so wrong that the life makes no sense counts as one of 15 minutes; if
    /// that is too long, the server's 401 leads to the next token all the same.
    pub(crate) fn new(view: PodTokenView, here: Millis, skew: Skew) -> Self {
        let life = skew.here(view.expires_at).since(here);
        let life = if (MINUTE..=60 * MINUTE).contains(&life) { life } else { 15 * MINUTE };
        Self { token: view.token, renew_at: here.plus(life / 5 * 4) }
    }

    /// The token, unless it is time for the next one.
    pub(crate) fn fresh(&self, here: Millis) -> Option<&str> {
        (here < self.renew_at).then_some(self.token.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(expires_at: i64, here: i64, skew: Skew) -> Bearer {
        let view = PodTokenView { token: "t".into(), expires_at: Millis(expires_at) };
        Bearer::new(view, Millis(here), skew)
    }

    #[test]
    fn it_is_renewed_well_before_it_expires() {
        let bearer = bearer(15 * MINUTE, 0, Skew::default());
        assert_eq!(bearer.fresh(Millis(12 * MINUTE - 1)), Some("t"));
        assert_eq!(bearer.fresh(Millis(12 * MINUTE)), None);
    }

    #[test]
    fn a_wrong_clock_neither_loops_nor_keeps_it_for_ever() {
        let ahead = bearer(15 * MINUTE, 600 * MINUTE, Skew::default());
        assert!(ahead.fresh(Millis(611 * MINUTE)).is_some());
        assert!(ahead.fresh(Millis(612 * MINUTE)).is_none());
        let behind = bearer(15 * MINUTE, -600 * MINUTE, Skew::default());
        assert!(behind.fresh(Millis(-588 * MINUTE)).is_none());
    }

    #[test]
    fn a_known_skew_is_counted_in() {
        let skew = Skew::seen(Millis(0), Millis(100 * MINUTE));
        let bearer = bearer(10 * MINUTE, 100 * MINUTE, skew);
        assert!(bearer.fresh(Millis(108 * MINUTE - 1)).is_some());
        assert!(bearer.fresh(Millis(108 * MINUTE)).is_none());
    }
}
