//! PIM for Groups: which groups a person may enter or own for a while
//! (GDOCS privilegedaccessgroup-list-eligibilityschedules; SOURCES.md §3.4).

use serde_json::{Map, Value, json};

use crate::directory::{DirectoryUser, EligibleGroup};
use crate::front::Answer;
use crate::random;
use crate::state::State;

use super::query::Query;
use super::reply::{self, Refusal};
use super::{Scene, roles};

const PROPERTIES: &[&str] = &[
    "id",
    "accessId",
    "createdDateTime",
    "createdUsing",
    "groupId",
    "memberType",
    "modifiedDateTime",
    "principalId",
    "scheduleInfo",
    "status",
];

const PAGE: usize = 100;

/// `GET /identityGovernance/privilegedAccess/group/eligibilitySchedules`, for one principal: the page
/// wants `$filter`. Needs P2 as the other half of PIM does.
pub(super) fn eligibilities(state: &State, scene: &Scene<'_>) -> Result<Answer, Refusal> {
    let query = Query::of(scene, &["$filter", "$select", "$skiptoken"])?;
    roles::licensed(state, scene)?;
    let mut rows = Vec::new();
    if let Some(user) = roles::principal(state, scene, &query)? {
        for group in &user.eligible_groups {
            let kind = "privilegedAccessGroupEligibilitySchedule";
            rows.push(query.pick(kind, PROPERTIES, PROPERTIES, row(user, group))?);
        }
    }
    let context = "identityGovernance/privilegedAccess/group/eligibilitySchedules";
    Ok(reply::page(scene, context, rows, &query, PAGE))
}

fn row(user: &DirectoryUser, group: &EligibleGroup) -> Map<String, Value> {
    let made = random::derived_guid(&["group eligibility", &user.id, &group.id, &group.access]);
    let row = json!({
        // Not a GUID, unlike its sibling for roles: group, access and GUID in one.
        "id": format!("{}_{}_{made}", group.id, group.access),
        "accessId": group.access,
        "groupId": group.id,
        "principalId": user.id,
        "memberType": "direct",
        "status": "Provisioned",
        "createdDateTime": "2026-02-02T10:00:00Z",
        "modifiedDateTime": "0001-01-01T08:00:00Z",
        "createdUsing": made,
        "scheduleInfo": {
            "startDateTime": "2026-02-02T10:00:00Z", "recurrence": null,
            "expiration": {"type": "afterDateTime", "endDateTime": "2027-02-02T10:00:00Z", "duration": null},
        },
    });
    match row {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
