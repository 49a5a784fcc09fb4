//! Notes in Autotask: which visibility only the MSP's own people read and which kind a note is, both by
//! label, because numbers differ; and the note itself. Pure.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::psa::{AutotaskSettings, NewNote};

/// Visibilities that only the MSP's own people read, the usual ones; the first that there is.
const INTERNAL: [&str; 4] =
    ["Internal Project Team", "Internal Users Only", "Internal Only", "Internal"];
/// What customers read in the portal, by its label and by the number that it has everywhere.
const PUBLIC: &str = "All Autotask Users";
const PUBLIC_VALUE: i64 = 1;
/// Kinds of notes, the usual ones.
const KINDS: [&str; 3] = ["Task Notes", "Ticket Notes", "Task Summary"];
/// (Vendor "TicketNotes": `title` 250, `description` 32000.)
const LONGEST_TITLE: usize = 250;
const LONGEST_TEXT: usize = 32_000;

/// The picklists of a note's fields.
#[derive(Clone, Default)]
pub(super) struct Picklists {
    publish: Vec<Pick>,
    kinds: Vec<Pick>,
}

/// An active entry.
#[derive(Clone)]
struct Pick {
    value: i64,
    label: String,
}

/// What makes a note internal, and its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Internal {
    publish: i64,
    kind: i64,
}

impl Picklists {
    /// From `TicketNotes/entityInformation/fields`; `None` for what is no such reply.
    pub(super) fn read(reply: &Value) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Entry {
            #[serde(default)]
            value: Value,
            label: Option<String>,
            #[serde(default)]
            is_active: bool,
        }
        let fields = reply["fields"].as_array()?;
        let entries = |name: &str| -> Vec<Pick> {
            let is = |it: &&Value| it["name"].as_str().is_some_and(|it| it.eq_ignore_ascii_case(name));
            let field = fields.iter().find(is);
            let values = field.and_then(|it| it["picklistValues"].as_array());
            let read = values.into_iter().flatten().filter_map(|it| {
                let entry = serde_json::from_value::<Entry>(it.clone()).ok()?;
                let number = entry.value.as_i64().or_else(|| entry.value.as_str()?.parse().ok());
                let label = entry.label?.trim().to_owned();
                (entry.is_active && !label.is_empty()).then_some(Pick { value: number?, label })
            });
            read.collect()
        };
        Some(Self { publish: entries("publish"), kinds: entries("noteType") })
    }

    /// What makes a note internal for certain; `None` where nothing does. A label of the admin's own is
    /// the only one that will do, and the one that customers read never is.
    pub(super) fn internal(&self, settings: &AutotaskSettings) -> Option<Internal> {
        let own = [settings.internal_label.trim()];
        let labels: &[&str] = if own[0].is_empty() { &INTERNAL } else { &own };
        let publish = labels.iter().find_map(|label| by_label(&self.publish, label))?;
        let is_public = publish.value == PUBLIC_VALUE || same(&publish.label, PUBLIC);
        let kind = self.kind(settings)?;
        (!is_public).then_some(Internal { publish: publish.value, kind })
    }

    /// The kind that the admin names, otherwise a usual one, otherwise the first.
    fn kind(&self, settings: &AutotaskSettings) -> Option<i64> {
        let named = by_label(&self.kinds, settings.note_type_label.trim());
        let usual = || KINDS.iter().find_map(|label| by_label(&self.kinds, label));
        Some(named.or_else(usual).or_else(|| self.kinds.first())?.value)
    }

    /// Whether the kind of note that the admin names is there, where one is named.
    pub(super) fn has_kind(&self, settings: &AutotaskSettings) -> bool {
        let label = settings.note_type_label.trim();
        label.is_empty() || by_label(&self.kinds, label).is_some()
    }
}

fn by_label<'a>(picks: &'a [Pick], label: &str) -> Option<&'a Pick> {
    picks.iter().find(|it| same(&it.label, label))
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// The body of `POST /V1.0/Tickets/{id}/Notes`. A text that is too long loses its end, but never its mark.
pub(super) fn body(note: &NewNote<'_>, internal: Internal) -> Value {
    let mut text: String = note.text.chars().take(LONGEST_TEXT).collect();
    if note.text.contains(note.mark) && !text.contains(note.mark) {
        let room = LONGEST_TEXT.saturating_sub(note.mark.chars().count() + 1);
        text = note.text.chars().take(room).collect();
        text.push('\n');
        text.push_str(note.mark);
    }
    json!({
        "title": note.title.chars().take(LONGEST_TITLE).collect::<String>(),
        "description": text,
        "noteType": internal.kind,
        "publish": internal.publish,
    })
}

/// Whether one of the notes has the mark.
pub(super) fn has_mark(notes: &[Value], mark: &str) -> bool {
    let text = |it: &Value| it["description"].as_str().is_some_and(|it| it.contains(mark));
    !mark.is_empty() && notes.iter().any(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(internal: &str, kind: &str) -> AutotaskSettings {
        AutotaskSettings {
            username: "api@brightline.example".into(),
            integration_code: "CODE".into(),
            site: "https://ww5.autotask.net".into(),
            internal_label: internal.into(),
            note_type_label: kind.into(),
            ticket_parameter: "ticketId".into(),
        }
    }

    fn lists(publish: &[(&str, &str, bool)], kinds: &[(&str, &str, bool)]) -> Picklists {
        let field = |name: &str, all: &[(&str, &str, bool)]| {
            let entries = all.iter().map(|(value, label, active)| {
                json!({"value": value, "label": label, "isActive": active, "sortOrder": 1})
            });
            json!({"name": name, "isPickList": true, "picklistValues": entries.collect::<Vec<_>>()})
        };
        let other = json!({"name": "title", "picklistValues": null});
        let fields = [other, field("publish", publish), field("noteType", kinds)];
        Picklists::read(&json!({"fields": fields})).unwrap()
    }

    const KIND: [(&str, &str, bool); 1] = [("3", "Task Notes", true)];

    #[test]
    fn only_what_is_internal_for_certain_will_do() {
        let all = ("1", "All Autotask Users", true);
        let co = ("4", "Internal & Co-Managed", true);
        let team = ("2", "Internal Project Team", true);
        let gone = ("2", "Internal Project Team", false);
        let users = ("5", "INTERNAL users only", true);
        let renamed = ("1", "Internal Users Only", true);
        let swapped = ("9", "All Autotask Users", true);
        let own = ("7", "Nur wir", true);
        for (publish, label, found) in [
            (vec![all, team, users], "", Some(2)),
            (vec![all, users, team], "", Some(2)),
            (vec![all, co, users, gone], "", Some(5)),
            (vec![all, co], "", None),
            (vec![all, co, gone], "", None),
            (vec![renamed], "", None),
            (vec![all, team], "All Autotask Users", None),
            (vec![swapped, team], "all autotask users", None),
            (vec![all, team, own], " nur WIR ", Some(7)),
            // A label of one's own that is gone is not replaced by a guess.
            (vec![all, team], "Nur wir", None),
            (vec![], "", None),
        ] {
            let internal = lists(&publish, &KIND).internal(&settings(label, ""));
            assert_eq!(internal.map(|it| it.publish), found, "{publish:?} {label}");
        }
    }

    #[test]
    fn the_kind_of_note_is_found_by_its_label() {
        let publish = [("2", "Internal Project Team", true)];
        let detail = ("1", "Task Detail", true);
        let notes = ("3", "task notes", true);
        let gone = ("3", "Task Notes", false);
        let summary = ("6", "Task Summary", true);
        for (kinds, label, found, has) in [
            (vec![detail, summary, notes], "", Some(3), true),
            (vec![detail, summary, gone], "", Some(6), true),
            (vec![detail], "", Some(1), true),
            (vec![notes, detail], "TASK detail", Some(1), true),
            (vec![detail, notes], "Helpdesk", Some(3), false),
            (vec![gone], "", None, true),
        ] {
            let (lists, settings) = (lists(&publish, &kinds), settings("", label));
            assert_eq!(lists.internal(&settings).map(|it| it.kind), found, "{kinds:?} {label}");
            assert_eq!(lists.has_kind(&settings), has, "{kinds:?} {label}");
        }
    }

    #[test]
    fn odd_replies_have_no_lists() {
        for none in [json!({}), json!({"fields": null}), json!([]), json!({"fields": {}})] {
            assert!(Picklists::read(&none).is_none(), "{none}");
        }
        let odd = json!({"fields": [{"name": "publish", "picklistValues": [
            {"value": "x", "label": "Internal", "isActive": true}, {"value": 2, "label": null, "isActive": true},
            {"value": 3, "label": "Internal"}, null, {"value": 8, "label": "Internal Only", "isActive": true},
        ]}, {"name": "NoteType", "picklistValues": [{"value": 3, "label": "Task Notes", "isActive": true}]}]});
        let internal = Picklists::read(&odd).unwrap().internal(&settings("", ""));
        assert_eq!(internal, Some(Internal { publish: 8, kind: 3 }));
    }

    #[test]
    fn a_long_note_keeps_its_mark() {
        let internal = Internal { publish: 5, kind: 3 };
        let body = |title: &str, text: &str| {
            super::body(&NewNote { title, text, mark: "[reset x]", author: None }, internal)
        };
        assert_eq!(
            body("Password reset", "é [reset x]"),
            json!({"title": "Password reset", "description": "é [reset x]", "noteType": 3, "publish": 5})
        );
        let long = format!("{}[reset x]", "é".repeat(40_000));
        let cut = body(&"t".repeat(300), &long);
        let description = cut["description"].as_str().unwrap();
        assert_eq!(description.chars().count(), 32_000);
        assert!(description.ends_with("é\n[reset x]"));
        assert_eq!(cut["title"].as_str().unwrap().len(), 250);
        assert!(has_mark(&[json!({}), cut], "[reset x]"));
        assert!(!has_mark(&[json!({"description": "[reset y]"})], "[reset x]"));
        assert!(!has_mark(&[json!({"description": ""})], ""));
    }
}
