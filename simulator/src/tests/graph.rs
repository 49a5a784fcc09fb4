//! Reading people, phones, roles and domains.

use serde_json::{Value, json};

use super::{NORTHWIND, Scene, read};

#[tokio::test]
async fn finds_people_by_mail_alias_and_id() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let find = async |filter: &str| {
        let request = scene.graph("GET", "/users", &token).query(&[
            ("$select", "id,userPrincipalName"),
            ("$top", "2"),
            ("$filter", filter),
        ]);
        let reply = read(request).await.expect("an answer");
        assert_eq!(reply.status, 200, "{filter}: {reply:?}");
        let rows = reply.body["value"].as_array().cloned().unwrap_or_default();
        rows.iter()
            .map(|row| row["userPrincipalName"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let either = |mail: &str| format!("mail eq '{mail}' or userPrincipalName eq '{mail}'");
    assert_eq!(find(&either("ADA.PARK@northwind.example")).await, ["ada.park@northwind.example"]);
    assert_eq!(
        find(&either("conan.o''neil@northwind.example")).await,
        ["conan.o'neil@northwind.example"]
    );
    assert_eq!(find(&either("jon.smith@northwind.example")).await.len(), 2);
    assert_eq!(
        find(&either("gus.guest@contoso.example")).await,
        ["gus_contoso.example#EXT#@northwind.example"]
    );
    assert_eq!(
        find("proxyAddresses/any(p:p eq 'smtp:a.park@northwind.example')").await,
        ["ada.park@northwind.example"]
    );
    assert_eq!(
        find(&format!("id eq '{}'", scene.id("ben"))).await,
        ["ben.ortiz@northwind.example"]
    );
    // Never another tenant's people.
    assert!(find(&either("paula.reed@fabrikam.example")).await.is_empty());
}

#[tokio::test]
async fn shows_the_defaults_and_what_was_selected() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let ada = scene.get("/users/ada.park@northwind.example", &token).await;
    assert_eq!(ada.body["displayName"], "Ada Park");
    assert!(ada.body.get("accountEnabled").is_none(), "only with $select");
    let some = scene
        .get(
            &format!("/users/{}?$select=accountEnabled,onPremisesSyncEnabled", scene.id("eve")),
            &token,
        )
        .await;
    assert_eq!(some.body["accountEnabled"], true);
    assert_eq!(some.body["onPremisesSyncEnabled"], true);
    assert!(some.body.get("displayName").is_none());
    let guest = scene
        .get("/users/gus_contoso.example%23EXT%23@northwind.example?$select=userType,id", &token)
        .await;
    assert_eq!(guest.body["userType"], "Guest");
    let quote = scene.get("/users/conan.o'neil@northwind.example", &token).await;
    assert_eq!(quote.body["surname"], "O'Neil");
}

#[tokio::test]
async fn refuses_what_graph_would_not_understand() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let rows = [
        ("/users?$filter=startswith(mail,'a')", 400, "Request_UnsupportedQuery"),
        ("/users?$filter=mail%20eq%20'o'neil@x.y'", 400, "BadRequest"),
        ("/users?$filter=mail%20eq%20'a", 400, "BadRequest"),
        ("/users?$top=0", 400, "BadRequest"),
        ("/users?$top=1000", 400, "BadRequest"),
        ("/users?$select=favouriteColour", 400, "BadRequest"),
        ("/users?$orderby=mail", 400, "Request_UnsupportedQuery"),
        ("/users/nobody@northwind.example", 404, "Request_ResourceNotFound"),
        ("/users/paula.reed@fabrikam.example", 404, "Request_ResourceNotFound"),
        ("/users/nobody@northwind.example/authentication/phoneMethods", 404, "resourceNotFound"),
        ("/domains/contoso.example", 404, "Request_ResourceNotFound"),
        ("/roleManagement/directory/roleAssignments", 400, "Request_BadRequest"),
    ];
    for (path, status, code) in rows {
        let reply = scene.get(path, &token).await;
        assert_eq!((reply.status, reply.code().as_str()), (status, code), "{path}");
        let inner = &reply.body["error"]["innerError"];
        assert_eq!(inner["date"], "2026-11-22T12:00:00");
        assert_eq!(inner["request-id"], reply.header("request-id"));
    }
    assert!(scene.world.unknown_requests().is_empty());
    let unknown = scene.get("/me", &token).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "BadRequest"));
    assert_eq!(scene.world.unknown_requests().len(), 1);
}

#[tokio::test]
async fn echoes_the_callers_request_id() {
    let scene = Scene::start().await;
    let mine = "11111111-2222-4333-8444-555555555555";
    let reply = read(scene.graph("GET", "/users/nobody", "x").header("client-request-id", mine))
        .await
        .expect("an answer");
    assert_eq!(reply.header("client-request-id"), mine);
    assert_eq!(reply.body["error"]["innerError"]["client-request-id"], mine);
}

#[tokio::test]
async fn each_call_wants_its_permission() {
    let scene = Scene::start().await;
    let ada = scene.id("ada");
    let rows = [
        ("GET", format!("/users/{ada}"), "User.Read.All", "Authorization_RequestDenied"),
        (
            "GET",
            format!("/users/{ada}/authentication/phoneMethods"),
            "UserAuthMethod-Phone.Read.All",
            "accessDenied",
        ),
        (
            "GET",
            format!("/users/{ada}/transitiveMemberOf"),
            "User.Read.All",
            "Authorization_RequestDenied",
        ),
        (
            "GET",
            format!("/users/{ada}/ownedObjects"),
            "User.Read.All",
            "Authorization_RequestDenied",
        ),
        (
            "POST",
            format!("/users/{ada}/revokeSignInSessions"),
            "User.RevokeSessions.All",
            "Authorization_RequestDenied",
        ),
        (
            "GET",
            format!("/roleManagement/directory/roleAssignments?$filter=principalId eq '{ada}'"),
            "RoleManagement.Read.Directory",
            "Authorization_RequestDenied",
        ),
        (
            "GET",
            format!(
                "/roleManagement/directory/roleEligibilitySchedules?$filter=principalId eq '{ada}'"
            ),
            "RoleManagement.Read.Directory",
            "UnknownError",
        ),
        (
            "GET",
            "/domains/northwind.example".to_owned(),
            "Domain.Read.All",
            "Authorization_RequestDenied",
        ),
        ("GET", "/organization".to_owned(), "User.Read.All", "Authorization_RequestDenied"),
    ];
    let all = scene.token().await;
    for (method, path, permission, code) in rows {
        let reply = read(scene.graph(method, &path, &all)).await.expect("an answer");
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
        scene
            .world
            .edit_tenant(NORTHWIND, |tenant| tenant.app.roles.retain(|role| role != permission));
        let less = scene.token().await;
        let reply = read(scene.graph(method, &path, &less)).await.expect("an answer");
        assert_eq!((reply.status, reply.code().as_str()), (403, code), "{path}");
        scene.world.edit_tenant(NORTHWIND, |tenant| tenant.app.roles.push(permission.to_owned()));
    }
}

#[tokio::test]
async fn tailspin_may_not_see_phones() {
    let scene = Scene::start().await;
    let form = [
        ("client_id", "a1b2c3d4-0003-4000-8000-000000000003"),
        ("scope", "https://graph.microsoft.com/.default"),
        ("client_secret", "tailspin~simulated-secret-value"),
        ("grant_type", "client_credentials"),
    ];
    let reply = scene.token_for("tailspin.example", &form).await;
    let token = reply.body["access_token"].as_str().expect("a token");
    let quinn =
        scene.get("/users/quinn.hale@tailspin.example/authentication/phoneMethods", token).await;
    assert_eq!((quinn.status, quinn.message()), (403, "Request Authorization failed"));
}

#[tokio::test]
async fn writes_phones_as_microsoft_does() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let phones = async |name: &str| {
        scene
            .get(&format!("/users/{}/authentication/phoneMethods", scene.id(name)), &token)
            .await
            .body["value"]
            .clone()
    };
    let ada = phones("ada").await;
    assert_eq!(ada[0]["phoneNumber"], "+1 2065550123");
    assert_eq!(ada[0]["phoneType"], "mobile");
    assert_eq!(ada[0]["id"], "3179e48a-750b-4051-897c-87b9720928f7");
    assert_eq!(phones("kim").await[0]["phoneNumber"], "+1 2065550134x55");
    assert_eq!(phones("carl").await, json!([]));
}

#[tokio::test]
async fn pages_memberships_and_hides_roles_without_the_permission() {
    let scene = Scene::start().await;
    scene.world.edit_user("dana", |dana| {
        for n in 0..9 {
            dana.groups.push(crate::Group {
                id: format!("00000000-0000-4000-8000-00000000000{n}"),
                name: format!("Group {n}"),
                assignable_to_role: n == 8,
            });
        }
    });
    let select = "$select=id,displayName,isAssignableToRole,roleTemplateId";
    let walk = async |token: &str| {
        let mut url = Some(format!(
            "{}/v1.0/users/{}/transitiveMemberOf?{select}",
            scene.world.graph_url(),
            scene.id("dana")
        ));
        let mut all: Vec<Value> = Vec::new();
        let mut pages = 0;
        while let Some(next) = url {
            let reply = read(scene.http.get(next).bearer_auth(token)).await.expect("an answer");
            all.extend(reply.body["value"].as_array().cloned().unwrap_or_default());
            url = reply.body["@odata.nextLink"].as_str().map(str::to_owned);
            pages += 1;
        }
        (pages, all)
    };
    let (pages, all) = walk(&scene.token().await).await;
    assert_eq!((pages, all.len()), (2, 10));
    assert_eq!(all[8]["isAssignableToRole"], true);
    assert_eq!(all[9]["@odata.type"], "#microsoft.graph.directoryRole");
    assert_eq!(all[9]["roleTemplateId"], "fe930be7-5e62-47db-91af-98c3a49a38b1");
    scene.world.edit_tenant(NORTHWIND, |tenant| {
        tenant.app.roles.retain(|role| role != "RoleManagement.Read.Directory")
    });
    let (_, hidden) = walk(&scene.token().await).await;
    assert_eq!(hidden[9]["@odata.type"], "#microsoft.graph.directoryRole");
    assert_eq!(hidden[9]["roleTemplateId"], Value::Null);
}

#[tokio::test]
async fn knows_roles_eligibility_and_domains() {
    let scene = Scene::start().await;
    let token = scene.token().await;
    let roles = async |kind: &str, name: &str| {
        let filter = format!("principalId eq '{}'", scene.id(name));
        let request = scene
            .graph("GET", &format!("/roleManagement/directory/{kind}"), &token)
            .query(&[("$filter", filter)]);
        read(request).await.expect("an answer")
    };
    let active = roles("roleAssignments", "dana").await;
    assert_eq!(active.body["value"][0]["roleDefinitionId"], "fe930be7-5e62-47db-91af-98c3a49a38b1");
    assert_eq!(roles("roleAssignments", "mia").await.body["value"], json!([]));
    let eligible = roles("roleEligibilitySchedules", "mia").await;
    assert_eq!(
        eligible.body["value"][0]["roleDefinitionId"],
        "729827e3-9c14-49f7-bb1b-9608f156bbb8"
    );
    scene.world.edit_tenant(NORTHWIND, |tenant| tenant.premium_p2 = false);
    let unlicensed = roles("roleEligibilitySchedules", "mia").await;
    assert_eq!((unlicensed.status, unlicensed.code().as_str()), (400, "AadPremiumLicenseRequired"));
    let domain =
        scene.get("/domains/fed.northwind.example?$select=authenticationType", &token).await;
    assert_eq!(domain.body["authenticationType"], "Federated");
    assert_eq!(
        scene.get("/organization", &token).await.body["value"][0]["displayName"],
        "Northwind Dental"
    );
}
