//! What the issuer's second factor is worth here. Pure.

use shared::Millis;

use super::id_token::Confirmed;
use super::settings::SsoSettings;
use crate::sign_in::session::SECOND_FACTOR_LIFE_MS;

/// What two clocks may differ by.
pub(super) const LEEWAY_MS: i64 = 120_000;

/// What follows for the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Factor {
    /// The issuer has proved it, at this time.
    Proved(Millis),
    /// It may have, too long ago or nobody knows when: the issuer has to ask the person once more.
    AskThem,
    /// Ours is asked for, as after a password.
    Ours,
}

/// `forced`: the issuer was told to ask the person anew, at `begun_at`.
///
/// `auth_time` says when the person proved it. Without it nobody does: a token of this minute may rest on a
/// sign-in of last month. So the issuer is asked once more, in a way that obliges it to say when.
pub(super) fn second_factor(
    settings: &SsoSettings,
    confirmed: &Confirmed,
    (forced, begun_at): (bool, Millis),
    now: Millis,
) -> Factor {
    let used = confirmed.amr.iter().any(|method| settings.mfa_values.contains(method));
    if !settings.trust_mfa || !used {
        return Factor::Ours;
    }
    match (confirmed.auth_time, forced) {
        // They were told to ask, and did not.
        (Some(at), true) if at.plus(LEEWAY_MS) < begun_at => Factor::Ours,
        (Some(at), true) => Factor::Proved(at.min(now)),
        // Whoever is asked with max_age has to say when (OpenID Connect Core §3.1.2.1). The browser carries
        // that question, and may have lost it.
        (None, true) => Factor::Ours,
        (Some(at), false) if now.since(at) < SECOND_FACTOR_LIFE_MS => Factor::Proved(at.min(now)),
        (_, false) => Factor::AskThem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_800_000_000_000);
    const HOUR: i64 = 60 * 60_000;

    fn judged(trust: bool, amr: &[&str], auth_time: Option<i64>, forced: bool) -> Factor {
        let settings = SsoSettings {
            issuer: String::new(),
            client_id: String::new(),
            label: String::new(),
            trust_mfa: trust,
            mfa_values: vec!["mfa".into(), "hwk".into()],
            only_sso: false,
        };
        let confirmed = Confirmed {
            subject: "s".into(),
            amr: amr.iter().map(|text| (*text).to_owned()).collect(),
            auth_time: auth_time.map(|ago| NOW.plus(-ago)),
        };
        second_factor(&settings, &confirmed, (forced, NOW.plus(-60_000)), NOW)
    }

    #[test]
    fn only_a_trusted_second_factor_of_a_known_time_counts() {
        let proved = |ago: i64| Factor::Proved(NOW.plus(-ago));
        for (trust, amr, auth_time, forced, factor) in [
            (false, &["mfa"][..], Some(0), true, Factor::Ours),
            (true, &[], Some(0), true, Factor::Ours),
            (true, &["pwd"], Some(0), false, Factor::Ours),
            (true, &["pwd", "mfa"], Some(HOUR), false, proved(HOUR)),
            (true, &["hwk"], Some(HOUR), false, proved(HOUR)),
            (true, &["mfa"], Some(12 * HOUR), false, Factor::AskThem),
            (true, &["mfa"], None, false, Factor::AskThem),
            // Told to ask, and nobody says when: the browser may have lost the question.
            (true, &["mfa"], None, true, Factor::Ours),
            (true, &["mfa"], Some(30_000), true, proved(30_000)),
            // Told to ask, and answered with an old sign-in.
            (true, &["mfa"], Some(HOUR), true, Factor::Ours),
            // A clock that is ahead makes nothing last longer.
            (true, &["mfa"], Some(-5000), false, proved(0)),
        ] {
            assert_eq!(judged(trust, amr, auth_time, forced), factor, "{amr:?} {auth_time:?}");
        }
    }
}
