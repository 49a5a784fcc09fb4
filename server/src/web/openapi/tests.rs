//! The document and the route table tell the same.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::{Value, json};

use super::{all_routes, document, operations, security};
use crate::web::table::Who;

/// Whether a route belongs into the document: what programs, pods and scripts of pages call.
fn belongs(method: &Method, path: &str) -> bool {
    let link = path.starts_with("/s/") || path.starts_with("/v/");
    path.starts_with("/api/") || link && method == Method::POST
}

fn json_of_document() -> Value {
    serde_json::from_str(&document().to_json().unwrap()).unwrap()
}

#[test]
fn document_and_route_table_name_the_same_operations() {
    let names = |all: Vec<(Method, String)>| -> BTreeSet<String> {
        all.into_iter().map(|(method, path)| format!("{method} {path}")).collect()
    };
    let routes = all_routes().into_iter().filter(|it| belongs(&it.method, &it.path));
    let routes: Vec<_> = routes.map(|route| (route.method, route.path)).collect();
    let described: Vec<_> =
        operations().into_iter().map(|it| (it.method, it.path.to_owned())).collect();
    let count = described.len();
    assert_eq!(names(routes), names(described.clone()));
    assert_eq!(names(described).len(), count, "an operation is described twice");
    assert!(count > 60, "{count}");
}

#[test]
fn each_operation_asks_for_what_its_route_asks_for() {
    let document = json_of_document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    for route in all_routes().into_iter().filter(|it| belongs(&it.method, &it.path)) {
        let method = route.method.as_str().to_lowercase();
        let operation = &document["paths"][&route.path][&method];
        assert!(operation.is_object(), "{method} {}", route.path);
        let expected = match security(route.who) {
            None => Value::Null,
            Some((scheme, scopes)) => json!([{ scheme: scopes }]),
        };
        assert_eq!(operation["security"], expected, "{method} {}", route.path);
        let refused = operation["responses"]["401"].is_object();
        assert!(refused || route.who == Who::Anybody, "{method} {}", route.path);
        assert!(operation["summary"].as_str().unwrap().ends_with('.'), "{}", route.path);
    }
    for scheme in ["cookie", "pod", "key"] {
        assert!(document["components"]["securitySchemes"][scheme].is_object(), "{scheme}");
    }
}

/// Every `$ref` of the document leads somewhere in it.
#[test]
fn no_schema_is_missing() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(to)) = fields.get("$ref") {
                    found.insert(to.clone());
                }
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document = json_of_document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 40, "{}", found.len());
    for to in found {
        let place = to.strip_prefix('#').unwrap();
        assert!(document.pointer(place).is_some(), "{to} leads nowhere");
    }
}

#[test]
fn two_types_never_share_a_schema() {
    let mut seen = std::collections::BTreeMap::new();
    for operation in operations() {
        for (name, schema) in operation.schemas {
            let schema = serde_json::to_string(&schema).unwrap();
            let before = seen.insert(name.clone(), schema.clone());
            assert!(before.is_none_or(|before| before == schema), "{name} names two types");
        }
    }
}

/// Secrets are marked as such, and stand in no answer.
#[test]
fn secrets_only_come_in() {
    let document = json_of_document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let secret = |schema: &Value| {
        let properties = schema["properties"].as_object();
        properties.is_some_and(|it| it.values().any(|field| field["format"] == "password"))
    };
    let with: Vec<_> = schemas.iter().filter(|(_, it)| secret(it)).map(|(name, _)| name).collect();
    assert_eq!(with, ["DuoAsk", "M365Ask", "PsaAsk", "SecretAsk", "SessionAsk"]);
}
