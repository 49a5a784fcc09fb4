//! All users, page by page. HaloPSA counts pages and knows no "beyond this id" for certain, so whoever goes
//! meanwhile would move somebody else off the next page: then their number is another one, and the reading
//! ends without having seen all.

use shared::Code;

use super::Halo;
use super::shape::{User, listed};
use crate::outbound::Answer;
use crate::psa::everybody::Everybody;

/// Users of a page, as many as are known to be given at once.
const PAGE: usize = 100;

impl Halo {
    /// `after` is a page, and how many users there were when the first was read: `2/240`.
    pub(super) async fn everybody_after(
        &self,
        after: Option<&str>,
    ) -> Result<Everybody, Answer<Everybody>> {
        let unclear = || Answer::Unknown(None);
        let (page, before) = match after {
            None => (1, None),
            Some(after) => {
                let (page, total) = read(after).ok_or_else(unclear)?;
                (page, Some(total))
            }
        };
        let (number, size) = (page.to_string(), PAGE.to_string());
        let query = [
            ("pageinate", "true"),
            ("page_size", size.as_str()),
            ("page_no", number.as_str()),
            ("order", "id"),
        ];
        let json = self.get("api/Users", &query, Code::PsaRefused).await.done()?;
        let total = json["record_count"].as_u64().ok_or_else(unclear)?;
        let rows = json["users"].as_array().ok_or_else(unclear)?;
        if before.is_some_and(|before| before != total) {
            return Err(unclear());
        }
        let so_far = (page - 1) * PAGE as u64 + rows.len() as u64;
        let next = match rows.len() {
            PAGE if so_far < total => Some(format!("{}/{total}", page + 1)),
            // A page that is short before the end, or longer than it was asked for, is no page of this list.
            _ if so_far != total => return Err(unclear()),
            _ => None,
        };
        let ids = rows.iter().filter_map(|row| row["id"].as_i64()).map(|id| id.to_string());
        let ids = ids.collect();
        let users: Vec<User> = listed(json, "users").ok_or_else(unclear)?;
        let cards = users.into_iter().filter(User::is_somebody).filter_map(User::told).collect();
        Ok(Everybody { cards, ids, next })
    }
}

fn read(after: &str) -> Option<(u64, u64)> {
    let (page, total) = after.split_once('/')?;
    Some((page.parse().ok()?, total.parse().ok()?))
}
