//! Notes in ConnectWise's tickets: text in, "internal analysis" out. Pure, but for the two calls.

use serde::Deserialize;
use serde_json::{Value, json};
use shared::Code;

use super::call::Ask;
use super::{ConnectWise, reply, ticket_path};
use crate::outbound::{Answer, Method, Refusal};
use crate::psa::NewNote;

/// Notes of a page, and how many such pages are searched for a mark: the ticket's newest. A note has no
/// limit of its own, and a reply has.
const PAGE: &str = "25";
const MOST_PAGES: usize = 4;

/// `ServiceNote`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Note {
    id: Option<i64>,
    detail_description_flag: Option<bool>,
    internal_analysis_flag: Option<bool>,
    resolution_flag: Option<bool>,
}

impl ConnectWise {
    /// Whether one of the ticket's newest notes has this mark.
    pub(super) async fn marked(&self, ticket: &str, mark: &str) -> Result<bool, Answer<bool>> {
        let path = notes_of(ticket).ok_or(Answer::Refused(Code::TicketUnknown.into()))?;
        for page in 1..=MOST_PAGES {
            let page = page.to_string();
            let query = [
                ("orderBy", "id desc"),
                ("pageSize", PAGE),
                ("page", &page),
                ("fields", "id,text"),
            ];
            let what = "reading notes of service tickets";
            let ask = Ask { path: &path, query: &query, missing: Code::TicketUnknown, what };
            let rows: Vec<Value> = self.get(ask).await.done()?;
            let texts = rows.iter().filter_map(|row| row["text"].as_str());
            if texts.into_iter().any(|text| has_mark(text, mark)) {
                return Ok(true);
            }
            if rows.len().to_string() != PAGE {
                break;
            }
        }
        Ok(false)
    }

    /// Writes an internal note. Where ConnectWise does not take the technician as its author, the API
    /// member is; the text names the technician anyway.
    pub(super) async fn note(&self, ticket: &str, note: NewNote<'_>) -> Answer<()> {
        let Some(path) = notes_of(ticket) else {
            return Answer::Refused(Code::TicketUnknown.into());
        };
        let what = "writing notes in service tickets";
        let ask = Ask { path: &path, query: &[], missing: Code::TicketUnknown, what };
        if let Some(login) = author(&note) {
            let sent = self.reply(&Method::POST, ask, Some(&body(&note, Some(login))), None).await;
            match sent.done() {
                // Refused is not written.
                Ok(reply) if reply::blames(&reply, "member") => {}
                Ok(reply) => return written(reply::open(&reply, ask.missing, what)),
                Err(other) => return other,
            }
        }
        written(self.change(&Method::POST, ask, &body(&note, None)).await)
    }
}

fn notes_of(ticket: &str) -> Option<String> {
    ticket_path(ticket).map(|path| format!("{path}/notes"))
}

/// The member whom the note should show, where its technician is linked to one \[INFER\].
fn author<'a>(note: &NewNote<'a>) -> Option<&'a str> {
    note.author?.login.as_deref().map(str::trim).filter(|login| !login.is_empty())
}

/// The body of a new note: the internal tab, and nobody is told. ConnectWise has no headline for notes.
fn body(note: &NewNote<'_>, author: Option<&str>) -> Value {
    let mut body = json!({
        "text": sentences(note.text),
        "internalAnalysisFlag": true,
        "detailDescriptionFlag": false,
        "resolutionFlag": false,
        "processNotifications": false,
    });
    if let Some(author) = author {
        body["member"] = json!({"identifier": author});
    }
    body
}

/// A text that reads well with its line breaks and without: the guide says that they come back as blanks.
/// So each line ends like a sentence.
fn sentences(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut lines = text.lines().map(str::trim_end).peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        if lines.peek().is_none() {
            break;
        }
        if line.ends_with(|last: char| last.is_alphanumeric() || ")]\"'\u{201d}".contains(last)) {
            out.push('.');
        }
        out.push('\n');
    }
    out
}

/// Whether a note's text has the mark, whatever became of its blanks.
fn has_mark(text: &str, mark: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mark = plain(mark);
    !mark.is_empty() && plain(text).contains(&mark)
}

/// What the reply to a new note says. One that is not internal was written all the same, and whoever reads
/// the refusal must know; a reply without the flags is believed, for we asked for them.
fn written(reply: Answer<Value>) -> Answer<()> {
    let note = match reply.map(|json| serde_json::from_value::<Note>(json).ok()).done() {
        Ok(note) => note.filter(|note| note.id.is_some()),
        Err(other) => return other,
    };
    match note {
        // Created, and the rest of the reply is odd: the mark will tell.
        None => Answer::Unknown(None),
        Some(Note { detail_description_flag: Some(true), .. })
        | Some(Note { resolution_flag: Some(true), .. })
        | Some(Note { internal_analysis_flag: Some(false), .. }) => {
            tracing::error!(outcome = "not-internal", "a note in ConnectWise");
            let about = "ConnectWise wrote a note and does not call it internal";
            Answer::Refused(Refusal::about(Code::PsaNoteVisible, about))
        }
        Some(_) => Answer::Done(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::psa::Author;

    fn by(login: Option<&str>) -> Author {
        Author {
            name: "Ann".into(),
            email: "ann@msp.example".into(),
            person: Some("101".into()),
            login: login.map(Into::into),
        }
    }

    #[test]
    fn a_note_is_internal_and_tells_nobody() {
        let tess = by(Some("tess"));
        let note = NewNote { title: "t", text: "a\n\n[x]", mark: "[x]", author: Some(&tess) };
        let mut right = json!({
            "text": "a.\n\n[x]", "internalAnalysisFlag": true, "detailDescriptionFlag": false,
            "resolutionFlag": false, "processNotifications": false,
        });
        assert_eq!(body(&note, None), right);
        right["member"] = json!({"identifier": "tess"});
        assert_eq!(body(&note, super::author(&note)), right);
        for nobody in [by(None), by(Some(" "))] {
            assert_eq!(super::author(&NewNote { author: Some(&nobody), ..note }), None);
        }
        assert_eq!(super::author(&NewNote { author: None, ..note }), None);
    }

    #[test]
    fn a_text_reads_well_without_its_line_breaks() {
        for (text, right) in [
            ("Done.\nBy Ann\n\n[reset 7]", "Done.\nBy Ann.\n\n[reset 7]"),
            ("a:\r\nb (c)\nd", "a:\nb (c).\nd"),
            ("one line", "one line"),
            ("", ""),
        ] {
            assert_eq!(sentences(text), right, "{text:?}");
        }
    }

    #[test]
    fn a_mark_is_found_whatever_became_of_the_blanks() {
        for (text, has) in [
            ("Done.\n\n[reset 7]", true),
            ("Done.  [reset  7]", true),
            ("Done. [reset\n7]", true),
            ("Done. [reset 77]", false),
            ("", false),
        ] {
            assert_eq!(has_mark(text, "[reset 7]"), has, "{text:?}");
        }
        assert!(!has_mark("anything", ""));
    }

    #[test]
    fn a_note_that_is_not_internal_is_no_success() {
        let judged = |json: Value| written(Answer::Done(json));
        let flags = |detail: Value, internal: Value, resolution: Value| {
            judged(json!({
                "id": 9, "detailDescriptionFlag": detail, "internalAnalysisFlag": internal,
                "resolutionFlag": resolution,
            }))
        };
        assert_eq!(flags(false.into(), true.into(), false.into()), Answer::Done(()));
        assert_eq!(flags(Value::Null, Value::Null, Value::Null), Answer::Done(()));
        for seen in [
            flags(true.into(), false.into(), false.into()),
            flags(true.into(), true.into(), false.into()),
            flags(false.into(), true.into(), true.into()),
            flags(Value::Null, false.into(), Value::Null),
        ] {
            let Answer::Refused(refusal) = seen else { panic!() };
            assert_eq!(refusal.code, Code::PsaNoteVisible);
        }
        for odd in [json!([]), json!({}), json!({"id": null}), json!("text")] {
            assert_eq!(judged(odd.clone()), Answer::Unknown(None), "{odd}");
        }
        assert_eq!(written(Answer::Later(Some(7))), Answer::Later(Some(7)));
    }
}
