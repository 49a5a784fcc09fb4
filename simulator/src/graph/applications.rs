//! The app registration, and when its credentials end (GDOCS application-get, application-list,
//! passwordCredential, keyCredential; SOURCES.md §5.5).

use data_encoding::BASE64;
use serde_json::{Map, Value, json};

use crate::directory::{App, Certificate, Secret, Tenant};
use crate::front::Answer;
use crate::state::State;
use crate::{dates, random};

use super::query::Query;
use super::reply::{self, Refusal};
use super::{Scene, filter};

/// What the stand-in knows of an application; more is refused rather than made up.
const KNOWN: &[&str] = &[
    "id",
    "appId",
    "displayName",
    "createdDateTime",
    "deletedDateTime",
    "signInAudience",
    "publisherDomain",
    "identifierUris",
    "passwordCredentials",
    "keyCredentials",
];

/// GDOCS application-list: 100 by default.
const PAGE: usize = 100;

/// When the registrations of this world were made.
const MADE: &str = "2026-01-12T09:00:00Z";

/// What Entra writes where nothing ends; our app's secrets end in two years at most.
const NEVER: &str = "2299-12-31T00:00:00Z";

/// `GET /applications`.
pub(super) fn list(state: &State, scene: &Scene<'_>) -> Result<Answer, Refusal> {
    let query = Query::of(scene, &["$filter", "$select", "$top", "$skiptoken"])?;
    let tenant = scene.tenant(state)?;
    let any = match &query.filter {
        Some(text) => Some(filter::parse(text, &["appId", "id"])?),
        None => None,
    };
    let is_meant = any.is_none_or(|any| {
        any.iter().any(|compare| {
            let mine = if compare.property == "appId" {
                tenant.app.client_id.clone()
            } else {
                object_id(&tenant.app)
            };
            mine.eq_ignore_ascii_case(&compare.value)
        })
    });
    let mut rows = Vec::new();
    if is_meant {
        // `key` comes with a single object only.
        rows.push(query.pick("application", KNOWN, KNOWN, properties(tenant, false))?);
    }
    Ok(reply::page(scene, "applications", rows, &query, PAGE))
}

/// `GET /applications(appId='{appId}')`.
pub(super) fn get(state: &State, scene: &Scene<'_>, app_id: &str) -> Result<Answer, Refusal> {
    let query = Query::of(scene, &["$select"])?;
    let tenant = scene.tenant(state)?;
    if !tenant.app.client_id.eq_ignore_ascii_case(app_id) {
        return Err(Refusal::not_found(app_id));
    }
    let keys = query.select.iter().flatten().any(|name| name == "keyCredentials");
    let mut shown = query.pick("application", KNOWN, KNOWN, properties(tenant, keys))?;
    shown["@odata.context"] = scene.context("applications/$entity");
    Ok(Answer::json(200, shown))
}

fn object_id(app: &App) -> String {
    random::derived_guid(&["application", &app.client_id])
}

fn properties(tenant: &Tenant, keys: bool) -> Map<String, Value> {
    let app = &tenant.app;
    let all = json!({
        "id": object_id(app),
        "appId": app.client_id,
        "displayName": App::NAME,
        "createdDateTime": MADE,
        "deletedDateTime": null,
        "signInAudience": "AzureADMyOrg",
        "publisherDomain": tenant.domains.first().map(|domain| &domain.name),
        "identifierUris": [],
        "passwordCredentials": app.all_secrets().iter().map(password).collect::<Vec<_>>(),
        "keyCredentials": app.certificates.iter().map(|one| key(one, keys)).collect::<Vec<_>>(),
    });
    match all {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The value is told once, when it is made; afterwards only its first three characters.
fn password(secret: &Secret) -> Value {
    json!({
        "customKeyIdentifier": null,
        "displayName": secret.display_name,
        "endDateTime": secret.expires_ms.map_or(NEVER.to_owned(), dates::iso),
        "hint": secret.value.chars().take(3).collect::<String>(),
        "keyId": secret.key_id,
        "secretText": null,
        "startDateTime": MADE,
    })
}

fn key(certificate: &Certificate, with_key: bool) -> Value {
    let validity = certificate.validity();
    let identifier = certificate
        .custom_key_identifier
        .clone()
        .unwrap_or_else(|| BASE64.encode(&certificate.sha1()));
    json!({
        "customKeyIdentifier": identifier,
        "displayName": certificate.display_name,
        "endDateTime": validity.map(|validity| dates::iso(validity.until_ms)),
        "key": with_key.then(|| BASE64.encode(&certificate.der)),
        "keyId": certificate.key_id,
        "startDateTime": validity.map(|validity| dates::iso(validity.from_ms)),
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    })
}
