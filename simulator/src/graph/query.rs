//! OData query options: the ones SOURCES.md names, everything else refused.

use serde_json::{Map, Value};

use crate::front::pairs;

use super::Scene;
use super::reply::Refusal;

/// The options of one request.
pub(super) struct Query {
    pub(super) filter: Option<String>,
    pub(super) select: Option<Vec<String>>,
    pub(super) top: Option<usize>,
    pub(super) skip: usize,
    all: Vec<(String, String)>,
}

impl Query {
    /// The query of the call, of which only `allowed` options may occur.
    pub(super) fn of(scene: &Scene<'_>, allowed: &[&str]) -> Result<Self, Refusal> {
        let all = pairs(&scene.call.query);
        let mut query = Query { filter: None, select: None, top: None, skip: 0, all: all.clone() };
        for (key, value) in all {
            if !allowed.contains(&key.as_str()) {
                return Err(if key.starts_with('$') {
                    Refusal::unsupported(format!("Unsupported Query option '{key}'."))
                } else {
                    Refusal::odata(format!("The query parameter '{key}' is not known."))
                });
            }
            match key.as_str() {
                "$filter" => query.filter = Some(value),
                "$select" => {
                    query.select =
                        Some(value.split(',').map(|name| name.trim().to_owned()).collect())
                }
                "$top" => query.top = Some(top(&value)?),
                "$skiptoken" => {
                    let at = value.strip_prefix("at-").and_then(|at| at.parse().ok());
                    query.skip =
                        at.ok_or_else(|| Refusal::odata("The $skiptoken is not valid."))?;
                }
                _ => {}
            }
        }
        Ok(query)
    }

    /// The same query, further on: a caller follows `@odata.nextLink` verbatim (SOURCES.md §4).
    pub(super) fn next(&self, at: usize) -> String {
        let kept = self.all.iter().filter(|(key, _)| key != "$skiptoken");
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        out.extend_pairs(kept).append_pair("$skiptoken", &format!("at-{at}"));
        out.finish()
    }

    /// Keeps what was selected. `kind` is the type's name in the refusal of an unknown property.
    pub(super) fn pick(
        &self,
        kind: &str,
        known: &[&str],
        defaults: &[&str],
        mut all: Map<String, Value>,
    ) -> Result<Value, Refusal> {
        let wanted: Vec<&str> = match &self.select {
            Some(names) => names.iter().map(String::as_str).collect(),
            None => defaults.to_vec(),
        };
        let mut out = Map::new();
        for name in wanted {
            if !known.contains(&name) {
                return Err(Refusal::odata(format!(
                    "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.{kind}'."
                )));
            }
            out.insert(name.to_owned(), all.remove(name).unwrap_or(Value::Null));
        }
        Ok(Value::Object(out))
    }
}

/// 1 to 999 (GDOCS query-parameters).
fn top(value: &str) -> Result<usize, Refusal> {
    match value.parse() {
        Ok(top @ 1..=999) => Ok(top),
        Ok(_) => Err(Refusal::odata(format!(
            "Invalid page size specified: '{value}'. Must be between 1 and 999 inclusive."
        ))),
        Err(_) => Err(Refusal::odata(format!(
            "Invalid value '{value}' for $top query option found. The $top query option requires a non-negative integer value."
        ))),
    }
}
