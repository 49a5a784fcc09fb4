//! All contacts, by id: a page begins beyond the last id of the one before, so that nobody is left out when
//! somebody goes meanwhile.

use serde_json::Value;

use super::call::{Ask, readable};
use super::shape::Contact;
use super::{CONTACTS, ConnectWise, LIST};
use crate::outbound::Answer;
use crate::psa::everybody::{Everybody, by_id};
use crate::psa::read::numeric_id;

/// Contacts of a page; each comes with its communications.
const PAGE: usize = 200;

impl ConnectWise {
    pub(super) async fn everybody_after(
        &self,
        after: Option<&str>,
    ) -> Result<Everybody, Answer<Everybody>> {
        let after = after.map_or(Some(0), numeric_id).ok_or(Answer::Unknown(None))?;
        let (condition, size) = (format!("inactiveFlag=false and id>{after}"), PAGE.to_string());
        let query = [
            ("conditions", condition.as_str()),
            ("orderBy", "id asc"),
            ("fields", Contact::FIELDS),
            ("pageSize", &size),
        ];
        let ask = Ask { path: "company/contacts", query: &query, missing: LIST, what: CONTACTS };
        let rows: Vec<Value> = self.get(ask).await.done()?;
        let (ids, next) = by_id(&rows, after, PAGE).ok_or(Answer::Unknown(None))?;
        let cards = readable::<Contact>(rows).into_iter().filter_map(Contact::told).collect();
        Ok(Everybody { cards, ids, next })
    }
}
