//! The tenant itself: its domains and its name (GDOCS domain-get, organization-list).

use serde_json::{Map, Value, json};

use crate::front::Answer;
use crate::state::State;

use super::Scene;
use super::query::Query;
use super::reply::{self, Refusal};

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// `GET /domains/{id}`.
pub(super) fn domain(state: &State, scene: &Scene<'_>, name: &str) -> Result<Answer, Refusal> {
    const ALL: &[&str] = &[
        "id",
        "authenticationType",
        "availabilityStatus",
        "isAdminManaged",
        "isDefault",
        "isInitial",
        "isRoot",
        "isVerified",
        "supportedServices",
        "passwordNotificationWindowInDays",
        "passwordValidityPeriodInDays",
        "manufacturer",
        "model",
        "state",
    ];
    let query = Query::of(scene, &["$select"])?;
    let domains = &scene.tenant(state)?.domains;
    let Some(domain) = domains.iter().find(|domain| domain.name.eq_ignore_ascii_case(name)) else {
        return Err(Refusal::not_found(name));
    };
    let all = map(json!({
        "id": domain.name, "authenticationType": domain.authentication, "availabilityStatus": null,
        "isAdminManaged": true, "isDefault": domain.default, "isInitial": false,
        "isRoot": domains.iter().all(|other| !domain.name.ends_with(&format!(".{}", other.name))),
        "isVerified": true, "supportedServices": ["Email"],
        "passwordNotificationWindowInDays": 14, "passwordValidityPeriodInDays": 2_147_483_647,
        "manufacturer": null, "model": null, "state": null,
    }));
    let mut shown = query.pick("domain", ALL, ALL, all)?;
    shown["@odata.context"] = scene.context("domains/$entity");
    Ok(Answer::json(200, shown))
}

/// `GET /organization`: one item.
pub(super) fn organization(state: &State, scene: &Scene<'_>) -> Result<Answer, Refusal> {
    const ALL: &[&str] = &[
        "id",
        "displayName",
        "countryLetterCode",
        "createdDateTime",
        "defaultUsageLocation",
        "onPremisesSyncEnabled",
        "preferredLanguage",
        "tenantType",
        "verifiedDomains",
        "businessPhones",
        "technicalNotificationMails",
    ];
    let query = Query::of(scene, &["$select", "$skiptoken"])?;
    let tenant = scene.tenant(state)?;
    let domains: Vec<Value> = tenant.domains.iter().map(|domain| {
        json!({"capabilities": "Email", "isDefault": domain.default, "isInitial": false, "name": domain.name, "type": domain.authentication})
    }).collect();
    let synced = tenant.users.iter().any(|user| user.synced);
    let all = map(json!({
        "id": tenant.id, "displayName": tenant.name, "countryLetterCode": "US", "createdDateTime": "2021-03-04T08:00:00Z",
        "defaultUsageLocation": null, "onPremisesSyncEnabled": synced.then_some(true), "preferredLanguage": "en",
        "tenantType": "AAD", "verifiedDomains": domains, "businessPhones": [], "technicalNotificationMails": [],
    }));
    let row = query.pick("organization", ALL, ALL, all)?;
    Ok(reply::page(scene, "organization", vec![row], &query, 100))
}
