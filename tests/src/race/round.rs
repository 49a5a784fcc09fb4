//! One round: a new link, everybody at once, and a look at what came of it.

use server::seed::{Link, Msp};
use server::store::{Session, SessionKind, ShareStanding};
use shared::Host;

use super::ground::Ground;
use super::judge::{Finding, judge};
use super::rush::{Answer, Request, Rush};
use super::tally::{Amount, Tally};
use super::variant::{Opener, Variant, look};
use crate::crash::dice::Dice;
use crate::desk;

const HOUR_MS: i64 = 60 * 60_000;
/// A revocation has a start of fewer looks than this: about half of them come first.
const MOST_LOOKS: usize = 6;

/// As many rounds as are asked for.
pub(crate) async fn rounds(
    ground: &Ground,
    variant: Variant,
    amount: &Amount,
    part: &str,
) -> Tally {
    let part = format!("share, {part}, {variant}");
    let mut dice = Dice::new(amount.seed, &part);
    let mut tally = Tally::new(part, amount, ground.servers.len());
    for _ in 0..amount.rounds(variant) {
        let (winner, found) = round(ground, variant, amount.devices, &mut dice).await;
        tally.add(winner, found);
    }
    tally
}

/// Where the winner stood, and what was found.
async fn round(
    ground: &Ground,
    variant: Variant,
    devices: usize,
    dice: &mut Dice,
) -> (Option<usize>, Vec<Finding>) {
    let unlock = format!("{:06}", dice.below(1_000_000));
    let (msp, link) = ground.link(variant.has_code().then_some(&unlock)).await;
    let mut openers = variant.openers(devices, &unlock);
    for last in (1..openers.len()).rev() {
        openers.swap(last, dice.below(last + 1));
    }
    // One after the other to each server.
    let server = |nth: usize| ground.servers[nth % ground.servers.len()];
    let requests: Vec<Request> =
        openers.iter().enumerate().map(|(nth, opener)| opener.tap(&link, server(nth))).collect();
    let early = match variant {
        // It has a longer way to the share than they have.
        Variant::Revoked => Some((
            revoke(ground, &msp, &link).await,
            vec![look(&link, server(0)); dice.below(MOST_LOOKS)],
        )),
        _ => None,
    };
    let rush = Rush { requests, early };
    let released = tokio::task::spawn_blocking(move || rush.release()).await;
    let (answers, revoked) = released.unwrap();
    let verdict = judge(variant, &openers, &answers, &ground.dead, &link);
    let winner = verdict.winners.first().copied();
    let mut found = verdict.findings;
    let end = End { winner: winner.map(|at| (at, &openers[at])), revoked, tries: verdict.tries };
    found.extend(end.remembered(ground, &msp, &link, &openers).await);
    (winner, found)
}

/// What a technician sends who gives the reset up, at one of the servers.
async fn revoke(ground: &Ground, msp: &Msp, link: &Link) -> Request {
    let bearer = bearer(ground, msp).await;
    let path = format!("/api/resets/{}/give-up", link.reset);
    Request::to_api(ground.servers[0], "POST", &path, &bearer, String::new())
}

/// The pod's token of the MSP's technician.
pub(super) async fn bearer(ground: &Ground, msp: &Msp) -> String {
    let (app, now) = (&ground.app, ground.app.clock.now());
    let who = Session {
        id: Vec::new(),
        kind: SessionKind::Web,
        host: Host::Web,
        parent: None,
        psa: None,
        technician: app.store.technician_by_email(&msp.email).await.unwrap().unwrap(),
        second_factor_at: Some(now),
        seen_at: now,
        expires_at: now.plus(HOUR_MS),
        trace: server::store::Trace::default(),
    };
    desk::bearer(app, &who).await
}

/// How the answers say that it ended.
struct End<'a> {
    winner: Option<(usize, &'a Opener)>,
    revoked: Option<Answer>,
    /// Tries left, as wrong codes were told.
    tries: Vec<u64>,
}

impl End<'_> {
    /// Looks at what the server remembers: the share, the audit, and what it answers now.
    async fn remembered(
        &self,
        ground: &Ground,
        msp: &Msp,
        link: &Link,
        openers: &[Opener],
    ) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut must = |so: bool, what: String| {
            if !so {
                found.push(Finding::Remembered(what));
            }
        };
        let store = &ground.app.store;
        let share = store.share_of(msp.account, link.reset).await.unwrap().unwrap();
        let fits = match (self.winner, &self.revoked) {
            (Some(_), None) => share.state == ShareStanding::Opened,
            (Some(_), Some(_)) => {
                matches!(share.state, ShareStanding::Opened | ShareStanding::Revoked)
            }
            (None, None) => share.state == ShareStanding::Locked,
            (None, Some(answer)) => share.state == ShareStanding::Revoked && answer.status == 200,
        };
        must(fits, format!("the share is {}", share.state.as_str()));
        let acts = store.audit(msp.account).await.unwrap();
        let count = |act: &str| {
            let told = format!("\"act\":\"{act}\"");
            acts.iter().filter(|(_, _, body)| body.contains(&told)).count()
        };
        let opened = count("share-opened");
        must(opened == usize::from(self.winner.is_some()), format!("opened {opened} times"));
        let (wrong, locked) = (count("share-unlock-wrong"), count("share-locked"));
        must(wrong == self.tries.len() && wrong + locked <= 5, format!("{wrong} wrong tries"));
        let intact = store.verify_audit(msp.account).await.unwrap().is_ok();
        must(intact, "the audit's chain is broken".to_owned());
        // Everybody again, at the other server where there is one.
        let servers = &ground.servers;
        let again =
            |at: usize, opener: &Opener| opener.tap(link, servers[(at + 1) % servers.len()]).send();
        if let (Some((at, opener)), None) = (self.winner, &self.revoked) {
            let losers = openers.iter().filter(|other| other.nonce != opener.nonce).count();
            let late = usize::try_from(share.late_attempts).unwrap();
            // A wrong code before the opening was no late attempt.
            must(late + wrong == losers, format!("{late} of {losers} came late"));
            let status = again(at, opener).status;
            must(status == 200, format!("the winner gets {status} when it comes again"));
        }
        must(again(0, &Opener::new()) == ground.dead, "the link is not dead".to_owned());
        found
    }
}
