//! One operation of the document: what it takes, what it answers, with which codes it refuses.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::json;
use shared::{Code, Problem};
use utoipa::ToSchema;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{
    AllOfBuilder, ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type,
};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, ResponseBuilder};

use super::group::Group;
use crate::web::table::Who;

/// The type of a refusal.
const PROBLEM: &str = "application/problem+json";
/// The type of nearly everything else.
const JSON: &str = "application/json";

/// What is sent along, or comes back.
pub struct Content {
    /// Its types; the first is the usual one.
    pub kinds: &'static [&'static str],
    /// Its name among the schemas, where it has one.
    pub name: String,
    schema: RefOr<Schema>,
    required: bool,
}

/// A value in the address.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Where it stands.
    pub place: ParameterIn,
    /// What it is.
    pub about: &'static str,
    schema: Schema,
}

/// One operation.
pub struct Operation {
    /// By which method.
    pub method: Method,
    /// Where, as axum writes paths.
    pub path: &'static str,
    /// With which others it belongs.
    pub group: Group,
    /// What it does, in one sentence.
    pub says: &'static str,
    /// What else is to know; may be empty.
    pub more: &'static str,
    /// Who may call it, as the route table says; `None` where the table has no such route.
    pub who: Option<Who>,
    /// Values in the address.
    pub parameters: Vec<Parameter>,
    /// What is sent along.
    pub takes: Option<Content>,
    /// What it answers when it is done: status, what that means, and the body.
    pub gives: Vec<(u16, &'static str, Option<Content>)>,
    /// Codes that it refuses with, beside those that go with who calls and what is sent.
    codes: Vec<Code>,
    /// Whether it must come from our own pages though nobody's cookie is looked at.
    own: bool,
    /// The schemas that it needs.
    pub schemas: Vec<(String, RefOr<Schema>)>,
}

/// An operation that is described nowhere else.
pub(super) fn op(
    group: Group,
    method: Method,
    path: &'static str,
    says: &'static str,
) -> Operation {
    Operation {
        method,
        path,
        group,
        says,
        more: "",
        who: None,
        parameters: Vec::new(),
        takes: None,
        gives: Vec::new(),
        codes: Vec::new(),
        own: false,
        schemas: Vec::new(),
    }
}

fn string(format: Option<KnownFormat>) -> Schema {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.format(format.map(SchemaFormat::KnownFormat)).into()
}

impl Operation {
    /// What else is to know.
    pub(super) fn more(mut self, more: &'static str) -> Self {
        self.more = more;
        self
    }

    /// It must come from our own pages.
    pub(super) fn own(mut self) -> Self {
        self.own = true;
        self
    }

    fn content<T: ToSchema>(&mut self, list: bool) -> Content {
        let name = T::name().into_owned();
        self.schemas.push((name.clone(), T::schema()));
        T::schemas(&mut self.schemas);
        let one = Ref::from_schema_name(&name);
        let (name, schema) = match list {
            true => (format!("{name}[]"), ArrayBuilder::new().items(one).into()),
            false => (name, one.into()),
        };
        Content { kinds: &[JSON], name, schema, required: true }
    }

    /// It takes this as JSON.
    pub(super) fn takes<T: ToSchema>(mut self) -> Self {
        self.takes = Some(self.content::<T>(false));
        self
    }

    /// It takes this as JSON, or nothing.
    pub(super) fn may_take<T: ToSchema>(mut self) -> Self {
        let content = self.content::<T>(false);
        self.takes = Some(Content { required: false, ..content });
        self
    }

    /// It takes a file of these types.
    pub(super) fn takes_file(mut self, kinds: &'static [&'static str]) -> Self {
        let schema = string(Some(KnownFormat::Binary)).into();
        self.takes = Some(Content { kinds, name: String::new(), schema, required: true });
        self
    }

    /// Done, it answers this.
    pub(super) fn gives<T: ToSchema>(mut self, status: u16, means: &'static str) -> Self {
        let content = self.content::<T>(false);
        self.gives.push((status, means, Some(content)));
        self
    }

    /// Done, it answers a list of these.
    pub(super) fn gives_list<T: ToSchema>(mut self, means: &'static str) -> Self {
        let content = self.content::<T>(true);
        self.gives.push((200, means, Some(content)));
        self
    }

    /// Done, it answers an object of its own.
    pub(super) fn gives_object(mut self, means: &'static str, schema: Schema) -> Self {
        let content =
            Content { kinds: &[JSON], name: String::new(), schema: schema.into(), required: true };
        self.gives.push((200, means, Some(content)));
        self
    }

    /// Done, it answers nothing but this status.
    pub(super) fn gives_nothing(mut self, status: u16, means: &'static str) -> Self {
        self.gives.push((status, means, None));
        self
    }

    fn query_of(mut self, name: &'static str, about: &'static str, schema: Schema) -> Self {
        self.parameters.push(Parameter { name, place: ParameterIn::Query, about, schema });
        self
    }

    /// A text in the query that may be left out.
    pub(super) fn query(self, name: &'static str, about: &'static str) -> Self {
        self.query_of(name, about, string(None))
    }

    /// An id in the query that may be left out.
    pub(super) fn query_id(self, name: &'static str, about: &'static str) -> Self {
        self.query_of(name, about, string(Some(KnownFormat::Uuid)))
    }

    /// A number in the query that may be left out.
    pub(super) fn query_number(
        self,
        name: &'static str,
        about: &'static str,
        (least, most): (i64, i64),
    ) -> Self {
        let number = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(least))
            .maximum(Some(most));
        self.query_of(name, about, number.into())
    }

    /// It refuses with these codes too.
    pub(super) fn refuses(mut self, codes: &[Code]) -> Self {
        self.codes.extend_from_slice(codes);
        self
    }

    /// Values in its path, by their names: ids, but for what a PSA calls a company.
    #[must_use]
    pub fn path_parameters(&self) -> Vec<Parameter> {
        let named =
            self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        named
            .map(|name| {
                let uuid = (name != "company").then_some(KnownFormat::Uuid);
                let about = match name {
                    "customer" => "The customer’s id.",
                    "company" => "The company’s id at the PSA.",
                    _ => "Its id.",
                };
                Parameter { name, place: ParameterIn::Path, about, schema: string(uuid) }
            })
            .collect()
    }

    /// Every code that it may refuse with, each once, by status.
    #[must_use]
    pub fn all_codes(&self) -> BTreeMap<u16, Vec<Code>> {
        let mut codes = vec![Code::Internal];
        codes.extend(match self.who {
            Some(Who::Anybody) | None => &[][..],
            Some(Who::Person | Who::Technician) => {
                &[Code::NotSignedIn, Code::AccountOff, Code::Forbidden]
            }
            Some(Who::Admin) => &[Code::NotSignedIn, Code::AccountOff, Code::Forbidden],
            Some(Who::Pod) => &[Code::NotSignedIn, Code::AccountOff],
            Some(Who::Key(_)) => {
                &[Code::NotSignedIn, Code::AccountOff, Code::Forbidden, Code::TooMany]
            }
        });
        let by_cookie = matches!(self.who, Some(Who::Person | Who::Technician | Who::Admin));
        if self.own || by_cookie && self.method != Method::GET {
            codes.push(Code::OriginRefused);
        }
        if self.who == Some(Who::Admin) && self.method != Method::GET {
            codes.push(Code::SecondFactorNeeded);
        }
        if self.takes.is_some() {
            codes.extend([Code::BadRequest, Code::TooLarge]);
        }
        if self.parameters.iter().any(|it| it.place == ParameterIn::Query) {
            codes.push(Code::BadRequest);
        }
        if !self.path_parameters().is_empty() {
            codes.push(Code::NotFound);
        }
        codes.extend_from_slice(&self.codes);
        let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
        for code in codes {
            let of_status = by_status.entry(code.status()).or_default();
            if !of_status.contains(&code) {
                of_status.push(code);
            }
        }
        by_status
    }

    /// As the document has it.
    pub(super) fn described(&self) -> OperationBuilder {
        let mut described = OperationBuilder::new()
            .tag(self.group.title())
            .summary(Some(self.says))
            .operation_id(Some(self.id()));
        if !self.more.is_empty() {
            described = described.description(Some(self.more));
        }
        for it in self.path_parameters().iter().chain(&self.parameters) {
            let in_path = it.place == ParameterIn::Path;
            let parameter = ParameterBuilder::new()
                .name(it.name)
                .parameter_in(it.place.clone())
                .required(if in_path { Required::True } else { Required::False })
                .description(Some(it.about))
                .schema(Some(it.schema.clone()));
            described = described.parameter(parameter);
        }
        if let Some(takes) = &self.takes {
            let required = if takes.required { Required::True } else { Required::False };
            let mut body = RequestBodyBuilder::new().required(Some(required));
            for kind in takes.kinds {
                let content = ContentBuilder::new().schema(Some(takes.schema.clone())).build();
                body = body.content(*kind, content);
            }
            described = described.request_body(Some(body.build()));
        }
        for (status, means, content) in &self.gives {
            let mut answer = ResponseBuilder::new().description(*means);
            for kind in content.iter().flat_map(|content| content.kinds) {
                let schema = content.as_ref().map(|content| content.schema.clone());
                answer = answer.content(*kind, ContentBuilder::new().schema(schema).build());
            }
            described = described.response(status.to_string(), answer.build());
        }
        for (status, codes) in self.all_codes() {
            described = described.response(status.to_string(), refusal(&codes));
        }
        described
    }

    fn id(&self) -> String {
        let parts = self.path.split(['/', '{', '}', '-', '.']).filter(|part| !part.is_empty());
        let words: Vec<&str> = parts.collect();
        format!("{}_{}", self.method.as_str().to_lowercase(), words.join("_"))
    }
}

/// A problem with one of these codes.
fn refusal(codes: &[Code]) -> utoipa::openapi::Response {
    let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let only = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names.clone()));
    let mut narrowed = ObjectBuilder::new().property("code", only);
    if codes.contains(&Code::InvalidFields) {
        let errors = json!({
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": { "field": { "type": "string" }, "detail": { "type": "string" } },
            },
        });
        if let Ok(errors) = serde_json::from_value::<RefOr<Schema>>(errors) {
            narrowed = narrowed.property("errors", errors);
        }
    }
    let problem = Ref::from_schema_name(Problem::name());
    let schema: Schema = AllOfBuilder::new().item(problem).item(narrowed).into();
    let words: Vec<String> =
        codes.iter().map(|code| format!("`{}`: {}", code.as_str(), code.words().what)).collect();
    ResponseBuilder::new()
        .description(words.join(" "))
        .content(PROBLEM, ContentBuilder::new().schema(Some(schema)).build())
        .build()
}
