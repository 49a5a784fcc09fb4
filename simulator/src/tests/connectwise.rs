//! ConnectWise PSA's REST API: keys and members, conditions, pages, notes, releases, set-up records.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::{Reply, Scene, read};
use crate::Psa;

const CLIENT: &str = "0a1b2c3d-0000-4000-8000-00000000c001";
const MODEL: &str = "application/vnd.connectwise.com+json; version=2025.1";
const TESS: &str = "b2f0c1de-7a41-4c07-8d5e-0b6a4c1d0101";
const COLE: &str = "b2f0c1de-7a41-4c07-8d5e-0b6a4c1d0102";

fn bare(scene: &Scene, method: &str, path: &str) -> RequestBuilder {
    let base = scene.world.psa_api_url(Psa::ConnectWise);
    let method = method.parse().expect("a method");
    scene.http.request(method, format!("{base}/v2026_1/apis/3.0/{path}"))
}

fn asked(scene: &Scene, method: &str, path: &str) -> RequestBuilder {
    let request = bare(scene, method, path).header("clientid", CLIENT).header("accept", MODEL);
    request.basic_auth("brightline+cwPublicKey00001", Some("cwPrivateKey0001"))
}

fn as_member(scene: &Scene, method: &str, path: &str, login: &str, hash: &str) -> RequestBuilder {
    let cookie =
        format!("companyName=brightline; memberId={login}; memberHash={hash}; memberContext=Q7z");
    bare(scene, method, path).header("clientid", CLIENT).header("cookie", cookie)
}

async fn get(scene: &Scene, path: &str) -> Reply {
    read(asked(scene, "GET", path)).await.expect("an answer")
}

async fn found(scene: &Scene, list: &str, query: &[(&str, &str)]) -> Vec<i64> {
    let reply = read(asked(scene, "GET", list).query(query)).await.expect("an answer");
    assert_eq!(reply.status, 200, "{}", reply.body);
    let all = reply.body.as_array().expect("a list");
    all.iter().map(|it| it["id"].as_i64().expect("an id")).collect()
}

#[tokio::test]
async fn keys_headers_and_models_are_checked() {
    let scene = Scene::start().await;
    let right = || asked(&scene, "GET", "system/info");
    assert_eq!(read(right()).await.expect("an answer").body["version"], "v2026.1.101250");
    let at = || bare(&scene, "GET", "system/info");
    let keys = |request: RequestBuilder, user, secret| {
        request.header("clientid", CLIENT).basic_auth(user, Some(secret))
    };
    for (request, status, code) in [
        (at().header("clientid", CLIENT), 401, "Unauthorized"),
        (keys(at(), "brightline+cwPublicKey00001", "wrong"), 401, "ConnectWiseApi"),
        (keys(at(), "other+cwPublicKey00001", "cwPrivateKey0001"), 401, "ConnectWiseApi"),
        (keys(at(), "cwPublicKey00001", "cwPrivateKey0001"), 401, "ConnectWiseApi"),
        (
            at().basic_auth("brightline+cwPublicKey00001", Some("cwPrivateKey0001")),
            401,
            "Unauthorized",
        ),
        (
            keys(at(), "brightline+cwPublicKey00001", "cwPrivateKey0001")
                .header("accept", "text/html"),
            400,
            "InvalidVersion",
        ),
        (
            keys(at(), "brightline+cwPublicKey00001", "cwPrivateKey0001")
                .header("accept", "application/vnd.connectwise.com+json; version=2019.1"),
            400,
            "InvalidVersion",
        ),
    ] {
        let reply = read(request).await.expect("an answer");
        assert_eq!((reply.status, reply.code().as_str()), (status, code), "{}", reply.body);
    }
    scene.world.with_psa(Psa::ConnectWise, |desk| desk.connectwise.bad_auth_is_404 = true);
    assert_eq!(read(keys(at(), "brightline+x", "y")).await.expect("an answer").status, 404);
    assert!(scene.world.requests().iter().all(|it| !it.authorization.contains(' ')));
    assert_eq!(scene.world.unknown_requests().len(), 0);
}

#[tokio::test]
async fn an_upgrade_moves_the_api() {
    let scene = Scene::start().await;
    let info =
        format!("{}/login/companyinfo/Brightline", scene.world.psa_api_url(Psa::ConnectWise));
    let codebase = async || {
        let reply = read(scene.http.get(&info)).await.expect("an answer");
        reply.body["Codebase"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(codebase().await, "v2026_1/");
    let other = info.replace("Brightline", "nobody");
    assert_eq!(read(scene.http.get(other)).await.expect("an answer").status, 404);
    scene.world.with_psa(Psa::ConnectWise, |desk| desk.codebase = "v2026_2/".into());
    assert_eq!(codebase().await, "v2026_2/");
    let old = asked(&scene, "GET", "system/info").send().await.expect("an answer");
    assert_eq!(old.status().as_u16(), 404);
    assert!(old.text().await.expect("a page").contains("<html"), "no JSON");
    assert_eq!(scene.world.unknown_requests().len(), 0, "known, but of another release");
}

#[tokio::test]
async fn a_member_is_proved_by_their_hash() {
    let scene = Scene::start().await;
    let me = |login, hash| as_member(&scene, "GET", "system/myMembers/info", login, hash);
    let tess = read(me("TESS", TESS)).await.expect("an answer");
    assert_eq!((tess.status, &tess.body["identifier"]), (200, &json!("tess")));
    assert_eq!(
        (&tess.body["id"], &tess.body["defaultEmail"]),
        (&json!(101), &json!("tess@brightline.example"))
    );
    let basic = bare(&scene, "GET", "system/myMembers/info").header("clientid", CLIENT);
    let basic = read(basic.basic_auth("brightline+tess", Some(TESS))).await.expect("an answer");
    assert_eq!(basic.status, 200, "the hash as a password");
    for (login, hash) in [
        ("tess", COLE),
        ("dora", "b2f0c1de-7a41-4c07-8d5e-0b6a4c1d0103"),
        ("api", ""),
        ("tess", ""),
    ] {
        assert_eq!(read(me(login, hash)).await.expect("an answer").status, 401, "{login} {hash}");
    }
    let no_context = bare(&scene, "GET", "system/myMembers/info").header("clientid", CLIENT);
    let cookie = format!("companyName=brightline; memberId=tess; memberHash={TESS}");
    let no_context = read(no_context.header("cookie", cookie)).await.expect("an answer");
    assert_eq!(no_context.status, 401);
    scene.world.with_psa(Psa::ConnectWise, |desk| desk.people[1].member_hash = "new".into());
    assert_eq!(read(me("tess", TESS)).await.expect("an answer").status, 401, "rotated");
    assert_eq!(read(me("tess", "new")).await.expect("an answer").status, 200);
}

#[tokio::test]
async fn a_member_sees_what_they_may() {
    let scene = Scene::start().await;
    let ticket = |login, hash| as_member(&scene, "GET", "service/tickets/48264", login, hash);
    assert_eq!(read(ticket("tess", TESS)).await.expect("an answer").status, 200);
    let cole = read(ticket("cole", COLE)).await.expect("an answer");
    assert_eq!((cole.status, cole.code().as_str()), (403, "Security"));
    let all =
        as_member(&scene, "GET", "service/tickets", "cole", COLE).query(&[("pageSize", "1000")]);
    let all = read(all).await.expect("an answer").body.as_array().map_or(0, Vec::len);
    assert_eq!(all + 1, found(&scene, "service/tickets", &[("pageSize", "1000")]).await.len());
    scene.world.with_psa(Psa::ConnectWise, |desk| desk.connectwise.hidden_is_404 = true);
    assert_eq!(read(ticket("cole", COLE)).await.expect("an answer").status, 404);
    assert_eq!(get(&scene, "service/tickets/1").await.status, 404);
}

#[tokio::test]
async fn shows_tickets_contacts_and_companies() {
    let scene = Scene::start().await;
    let ticket = get(&scene, "service/tickets/48213").await.body;
    assert_eq!((&ticket["contact"]["id"], &ticket["company"]["id"]), (&json!(1001), &json!(250)));
    assert_eq!(ticket["contactEmailAddress"], "ada.park@northwind.example");
    assert_eq!(get(&scene, "service/tickets/48262").await.body["contact"], Value::Null);
    let ada = get(&scene, "company/contacts/1001").await.body;
    let items = ada["communicationItems"].as_array().expect("items").clone();
    let seen: Vec<_> =
        items.iter().map(|it| (it["communicationType"].as_str(), it["value"].as_str())).collect();
    let phone = |number| (Some("Phone"), Some(number));
    let email = (Some("Email"), Some("ada.park@northwind.example"));
    assert_eq!(seen, [email, phone("+1 206 555 0123"), phone("+1 206 555 0177")]);
    let same = get(&scene, "company/contacts/1001/communications").await.body;
    assert_eq!(same, json!(items));
    let northwind = get(&scene, "company/companies/250").await.body;
    assert_eq!(
        (&northwind["identifier"], &northwind["website"]),
        (&json!("NorthwindDental"), &json!("https://northwind.example"))
    );
    let members = found(&scene, "system/members", &[("conditions", "inactiveFlag=false")]).await;
    assert_eq!(members, [100, 101, 102]);
    assert_eq!(get(&scene, "service/tickets/x").await.status, 404);
}

#[tokio::test]
async fn conditions_are_followed_or_refused() {
    let scene = Scene::start().await;
    let by =
        async |text: &str| found(&scene, "company/contacts", &[("childConditions", text)]).await;
    let email = r#"communicationItems/value="ADA.PARK@northwind.example" and communicationItems/communicationType="Email""#;
    assert_eq!(by(email).await, [1001]);
    assert_eq!(by(r#"communicationItems/value like "%emil%" AND communicationItems/communicationType="Email""#).await.len(), 1);
    assert!(by(r#"communicationItems/value="+1 206 555 0123" and communicationItems/communicationType="Email""#).await.is_empty());
    let by = async |text: &str| found(&scene, "service/tickets", &[("conditions", text)]).await;
    assert_eq!(by("id=48213 or id = 48214").await, [48_213, 48_214]);
    assert_eq!(by("contact=null").await, [48_262]);
    assert_eq!(by("company/id=252 and closedFlag=false").await, [48_263]);
    assert_eq!(by(r#"summary like "%Salary%""#).await, [48_264]);
    for bad in ["id=", "summary like", "(id=1", "nothing=1", "id=1 and", r#"summary="a"b""#] {
        let reply = asked(&scene, "GET", "service/tickets").query(&[("conditions", bad)]);
        let reply = read(reply).await.expect("an answer");
        assert_eq!((reply.status, reply.code().as_str()), (400, "InvalidConditions"), "{bad}");
        assert!(reply.body["errors"].is_null() && !reply.message().is_empty());
    }
    for query in [
        ("condition", "id=1"),
        ("orderBy", "nothing"),
        ("orderBy", "id sideways"),
        ("page", "0"),
        ("pageSize", "1001"),
    ] {
        let reply =
            read(asked(&scene, "GET", "service/tickets").query(&[query])).await.expect("an answer");
        assert_eq!(reply.status, 400, "{query:?}");
    }
    let long = "x".repeat(2000);
    let reply = asked(&scene, "GET", "service/tickets").query(&[("conditions", &long)]);
    assert_eq!(reply.send().await.expect("an answer").status().as_u16(), 414);
}

#[tokio::test]
async fn pages_follow_each_other() {
    let scene = Scene::start().await;
    let first = get(&scene, "company/contacts?orderBy=id%20desc&fields=id,company/name").await;
    assert_eq!(first.body.as_array().map(Vec::len), Some(25));
    assert_eq!(first.body[0], json!({"id": 1042, "company": {"name": "Northwind Dental"}}));
    let link = first.header("link").to_owned();
    assert!(link.contains("page=2>; rel=\"next\"") && link.contains("rel=\"last\""), "{link}");
    let next = link[1..].split('>').next().expect("an address").to_owned();
    let next = next.split_once("/apis/3.0/").expect("an address").1.to_owned();
    let second = get(&scene, &next).await;
    assert_eq!(second.body.as_array().map(Vec::len), Some(17));
    assert!(
        second.header("link").contains("rel=\"prev\"")
            && !second.header("link").contains("rel=\"next\"")
    );
    let forward = |path: &str| asked(&scene, "GET", path).header("pagination-type", "forward-only");
    let reply = read(forward("company/contacts?pageSize=40")).await.expect("an answer");
    assert!(reply.header("link").contains("pageId=1040"), "{}", reply.header("link"));
    let reply = read(forward("company/contacts?pageSize=40&pageId=1040")).await.expect("an answer");
    assert_eq!((reply.body.as_array().map(Vec::len), reply.header("link")), (Some(2), ""));
}

#[tokio::test]
async fn notes_are_internal_or_not_and_somebodys() {
    let scene = Scene::start().await;
    let post = |body: Value| asked(&scene, "POST", "service/tickets/48213/notes").json(&body);
    let internal = json!({"text": "one\ntwo", "internalAnalysisFlag": true, "detailDescriptionFlag": false, "resolutionFlag": false, "processNotifications": false, "member": {"identifier": "tess"}});
    let reply = read(post(internal.clone())).await.expect("an answer");
    assert_eq!(
        (reply.status, &reply.body["text"], &reply.body["member"]["identifier"]),
        (201, &json!("one two"), &json!("tess"))
    );
    scene.world.with_psa(Psa::ConnectWise, |desk| desk.connectwise.keeps_newlines = true);
    assert_eq!(read(post(internal.clone())).await.expect("an answer").body["text"], "one\ntwo");
    let both = json!({"text": "x", "internalAnalysisFlag": true, "detailDescriptionFlag": true});
    assert_eq!(read(post(both)).await.expect("an answer").status, 201);
    let notes = scene.world.psa_notes(Psa::ConnectWise, 48_213);
    let seen: Vec<_> = notes.iter().map(|it| (it.internal, it.author.as_str())).collect();
    assert_eq!(seen, [(true, "tess"), (true, "tess"), (false, "api")]);
    let listed = get(&scene, "service/tickets/48213/notes").await.body;
    assert_eq!(
        (&listed[0]["id"], &listed[2]["internalAnalysisFlag"]),
        (&json!(90_001), &json!(false))
    );
    for (change, value) in [
        ("text", json!("")),
        ("text", json!(5)),
        ("internalAnalysisFlag", json!(false)),
        ("internalAnalysisFlag", json!("true")),
        ("internalNote", json!(true)),
        ("member", json!({"identifier": "dora"})),
        ("ticketId", json!(1)),
    ] {
        let mut body = internal.clone();
        body[change] = value;
        let reply = read(post(body)).await.expect("an answer");
        assert_eq!((reply.status, reply.code().as_str()), (400, "InvalidObject"), "{change}");
        assert!(reply.body["errors"][0]["field"].is_string());
    }
    let reply = read(asked(&scene, "POST", "service/tickets/48213/notes").body("{}")).await;
    assert_eq!(reply.expect("an answer").status, 415);
    let cole = as_member(&scene, "POST", "service/tickets/48264/notes", "cole", COLE);
    assert_eq!(read(cole.json(&internal)).await.expect("an answer").status, 403);
    let cole = as_member(&scene, "POST", "service/tickets/48213/notes", "cole", COLE);
    let cole = read(cole.json(&internal)).await.expect("an answer");
    assert_eq!(cole.body["createdBy"], "cole", "a session writes in its own name");
}

#[tokio::test]
async fn too_many_are_told_to_wait() {
    let scene = Scene::start().await;
    scene.world.with_psa(Psa::ConnectWise, |desk| desk.connectwise.rate_per_minute = Some(2));
    let status = async || get(&scene, "system/info").await.status;
    assert_eq!([status().await, status().await, status().await], [200, 200, 429]);
    let reply = get(&scene, "system/info").await;
    assert_eq!(
        (reply.header("retry-after"), &reply.body["error"]),
        ("30", &json!("ConnectWiseAPI"))
    );
    assert!(reply.body["code"].is_null());
    scene.clock.advance(60_001);
    assert_eq!(status().await, 200);
}

#[tokio::test]
async fn a_set_up_record_installs_the_pod() {
    let scene = Scene::start().await;
    let screens = get(&scene, "system/connectWiseHostedScreens").await.body;
    let screen = screens.as_array().expect("screens").iter().find(|it| it["screenId"] == "ticket");
    let screen = screen.expect("the ticket's")["id"].clone();
    let setups = "system/connectwisehostedsetups";
    let url = "http://app.localhost:1/pod?id=[cw_id]";
    let body = json!({"screenId": screen, "description": "Password Reset", "url": url, "type": "Pod", "origin": "http://app.localhost:1", "podHeight": 400});
    let made = read(asked(&scene, "POST", setups).json(&body)).await.expect("an answer");
    assert_eq!((made.status, scene.world.psa_pod(Psa::ConnectWise).as_deref()), (201, Some(url)));
    assert_eq!(made.body["podHeight"], 400);
    let one = format!("{setups}/{}", made.body["id"]);
    let patch = json!([{"op": "replace", "path": "disabledFlag", "value": true}]);
    let patched = read(asked(&scene, "PATCH", &one).json(&patch)).await.expect("an answer");
    assert_eq!((patched.status, scene.world.psa_pod(Psa::ConnectWise)), (200, None));
    let put = read(asked(&scene, "PUT", &one).json(&body)).await.expect("an answer");
    assert_eq!(
        (put.status, get(&scene, setups).await.body.as_array().map(Vec::len)),
        (200, Some(1))
    );
    for (key, value) in [
        ("url", json!("")),
        ("type", json!("Popup")),
        ("screenId", json!(99)),
        ("description", json!("x".repeat(51))),
        ("height", json!(1)),
    ] {
        let mut bad = body.clone();
        bad[key] = value;
        let reply = read(asked(&scene, "POST", setups).json(&bad)).await.expect("an answer");
        assert_eq!((reply.status, &reply.body["errors"][0]["field"]), (400, &json!(key)));
    }
    let member = as_member(&scene, "POST", setups, "tess", TESS).json(&body);
    assert_eq!(read(member).await.expect("an answer").status, 403);
    assert_eq!(read(asked(&scene, "DELETE", &one)).await.expect("an answer").status, 204);
    assert_eq!(get(&scene, &one).await.status, 404);
}
