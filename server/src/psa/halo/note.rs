//! Notes as HaloPSA's actions: HTML in, "hidden from the user" out. Pure.

use serde_json::{Value, json};
use shared::Code;

use super::shape::listed;
use crate::outbound::{Answer, Refusal};
use crate::psa::NewNote;
use crate::psa::read::numeric_id;

/// The agent's id whom the note should show, where its technician is linked to one.
pub(super) fn author(note: &NewNote<'_>) -> Option<i64> {
    note.author?.person.as_deref().and_then(numeric_id)
}

/// The body of `POST /api/Actions`: always an array (swagger). `sendemail` and `dont_do_rules` keep
/// workflows of the tenant from telling the customer.
pub(super) fn body(
    ticket: i64,
    outcome: &(i64, String),
    note: &NewNote<'_>,
    agent: Option<i64>,
) -> Value {
    let mut action = json!({
        "ticket_id": ticket,
        "outcome_id": outcome.0,
        "outcome": outcome.1,
        "note_html": html(note.text),
        "hiddenfromuser": true,
        "sendemail": false,
        "dont_do_rules": true,
    });
    if let Some(agent) = agent {
        action["who_agentid"] = agent.into();
    }
    Value::Array(vec![action])
}

/// Plain text as HTML that reads the same.
fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 32);
    html.push_str("<p>");
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' => html.push_str("<br>"),
            c if c.is_control() => {}
            c => html.push(c),
        }
    }
    html.push_str("</p>");
    html
}

/// What the reply to a new action says: it comes back alone or in an array. One that is not hidden was
/// written all the same, and whoever reads the refusal must know.
pub(super) fn written(reply: &Value) -> Answer<()> {
    let action = reply.as_array().map_or(Some(reply), |all| all.first());
    match action.map(|it| (it["id"].as_i64(), it["hiddenfromuser"].as_bool())) {
        Some((_, Some(false))) => Answer::Refused(Refusal::about(
            Code::PsaNoteVisible,
            "HaloPSA wrote a note and did not hide it from the customer",
        )),
        Some((Some(_), _)) => Answer::Done(()),
        Some((None, _)) | None => Answer::Unknown(None),
    }
}

/// Whether one of the ticket's actions has the mark, as text or in its HTML; `None` for what is no list.
pub(super) fn has_mark(reply: Value, mark: &str) -> Option<bool> {
    let actions: Vec<Value> = listed(reply, "actions")?;
    let escaped = html(mark);
    let escaped = escaped.trim_start_matches("<p>").trim_end_matches("</p>");
    let has = |it: &Value| it.as_str().is_some_and(|it| it.contains(mark) || it.contains(escaped));
    Some(!mark.is_empty() && actions.iter().any(|it| has(&it["note"]) || has(&it["note_html"])))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::psa::Author;

    fn by(person: Option<&str>) -> Author {
        Author {
            name: "Ann".into(),
            email: "ann@msp.example".into(),
            person: person.map(Into::into),
            login: None,
        }
    }

    #[test]
    fn an_action_is_hidden_and_tells_nobody() {
        let author = by(Some("3"));
        let note = NewNote { title: "t", text: "a <b>\n[x]", mark: "[x]", author: Some(&author) };
        assert_eq!(
            body(1001, &(7, "Private Note".into()), &note, super::author(&note)),
            json!([{
                "ticket_id": 1001, "outcome_id": 7, "outcome": "Private Note",
                "note_html": "<p>a &lt;b&gt;<br>[x]</p>", "hiddenfromuser": true, "sendemail": false,
                "dont_do_rules": true, "who_agentid": 3,
            }])
        );
        for person in [None, Some(""), Some("x"), Some("0")] {
            let author = by(person);
            let note = NewNote { author: Some(&author), ..note };
            assert_eq!(super::author(&note), None, "{person:?}");
        }
        assert!(body(1, &(7, String::new()), &note, None)[0].get("who_agentid").is_none());
    }

    #[test]
    fn a_note_that_is_not_hidden_is_no_success() {
        let alone = json!({"id": 5, "hiddenfromuser": true});
        for good in [
            alone.clone(),
            json!([alone]),
            json!({"id": 5}),
            json!([{"id": 5, "hiddenfromuser": null}]),
        ] {
            assert_eq!(written(&good), Answer::Done(()), "{good}");
        }
        for seen in [json!({"id": 5, "hiddenfromuser": false}), json!([{"hiddenfromuser": false}])]
        {
            let Answer::Refused(refusal) = written(&seen) else { panic!("{seen}") };
            assert_eq!(refusal.code, Code::PsaNoteVisible);
        }
        for odd in [json!([]), json!({}), json!(null), json!("ok")] {
            assert_eq!(written(&odd), Answer::Unknown(None), "{odd}");
        }
    }

    #[test]
    fn a_mark_is_found_as_text_and_as_html() {
        let mark = "[reset <1>]";
        let with = |action: Value| has_mark(json!({"actions": [{"note": null}, action]}), mark);
        assert_eq!(with(json!({"note": "x [reset <1>] y"})), Some(true));
        assert_eq!(with(json!({"note_html": "<p>x<br>[reset &lt;1&gt;]</p>"})), Some(true));
        assert_eq!(with(json!({"note": "[reset <2>]"})), Some(false));
        assert_eq!(has_mark(json!([]), mark), Some(false));
        assert_eq!(has_mark(json!({"Message": "no"}), mark), None);
        assert_eq!(has_mark(json!([{"note": "x"}]), ""), Some(false));
    }

    proptest! {
        /// Nothing of a text is a tag over there, but for our own line breaks.
        #[test]
        fn a_text_stays_a_text(text in "\\PC{0,80}") {
            let html = html(&text);
            let inner = html.strip_prefix("<p>").and_then(|it| it.strip_suffix("</p>")).unwrap();
            prop_assert!(!inner.contains(['<', '>', '"', '\'']));
            let back = inner.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
            prop_assert_eq!(back.replace("&#39;", "'").replace("&amp;", "&"), text);
        }
    }
}
