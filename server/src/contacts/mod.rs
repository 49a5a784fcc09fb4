//! Contacts from a file: looked at first, with what each line would do and why one can't be taken, and
//! written when an admin says so. The file travels with the page: nothing is kept before. And contacts
//! that a program of the account's sends (`sent.rs`).

mod card;
mod decode;
mod plan;
mod sent;
mod sheet;
pub mod sync;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use shared::{AccountId, Code, ContactId, CustomerId, Millis, TechnicianId};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

pub use self::decode::text;
pub use self::plan::{BadLine, Fate, Line, Plan, compare_card, key, missing};
use self::plan::{There, customers_in, plan};
pub use self::sent::{ContactAsk, RowError, RowOutcome, RowView};
pub use self::sheet::{Column, MOST_LINES, Sheet, Unreadable};
use crate::bell::Bell;
use crate::clock::Clock;
use crate::denied::Denied;
use crate::directory::address_hash;
use crate::policy::layers::effective;
use crate::random;
use crate::sign_in::admins;
use crate::store::{CardLine, ContactFile, Imported, Numbers, Session, Store, StoreError};

/// The largest file that is taken, in bytes.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;

/// Who vouches for others, at any customer: by who they are, so nothing but a person makes them somebody else.
///
/// # Errors
/// When the database can't be read, or a policy makes no sense.
async fn approvers(store: &Store, account: AccountId) -> Result<HashSet<ContactId>, StoreError> {
    let policies = store.policies(account).await?;
    let mut all = HashSet::new();
    for layer in policies.customers.values() {
        let policy = effective(&policies.account, layer);
        all.extend(policy.map_err(|_| StoreError::Inconsistent("a policy"))?.approvers);
    }
    Ok(all)
}

/// Contacts of our own list, as admins bring them in.
#[derive(Clone)]
pub struct Contacts {
    /// What is remembered.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Tells pods.
    pub bell: Bell,
    /// Wakes whoever sends mails.
    pub wake: Arc<Notify>,
    /// What goes on when nobody waits for it.
    pub tasks: TaskTracker,
}

impl Contacts {
    /// What an import of this sheet would do now.
    ///
    /// # Errors
    /// When the database can't be read.
    pub async fn plan(
        &self,
        account: AccountId,
        sheet: &Sheet,
        new_customers: bool,
    ) -> Result<Plan, StoreError> {
        let customers = self.store.customers(account).await?;
        let customers: Vec<(CustomerId, String)> =
            customers.into_iter().map(|it| (it.id, it.name)).collect();
        let named = customers_in(sheet, &customers);
        let contacts = self.store.known_contacts(account, &named).await?;
        let hash = |address: &str| address_hash(&self.store, account, address);
        let there = There { customers: &customers, contacts: &contacts, hash: &hash };
        Ok(plan(sheet, &there, new_customers))
    }

    /// Does it, with the lines that can be taken: part by part, so that others write in between. It goes on
    /// when whoever asked has gone.
    ///
    /// # Errors
    /// `Forbidden` and `SecondFactorNeeded`; `ChangedMeanwhile` when a customer came or went since the
    /// file was looked at. Then nothing was written; what goes wrong later is said in what was done.
    pub async fn import(
        &self,
        who: &Session,
        sheet: &Sheet,
        new_customers: bool,
    ) -> Result<(Done, Plan), Denied> {
        let now = self.clock.now();
        admins::may_change(who, now)?;
        let (account, by) = (who.technician.account, who.technician.id);
        let plan = self.plan(account, sheet, new_customers).await?;
        let parts = parts(&plan, now);
        let it = self.clone();
        let writing = self.tasks.spawn(async move { it.write(account, by, now, parts).await });
        let done = writing.await.map_err(|_| Denied::from(Code::Internal))?;
        let done = done.map_err(|error| match error {
            StoreError::MovedOn => Denied::from(Code::ChangedMeanwhile),
            other => other.into(),
        })?;
        Ok((done, plan))
    }

    async fn write(
        &self,
        account: AccountId,
        by: TechnicianId,
        now: Millis,
        parts: Vec<ContactFile>,
    ) -> Result<Done, StoreError> {
        let mut left: usize = parts.iter().map(|part| part.lines.len()).sum();
        let mut done = Imported::default();
        for (nth, mut part) in parts.into_iter().enumerate() {
            part.told = done.numbers().any();
            match self.store.import_contacts(account, by, now, &part).await {
                Ok(more) => done = done.and(more),
                Err(error) if nth == 0 => return Err(error),
                Err(error) => {
                    tracing::error!(error = %error, "an import stopped in the middle");
                    break;
                }
            }
            left -= part.lines.len();
        }
        if done.numbers().any() {
            self.wake.notify_one();
        }
        self.bell.ring(account);
        Ok(Done { imported: done, left })
    }
}

/// What an import has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// What was written.
    pub imported: Imported,
    /// Lines that were not, because something went wrong in the middle. Importing the file again is as good
    /// as going on.
    pub left: usize,
}

/// Lines of one transaction: some hundredths of a second, in which nobody else writes.
const PART: usize = 500;

/// What is written, in parts; each makes the customers that it is the first to name.
fn parts(plan: &Plan, now: Millis) -> Vec<ContactFile> {
    let mut made: HashMap<&str, CustomerId> = HashMap::new();
    let lines: Vec<&Line> = plan.lines.iter().filter(|it| it.fate != Fate::Same).collect();
    let same = plan.lines.len() - lines.len();
    let of = lines.len().div_ceil(PART).max(1);
    let mut parts: Vec<ContactFile> = Vec::with_capacity(of);
    for nth in 0..of {
        let mut part = ContactFile {
            part: (of > 1).then_some((nth + 1, of)),
            same: if nth == 0 { same } else { 0 },
            ..ContactFile::default()
        };
        for line in lines.iter().skip(nth * PART).take(PART) {
            let customer = line.customer_id.unwrap_or_else(|| {
                *made.entry(&line.customer).or_insert_with(|| {
                    let id = CustomerId(random::id(now));
                    part.customers.push((id, line.customer.clone()));
                    id
                })
            });
            part.lines.push(CardLine {
                id: match line.fate {
                    Fate::Changed(id) => id,
                    Fate::New | Fate::Same => ContactId(random::id(now)),
                },
                customer,
                name: line.name.clone(),
                email: line.email.clone(),
                phones: line.phones.clone(),
            });
        }
        parts.push(part);
    }
    // What comes after each, for the mail of the first that has something to tell.
    let mut ahead = Numbers::default();
    for (nth, part) in parts.iter_mut().enumerate().rev() {
        part.ahead = ahead;
        for line in lines.iter().skip(nth * PART).take(PART).filter(|it| it.renumbers) {
            match line.fate {
                Fate::New => ahead.new += 1,
                Fate::Changed(_) => ahead.other += 1,
                Fate::Same => {}
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: usize, customer: &str, fate: Fate, renumbers: bool) -> Line {
        Line {
            number,
            customer: customer.into(),
            customer_id: None,
            name: format!("Person {number}"),
            email: format!("{number}@x.example"),
            phones: Vec::new(),
            fate,
            renumbers,
        }
    }

    #[test]
    fn a_large_file_is_written_in_parts() {
        let there = ContactId(uuid::Uuid::from_u128(7));
        let mut lines: Vec<Line> =
            (0..1_200).map(|n| line(n, "Alpine", Fate::New, n >= 700)).collect();
        lines[1_100].fate = Fate::Changed(there);
        lines[1_150].customer = "Beta".into();
        lines.push(line(1_200, "Alpine", Fate::Same, false));
        let parts = parts(&Plan { lines, ..Plan::default() }, Millis(0));
        let sizes: Vec<usize> = parts.iter().map(|part| part.lines.len()).collect();
        assert_eq!(sizes, [500, 500, 200]);
        let same: Vec<usize> = parts.iter().map(|part| part.same).collect();
        assert_eq!(same, [1, 0, 0]);
        let made = |nth: usize| -> Vec<&str> {
            parts[nth].customers.iter().map(|it| it.1.as_str()).collect()
        };
        assert_eq!((made(0), made(1), made(2)), (vec!["Alpine"], vec![], vec!["Beta"]));
        assert!(parts[1].lines.iter().all(|it| it.customer == parts[0].customers[0].0));
        assert_eq!(parts[2].lines[100].id, there);
        assert_eq!(parts[0].ahead, Numbers { new: 499, other: 1 });
        assert_eq!((parts[1].ahead.new, parts[2].ahead), (199, Numbers::default()));
        assert_eq!(parts[2].part, Some((3, 3)));
    }

    #[test]
    fn a_small_file_is_one_part_and_an_empty_one_too() {
        let one = Plan { lines: vec![line(2, "Alpine", Fate::New, true)], ..Plan::default() };
        for (plan, lines) in [(one, 1), (Plan::default(), 0)] {
            let parts = parts(&plan, Millis(0));
            assert_eq!((parts.len(), parts[0].part, parts[0].lines.len()), (1, None, lines));
        }
    }
}
