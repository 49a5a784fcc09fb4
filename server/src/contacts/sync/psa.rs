//! A run that reads a PSA's contacts: of those whose company is a customer here are kept the name, and a keyed
//! hash of the address. Their card is read there each time that it counts, as for all of a PSA's contacts.

use std::collections::{HashMap, HashSet};

use shared::{Code, CustomerId};

use super::{AT_ONCE, End, LONGEST_MS, MOST_PAGES, MOST_PEOPLE, REFUSED_MS, Syncs, broken};
use crate::directory::address_hash;
use crate::outbound::Answer;
use crate::psa::Card;
use crate::store::{MetContact, PsaRow, StoreError, SyncRun};

impl Syncs {
    /// Reads all pages and writes what differs; `None` when the server stops.
    pub(super) async fn read_psa(
        &self,
        run: &mut SyncRun,
        row: &PsaRow,
    ) -> Result<Option<End>, StoreError> {
        let client = match self.psa.open(row).await? {
            Ok(client) => client,
            Err(refusal) => return Ok(Some(End::Broken(refusal.code, REFUSED_MS))),
        };
        let (account, id) = (run.account, run.integration);
        let companies = self.store.psa_companies(account, id, "", u32::MAX, 0).await?;
        let customers: HashMap<String, CustomerId> =
            companies.into_iter().filter_map(|it| Some((it.company, it.customer?.id))).collect();
        // Whom a pod shows for the first time meanwhile is not looked for.
        let here = self.store.listed_of_psa(account, id).await?;
        let hash = |card: &Card| {
            let email = card.email.trim();
            (!email.is_empty()).then(|| address_hash(&self.store, account, email))
        };
        let (mut met, mut is_empty) = (HashSet::new(), true);
        let mut after: Option<String> = None;
        let begun = self.clock.now();
        for _ in 0..MOST_PAGES {
            if self.stop.is_cancelled() {
                return Ok(None);
            }
            let page = match client.everybody(after.as_deref()).await {
                Answer::Done(page) => page,
                other => return Ok(Some(broken(other, Code::PsaUnavailable))),
            };
            let before = met.len();
            met.extend(page.ids);
            // Pages that are not followed over there would go on without end.
            if page.next.is_some() && met.len() == before {
                break;
            }
            if met.len() > MOST_PEOPLE || self.clock.now().since(begun) > LONGEST_MS {
                break;
            }
            let mut contacts = Vec::new();
            for card in page.cards {
                match customers.get(&card.company) {
                    Some(customer) if !card.name.trim().is_empty() => contacts.push(MetContact {
                        address_hash: hash(&card),
                        address: card.email.trim().to_lowercase(),
                        customer: *customer,
                        id: card.id,
                        company: card.company,
                        name: card.name,
                    }),
                    Some(_) => {}
                    // Of a company that is nobody's.
                    None => drop(met.remove(&card.id)),
                }
            }
            is_empty &= contacts.is_empty();
            // Each transaction holds up everybody else who writes; and a page without a contact holds the run.
            let mut rest = contacts.as_slice();
            loop {
                let (some, more) = rest.split_at(rest.len().min(AT_ONCE));
                let now = self.clock.now();
                run.until = self.until(now);
                self.store.put_contacts(run, now, some).await?;
                rest = more;
                if rest.is_empty() {
                    break;
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => {
                    let gone = here.into_iter().filter(|(_, id)| !is_empty && !met.contains(id));
                    return Ok(Some(End::All(gone.map(|(contact, _)| contact).collect())));
                }
            }
        }
        Ok(Some(broken(Answer::<()>::Unknown(None), Code::PsaUnavailable)))
    }
}
