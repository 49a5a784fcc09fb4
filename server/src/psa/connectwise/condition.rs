//! Conditions of ConnectWise's lists, with what somebody typed in them. (Developer Guide, "Conditions".)
//! How a quote inside of a text is escaped there is told in several ways, so none gets in: quotes and
//! backslashes are blanks, which changes no name and no address that people have. Pure.

/// Words that are looked for; more make an address too long (about 2000 characters, the guide says).
const MOST_WORDS: usize = 4;
/// Characters that are looked for.
const LONGEST: usize = 60;

/// Which contacts: each word of the text is in their first or last name. `None` for nothing to look for.
pub(super) fn names(text: &str, company: Option<&str>) -> Option<String> {
    let words = words(text);
    let has =
        |word: &String| format!("(firstName contains {0} or lastName contains {0})", quoted(word));
    let names: Vec<String> = words.iter().map(has).collect();
    (!names.is_empty()).then(|| format!("{} and {}", theirs(company), names.join(" and ")))
}

/// Which contacts by their address: a condition and one of their communications. `None` for a text that is
/// no part of an address.
pub(super) fn address(text: &str, company: Option<&str>) -> Option<(String, String)> {
    let words = words(text);
    let [word] = words.as_slice() else { return None };
    let child = format!(
        "communicationItems/value contains {} and communicationItems/communicationType={}",
        quoted(word),
        quoted("Email")
    );
    Some((theirs(company), child))
}

fn theirs(company: Option<&str>) -> String {
    let company = company.map(|id| format!(" and company/id={id}")).unwrap_or_default();
    format!("inactiveFlag=false{company}")
}

fn words(text: &str) -> Vec<String> {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() || "\"\\".contains(c) { ' ' } else { c })
        .take(LONGEST)
        .collect();
    clean.split_whitespace().take(MOST_WORDS).map(str::to_owned).collect()
}

/// A text in quotes; it has none inside.
fn quoted(word: &str) -> String {
    format!("\"{word}\"")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::many;

    #[test]
    fn each_word_of_a_name_is_looked_for() {
        assert_eq!(
            names(" Ada  Park", Some("250")).as_deref(),
            Some(
                "inactiveFlag=false and company/id=250 and (firstName contains \"Ada\" or lastName \
                 contains \"Ada\") and (firstName contains \"Park\" or lastName contains \"Park\")"
            )
        );
        assert_eq!(
            names("O'Neil", None).as_deref(),
            Some(
                "inactiveFlag=false and (firstName contains \"O'Neil\" or lastName contains \
                 \"O'Neil\")"
            )
        );
        for nothing in ["", "  ", "\"", "\\\"\\"] {
            assert_eq!(names(nothing, None), None, "{nothing}");
            assert_eq!(address(nothing, None), None, "{nothing}");
        }
    }

    #[test]
    fn an_address_is_one_word() {
        let (own, child) = address("ada@x.example", None).unwrap();
        assert_eq!(own, "inactiveFlag=false");
        assert_eq!(
            child,
            "communicationItems/value contains \"ada@x.example\" and \
             communicationItems/communicationType=\"Email\""
        );
        assert_eq!(address("Ada Park", None), None);
    }

    /// Outside of quotes there is nothing that somebody typed.
    fn outside(condition: &str) -> String {
        condition.split('"').step_by(2).collect()
    }

    proptest! {
        #![proptest_config(many())]
        #[test]
        fn what_is_typed_stays_inside_its_quotes(text in "([ -~]|\\PC|\"|\\\\){0,80}") {
            let allowed = ["inactiveFlag=false", "firstName", "lastName", "contains", "or", "and", "(", ")"];
            if let Some(condition) = names(&text, None) {
                prop_assert_eq!(condition.matches('"').count() % 2, 0);
                prop_assert!(!condition.contains('\\'));
                let bare = outside(&condition).replace(['(', ')'], " ");
                for word in bare.split_whitespace() {
                    prop_assert!(allowed.contains(&word), "{word} in {condition}");
                }
                let encoded: String = url::form_urlencoded::byte_serialize(condition.as_bytes()).collect();
                prop_assert!(encoded.len() < 1_700, "{}", encoded.len());
            }
            if let Some((_, child)) = address(&text, None) {
                prop_assert_eq!(child.matches('"').count(), 4);
                prop_assert!(!child.contains('\\'));
            }
        }
    }
}
