//! The people of the sample whom Graph tells apart: managers, odd names, and every way to power.

use serde_json::{Value, json};

use super::{NORTHWIND, Scene, read};
use crate::OwnedObjects;

const GOOD: &str = "Xq7-mRtw9-Lkzv2";
const SELECT: &str = "$select=id,displayName,isAssignableToRole,roleTemplateId";
const HELPDESK: &str = "729827e3-9c14-49f7-bb1b-9608f156bbb8";

async fn of(scene: &Scene, token: &str, path: &str, name: &str) -> Vec<Value> {
    let filter = format!("principalId eq '{}'", scene.id(name));
    let request = scene.graph("GET", path, token).query(&[("$filter", filter)]);
    let reply = read(request).await.expect("an answer");
    assert_eq!(reply.status, 200, "{path}: {reply:?}");
    reply.body["value"].as_array().cloned().expect("a list")
}

#[tokio::test]
async fn shows_managers_where_there_are_any() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let path = |name: &str| format!("/users/{}/manager", scene.id(name));
    let greta = scene.get(&format!("{}?$select=id,mail", path("hugo")), &token).await;
    assert_eq!(greta.status, 200);
    assert_eq!(greta.body["@odata.type"], "#microsoft.graph.user");
    assert_eq!(greta.body["mail"], "greta.lead@northwind.example");
    assert!(greta.body.get("displayName").is_none());
    assert_eq!(scene.get(&path("hugo"), &token).await.body["displayName"], "Greta Lead");
    for name in ["greta", "ada"] {
        let nobody = scene.get(&path(name), &token).await;
        assert_eq!((nobody.status, nobody.code().as_str()), (404, "Request_ResourceNotFound"));
        assert!(nobody.message().contains("'manager'"), "{}", nobody.message());
    }
}

#[tokio::test]
async fn each_new_call_wants_its_permission() {
    let scene = Scene::start().await;
    let (ada, hugo) = (scene.id("ada"), scene.id("hugo"));
    let denied = "Authorization_RequestDenied";
    let rows = [
        (format!("/users/{hugo}/manager"), "User.Read.All", denied),
        (
            format!(
                "/identityGovernance/privilegedAccess/group/eligibilitySchedules?$filter=principalId eq '{ada}'"
            ),
            "PrivilegedEligibilitySchedule.Read.AzureADGroup",
            "UnknownError",
        ),
        ("/applications".to_owned(), "Application.Read.All", denied),
        (
            format!("/applications(appId='{}')", super::NORTHWIND_APP),
            "Application.Read.All",
            denied,
        ),
    ];
    let all = scene.token().await;
    for (path, permission, code) in rows {
        assert_eq!(scene.get(&path, &all).await.status, 200, "{path}");
        scene
            .world
            .edit_tenant(NORTHWIND, |tenant| tenant.app.roles.retain(|role| role != permission));
        let reply = scene.get(&path, &scene.token().await).await;
        assert_eq!((reply.status, reply.code().as_str()), (403, code), "{path}");
        // PIM names what is missing in an error inside its error, and nowhere else.
        assert_eq!(reply.message().contains(permission), code == "UnknownError", "{path}");
        scene.world.edit_tenant(NORTHWIND, |tenant| tenant.app.roles.push(permission.to_owned()));
    }
    // Graph's other permissions do as well.
    scene.world.edit_tenant(NORTHWIND, |tenant| {
        tenant.app.roles = vec!["Application.ReadWrite.OwnedBy".to_owned()]
    });
    assert_eq!(scene.get("/applications", &scene.token().await).await.status, 200);
}

#[tokio::test]
async fn lists_eligibility_for_groups_where_the_tenant_pays() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let path = "/identityGovernance/privilegedAccess/group/eligibilitySchedules";
    let rows = of(&scene, &token, path, "xena").await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["accessId"], "member");
    assert_eq!(rows[0]["groupId"], "e1a34821-79d1-4b64-a0bf-453a43071be1");
    assert_eq!(rows[0]["principalId"], scene.id("xena"));
    assert_eq!(rows[0]["memberType"], "direct");
    assert_eq!(rows[0]["status"], "Provisioned");
    assert!(rows[0]["scheduleInfo"]["startDateTime"].is_string());
    // She is not in the group while she only may be.
    let members =
        scene.get(&format!("/users/{}/transitiveMemberOf", scene.id("xena")), &token).await;
    assert_eq!(members.body["value"], json!([]));
    assert!(of(&scene, &token, path, "ada").await.is_empty());
    let unfiltered = scene.get(path, &token).await;
    assert_eq!(unfiltered.status, 400);
    scene.world.edit_tenant(NORTHWIND, |tenant| tenant.premium_p2 = false);
    let filter = format!("{path}?$filter=principalId eq '{}'", scene.id("xena"));
    let unlicensed = scene.get(&filter, &token).await;
    assert_eq!((unlicensed.status, unlicensed.code().as_str()), (400, "AadPremiumLicenseRequired"));
}

#[tokio::test]
async fn scoped_and_custom_roles_stand_among_assignments_only() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let path = "/roleManagement/directory/roleAssignments";
    let zoe = of(&scene, &token, path, "zoe").await;
    assert_eq!(zoe[0]["roleDefinitionId"], HELPDESK);
    assert!(
        zoe[0]["directoryScopeId"].as_str().is_some_and(|s| s.starts_with("/administrativeUnits/"))
    );
    let abe = of(&scene, &token, path, "abe").await;
    assert_eq!((abe.len(), &abe[0]["directoryScopeId"]), (1, &json!("/")));
    for name in ["zoe", "abe"] {
        let path = format!("/users/{}/transitiveMemberOf?{SELECT}", scene.id(name));
        assert_eq!(scene.get(&path, &token).await.body["value"], json!([]), "{name}");
    }
    // The other way about: a role that a group holds is a membership and no assignment of hers.
    assert!(of(&scene, &token, path, "yuri").await.is_empty());
    let members = format!("/users/{}/transitiveMemberOf?{SELECT}", scene.id("yuri"));
    let members = scene.get(&members, &token).await.body["value"].clone();
    assert_eq!(members[0]["isAssignableToRole"], true);
    assert_eq!(members[1]["roleTemplateId"], HELPDESK);
}

#[tokio::test]
async fn lists_what_people_own_or_refuses_to() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let owned = async |name: &str| {
        let path = format!("/users/{}/ownedObjects?{SELECT}", scene.id(name));
        scene.get(&path, &token).await
    };
    let kinds = [
        ("tom", "#microsoft.graph.application"),
        ("vera", "#microsoft.graph.servicePrincipal"),
        ("wes", "#microsoft.graph.group"),
    ];
    for (name, kind) in kinds {
        let rows = owned(name).await.body["value"].clone();
        assert_eq!(
            (rows.as_array().map(Vec::len), &rows[0]["@odata.type"]),
            (Some(1), &json!(kind))
        );
    }
    assert_eq!(owned("wes").await.body["value"][0]["isAssignableToRole"], true);
    assert_eq!(owned("ada").await.body["value"], json!([]));
    scene.world.edit_tenant(NORTHWIND, |tenant| tenant.owned_objects = OwnedObjects::Refused);
    let refused = owned("tom").await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "Authorization_RequestDenied"));
}

#[tokio::test]
async fn finds_every_legal_name() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let rows = [
        ("$ales.desk@northwind.example", "Sally Desk"),
        ("lou+plus@northwind.example", "Lou Plus"),
        ("siobhan.d'arcy@northwind.example", "Siobhan D'Arcy"),
        ("gus_contoso.example#EXT#@northwind.example", "Gus Guest"),
    ];
    for (upn, name) in rows {
        let quoted = upn.replace('\'', "''");
        let filter = format!("userPrincipalName eq '{quoted}'");
        let request = scene.graph("GET", "/users", &token).query(&[("$filter", filter)]);
        let found = read(request).await.expect("an answer");
        assert_eq!(found.body["value"][0]["displayName"], name, "{upn}");
        let key = quoted.replace('#', "%23").replace('+', "%2B");
        let found = scene.get(&format!("/users('{key}')?$select=displayName"), &token).await;
        assert_eq!(found.body["displayName"], name, "{upn}: {found:?}");
    }
    // Without the parentheses a dollar begins an OData word.
    let bare = scene.get("/users/$ales.desk@northwind.example", &token).await;
    assert_eq!((bare.status, bare.code().as_str()), (400, "BadRequest"));
    // An unescaped plus in a query is a blank.
    let plus = scene.get("/users?$filter=mail%20eq%20'lou+plus@northwind.example'", &token).await;
    assert_eq!(plus.body["value"], json!([]));
    let alias = "/users?$filter=proxyAddresses/any(p:p eq 'smtp:ivy.lund@northwind.example')";
    assert_eq!(scene.get(alias, &token).await.body["value"][0]["displayName"], "Ivy Chen");
    // The act itself, through the parentheses.
    let set = read(scene.patch("x", GOOD, &token)).await.expect("an answer");
    assert_eq!(set.status, 404);
    let body = json!({"passwordProfile": {"password": GOOD}});
    let set = scene.graph("PATCH", "/users('$ales.desk@northwind.example')", &token).json(&body);
    assert_eq!(read(set).await.expect("an answer").status, 204);
    assert_eq!(scene.world.directory_user("sally").expect("sally").password, GOOD);
    assert_eq!(scene.world.patches("sally").len(), 1);
}

#[tokio::test]
async fn microsoft_itself_refuses_some_of_them() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    for (name, status) in [
        // Owner of a role-assignable group, a role by group, by unit, of the customer's making,
        // restricted by a unit.
        ("wes", 403),
        ("yuri", 403),
        ("zoe", 403),
        ("abe", 403),
        ("uwe", 403),
        // Owners of applications, the eligible and the customer's own protected group: only our guard
        // stands before those.
        ("tom", 204),
        ("vera", 204),
        ("xena", 204),
        ("cleo", 204),
        ("dora", 204),
    ] {
        let reply = read(scene.patch(&scene.id(name), GOOD, &token)).await.expect("an answer");
        assert_eq!(reply.status, status, "{name}");
    }
    let uwe = format!("/users/{}?$select=isManagementRestricted", scene.id("uwe"));
    let uwe = scene.get(&uwe, &token).await;
    assert_eq!(uwe.body["isManagementRestricted"], true);
    let dora = format!("/users/{}/authentication/phoneMethods", scene.id("dora"));
    let phones = scene.get(&dora, &token).await.body["value"].clone();
    assert_eq!(
        (phones.as_array().map(Vec::len), &phones[0]["phoneType"]),
        (Some(1), &json!("alternateMobile"))
    );
}

#[tokio::test]
async fn where_a_role_is_needed_the_permission_is_not_enough() {
    let scene = Scene::start().await;
    let litware = "litware.example";
    let form = [
        ("client_id", "a1b2c3d4-0005-4000-8000-000000000005"),
        ("scope", "https://graph.microsoft.com/.default"),
        ("client_secret", "litware~simulated-secret-value"),
        ("grant_type", "client_credentials"),
    ];
    let token = scene.token_for(litware, &form).await.body["access_token"].clone();
    let token = token.as_str().expect("a token");
    let set = async |password: &str| {
        read(scene.patch(&scene.id("gil"), password, token)).await.expect("an answer")
    };
    // The self-test: a password that Entra must refuse tells what the app may do.
    for password in [GOOD, "aB3"] {
        let reply = set(password).await;
        assert_eq!((reply.status, reply.code().as_str()), (403, "Authorization_RequestDenied"));
    }
    for role in ["User Administrator", "Password Administrator", "Helpdesk Administrator"] {
        scene
            .world
            .edit_tenant(litware, |tenant| tenant.app.directory_roles = vec![role.to_owned()]);
        let reply = set("aB3").await;
        assert_eq!((reply.status, reply.code().as_str()), (400, "Request_BadRequest"), "{role}");
        assert!(reply.message().contains("password complexity"), "{role}");
    }
    assert_eq!(scene.world.directory_user("gil").expect("gil").password_set_count, 0);
    assert_eq!(set(GOOD).await.status, 204);
    scene.world.edit_tenant(litware, |tenant| {
        tenant.app.directory_roles = vec!["Directory Readers".to_owned()]
    });
    assert_eq!(set(GOOD).await.status, 403);
    // A self-test on a protected person finds the person, not the password.
    let northwind = scene.token().await;
    let dana = read(scene.patch(&scene.id("dana"), "aB3", &northwind)).await.expect("an answer");
    assert_eq!(dana.status, 403);
}

#[tokio::test]
async fn a_guests_sessions_end_at_home() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let path = format!("/users/{}/revokeSignInSessions", scene.id("gus"));
    assert_eq!(read(scene.graph("POST", &path, &token)).await.expect("an answer").status, 200);
    assert_eq!(scene.world.directory_user("gus").expect("gus").sessions_revoked_at_ms, None);
}

#[tokio::test]
async fn lists_those_at_work_page_by_page() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    scene.world.edit_tenant(NORTHWIND, |tenant| tenant.page_size = Some(10));
    let mut request = scene.graph("GET", "/users", &token).query(&[
        ("$select", "id,displayName,accountEnabled,userType,assignedLicenses"),
        ("$filter", "accountEnabled eq true and userType eq 'Member'"),
        ("$top", "200"),
    ]);
    let (mut names, mut pages) = (Vec::new(), 0);
    loop {
        let reply = read(request).await.expect("an answer");
        for user in reply.body["value"].as_array().expect("a page") {
            assert_eq!(
                (&user["accountEnabled"], &user["userType"]),
                (&json!(true), &json!("Member"))
            );
            assert!(user["assignedLicenses"].is_array());
            names.push(user["displayName"].as_str().expect("a name").to_owned());
        }
        pages += 1;
        let Some(next) = reply.body["@odata.nextLink"].as_str() else { break };
        request = scene.http.get(next).bearer_auth(&token);
    }
    assert!(pages > 2 && names.contains(&"Ada Park".to_owned()), "{pages} {names:?}");
    for gone in ["Gus Guest", "Hana Gone"] {
        assert!(!names.contains(&gone.to_owned()), "{gone}");
    }
    let refused = async |path: &str| {
        let reply = scene.get(path, &token).await;
        (reply.status, reply.code())
    };
    let odd = ["$filter=accountEnabled eq 'true'", "$select=salary", "$top=1000"];
    for query in odd {
        assert_eq!(
            refused(&format!("/users?{query}")).await,
            (400, "BadRequest".into()),
            "{query}"
        );
    }
    for query in ["$filter=displayName eq 'Ada'", "$orderby=displayName", "$count=true"] {
        let (status, code) = refused(&format!("/users?{query}")).await;
        assert_eq!((status, code.as_str()), (400, "Request_UnsupportedQuery"), "{query}");
    }
    // What a licence is, only who may read people sees.
    scene
        .world
        .edit_tenant(NORTHWIND, |tenant| tenant.app.roles = vec!["User.ReadBasic.All".into()]);
    let basic = scene.token().await;
    let reply = scene.get("/users?$select=id,assignedLicenses", &basic).await;
    assert_eq!((reply.status, reply.code().as_str()), (403, "Authorization_RequestDenied"));
}
