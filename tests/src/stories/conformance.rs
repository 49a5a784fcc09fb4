//! What we send to Microsoft and Twilio, and what the simulator answers, against the vendors'
//! own descriptions. Skipped, with a word, where there are none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};
use server::directory::permissions;
use simulator::{Company, Fault, Recorded};
use uuid::Uuid;

use super::after::world_with;
use super::integrations::{act, connect_by_certificate, of};
use crate::conformance::{Description, fits, folder, read};
use crate::person::Person;
use crate::world::World;

const ADA_PHONE: &str = "+12065550123";
const NORTHWIND: &str = "northwind.example";

/// The operations that a whole walk consists of.
const WALK: [&str; 12] = [
    "CreateMessage",
    "getApplicationByAppId",
    "getDomain",
    "getUser",
    "listOrganization",
    "listPhoneMethods",
    "listRoleAssignments",
    "listRoleEligibilitySchedules",
    "listTransitiveMemberOf",
    "listUsers",
    "revokeSignInSessions",
    "updateUser",
];

/// What we call although the descriptions at hand leave it out, with the permissions that the
/// vendor's page accepts. Each entry is a risk that somebody took.
const UNDESCRIBED: [(&str, &[&str]); 3] = [
    // "List eligibilitySchedules" (privilegedAccessGroup), v1.0.
    (
        "GET /v1.0/identityGovernance/privilegedAccess/group/eligibilitySchedules",
        &["PrivilegedEligibilitySchedule.Read.AzureADGroup"],
    ),
    // "List manager", v1.0.
    ("GET /v1.0/users/{id}/manager", &["User.Read.All"]),
    // "List ownedObjects" (user), v1.0. Its newest version knows no permission for applications;
    // those are an older one's: docs/limits.md.
    ("GET /v1.0/users/{id}/ownedObjects", &["Directory.Read.All", "User.Read.All"]),
];

/// The entry of that list which a request is one of; otherwise the request itself.
fn undescribed(it: &Recorded) -> String {
    let of = |(name, _): &(&'static str, _)| {
        let (method, template) = name.split_once(' ')?;
        (method == it.method && fits(template, &it.path).is_some()).then_some(*name)
    };
    let listed = UNDESCRIBED.iter().find_map(of);
    listed.map_or_else(|| format!("{} {}", it.method, it.path), str::to_owned)
}

/// The vendors' descriptions.
struct Vendors {
    graph: Description,
    twilio: Description,
    permissions: Value,
    tokens: BTreeMap<u64, BTreeSet<String>>,
    token: BTreeSet<String>,
}

impl Vendors {
    fn read(folder: &Path) -> Self {
        let mut tokens = BTreeMap::new();
        for name in ["invalid-client", "unknown-client", "invalid-scope", "unsupported-grant-type"]
        {
            let captured = read(folder, &format!("entra-token/token-error-{name}.json"));
            let body = &captured["response"]["body"];
            tokens.insert(body["error_codes"][0].as_u64().unwrap(), names(body));
        }
        let token = read(folder, "entra-token/token-client-credentials.json");
        Self {
            graph: Description::new(read(folder, "graph-v1.0.json"), "/v1.0"),
            twilio: Description::new(read(folder, "twilio-messages.json"), ""),
            permissions: read(folder, "graph-permissions.json"),
            tokens,
            token: names(&token["response"]["body"]),
        }
    }

    /// Everything that differs, and the names of the operations that were met.
    fn compare(&self, requests: &[Recorded]) -> (Vec<String>, BTreeSet<String>) {
        let (mut found, mut met) = (Vec::new(), BTreeSet::new());
        for it in requests {
            let description = match it.company {
                Company::Entra => {
                    found.extend(self.token_differences(it));
                    continue;
                }
                Company::Graph => &self.graph,
                Company::Twilio => &self.twilio,
                // SMTP is described in prose (RFC 5321); the stand-in holds to it by itself.
                Company::Mail => continue,
                // The receiver of webhooks is anybody's: stories look at what it got.
                Company::Receiver => continue,
                // Duo has pages and no description for machines.
                Company::Duo => continue,
                // `frames::conformance` looks at PSAs.
                Company::ConnectWise | Company::Halo | Company::Autotask => continue,
            };
            match description.operation(it) {
                Some(operation) => {
                    found.extend(description.differences(&operation, it));
                    met.insert(operation.name);
                }
                None => drop(met.insert(undescribed(it))),
            }
        }
        (found, met)
    }

    /// No description of the token endpoint is to be had: field by field against captures.
    fn token_differences(&self, it: &Recorded) -> Vec<String> {
        let sent: BTreeMap<String, String> =
            url::form_urlencoded::parse(it.body.as_bytes()).into_owned().collect();
        let fields: Vec<&str> = sent.keys().map(String::as_str).collect();
        let mut found = Vec::new();
        let mut must = |so: bool, what: String| found.extend((!so).then_some(what));
        let kind = it.content_type.split(';').next().unwrap_or_default();
        must(kind == "application/x-www-form-urlencoded", format!("a token request of {kind}"));
        let by_secret = ["client_id", "client_secret", "grant_type", "scope"];
        // Microsoft identity platform, "client credentials flow", second case.
        let by_certificate =
            ["client_assertion", "client_assertion_type", "client_id", "grant_type", "scope"];
        must(
            fields == by_secret || fields == by_certificate,
            format!("a token request with {fields:?}"),
        );
        must(sent["grant_type"] == "client_credentials", format!("grant {}", sent["grant_type"]));
        must(sent["scope"].ends_with("/.default"), format!("scope {}", sent["scope"]));
        must(it.path.ends_with("/oauth2/v2.0/token"), format!("tokens from {}", it.path));
        let Ok(reply) = serde_json::from_str::<Value>(&it.reply) else { return found };
        let wanted = match it.status {
            Some(200) => Some(&self.token),
            Some(400 | 401) => self.tokens.get(&reply["error_codes"][0].as_u64().unwrap_or(0)),
            _ => None,
        };
        if let Some(wanted) = wanted {
            must(names(&reply) == *wanted, format!("a token reply of {:?}", names(&reply)));
        }
        found
    }

    /// The application permissions of which one must be held for an operation.
    fn accepted(&self, operation: &str) -> BTreeSet<&str> {
        if let Some((_, accepted)) = UNDESCRIBED.iter().find(|(name, _)| *name == operation) {
            return accepted.iter().copied().collect();
        }
        let all = self.permissions["operations"].as_array().unwrap().iter();
        let one = all.clone().find(|one| one["operationId"] == operation).unwrap();
        assert_eq!(one["applicationSupported"], true, "{operation} is not for applications");
        let also = one["alsoAccepted"].as_array().unwrap().iter().filter_map(Value::as_str);
        also.chain(one["least"].as_str()).collect()
    }
}

fn names(object: &Value) -> BTreeSet<String> {
    object.as_object().unwrap().keys().cloned().collect()
}

/// What a policy may ask for beside the password.
const POLICY: &str = r#"{"revoke_sessions": true, "notify_manager": true}"#;

/// A walk, refusals, and faults in the vendors' own shapes; an admin's tests of a connection.
async fn everything(world: &World) -> Vec<Recorded> {
    let desk = world.desk().await;
    let ben = world.outside.directory_user("ben.ortiz@northwind.example").unwrap().id;
    world.outside.edit_user("ada.park@northwind.example", |ada| ada.manager = Some(ben));
    let northwind = of(&desk, "Northwind Dental").await;
    let test_person = json!({"test_person": "ben.ortiz@northwind.example"});
    act(&desk, &northwind, "/test", test_person).await;
    connect_by_certificate(world, &desk).await;
    for number in [
        "48215", "48216", "48219", "48223", "48224", "48226", "48228", "48230", "48231", "48241",
        "48243", "48245", "48251", "48252", "48255", "48256",
    ] {
        let ticket = world.ticket(number).await;
        desk.preflight(ticket.contact, Some(ticket.id)).await;
    }
    for number in ["51007", "51012"] {
        let ticket = world.ticket(number).await;
        desk.preflight(ticket.contact, Some(ticket.id)).await;
    }
    for number in ["48225", "48227"] {
        let ticket = world.ticket(number).await;
        desk.send_code(ticket.contact, Some(ticket.id), "microsoft-mobile").await;
    }
    let ticket = world.ticket("48213").await;
    for (company, status) in [(Company::Graph, 503), (Company::Graph, 429), (Company::Graph, 403)] {
        world.outside.fault(
            company,
            Some("phoneMethods"),
            Fault::Status { status, retry_after: None },
        );
        desk.preflight(ticket.contact, Some(ticket.id)).await;
    }
    desk.verify(world, &ticket, ADA_PHONE).await;
    let sealed = desk.confirm(&ticket).await;
    // Too simple for Microsoft once: a second password, a second PATCH.
    world.outside.fault(Company::Graph, Some("PATCH"), Fault::RefusePassword);
    let id = Uuid::from_u128(7);
    let done = desk.reset(id, ticket.contact, Some(ticket.id), &sealed).await;
    assert_eq!(done.status, 200, "{:?}", done.body);
    let unlock = done.body["unlock_code"].as_str().unwrap().to_owned();
    let text = world.outside.wait_for_text(ADA_PHONE, 2).await.unwrap();
    Person::with(world, &text.body).read(Some(&unlock)).await;
    world.settle_in_time().await;
    world.outside.requests()
}

/// Is for tenants that hide groups from applications, which this one does not: no call fails without.
const HIDDEN_GROUPS: &str = permissions::READ_HIDDEN_GROUPS;

#[tokio::test]
async fn what_is_sent_and_answered_is_what_the_vendors_describe() {
    let Some(folder) = folder() else {
        println!("skipped: no vendors' descriptions in ../shared/specs, and no API_SPECS");
        return;
    };
    let vendors = Vendors::read(&folder);
    let world = world_with(POLICY).await;
    let requests = everything(&world).await;
    let (found, met) = vendors.compare(&requests);
    assert!(found.is_empty(), "{} differences\n{}", found.len(), found.join("\n"));

    let described: BTreeSet<&str> = met.iter().map(String::as_str).collect();
    for operation in WALK {
        assert!(described.contains(operation), "{operation} was never called: {met:?}");
    }
    let met_undescribed: Vec<&str> =
        described.iter().filter(|name| name.contains(' ')).copied().collect();
    let listed: Vec<&str> = UNDESCRIBED.iter().map(|(name, _)| *name).collect();
    assert_eq!(met_undescribed, listed, "calls that nobody described");

    // The permissions that we ask for cover every call, and each of them some call that no other
    // covers: nothing is asked for in vain.
    let asked: Vec<&str> =
        permissions::ALL.iter().filter(|it| it.name != HIDDEN_GROUPS).map(|it| it.name).collect();
    let mut earned = BTreeSet::new();
    for operation in met.iter().filter(|name| *name != "CreateMessage") {
        let accepted = vendors.accepted(operation);
        let covers: Vec<&str> =
            asked.iter().filter(|name| accepted.contains(*name)).copied().collect();
        assert!(!covers.is_empty(), "{operation} needs one of {accepted:?}");
        if let [only] = covers[..] {
            earned.insert(only);
        }
    }
    assert_eq!(earned, asked.iter().copied().collect(), "asked for in vain");
    // And the walk went with these and not with more.
    let mut held: BTreeSet<String> = BTreeSet::new();
    world.outside.edit_tenant(NORTHWIND, |tenant| held.extend(tenant.app.roles.clone()));
    let known = |role: &String| permissions::named(role).is_some();
    assert!(asked.iter().all(|name| held.contains(*name)) && held.iter().all(known), "{held:?}");
    world.end().await;
}

/// The proof that the comparison is awake: one thing wrong in a copy of each real request.
#[tokio::test]
async fn a_mangled_request_or_reply_is_found() {
    let Some(folder) = folder() else {
        println!("skipped: no vendors' descriptions in ../shared/specs, and no API_SPECS");
        return;
    };
    let vendors = Vendors::read(&folder);
    let world = World::new().await;
    let requests = everything(&world).await;
    let one = |method: &str, part: &str, holds: &str| {
        let good = |it: &&Recorded| {
            let done = it.status.is_some_and(|status| status < 300);
            it.method == method && it.path.contains(part) && done && it.reply.contains(holds)
        };
        requests.iter().find(good).unwrap_or_else(|| panic!("no {method} {part}")).clone()
    };
    let (users, patch) = (one("GET", "/users", ""), one("PATCH", "/users/", ""));
    let (phones, text) = (one("GET", "phoneMethods", "mobile"), one("POST", "Messages.json", ""));
    let token = one("POST", "/token", "");
    let mangled = [
        (
            "$select",
            Recorded { query: users.query.replace("userPrincipalName", "upn"), ..users.clone() },
        ),
        ("$filtre", Recorded { query: users.query.replace("filter", "filtre"), ..users }),
        (
            "passwordProfil",
            Recorded {
                body: patch.body.replace("passwordProfile", "passwordProfil"),
                ..patch.clone()
            },
        ),
        ("the body is no JSON", Recorded { body: "{".into(), ..patch.clone() }),
        ("a reply of 204 has no body", Recorded { reply: "{}".into(), ..patch.clone() }),
        ("not described", Recorded { status: Some(202), ..patch }),
        (
            "phoneType",
            Recorded { reply: phones.reply.replace("\"mobile\"", "\"mobil\""), ..phones },
        ),
        (
            "ValidityPeriod",
            Recorded {
                body: text.body.replace("ValidityPeriod=", "ValidityPeriod=x"),
                ..text.clone()
            },
        ),
        (
            "there is no field Too",
            Recorded { body: text.body.replace("To=", "Too="), ..text.clone() },
        ),
        ("AccountSid", Recorded { path: text.path.replace("AC0", "AB0"), ..text }),
        (
            "a token request with",
            Recorded {
                body: token.body.replace("scope", "resource") + "&scope=x/.default",
                ..token.clone()
            },
        ),
        ("a token reply", Recorded { reply: json!({"access_token": "x"}).to_string(), ..token }),
    ];
    for (says, it) in mangled {
        let (found, _) = vendors.compare(std::slice::from_ref(&it));
        assert!(found.iter().any(|what| what.contains(says)), "{says}: {found:?}");
    }
    world.end().await;
}
