//! Autotask PSA's REST API: the zone, headers, queries, notes and picklists, threads and the hour.

use serde_json::{Value, json};

use super::{Reply, Scene, read};
use crate::{Moment, Psa};

const HEADERS: [(&str, &str); 3] = [
    ("ApiIntegrationCode", "SIMULATEDINTEGRATIONCODE0001"),
    ("UserName", "api@brightline.example"),
    ("Secret", "autotask-simulated-secret-1"),
];

fn request(scene: &Scene, method: &str, path: &str) -> reqwest::RequestBuilder {
    let base = scene.world.psa_api_url(Psa::Autotask);
    let method = method.parse().expect("a method");
    let request = scene.http.request(method, format!("{base}/ATServicesRest/V1.0/{path}"));
    HEADERS.into_iter().fold(request, |request, (name, value)| request.header(name, value))
}

async fn get(scene: &Scene, path: &str) -> Reply {
    read(request(scene, "GET", path)).await.expect("an answer")
}

async fn query(scene: &Scene, entity: &str, body: Value) -> Reply {
    read(request(scene, "POST", &format!("{entity}/query")).json(&body)).await.expect("an answer")
}

fn note(publish: i64) -> Value {
    json!({"title": "Password Reset", "description": "one\ntwo", "noteType": 3, "publish": publish})
}

#[tokio::test]
async fn the_zone_is_found_and_case_matters_there() {
    let scene = Scene::start().await;
    let base = scene.world.psa_api_url(Psa::Autotask);
    let zone = |user: &str| format!("{base}/atservicesrest/v1.0/zoneInformation?user={user}");
    let found = read(scene.http.get(zone("api@brightline.example"))).await.expect("an answer").body;
    assert_eq!(found["url"], format!("{base}/ATServicesRest/"));
    assert_eq!(found["webUrl"], format!("{}/", scene.world.psa_site_url(Psa::Autotask)));
    let unknown = read(scene.http.get(zone("nobody"))).await.expect("an answer");
    assert_eq!((unknown.status, unknown.body["errors"].is_array()), (500, true));
    let wrong = scene.http.get(format!("{base}/atservicesrest/V1.0/Tickets/48213"));
    assert_eq!(wrong.send().await.expect("an answer").status().as_u16(), 404);
    assert_eq!(scene.world.unknown_requests().len(), 0);
}

#[tokio::test]
async fn three_headers_say_who_asks() {
    let scene = Scene::start().await;
    assert_eq!(get(&scene, "Tickets/48213").await.body["item"]["ticketNumber"], "T20261127.0013");
    let base = scene.world.psa_api_url(Psa::Autotask);
    for left_out in 0..3 {
        let mut request = scene.http.get(format!("{base}/ATServicesRest/V1.0/Tickets/48213"));
        for (place, (name, value)) in HEADERS.into_iter().enumerate() {
            request = request.header(name, if place == left_out { "wrong" } else { value });
        }
        let reply = read(request).await.expect("an answer");
        assert_eq!((reply.status, &reply.body["errors"][0]), (401, &json!("Unauthorized")));
    }
}

#[tokio::test]
async fn things_come_in_their_envelopes() {
    let scene = Scene::start().await;
    let ada = get(&scene, "Contacts/1001").await.body;
    let ada = &ada["item"];
    assert_eq!(
        (&ada["mobilePhone"], &ada["phone"]),
        (&json!("+1 206 555 0123"), &json!("+1 206 555 0177"))
    );
    assert_eq!((&ada["isActive"], &ada["emailAddress2"]), (&json!(1), &Value::Null));
    assert_eq!(get(&scene, "Tickets/1").await.body, json!({"item": null}));
    scene.world.with_psa(Psa::Autotask, |desk| desk.autotask.absent_is_404 = true);
    assert_eq!(get(&scene, "Tickets/1").await.status, 404);
    assert_eq!(get(&scene, "Companies/250").await.body["item"]["companyName"], "Northwind Dental");
    let email = json!({"filter": [{"op": "eq", "field": "emailAddress", "value": "ADA.park@northwind.example"}], "IncludeFields": ["firstName"]});
    let found = query(&scene, "Contacts", email).await.body;
    assert_eq!(found["items"], json!([{"id": 1001, "firstName": "Ada"}]));
    assert_eq!(
        (&found["pageDetails"]["count"], &found["pageDetails"]["nextPageUrl"]),
        (&json!(1), &Value::Null)
    );
    let any = json!({"filter": [{"op": "or", "items": [{"op": "eq", "field": "emailAddress", "value": "x"}, {"op": "eq", "field": "emailAddress3", "value": "emil.private@mail.example"}]}]});
    assert_eq!(query(&scene, "Contacts", any).await.body["items"][0]["id"], 1041);
    let tess = json!({"filter": [{"op": "eq", "field": "email", "value": "tess@brightline.example"}, {"op": "eq", "field": "isActive", "value": true}]});
    assert_eq!(query(&scene, "Resources", tess).await.body["items"][0]["id"], 101);
    let left = json!({"filter": [{"op": "eq", "field": "isActive", "value": 0}]});
    assert_eq!(query(&scene, "Contacts", left).await.body["items"][0]["firstName"], "Ivan");
}

#[tokio::test]
async fn queries_have_pages_and_are_refused_when_wrong() {
    let scene = Scene::start().await;
    let all = json!({"filter": [{"op": "gte", "field": "id", "value": 0}], "MaxRecords": 30});
    let first = query(&scene, "Contacts", all).await.body;
    assert_eq!(first["pageDetails"]["count"], 30);
    let next = first["pageDetails"]["nextPageUrl"].as_str().expect("more").to_owned();
    let path = next.split_once("/V1.0/").expect("an address").1;
    let second = get(&scene, path).await.body;
    assert_eq!(
        (&second["pageDetails"]["count"], &second["items"][0]["id"]),
        (&json!(12), &json!(1031))
    );
    assert!(second["pageDetails"]["nextPageUrl"].is_null());
    let one = json!([{"op": "eq", "field": "id", "value": 1}]);
    for bad in [
        json!({}),
        json!({"filter": []}),
        json!({"filter": one, "MaxRecords": 501}),
        json!({"filter": one, "Order": "id"}),
        json!({"filter": [{"op": "like", "field": "id", "value": 1}]}),
        json!({"filter": [{"op": "eq", "field": "email", "value": 1}]}),
        json!({"filter": [{"op": "or", "items": []}]}),
        json!([]),
    ] {
        let reply = query(&scene, "Contacts", bad.clone()).await;
        assert_eq!((reply.status, reply.body["errors"].is_array()), (500, true), "{bad}");
    }
    let unknown = query(&scene, "Invoices", json!({"filter": one})).await;
    assert_eq!((unknown.status, scene.world.unknown_requests().len()), (404, 1));
}

#[tokio::test]
async fn notes_are_published_by_label() {
    let scene = Scene::start().await;
    let fields = get(&scene, "TicketNotes/entityInformation/fields").await.body;
    let publish =
        fields["fields"].as_array().expect("fields").iter().find(|it| it["name"] == "publish");
    let publish = publish.expect("publish")["picklistValues"].clone();
    let internal =
        publish.as_array().expect("values").iter().find(|it| it["label"] == "Internal Users Only");
    assert_eq!(internal.expect("a label")["value"], "5", "a text, and not 2");
    let add = |body: Value| request(&scene, "POST", "Tickets/48213/Notes").json(&body);
    let made = read(add(note(5))).await.expect("an answer");
    assert_eq!((made.status, &made.body), (200, &json!({"itemId": 90_001})));
    let tess =
        read(add(note(1)).header("ImpersonationResourceId", "101")).await.expect("an answer");
    assert_eq!(tess.status, 200);
    assert_eq!(read(add(note(4))).await.expect("an answer").status, 200);
    let notes = scene.world.psa_notes(Psa::Autotask, 48_213);
    let seen: Vec<_> = notes.iter().map(|it| (it.internal, it.author.as_str())).collect();
    assert_eq!(seen, [(true, "api"), (false, "tess"), (false, "api")]);
    assert_eq!(notes[0].text, "one\ntwo");
    let listed = get(&scene, "Tickets/48213/Notes").await.body;
    assert_eq!(
        (
            &listed["items"][1]["creatorResourceID"],
            &listed["items"][1]["impersonatorCreatorResourceID"]
        ),
        (&json!(101), &json!(100))
    );
    for (key, value, status) in [
        ("publish", json!(2), 500),
        ("publish", json!(77), 500),
        ("publish", json!("5"), 400),
        ("noteType", json!(13), 500),
        ("title", json!(""), 500),
        ("description", Value::Null, 500),
        ("internal", json!(true), 500),
    ] {
        let mut bad = note(5);
        bad[key] = value;
        let reply = read(add(bad)).await.expect("an answer");
        assert_eq!((reply.status, reply.body["errors"].is_array()), (status, true), "{key}");
    }
    for (id, status) in [("103", 403), ("999", 403), ("tess", 400)] {
        let reply = read(add(note(5)).header("ImpersonationResourceId", id)).await;
        assert_eq!(reply.expect("an answer").status, status, "{id}");
    }
    scene.world.with_psa(Psa::Autotask, |desk| desk.people[2].impersonable = false);
    let cole = read(add(note(5)).header("ImpersonationResourceId", "102")).await;
    assert_eq!(cole.expect("an answer").status, 403);
    let lost = read(request(&scene, "POST", "Tickets/1/Notes").json(&note(5))).await;
    assert_eq!(lost.expect("an answer").status, 404);
    assert_eq!(scene.world.psa_notes(Psa::Autotask, 48_213).len(), 3);
}

#[tokio::test]
async fn errors_may_hide_in_a_200() {
    let scene = Scene::start().await;
    scene.world.with_psa(Psa::Autotask, |desk| desk.autotask.errors_in_200 = 1);
    let reply = read(request(&scene, "POST", "Tickets/48213/Notes").json(&note(5)))
        .await
        .expect("an answer");
    assert_eq!((reply.status, reply.body["errors"].is_array()), (200, true));
    assert!(scene.world.psa_notes(Psa::Autotask, 48_213).is_empty());
    assert_eq!(get(&scene, "Tickets/48213").await.body["item"]["id"], 48_213);
}

#[tokio::test]
async fn three_at_a_time_for_one_endpoint() {
    let scene = Scene::start().await;
    let mut held: Vec<_> = (0..3).map(|_| scene.world.hold(0, Moment::BeforeTheAct)).collect();
    let ask = |scene: &Scene| {
        let request = request(scene, "GET", "Tickets/48213");
        tokio::task::spawn_local(async move { read(request).await.expect("an answer").status })
    };
    let local = tokio::task::LocalSet::new();
    let (world, scene) = (scene.world.clone(), &scene);
    local
        .run_until(async {
            let mut asked = Vec::new();
            for one in &mut held {
                asked.push(ask(scene));
                assert!(one.arrived().await.is_some());
            }
            let fourth = get(scene, "Tickets/48214").await;
            let words = fourth.body["errors"][0].as_str().unwrap_or_default().to_owned();
            assert!(fourth.status == 500 && words.contains("Itgenatr005"), "{words}");
            assert_eq!(get(scene, "Contacts/1001").await.status, 200, "another endpoint");
            for one in held {
                one.go_on().await;
            }
            for one in asked {
                assert_eq!(one.await.expect("an answer"), 200);
            }
            assert_eq!(get(scene, "Tickets/48213").await.status, 200);
        })
        .await;
    assert_eq!(world.unknown_requests().len(), 0);
}

#[tokio::test]
async fn an_hour_takes_so_many() {
    let scene = Scene::start().await;
    scene.world.with_psa(Psa::Autotask, |desk| desk.autotask.hourly = 2);
    let threshold = get(&scene, "ThresholdInformation").await.body;
    assert_eq!(
        (&threshold["externalRequestThreshold"], &threshold["currentTimeframeRequestCount"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(get(&scene, "Tickets/48213").await.status, 200);
    assert_eq!(get(&scene, "Tickets/48213").await.status, 429);
    scene.clock.advance(3_600_000);
    assert_eq!(get(&scene, "Tickets/48213").await.status, 200);
}
