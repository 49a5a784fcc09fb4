//! `/docs/api`: the OpenAPI document, for people. Rendered here, with nothing from elsewhere.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{Redirect, Response};
use shared::Code;
use utoipa::openapi::path::ParameterIn;

use super::Page;
use crate::api_keys::Scope;
use crate::app::App;
use crate::store::SessionKind;
use crate::web::auth::in_cookie;
use crate::web::openapi::{Group, Operation, operations};
use crate::web::pages::html;
use crate::web::problem::Failure;
use crate::web::table::Who;
use crate::webhooks::Event;

#[derive(Template)]
#[template(path = "docs_api.html")]
struct DocsPage {
    page: Page,
    groups: &'static [Chapter],
    scopes: [Scope; 4],
    events: &'static [Event],
    codes: &'static [Meaning],
    shapes: &'static [Shape],
}

/// What the program itself says does not change while it runs; anybody may ask for it.
static CHAPTERS: LazyLock<Vec<Chapter>> = LazyLock::new(chapters);
static CODES: LazyLock<Vec<Meaning>> = LazyLock::new(meanings);
static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(shapes);

struct Chapter {
    group: Group,
    operations: Vec<Entry>,
}

/// An operation, as the page shows it.
struct Entry {
    method: String,
    path: &'static str,
    /// Its anchor.
    id: String,
    says: &'static str,
    more: Vec<Piece>,
    who: String,
    values: Vec<Given>,
    takes: Option<Body>,
    gives: Vec<(u16, &'static str, Option<Body>)>,
    /// By status.
    refuses: Vec<(u16, Vec<&'static str>)>,
}

/// A value in the address.
struct Given {
    name: &'static str,
    place: &'static str,
    about: Vec<Piece>,
}

/// A piece of a sentence: code, or not.
struct Piece {
    is_code: bool,
    text: String,
}

/// A sentence in which backticks mark code.
fn pieces(text: &str) -> Vec<Piece> {
    let parts = text.split('`').enumerate();
    let piece = |(at, text): (usize, &str)| Piece { is_code: at % 2 == 1, text: text.to_owned() };
    parts.map(piece).collect()
}

/// A body: a shape further down, or a file.
struct Body {
    words: String,
    /// The shape's anchor, where it has one.
    shape: Option<String>,
}

/// A stable code, in words.
struct Meaning {
    code: &'static str,
    status: u16,
    what: &'static str,
    next: &'static str,
}

/// What is sent or answered, field by field.
struct Shape {
    name: String,
    about: Vec<Piece>,
    fields: Vec<Field>,
    /// For a choice of texts.
    values: Vec<String>,
}

struct Field {
    name: String,
    kind: String,
    needed: bool,
    about: Vec<Piece>,
}

fn who(who: Option<Who>) -> String {
    match who {
        None | Some(Who::Anybody) => "Anybody".into(),
        Some(Who::Person) => "Whoever is signed in, by the cookie".into(),
        Some(Who::Technician) => "Technicians, by the cookie".into(),
        Some(Who::Admin) => "Admins, by the cookie".into(),
        Some(Who::Pod) => "Pods, by their token".into(),
        Some(Who::Key(scope)) => format!("Keys with {}", scope.as_str()),
    }
}

fn anchor(name: &str) -> String {
    let name = name.trim_end_matches("[]").to_lowercase();
    format!("shape-{name}")
}

fn body(name: &str, kinds: &[&str]) -> Body {
    match name {
        "" if kinds.len() > 1 => Body { words: kinds.join(" or "), shape: None },
        "" => Body { words: "an object".into(), shape: None },
        name => Body { words: name.replace("[]", ", a list of them"), shape: Some(anchor(name)) },
    }
}

impl From<Operation> for Entry {
    fn from(operation: Operation) -> Self {
        let method = operation.method.to_string();
        let in_path = operation.path_parameters();
        let values = in_path.iter().chain(&operation.parameters).map(|it| Given {
            name: it.name,
            place: if it.place == ParameterIn::Path { "path" } else { "query" },
            about: pieces(it.about),
        });
        let refuses = operation.all_codes().into_iter();
        let refuses =
            refuses.map(|(status, codes)| (status, codes.into_iter().map(Code::as_str).collect()));
        let parts = operation.path.split(['/', '{', '}', '.']).filter(|part| !part.is_empty());
        let id = format!("{}-{}", method.to_lowercase(), parts.collect::<Vec<_>>().join("-"));
        Self {
            id,
            path: operation.path,
            says: operation.says,
            more: pieces(operation.more),
            who: who(operation.who),
            values: values.collect(),
            refuses: refuses.collect(),
            takes: operation.takes.map(|it| body(&it.name, it.kinds)),
            gives: operation
                .gives
                .into_iter()
                .map(|(status, means, it)| (status, means, it.map(|it| body(&it.name, it.kinds))))
                .collect(),
            method,
        }
    }
}

/// The shapes, as the document has them.
fn shapes() -> Vec<Shape> {
    let document = crate::web::openapi::document().to_json().unwrap_or_default();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap_or_default();
    let Some(schemas) = document["components"]["schemas"].as_object() else { return Vec::new() };
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let shape = |(name, schema): (&String, &serde_json::Value)| {
        let needed = schema["required"].as_array().cloned().unwrap_or_default();
        let fields = schema["properties"].as_object().into_iter().flatten();
        let fields = fields.map(|(name, field)| Field {
            kind: kind(field),
            needed: needed.iter().any(|it| it == name),
            about: pieces(&text(&field["description"])),
            name: name.clone(),
        });
        Shape {
            fields: fields.collect(),
            values: schema["enum"].as_array().into_iter().flatten().map(text).collect(),
            about: pieces(&text(&schema["description"])),
            name: name.clone(),
        }
    };
    // Codes have a list of their own, with words.
    schemas.iter().filter(|(name, _)| *name != "Code").map(shape).collect()
}

/// What a field holds, in a word or two.
fn kind(field: &serde_json::Value) -> String {
    if let Some(to) = field["$ref"].as_str() {
        return to.rsplit('/').next().unwrap_or_default().to_owned();
    }
    for several in ["oneOf", "anyOf", "allOf"] {
        if let Some(choices) = field[several].as_array() {
            let words: Vec<String> = choices.iter().map(kind).collect();
            return words.join(" or ");
        }
    }
    match &field["type"] {
        serde_json::Value::String(it) if it == "array" => {
            format!("list of {}", kind(&field["items"]))
        }
        serde_json::Value::String(it) => match field["format"].as_str() {
            Some(format @ ("uuid" | "password")) => format!("{it} ({format})"),
            _ => it.clone(),
        },
        serde_json::Value::Array(all) => {
            let words: Vec<&str> = all.iter().filter_map(|it| it.as_str()).collect();
            words.join(" or ")
        }
        _ => "anything".into(),
    }
}

fn chapters() -> Vec<Chapter> {
    let mut all = operations();
    let chapter = |group| {
        let (mine, others) = std::mem::take(&mut all).into_iter().partition(|it| it.group == group);
        all = others;
        let mine: Vec<Operation> = mine;
        Chapter { group, operations: mine.into_iter().map(Entry::from).collect() }
    };
    Group::ALL.map(chapter).into()
}

fn meanings() -> Vec<Meaning> {
    let meaning = |code: &Code| {
        let words = code.words();
        let (what, next) = (words.what, words.next);
        Meaning { code: code.as_str(), status: code.status(), what, next }
    };
    Code::ALL.iter().map(meaning).collect()
}

/// `GET /api`.
pub async fn lead() -> Redirect {
    Redirect::to("/docs/api")
}

/// `GET /docs/api`. For everybody, as the document itself.
///
/// # Errors
/// When the database can't be read.
pub async fn get(State(app): State<App>, headers: HeaderMap) -> Result<Response, Failure> {
    let title = "API";
    let session = in_cookie(&app, &headers).await?;
    let page = match session.filter(|it| it.kind == SessionKind::Web && it.technician.may_use_ui) {
        Some(session) => Page::inside(&app, &session, title, "settings"),
        None => Page::outside(title),
    };
    let (groups, codes, shapes) = (&CHAPTERS, &CODES, &SHAPES);
    html(&DocsPage { page, groups, scopes: Scope::ALL, events: Event::ALL, codes, shapes })
}
