//! Who works at a customer, page by page: members who can sign in, with what a list shows of them. (Graph
//! "List users".) Never their profile's numbers: people, their helpers and HR edit those, so they prove
//! nothing; the numbers that they have registered are read when they count ([`Directory::phones`]).

use serde::Deserialize;
use serde::de::IgnoredAny;
use url::Url;

use super::graph::Page;
use super::permissions::READ_PEOPLE;
use super::{Directory, Person, Tenant};
use crate::outbound::Answer;

/// What is read of each.
const LISTED: &str = "id,userPrincipalName,mail,displayName,accountEnabled,userType,creationType,\
externalUserState,isResourceAccount,assignedLicenses";
/// Both properties can be filtered without `ConsistencyLevel`. (Graph "user", properties.)
const AT_WORK: &str = "accountEnabled eq true and userType eq 'Member'";
/// People of one page. Graph would give 999; each licence comes with the list of its plans that are off, and a
/// reply that is larger than we take would end every run at the same place.
const PAGE: &str = "200";

/// Somebody who works there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Object id.
    pub id: String,
    /// Display name, or what they sign in with.
    pub name: String,
    /// Their mailbox, or what they sign in with.
    pub address: String,
    /// Whether any licence is assigned to them, by a group too.
    pub licensed: bool,
}

/// A page of them.
#[derive(Debug)]
pub struct Listing {
    /// Those of the page who work there.
    pub members: Vec<Member>,
    /// Where the next page is; `None` after the last.
    pub next: Option<Url>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(flatten)]
    person: Person,
    #[serde(default)]
    assigned_licenses: Option<Vec<IgnoredAny>>,
}

impl Directory {
    /// The page at `next`, or the first one.
    pub async fn listing(&self, tenant: &Tenant, next: Option<Url>) -> Answer<Listing> {
        let options = [("$select", LISTED), ("$filter", AT_WORK), ("$top", PAGE)];
        let url = match next.map_or_else(|| tenant.url(&["users"], &options), Ok) {
            Ok(url) => url,
            Err(refused) => return refused,
        };
        let page: Page<Row> = match self.read(tenant, url, READ_PEOPLE).await.done() {
            Ok(page) => page,
            Err(other) => return other,
        };
        let next = match page.next.as_deref().map(Url::parse) {
            None => None,
            // The token goes with it: only to where it is for.
            Some(Ok(next)) if tenant.owns(&next) => Some(next),
            Some(_) => return Answer::Unknown(None),
        };
        Answer::Done(Listing { members: page.value.into_iter().filter_map(member).collect(), next })
    }
}

/// The filter is Microsoft's; whether somebody is listed is ours to say.
fn member(row: Row) -> Option<Member> {
    let Row { person, assigned_licenses } = row;
    person.is_member_at_work().then(|| Member {
        name: person.name().to_owned(),
        address: person.mailbox().unwrap_or(&person.user_principal_name).to_owned(),
        licensed: assigned_licenses.is_some_and(|all| !all.is_empty()),
        id: person.id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(more: &str) -> Option<Member> {
        let json = format!(
            r#"{{"id":"1","userPrincipalName":"ada@b.example","accountEnabled":true,"userType":"Member"{more}}}"#
        );
        member(serde_json::from_str(&json).unwrap())
    }

    #[test]
    fn members_are_shown_by_their_mailbox_or_what_they_sign_in_with() {
        let bare = read("").unwrap();
        assert_eq!((bare.name.as_str(), bare.address.as_str()), ("ada@b.example", "ada@b.example"));
        assert!(!bare.licensed);
        let full = read(
            r#","displayName":"Ada","mail":"a.park@b.example","assignedLicenses":[{"skuId":"x","disabledPlans":[]}]"#,
        );
        let full = full.unwrap();
        assert_eq!((full.name.as_str(), full.address.as_str()), ("Ada", "a.park@b.example"));
        assert!(full.licensed);
        assert!(!read(r#","assignedLicenses":[]"#).unwrap().licensed);
    }

    #[test]
    fn guests_and_rooms_are_nobody_here_whatever_the_filter_gave() {
        for more in [
            r#","creationType":"Invitation""#,
            r#","externalUserState":"Accepted""#,
            r#","isResourceAccount":true"#,
        ] {
            assert_eq!(read(more), None, "{more}");
        }
        // Synced from on-premises they are people all the same.
        assert!(read(r#","onPremisesSyncEnabled":true"#).is_some());
        let off =
            r#"{"id":"1","userPrincipalName":"a@b","accountEnabled":false,"userType":"Member"}"#;
        assert_eq!(member(serde_json::from_str(off).unwrap()), None);
    }
}
