//! Finding the one person who has an address: by mail, user principal name or alias.

use shared::Code;

use super::graph::{PERSON, Page, quoted};
use super::permissions::READ_PEOPLE;
use super::{Directory, Person, Tenant};
use crate::outbound::Answer;

/// No address is longer. (RFC 3696, erratum 1690: 64 letters, `@`, 255.)
const LONGEST: usize = 320;

/// Whether this can be somebody's address at all: what can't is not worth asking for.
fn can_be_asked(address: &str) -> bool {
    let whole = address
        .rsplit_once('@')
        .is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty());
    let odd = |c: char| c.is_control() || c.is_whitespace();
    whole && address.len() <= LONGEST && !address.contains(odd)
}

/// The two questions, each in a shape that Microsoft documents: comparisons joined by `or`, and one
/// comparison within a collection. Whether both may stand in one filter is nowhere said. (Graph
/// "query parameters", "advanced queries": both need no `ConsistencyLevel`.)
fn filters(address: &str) -> [String; 2] {
    let own = quoted(address);
    let alias = quoted(&format!("smtp:{address}"));
    [
        format!("mail eq {own} or userPrincipalName eq {own}"),
        format!("proxyAddresses/any(p:p eq {alias})"),
    ]
}

/// The only person in both answers. An address that belongs to one person by mail and to another
/// by alias belongs to two, and so does one of which a page was not the last.
fn only(pages: [Page<Person>; 2], address: &str) -> Answer<Person> {
    let mut found: Option<Person> = None;
    for page in pages {
        if page.next.is_some() {
            return Answer::Refused(Code::PersonAmbiguous.into());
        }
        for person in page.value {
            match &found {
                Some(other) if other.id == person.id => {}
                Some(_) => return Answer::Refused(Code::PersonAmbiguous.into()),
                None => found = Some(person),
            }
        }
    }
    match found {
        // Comparisons at Microsoft may be wider than ours (accents, for one): what counts is the
        // address that the person carries.
        Some(person) if person.has_address(address) => Answer::Done(person),
        _ => Answer::Refused(Code::PersonNotFound.into()),
    }
}

impl Directory {
    /// The one person whose mail, user principal name or alias is exactly `address`.
    ///
    /// Refused with `PersonNotFound` or `PersonAmbiguous`.
    pub async fn find(&self, tenant: &Tenant, address: &str) -> Answer<Person> {
        if !can_be_asked(address) {
            return Answer::Refused(Code::PersonNotFound.into());
        }
        let ask = async |filter: &str| {
            let options = [("$select", PERSON), ("$top", "2"), ("$filter", filter)];
            match tenant.url(&["users"], &options) {
                Ok(url) => self.read::<Page<Person>>(tenant, url, READ_PEOPLE).await,
                Err(refused) => refused,
            }
        };
        let [own, alias] = filters(address);
        let (own, alias) = tokio::join!(ask(&own), ask(&alias));
        match (own.done(), alias.done()) {
            (Ok(own), Ok(alias)) => only([own, alias], address),
            (Err(other), _) | (_, Err(other)) => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn page(people: &[(&str, &str)], next: Option<&str>) -> Page<Person> {
        let value = people
            .iter()
            .map(|(id, upn)| {
                let json = serde_json::json!({"id": id, "userPrincipalName": upn});
                serde_json::from_value(json).unwrap()
            })
            .collect();
        Page { value, next: next.map(str::to_owned) }
    }

    #[test]
    fn one_person_in_both_answers_or_nobody() {
        let check = |own: &[(&str, &str)], alias: &[(&str, &str)], expected: Result<&str, Code>| {
            let answer = only([page(own, None), page(alias, None)], "a@b.example");
            let found = match answer {
                Answer::Done(person) => Ok(person.id),
                Answer::Refused(refusal) => Err(refusal.code),
                _ => panic!(),
            };
            assert_eq!(found.as_deref(), expected.as_ref().copied());
        };
        let (ann, bob) = (("1", "a@b.example"), ("2", "A@B.example"));
        check(&[], &[], Err(Code::PersonNotFound));
        check(&[ann], &[], Ok("1"));
        check(&[], &[ann], Ok("1"));
        check(&[ann], &[ann], Ok("1"));
        check(&[ann, bob], &[], Err(Code::PersonAmbiguous));
        // By mail one, by alias the other.
        check(&[ann], &[bob], Err(Code::PersonAmbiguous));
        // A filter that found somebody who does not carry the address.
        check(&[("1", "á@b.example")], &[], Err(Code::PersonNotFound));
        let more = only([page(&[ann], Some("x")), page(&[], None)], "a@b.example");
        let ambiguous = crate::outbound::Refusal::from(Code::PersonAmbiguous);
        assert!(matches!(more, Answer::Refused(why) if why == ambiguous));
    }

    /// An OData string literal read as the standard says (OData 4.01 ABNF, `string`): quotes are
    /// doubled, nothing else is special. Gives the value and what follows.
    fn literal(text: &str) -> Option<(String, &str)> {
        let mut rest = text.strip_prefix('\'')?;
        let mut value = String::new();
        loop {
            let (part, after) = rest.split_once('\'')?;
            value.push_str(part);
            match after.strip_prefix('\'') {
                Some(more) => {
                    value.push('\'');
                    rest = more;
                }
                None => return Some((value, after)),
            }
        }
    }

    /// The filter of a URL, by a decoder that is not ours.
    fn filter_of(url: &url::Url) -> String {
        let query = url.query().unwrap();
        // A `+` would be a blank for some readers and itself for others: there must be none.
        assert!(query.is_ascii() && !query.contains('+') && url.fragment().is_none(), "{query}");
        let names: Vec<&str> =
            query.split('&').map(|pair| pair.split_once('=').unwrap().0).collect();
        assert_eq!(names, ["$select", "$filter"]);
        let value = query.split_once("$filter=").unwrap().1;
        let mut bytes = Vec::new();
        let mut left = value.bytes();
        while let Some(byte) = left.next() {
            bytes.push(match byte {
                b'%' => {
                    let hex = [left.next().unwrap(), left.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap()
                }
                other => other,
            });
        }
        String::from_utf8(bytes).unwrap()
    }

    fn goes_round(address: &str) {
        let tenant = Tenant::for_tests("https://graph.microsoft.com");
        let [own, alias] = filters(address).map(|filter| {
            let options = [("$select", "id"), ("$filter", filter.as_str())];
            filter_of(&tenant.url::<()>(&["users"], &options).ok().unwrap())
        });
        let (mail, rest) = literal(own.strip_prefix("mail eq ").unwrap()).unwrap();
        let (upn, rest) = literal(rest.strip_prefix(" or userPrincipalName eq ").unwrap()).unwrap();
        assert_eq!((mail.as_str(), upn.as_str(), rest), (address, address, ""));
        let (alias, rest) =
            literal(alias.strip_prefix("proxyAddresses/any(p:p eq ").unwrap()).unwrap();
        assert_eq!((alias.strip_prefix("smtp:"), rest), (Some(address), ")"));
    }

    #[test]
    fn every_legal_character_of_an_address_arrives() {
        for address in [
            "conan.o'neil@b.example",
            "''@b.example",
            "$first@b.example",
            "a+b@b.example",
            "a#b#EXT#@b.example",
            "a&$filter=x@b.example",
            "50%25@b.example",
            "a' or id ne '@b.example",
            "jürgen@bücher.example",
            "!#$%&'*+-/=?^_`{|}~@b.example",
        ] {
            goes_round(address);
        }
    }

    #[test]
    fn what_is_no_address_is_not_asked_for() {
        for address in ["", "a", "@b", "a@", "a b@c", "a\n@c", "a\0@c", &"a@b".repeat(200)] {
            assert!(!can_be_asked(address), "{address:?}");
        }
        assert!(can_be_asked("o'neil+x#y@b.example"));
    }

    proptest! {
        #![proptest_config(crate::testing::many())]

        #[test]
        fn no_address_changes_the_filter(address in "\\PC*") {
            goes_round(&address);
        }

        #[test]
        fn nor_does_one_made_of_what_filters_are_made_of(
            parts in prop::collection::vec(
                prop::sample::select(vec!["'", "''", " or ", "eq", "%27", "&", "$filter=", "#", "+", "@", "(", ")", "\\", "é", "%", "\u{2019}"]),
                0..24,
            ),
        ) {
            goes_round(&parts.concat());
        }
    }
}
