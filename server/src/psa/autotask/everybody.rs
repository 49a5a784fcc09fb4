//! All contacts, by id: a page begins beyond the last id of the one before, as the vendor says for more than
//! 500 rows ("Making basic query calls").

use serde_json::Value;

use super::filter::{is, query};
use super::shape::{CONTACT_FIELDS, Contact};
use super::{Autotask, ROWS};
use crate::outbound::Answer;
use crate::psa::everybody::{Everybody, by_id};
use crate::psa::read::numeric_id;

impl Autotask {
    pub(super) async fn everybody_after(
        &self,
        after: Option<&str>,
    ) -> Result<Everybody, Answer<Everybody>> {
        let after = after.map_or(Some(0), numeric_id).ok_or(Answer::Unknown(None))?;
        let filter = vec![is("eq", "isActive", 1), is("gt", "id", after)];
        let rows: Vec<Value> =
            self.query("Contacts", &query(filter, ROWS, &CONTACT_FIELDS)).await?;
        let (ids, next) = by_id(&rows, after, ROWS).ok_or(Answer::Unknown(None))?;
        let contacts = rows.into_iter().filter_map(|row| serde_json::from_value(row).ok());
        let cards = contacts.filter(Contact::is_on).filter_map(Contact::told).collect();
        Ok(Everybody { cards, ids, next })
    }
}
