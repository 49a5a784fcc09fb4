//! A run that reads a customer's people at Microsoft.

use std::collections::HashSet;

use shared::Code;

use super::compare::Comparison;
use super::{End, LONGEST_MS, MOST_PAGES, MOST_PEOPLE, Syncs, broken};
use crate::contacts::approvers;
use crate::directory::{Tenant, address_hash};
use crate::outbound::Answer;
use crate::store::{Integration, StoreError, SyncRun, Whom};

impl Syncs {
    /// Reads all pages and writes what differs; `None` when the server stops.
    pub(super) async fn read_people(
        &self,
        run: &mut SyncRun,
        row: &Integration,
        whom: Whom,
    ) -> Result<Option<End>, StoreError> {
        let tenant = Tenant::of(row)?;
        let here = self.store.people_here(run.account, run.integration).await?;
        let mut comparison = Comparison::new(whom, here);
        let begun = self.clock.now();
        let mut next = None;
        let mut been = HashSet::new();
        for _ in 0..MOST_PAGES {
            if self.stop.is_cancelled() {
                return Ok(None);
            }
            let page = match self.directory.listing(&tenant, next).await {
                Answer::Done(page) => page,
                other => return Ok(Some(broken(other, Code::MicrosoftUnavailable))),
            };
            let now = self.clock.now();
            if now.since(begun) > LONGEST_MS || comparison.met() > MOST_PEOPLE {
                break;
            }
            // Anew for each page: an admin may name somebody while a run goes on.
            let approvers = approvers(&self.store, run.account).await?;
            let hash = |address: &str| address_hash(&self.store, run.account, address);
            let (seen, people) = comparison.meet(page.members, &approvers, hash, now);
            run.until = self.until(now);
            self.store.put_people(run, now, seen, &people).await?;
            match page.next {
                None => return Ok(Some(End::All(comparison.gone()))),
                // A list without an end is none.
                Some(url) if !been.insert(url.clone()) => break,
                Some(url) => next = Some(url),
            }
        }
        Ok(Some(broken(Answer::<()>::Unknown(None), Code::MicrosoftUnavailable)))
    }
}
