//! What must be so after every run, looked at from outside (what Microsoft holds, what reached the
//! phone) and inside (every row, the audit chain).

use std::fmt;

use server::app::App;
use server::store::{OutboxKind, OutboxState, Reset, Share, ShareStanding};
use shared::{Millis, Stage};
use simulator::Text;
use uuid::Uuid;

use super::reveal::link_in;
use super::scene::Case;

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    /// Microsoft holds a password that nobody can be given.
    UnknownPassword(String),
    /// A password was set, and no text with its link can be had.
    LostText(String),
    /// A PATCH carried another password although an earlier one may have been applied.
    SecondPassword,
    /// More PATCHes than were written down beforehand.
    Unannounced { patches: usize, announced: usize },
    /// A PATCH arrived after its time, and the one that its call had to get there.
    LatePatch { late_ms: i64 },
    /// The person had chosen a password, and then it was set again.
    Overwritten,
    /// Hours later, it is still going on.
    Unsettled(String),
    /// The password was set, and what policy wants after it was forgotten.
    Unfollowed(&'static str),
    /// A row that can't be.
    Contradiction(&'static str, Uuid),
    /// An entry of the audit chain does not fit.
    Audit(String),
}

impl Finding {
    pub(crate) fn is_unknown_password(&self) -> bool {
        matches!(self, Self::UnknownPassword(_))
    }

    pub(crate) fn is_lost_text(&self) -> bool {
        matches!(self, Self::LostText(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// What is looked at.
pub(crate) struct Look<'a> {
    pub(crate) app: &'a App,
    pub(crate) outside: &'a simulator::World,
    pub(crate) case: &'a Case,
}

impl Look<'_> {
    pub(crate) async fn reset(&self) -> Option<Reset> {
        let account = self.case.who.technician.account;
        self.app.store.reset(account, self.case.id).await.unwrap()
    }

    pub(crate) async fn share(&self) -> Option<Share> {
        let account = self.case.who.technician.account;
        self.app.store.share_of(account, self.case.id).await.unwrap()
    }

    /// The password that Microsoft holds.
    pub(crate) fn held(&self) -> String {
        self.outside.directory_user(&self.case.upn).unwrap().password
    }

    /// The texts that brought this reset's link.
    pub(crate) fn links(&self) -> Vec<Text> {
        let texts = self.outside.texts(&self.case.phone).into_iter().skip(self.case.texts_before);
        texts.filter(|text| link_in(&text.body).is_some()).collect()
    }

    /// Before anybody opened the link: the password at Microsoft is the old one, or a sealed one
    /// that can still be delivered. (What the link really reveals is seen when it is opened.)
    pub(crate) async fn unopened(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let (held, reset, share) = (self.held(), self.reset().await, self.share().await);
        let sealed = share.as_ref().and_then(|share| {
            server::share::password(&self.app.keys, share).ok().map(|p| p.expose().to_owned())
        });
        let stage = reset.as_ref().map(|reset| reset.stage);
        let right = match stage {
            None | Some(Stage::Refused) => held == self.case.old,
            Some(Stage::Stuck) => held == self.case.old || Some(&held) == sealed.as_ref(),
            // Whoever looks between two steps sees either.
            Some(Stage::Staged | Stage::Applying) => {
                held == self.case.old || Some(&held) == sealed.as_ref()
            }
            Some(Stage::Applied | Stage::Completed) => {
                // What expired or was given up is nobody's by then, and says so.
                let over = share.as_ref().is_some_and(|share| {
                    matches!(share.state, ShareStanding::Expired | ShareStanding::Revoked)
                });
                over || Some(&held) == sealed.as_ref()
            }
        };
        if !right {
            found.push(Finding::UnknownPassword(format!("{stage:?}")));
        }
        // What is said beside it may change: within 59 minutes, not any more within an hour.
        let links = self.links();
        if links.iter().any(|text| link_in(&text.body) != link_in(&links[0].body)) {
            found.push(Finding::LostText("two texts with two links".into()));
        }
        found
    }

    /// The PATCHes, as Microsoft saw them, beside what was written down of them.
    pub(crate) async fn patches(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let Some(reset) = self.reset().await else {
            if !self.outside.patches(&self.case.upn).is_empty() {
                found.push(Finding::UnknownPassword("set without a reset".into()));
            }
            return found;
        };
        let patches = self.outside.patches(&self.case.upn).split_off(self.case.patches_before);
        let on_its_way = i64::try_from(self.app.settings.outbound.timeout_ms).unwrap();
        for patch in &patches {
            let late_ms = Millis(patch.at_ms).since(reset.apply_before);
            // What was sent in time may be on its way for as long as it is waited for.
            if late_ms > on_its_way {
                found.push(Finding::LatePatch { late_ms });
            }
        }
        let trail = self.trail().await;
        let announced = trail.iter().filter(|act| act.starts_with("reset-applying")).count();
        if patches.len() > announced {
            found.push(Finding::Unannounced { patches: patches.len(), announced });
        }
        // P3, as Microsoft saw it: what was taken once is never replaced.
        let taken = patches.iter().position(|patch| patch.applied).unwrap_or(patches.len());
        if patches[taken..].iter().any(|patch| patch.password != patches[taken].password) {
            found.push(Finding::SecondPassword);
        }
        // P3, as it was written down: each try before another password has its answer, none of
        // them a doubt, and the last of them a refusal of the password.
        for (at, _) in trail.iter().enumerate().filter(|(_, act)| *act == "password-resealed") {
            let before = &trail[..at];
            let tries = before.iter().filter(|act| act.starts_with("reset-applying")).count();
            let answers: Vec<&String> =
                before.iter().filter(|act| act.starts_with("reset-answered")).collect();
            let doubt = answers.iter().any(|act| act.contains("unknown"));
            let refused = answers.last().is_some_and(|act| act.contains("password-refused"));
            if doubt || !refused || answers.len() != tries {
                found.push(Finding::SecondPassword);
            }
        }
        found
    }

    /// After everything has settled: what follows a reset was written down with it, and done or
    /// given up.
    pub(crate) async fn followed(&self) -> Vec<Finding> {
        let reset = self.reset().await.filter(|reset| reset.applied_at.is_some());
        let Some(reset) = reset else { return Vec::new() };
        let rows = self.app.store.outbox_of(reset.account, reset.id).await.unwrap();
        let row = rows.iter().find(|row| row.kind == OutboxKind::Sessions);
        let revoked = self.outside.directory_user(&self.case.upn).unwrap().sessions_revoked_at_ms;
        match row.map(|row| row.state) {
            None => vec![Finding::Unfollowed("no row for the sessions")],
            Some(OutboxState::Done) if revoked.is_none() => {
                vec![Finding::Unfollowed("sessions that go on")]
            }
            Some(_) => Vec::new(),
        }
    }

    /// What was written down of this reset, oldest first: each act and what is said about it.
    async fn trail(&self) -> Vec<String> {
        let entries = self.app.store.audit(self.case.who.technician.account).await.unwrap();
        let entries = entries
            .into_iter()
            .map(|(_, _, body)| serde_json::from_str::<serde_json::Value>(&body).unwrap());
        let id = self.case.id.to_string();
        entries
            .filter(|entry| entry["reset"].as_str() == Some(&id))
            .map(|entry| {
                let about = entry["about"].as_str().unwrap_or_default();
                format!("{} {about}", entry["act"].as_str().unwrap()).trim_end().to_owned()
            })
            .collect()
    }

    /// Every row, and the account's audit chain.
    pub(crate) async fn rows(&self) -> Vec<Finding> {
        let store = &self.app.store;
        let mut found: Vec<Finding> = store
            .contradictions()
            .await
            .unwrap()
            .into_iter()
            .map(|(what, row)| Finding::Contradiction(what, row))
            .collect();
        let account = self.case.who.technician.account;
        if let Err(broken) = store.verify_audit(account).await.unwrap() {
            found.push(Finding::Audit(format!("{broken:?}")));
        }
        let (resets, rows) = store.unsettled().await.unwrap();
        if (resets, rows) != (0, 0) {
            found.push(Finding::Unsettled(format!("{resets} resets, {rows} outbox rows")));
        }
        found
    }
}
