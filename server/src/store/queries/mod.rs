//! The statements, one file per noun, each method one transaction. Compiled once for each
//! database: what `super` names (`Database`, `Db`, `Write`) is that database's own.

mod accounts;
mod after;
mod answers;
mod api_keys;
mod applied;
mod approvals;
mod attempts;
mod audit;
mod audit_checks;
mod audit_reads;
mod brands;
mod cards;
mod checks;
mod companies;
mod contact_sync;
mod contacts;
mod deliveries;
mod duo;
mod figures;
mod frames;
mod history;
mod import;
mod inspect;
mod integrations;
mod keys;
mod limits;
mod links;
mod lists;
mod m365;
mod mails;
mod outbox;
mod own;
mod people;
mod phones;
mod policies;
mod proofs;
mod psa;
mod psa_lists;
mod psa_people;
mod reach;
mod reset_reads;
mod resets;
#[cfg(any(test, feature = "seed"))]
mod seed;
mod senders;
mod sent_contacts;
mod sessions;
mod set_up_links;
mod share_ends;
mod share_events;
mod share_made;
mod shares;
mod sso;
mod sso_domains;
mod sso_people;
mod synced_people;
mod synced_psa;
mod team;
mod technicians;
mod texts;
mod verification_notes;
mod verifications;
mod webhook_events;
mod webhooks;
mod words;

use sqlx::Row;

use super::{Db, Query, Write};
use crate::bidi;
use crate::store::StoreError;

impl Write {
    /// Changes exactly one row, or the late one is told so: compare-and-set.
    pub(super) async fn one(&mut self, query: Query<'_>) -> Result<(), StoreError> {
        match query.execute(self.db()).await?.rows_affected() {
            1 => Ok(()),
            _ => {
                self.roll_back().await?;
                Err(StoreError::MovedOn)
            }
        }
    }
}

/// Whether a text can stand in a table: PostgreSQL keeps no NUL.
fn storable(text: &str) -> bool {
    !text.contains('\0')
}

/// What another company says, as it is written down: something odd in it must not keep an answer
/// from being recorded, nor make what stands beside it read otherwise.
fn kept(text: &str) -> String {
    text.replace(|letter| letter == '\0' || bidi::turns(letter), "")
}

/// A small number that is never negative.
fn count(row: &<Db as sqlx::Database>::Row, column: &str) -> Result<u32, StoreError> {
    u32::try_from(row.try_get::<i64, _>(column)?)
        .map_err(|_| StoreError::Inconsistent("a negative count"))
}
