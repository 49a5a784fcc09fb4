//! The OpenAPI document: what each operation takes and answers stands beside it in the files here, the schemas
//! are those of the types that are sent (`utoipa`), and who may call comes from the route table itself. A test
//! holds the one against the other, so that neither has an operation that the other lacks.

mod admins;
mod answers;
mod group;
mod links;
mod operation;
mod pods;
mod programs;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{HttpMethod, Paths};
use utoipa::openapi::schema::{ComponentsBuilder, Schema};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

pub use group::Group;
pub use operation::Operation;

use super::all_routes;
use super::table::Who;
use shared::Problem;

/// What the document says of the API as a whole.
const ABOUT: &str = "\
What MSP Process Password Reset answers to its pods, its own pages, and programs of an account. Programs use \
what stands under /api/v1 with a key; all other operations serve our own pages and pods, and may change with \
them. A refusal is a problem (RFC 9457): its `code` is stable, its words may change. Times are milliseconds \
since 1970 (UTC). Ids are UUIDs. Secrets, codes, links and phones in full never go out.";

/// Every operation that is described.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let all = [programs::all(), pods::all(), admins::all(), links::all()];
    let mut all: Vec<Operation> = all.into_iter().flatten().collect();
    let routes = all_routes();
    for operation in &mut all {
        let route = routes
            .iter()
            .find(|route| route.method == operation.method && route.path == operation.path);
        operation.who = route.map(|route| route.who);
    }
    all
}

/// The scheme's name in the document, and the scopes that are needed; `None` for anybody.
#[must_use]
pub fn security(who: Who) -> Option<(&'static str, Vec<&'static str>)> {
    match who {
        Who::Anybody => None,
        Who::Person | Who::Technician | Who::Admin => Some(("cookie", Vec::new())),
        Who::Pod => Some(("pod", Vec::new())),
        Who::Key(scope) => Some(("key", vec![scope.as_str()])),
    }
}

/// The document.
#[must_use]
pub fn document() -> OpenApi {
    let mut paths = Paths::new();
    let mut schemas: BTreeMap<String, RefOr<Schema>> = BTreeMap::new();
    let mut found = Vec::new();
    found.push((Problem::name().into_owned(), Problem::schema()));
    Problem::schemas(&mut found);
    for operation in operations() {
        let method = match operation.method.as_str() {
            "PUT" => HttpMethod::Put,
            "POST" => HttpMethod::Post,
            "DELETE" => HttpMethod::Delete,
            _ => HttpMethod::Get,
        };
        found.extend(operation.schemas.iter().cloned());
        let mut described = operation.described();
        if let Some((scheme, scopes)) = operation.who.and_then(security) {
            described = described.security(SecurityRequirement::new(scheme, scopes));
        }
        paths.add_path_operation(operation.path, vec![method], described.build());
    }
    schemas.extend(found);
    let components = schemas
        .into_iter()
        .fold(ComponentsBuilder::new(), |all, (name, schema)| all.schema(name, schema))
        .security_scheme(
            "cookie",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                "__Host-session",
                "A browser at our own pages. What changes something must come from our own origin too \
                 (`Origin`), and admins need a second factor at most an hour old.",
            ))),
        )
        .security_scheme(
            "pod",
            bearer(
                "A pod's token, from POST /api/pod/token or a paired frame: 15 minutes, never an admin's \
                 rights.",
            ),
        )
        .security_scheme(
            "key",
            bearer(
                "A key that an admin has made under Settings, API & webhooks: `mspr_…`, with the scope that \
                 the operation names. 120 calls a minute.",
            ),
        )
        .build();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("MSP Process Password Reset")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(ABOUT))
                .license(Some(
                    LicenseBuilder::new()
                        .name("MIT OR Apache-2.0")
                        .identifier(Some("MIT OR Apache-2.0"))
                        .build(),
                ))
                .build(),
        )
        .tags(Some(Group::ALL.map(|group| {
            TagBuilder::new().name(group.title()).description(Some(group.about())).build()
        })))
        .paths(paths)
        .components(Some(components))
        .build()
}

fn bearer(about: &str) -> SecurityScheme {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(about));
    SecurityScheme::Http(scheme.build())
}

/// As it is sent: made once.
static JSON: LazyLock<String> = LazyLock::new(|| document().to_json().unwrap_or_default());

/// `GET /api/openapi.json`. For everybody: the program is public, and nothing of an account stands in it.
pub async fn get() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], JSON.as_str()).into_response()
}
