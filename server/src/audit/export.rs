//! Entries as a file: CSV for people with a spreadsheet, JSON lines for programs. Pure; whoever streams it
//! hands in batches.

use std::io;

use serde_json::{Value, json};
use shared::{Code, Millis};
use uuid::Uuid;

use super::Entry;
use super::words::{Names, said};
use crate::store::AuditRow;

/// Which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, with a head of its own in front of the columns.
    Csv,
    /// One JSON object on each line; the first is the head.
    Jsonl,
}

impl Format {
    /// The format of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Csv, Self::Jsonl].into_iter().find(|format| format.as_str() == text)
    }

    /// As in a file's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    /// As in `Content-Type`.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Jsonl => "application/jsonl; charset=utf-8",
        }
    }
}

/// What a file says of itself.
pub struct Head<'a> {
    /// The account's name.
    pub account: &'a str,
    /// When it was made.
    pub made_at: Millis,
    /// By whom.
    pub made_by: &'a str,
    /// Which entries are in it: what of them, and which. None: all.
    pub filter: &'a [(&'static str, String)],
}

const COLUMNS: [&str; 20] = [
    "entry",
    "time",
    "kind",
    "act",
    "what",
    "why",
    "detail",
    "technician",
    "customer",
    "contact",
    "ticket",
    "integration",
    "technician_id",
    "customer_id",
    "contact_id",
    "integration_id",
    "verification_id",
    "reset_id",
    "share_id",
    "code",
];

/// Writes a file in pieces.
pub struct Writer(Format);

impl Writer {
    /// A new file.
    #[must_use]
    pub const fn new(format: Format) -> Self {
        Self(format)
    }

    /// What stands in front of the entries.
    ///
    /// # Errors
    /// Never, in memory.
    pub fn head(&self, head: &Head<'_>) -> io::Result<Vec<u8>> {
        let made_at = time(head.made_at);
        let all = ("Entries", "all".to_owned());
        match self.0 {
            Format::Csv => {
                let mut csv = table();
                let mut row = |what: &str, which: &str| csv.write_record([what, &harmless(which)]);
                row("Account", head.account)?;
                row("Made at", &made_at)?;
                row("Made by", head.made_by)?;
                for (what, which) in head.filter {
                    row(what, which)?;
                }
                if head.filter.is_empty() {
                    row(all.0, &all.1)?;
                }
                csv.write_record(COLUMNS)?;
                done(csv)
            }
            Format::Jsonl => {
                let filter: serde_json::Map<String, Value> = head
                    .filter
                    .iter()
                    .map(|(what, which)| (what.to_lowercase(), Value::from(which.as_str())))
                    .collect();
                line(&json!({"export": {
                    "account": head.account, "made_at": made_at, "made_by": head.made_by,
                    "filter": filter,
                }}))
            }
        }
    }

    /// Some entries; one that this version can't read goes out as it stands.
    ///
    /// # Errors
    /// Never, in memory.
    pub fn entries<'e>(
        &self,
        entries: impl Iterator<Item = (&'e AuditRow, Option<&'e Entry>)>,
        names: &Names,
    ) -> io::Result<Vec<u8>> {
        match self.0 {
            Format::Csv => {
                let mut csv = table();
                for (row, entry) in entries {
                    csv.write_record(cells(row, entry, names).map(|cell| harmless(&cell)))?;
                }
                done(csv)
            }
            Format::Jsonl => {
                let mut lines = Vec::new();
                for (row, entry) in entries {
                    lines.extend(line(&object(row, entry, names))?);
                }
                Ok(lines)
            }
        }
    }
}

fn table() -> csv::Writer<Vec<u8>> {
    // The head has two columns, the entries have more.
    csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new())
}

fn done(csv: csv::Writer<Vec<u8>>) -> io::Result<Vec<u8>> {
    csv.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

fn line(value: &Value) -> io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

/// A cell that no spreadsheet takes for a formula: names come from PSAs, and anybody may be called
/// `=cmd|…` (OWASP, *CSV Injection*). One that cuts at semicolons or tabs, as they do where a comma stands in
/// numbers, knows nothing of our quotes: it begins a cell in the middle of ours, or a line.
fn harmless(cell: &str) -> String {
    let mut safe = String::with_capacity(cell.len() + 1);
    if cell.starts_with(['\t', '\r', '\n']) {
        safe.push('\'');
    }
    let mut begins = true;
    for c in cell.chars() {
        match c {
            '=' | '+' | '-' | '@' if begins => {
                safe.push('\'');
                begins = false;
            }
            ';' | '\t' | '\r' | '\n' => begins = true,
            // Left out where a cell begins.
            '"' => {}
            c if c.is_whitespace() => {}
            _ => begins = false,
        }
        safe.push(c);
    }
    safe
}

/// ISO 8601 with milliseconds, in UTC.
fn time(at: Millis) -> String {
    let moment = time::OffsetDateTime::from_unix_timestamp(at.0.div_euclid(1000));
    let moment = moment.unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        moment.year(),
        u8::from(moment.month()),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second(),
        at.0.rem_euclid(1000)
    )
}

fn act(row: &AuditRow) -> String {
    let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
    body["act"].as_str().unwrap_or_default().to_owned()
}

fn cells(row: &AuditRow, entry: Option<&Entry>, names: &Names) -> [String; COLUMNS.len()] {
    let Some(entry) = entry else {
        let mut cells = std::array::from_fn(|_| String::new());
        cells[0] = row.seq.to_string();
        cells[1] = time(row.at);
        cells[3] = act(row);
        cells[6].clone_from(&row.body);
        return cells;
    };
    let said = said(entry, names);
    let name = |id: Option<Uuid>| id.map(|id| names.of(id).to_owned()).unwrap_or_default();
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let (technician, customer) = (entry.technician.map(|id| id.0), entry.customer.map(|id| id.0));
    let (contact, integration) = (entry.contact.map(|id| id.0), entry.integration.map(|id| id.0));
    [
        row.seq.to_string(),
        time(row.at),
        entry.act.kind().as_str().into(),
        act(row),
        said.what,
        said.why.unwrap_or_default().into(),
        said.detail.unwrap_or_default(),
        name(technician),
        name(customer),
        name(contact),
        name(entry.ticket.map(|id| id.0)),
        name(integration),
        id(technician),
        id(customer),
        id(contact),
        id(integration),
        id(entry.verification.map(|id| id.0)),
        id(entry.reset.map(|id| id.0)),
        id(entry.share.map(|id| id.0)),
        entry.code.map(Code::as_str).unwrap_or_default().into(),
    ]
}

fn object(row: &AuditRow, entry: Option<&Entry>, names: &Names) -> Value {
    let cells = cells(row, entry, names);
    let mut object = serde_json::Map::new();
    object.insert("entry".into(), row.seq.into());
    for (column, cell) in COLUMNS.iter().zip(cells).skip(1) {
        if !cell.is_empty() {
            object.insert((*column).into(), cell.into());
        }
    }
    object.into()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use shared::TechnicianId;

    use super::*;
    use crate::audit::Act;

    const MAL: Uuid = Uuid::from_u128(1);

    fn file(format: Format, name: &str) -> String {
        let names = Names::from(HashMap::from([(MAL, name.to_owned())]));
        let entry = Entry::new(Act::SignedOut).by(TechnicianId(MAL)).about("a \"b\",\r\nc");
        let row = AuditRow {
            seq: 7,
            at: Millis(1_795_356_300_042),
            body: serde_json::to_string(&entry).unwrap(),
        };
        let newer = AuditRow { seq: 6, body: r#"{"act":"sung"}"#.into(), ..row.clone() };
        let writer = Writer::new(format);
        let head = Head {
            account: name,
            made_at: Millis(0),
            made_by: name,
            filter: &[("Technician", name.to_owned())],
        };
        let mut bytes = writer.head(&head).unwrap();
        bytes.extend(
            writer.entries([(&row, Some(&entry)), (&newer, None)].into_iter(), &names).unwrap(),
        );
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn no_cell_is_a_formula() {
        for start in ["=", "+", "-", "@", "\t", "\r", "\n"] {
            let written = file(Format::Csv, &format!("{start}cmd|' /C calc'!A0"));
            let mut reader = csv::ReaderBuilder::new()
                .flexible(true)
                .has_headers(false)
                .from_reader(written.as_bytes());
            let mut cells = 0;
            for record in reader.records() {
                for cell in &record.unwrap() {
                    assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{cell:?}");
                    cells += 1;
                }
            }
            assert!(cells > 60, "{cells}");
            assert!(written.contains("cmd|"), "it is there all the same");
        }
    }

    #[test]
    fn no_part_of_a_cell_is_one_where_others_are_cut() {
        for name in [
            "Ann; =cmd|' /C calc'!A0",
            "Ann;\t\"=cmd|x\"",
            "Ann\r\n=cmd|x",
            "Ann\t@cmd|x",
            "; \";\u{a0}-cmd|x",
            "\"=cmd|x",
        ] {
            let written = file(Format::Csv, name);
            // As a program does that cuts at each of these and knows no quotes within a cell.
            for part in written.split([';', '\t', '\r', '\n']) {
                let part = part.trim_start_matches(|c: char| c.is_whitespace() || c == '"');
                assert!(!part.starts_with(['=', '+', '-', '@']), "{name:?}: {part:?}");
            }
            assert!(written.contains("cmd|"), "it is there all the same");
        }
        // What is no formula anywhere stays as it is.
        for plain in ["a-b = c", "+1 is no start; a+b", "text to •••12; sent", ""] {
            let first = plain.trim_start_matches('+');
            assert_eq!(harmless(first), first);
        }
    }

    #[test]
    fn both_files_say_what_they_are_and_tell_the_same() {
        let csv = file(Format::Csv, "Ann, Ltd.");
        assert!(csv.starts_with("Account,\"Ann, Ltd.\"\r\nMade at,1970-01-01T00:00:00.000Z\r\n"));
        assert!(
            csv.contains("7,2026-11-22T14:05:00.042Z,sign-in,signed-out,\"Ann, Ltd. signed out.\"")
        );
        assert!(csv.contains("\"a \"\"b\"\",\r\nc\""), "{csv}");
        assert!(csv.contains("6,2026-11-22T14:05:00.042Z,,sung,"), "{csv}");
        let lines = file(Format::Jsonl, "Ann");
        let lines: Vec<Value> = lines.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
        assert_eq!(lines[0]["export"]["filter"]["technician"], "Ann");
        assert_eq!(lines[1]["entry"], 7);
        assert_eq!(lines[1]["what"], "Ann signed out.");
        assert_eq!(lines[1]["detail"], "a \"b\",\r\nc");
        assert_eq!(lines[2]["act"], "sung");
    }
}
