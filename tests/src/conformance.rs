//! What the vendors' own descriptions say about a request and its reply (`../shared/specs`).
//! OpenAPI 3.0 schemas are turned into JSON Schema on the way; nothing is fetched.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use simulator::Recorded;

/// The folder with the descriptions, where there is one.
pub(crate) fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs");
    let folder = std::env::var_os("API_SPECS").map_or(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// A file of that folder.
pub(crate) fn read(folder: &Path, name: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// One vendor's description.
pub(crate) struct Description {
    document: Value,
    /// What its paths begin with on the wire.
    base: &'static str,
}

/// An operation that a request is one of.
pub(crate) struct Operation<'a> {
    pub(crate) name: String,
    described: &'a Value,
    /// Values of the path's parameters, decoded.
    path: HashMap<String, String>,
}

impl Description {
    pub(crate) fn new(mut document: Value, base: &'static str) -> Self {
        to_json_schema(&mut document);
        Self { document, base }
    }

    /// The operation of this request, if it is described.
    pub(crate) fn operation(&self, request: &Recorded) -> Option<Operation<'_>> {
        let path = request.path.strip_prefix(self.base)?;
        let paths = self.document["paths"].as_object()?;
        paths.iter().find_map(|(template, methods)| {
            let described = methods.get(request.method.to_lowercase())?;
            let path = fits(template, path)?;
            let name = described["operationId"].as_str()?.to_owned();
            Some(Operation { name, described, path })
        })
    }

    /// Everything in which this request or its reply differs from the description.
    pub(crate) fn differences(&self, operation: &Operation<'_>, it: &Recorded) -> Vec<String> {
        let mut found = self.parameters(operation, it);
        found.extend(self.request_body(operation, it));
        found.extend(self.reply(operation, it));
        let about = format!("{} ({} {})", operation.name, it.method, it.path);
        found.into_iter().map(|what| format!("{about}: {what}")).collect()
    }

    fn parameters(&self, operation: &Operation<'_>, it: &Recorded) -> Vec<String> {
        let known = operation.described["parameters"].as_array();
        let known: Vec<&Value> = known.into_iter().flatten().map(|p| self.resolve(p)).collect();
        let sent: Vec<(String, String)> =
            url::form_urlencoded::parse(it.query.as_bytes()).into_owned().collect();
        let mut found = Vec::new();
        for (name, value) in &sent {
            let parameter = known.iter().find(|p| p["name"] == **name && p["in"] == "query");
            match parameter {
                None => found.push(format!("there is no query parameter {name}")),
                Some(parameter) => {
                    let value =
                        typed(self.resolve(&parameter["schema"]), std::slice::from_ref(value));
                    found.extend(self.check(name, &parameter["schema"], &value));
                }
            }
        }
        // Headers are not recorded; a stand-in that is sent none answers as its company does.
        for parameter in known.iter().filter(|p| p["in"] != "header") {
            let name = parameter["name"].as_str().unwrap_or_default();
            let path = operation.path.get(name);
            if let (true, Some(value)) = (parameter["in"] == "path", path) {
                let schema = &parameter["schema"];
                let value = typed(self.resolve(schema), std::slice::from_ref(value));
                found.extend(self.check(name, schema, &value));
            }
            let missing = parameter["required"] == json!(true)
                && path.is_none()
                && sent.iter().all(|(sent, _)| sent != name);
            found.extend(missing.then(|| format!("{name} is missing")));
        }
        found
    }

    fn request_body(&self, operation: &Operation<'_>, it: &Recorded) -> Vec<String> {
        let described = &operation.described["requestBody"];
        let kind = it.content_type.split(';').next().unwrap_or_default().trim();
        if it.body.is_empty() {
            let wanted = described["required"] == json!(true);
            return wanted.then(|| "the body is missing".to_owned()).into_iter().collect();
        }
        let Some(schema) = described["content"].get(kind).map(|content| &content["schema"]) else {
            return vec![format!("a body of {kind:?} is not described")];
        };
        if kind == "application/json" {
            return match serde_json::from_str(&it.body) {
                Ok(body) => self.check("the body", schema, &body),
                Err(error) => vec![format!("the body is no JSON: {error}")],
            };
        }
        let schema = self.resolve(schema);
        let mut fields: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(it.body.as_bytes()).into_owned() {
            fields.entry(name).or_default().push(value);
        }
        let mut found = Vec::new();
        let mut body = Map::new();
        for (name, values) in fields {
            match schema["properties"].get(&name) {
                None => found.push(format!("there is no field {name}")),
                Some(of) => drop(body.insert(name, typed(self.resolve(of), &values))),
            }
        }
        found.extend(self.check("the form", schema, &Value::Object(body)));
        found
    }

    fn reply(&self, operation: &Operation<'_>, it: &Recorded) -> Vec<String> {
        // A connection that was cut on purpose said nothing.
        let Some(status) = it.status else { return Vec::new() };
        let replies = &operation.described["responses"];
        let described = [status.to_string(), format!("{}XX", status / 100), "default".to_owned()]
            .iter()
            .find_map(|key| replies.get(key));
        let Some(described) = described else {
            // Twilio describes no errors at all.
            let silent = status >= 400 && replies.as_object().is_some_and(|all| all.len() == 1);
            return (!silent)
                .then(|| format!("status {status} is not described"))
                .into_iter()
                .collect();
        };
        match self.resolve(described)["content"].get("application/json") {
            None if it.reply.is_empty() => Vec::new(),
            None => vec![format!("a reply of {status} has no body")],
            Some(content) => match serde_json::from_str(&it.reply) {
                Ok(body) => self.check(&format!("the reply {status}"), &content["schema"], &body),
                Err(error) => vec![format!("the reply {status} is no JSON: {error}")],
            },
        }
    }

    /// Follows one reference into the components.
    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str().and_then(|to| to.strip_prefix('#')) {
            Some(pointer) => self.document.pointer(pointer).unwrap(),
            None => value,
        }
    }

    fn check(&self, what: &str, schema: &Value, value: &Value) -> Vec<String> {
        let whole = json!({"allOf": [schema], "components": self.document["components"]});
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&whole)
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        let errors = validator.iter_errors(value);
        errors
            .map(|error| format!("{what} at {:?}: {error}", error.instance_path().as_str()))
            .collect()
    }
}

/// The path's parameters, if `path` is one of `template`: `/users/{id}`,
/// `/applications(appId='{appId}')`.
pub(crate) fn fits(template: &str, path: &str) -> Option<HashMap<String, String>> {
    let (theirs, ours): (Vec<&str>, Vec<&str>) =
        (template.split('/').collect(), path.split('/').collect());
    if theirs.len() != ours.len() {
        return None;
    }
    let mut values = HashMap::new();
    for (template, part) in theirs.into_iter().zip(ours) {
        match template.split_once('{').and_then(|(a, rest)| Some((a, rest.split_once('}')?))) {
            None if template == part => {}
            None => return None,
            Some((before, (name, after))) => {
                let value = part.strip_prefix(before)?.strip_suffix(after)?;
                let whole = format!("v={}", value.replace('+', "%2B").replace('&', "%26"));
                let value = url::form_urlencoded::parse(whole.as_bytes()).next()?.1.into_owned();
                // Without this, `/users/{id}` would take `/users/`.
                (!value.is_empty()).then(|| values.insert(name.to_owned(), value))?;
            }
        }
    }
    Some(values)
}

/// A text as what its schema says it is; what it can't be stays a text, and is found out.
fn typed(schema: &Value, values: &[String]) -> Value {
    let first = values.first().map_or("", String::as_str);
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds[0].as_str().unwrap_or_default(),
        kind => kind.as_str().unwrap_or_default(),
    };
    match kind {
        "integer" | "number" | "boolean" => {
            serde_json::from_str(first).unwrap_or_else(|_| json!(first))
        }
        // `explode: false`: one parameter, commas within.
        "array" if values.len() == 1 => first.split(',').collect(),
        "array" => values.iter().cloned().collect(),
        _ => json!(first),
    }
}

/// OpenAPI 3.0 says `nullable` where JSON Schema has a type of its own, and `discriminator`
/// where it has nothing.
fn to_json_schema(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(to_json_schema),
        Value::Object(object) => {
            object.values_mut().for_each(to_json_schema);
            object.remove("discriminator");
            if object.remove("nullable") == Some(json!(true)) {
                if let Some(kind) = object.get("type").cloned() {
                    object.insert("type".to_owned(), json!([kind, "null"]));
                }
                if let Some(Value::Array(members)) = object.get_mut("enum") {
                    members.push(Value::Null);
                }
            }
        }
        _ => {}
    }
}
