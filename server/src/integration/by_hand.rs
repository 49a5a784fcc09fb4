//! A test of a connection that an admin asks for, in words of the audit as well.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use shared::{Code, IntegrationId};

use super::examine::TestPerson;
use super::{Integrations, NotDone, Report, health};
use crate::directory::Tenant;
use crate::store::{Session, StoreError, Tested};

/// Leave to test one integration. Dropping it, also by a panic, lets the next one test.
struct Testing {
    all: Arc<Mutex<HashSet<IntegrationId>>>,
    id: IntegrationId,
}

impl Drop for Testing {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// How often a test's outcome is written down anew, when the watcher was faster.
const TRIES: u32 = 3;

impl Integrations {
    /// Tests the connection now. With the address of a test person also whether a password may be
    /// set, which could change that person's password should Microsoft behave in a new way.
    ///
    /// # Errors
    /// `NotFound`; `ChangedMeanwhile`; what [`Integrations::may_change`] refuses.
    pub async fn test(
        &self,
        who: &Session,
        id: IntegrationId,
        test_person: Option<&str>,
    ) -> Result<Report, NotDone> {
        self.may_change(who)?;
        // In a task of its own: whoever leaves the page must not leave a try without its outcome.
        let (own, who) = (self.clone(), who.clone());
        let person = test_person.map(str::to_owned);
        let testing =
            self.tasks.spawn(async move { own.test_now(&who, id, person.as_deref()).await });
        testing.await.map_err(|_| Code::Internal)?
    }

    async fn test_now(
        &self,
        who: &Session,
        id: IntegrationId,
        test_person: Option<&str>,
    ) -> Result<Report, NotDone> {
        let account = who.technician.account;
        // One test of it at a time: each asks Microsoft a dozen things.
        let Some(_turn) = self.begin_test(id) else { return Err(Code::TooMany.into()) };
        let mut row = self.row(account, id).await?;
        let tenant = Tenant::of(&row.integration)?;
        let person = test_person.map(str::trim).filter(|address| !address.is_empty());
        let by = who.technician.id;
        let person = person.map(|address| TestPerson { address, by });
        let examined = self.examine(&tenant, person.as_ref()).await?;
        let report = examined.report;
        let about = match person {
            Some(_) => format!("with a test person: {}", report.in_short()),
            None => report.in_short().to_owned(),
        };
        let tested = Tested { code: report.broken(), about: &about };
        for _ in 0..TRIES {
            let (check, news) = health::after_check(
                row.check.as_ref(),
                tenant.settings(),
                &report,
                examined.expires_at,
                self.rhythm(),
            );
            let now = self.clock.now();
            match self.store.record_test(&row, by, &check, &news, tested, now).await {
                // The watcher has looked meanwhile: what we found is newer, and what is news is
                // another thing now. Whoever changed the integration makes it another test.
                Err(StoreError::MovedOn) => {
                    let again = self.row(account, id).await?;
                    if again.integration.changed_at != row.integration.changed_at {
                        return Err(Code::ChangedMeanwhile.into());
                    }
                    row = again;
                }
                done => {
                    done?;
                    self.changed(account);
                    self.wake.notify_one();
                    return Ok(report);
                }
            }
        }
        Err(Code::ChangedMeanwhile.into())
    }

    /// Leave to test this integration, until it is dropped.
    fn begin_test(&self, id: IntegrationId) -> Option<Testing> {
        let mut all = self.testing.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(id).then(|| Testing { all: self.testing.clone(), id })
    }
}
