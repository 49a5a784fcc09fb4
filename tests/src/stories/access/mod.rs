//! Every route of the table, asked by everybody: who may not call it learns nothing and changes nothing, and
//! what is one account's is not there for another. And what every answer says beside its body.

mod callers;
mod headers;
mod reach;
mod theirs;

use reqwest::{Client, Method, Response};
use serde_json::Value;
use server::web::{Route, Who, all_routes};

use self::callers::{Caller, Requests, requests};
use crate::desk::client;
use crate::world::World;

/// Names nothing that is there.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// The path with something in each of its places that nobody has.
fn of_nobody(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| match part {
            "{hash}" => "0000000000000000000000000000000000000000000000000000000000000000",
            "{name}" => "nothing.css",
            "{*path}" => "nothing.js",
            "{kind}" => "halo",
            part if part.starts_with('{') => NOBODY,
            part => part,
        })
        .collect();
    parts.join("/")
}

/// Asks, as a page of ours or its script would.
async fn ask(client: &Client, at: &str, method: &Method, path: &str, as_: &Requests) -> Response {
    let request = client.request(method.clone(), format!("{at}{path}"));
    let request = request.headers(as_.headers.clone()).header("accept", "application/json");
    let request = match (method, path.starts_with("/api/")) {
        (&Method::GET, _) => request,
        (_, true) => request.header("content-type", "application/json").body("{}"),
        (_, false) => request.form(&[("form", as_.form.as_str())]),
    };
    request.send().await.unwrap()
}

/// Where a route is asked.
fn site(world: &World, route: &Route) -> String {
    let port = world.address.port();
    let link = ["/s", "/v"].iter().any(|page| {
        route.path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    format!("http://{}.localhost:{port}", if link { "s" } else { "app" })
}

/// The code of a problem, or nothing.
async fn code(answer: Response) -> String {
    let body: Value = answer.json().await.unwrap_or_default();
    body["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn every_route_lets_in_whom_the_table_names_and_nobody_else() {
    let world = World::new().await;
    let client = client(world.address);
    let routes = all_routes();
    assert!(routes.len() > 100 && routes.iter().any(|route| route.who == Who::Admin));
    let mut wrong = Vec::new();
    for caller in Caller::ALL {
        let as_ = requests(&world, world.account, caller).await;
        // Whoever signs out is nobody for the rest of the walk.
        for route in routes.iter().filter(|route| route.path != "/sign-out") {
            let (at, path) = (site(&world, route), of_nobody(&route.path));
            let answer = ask(&client, &at, &route.method, &path, &as_).await;
            let status = answer.status().as_u16();
            let turned_away = match (route.who, code(answer).await.as_str()) {
                // A wrong password is no question of who may ask.
                (Who::Anybody, _) => false,
                (_, "not-signed-in") => status == 401,
                (_, "forbidden") => status == 403,
                _ => false,
            };
            if status >= 500 || turned_away == caller.may(route.who) {
                let (who, method) = (route.who, &route.method);
                wrong.push(format!("{method} {path} ({who:?}) as {caller:?}: {status}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    world.end().await;
}

/// The flags of a person count at once, in the sessions that they have.
#[tokio::test]
async fn who_is_no_admin_any_more_is_none_from_then_on() {
    let world = World::new().await;
    let client = client(world.address);
    let as_ = requests(&world, world.account, Caller::Admin).await;
    let at = format!("http://app.localhost:{}", world.address.port());
    let look = async |path: &str| ask(&client, &at, &Method::GET, path, &as_).await;
    assert_eq!(look("/settings/integrations").await.status(), 200);
    let change = "update technicians set role = 'technician' where account = $1";
    world.app.store.seed(change, &[world.account.0]).await;
    assert_eq!(code(look("/settings/integrations").await).await, "forbidden");
    assert_eq!(look("/tickets").await.status(), 200);
    let change = "update technicians set may_use_ui = false where account = $1";
    world.app.store.seed(change, &[world.account.0]).await;
    assert_eq!(code(look("/tickets").await).await, "forbidden");
    let change = "update technicians set ended_at = 1 where account = $1";
    world.app.store.seed(change, &[world.account.0]).await;
    assert_eq!(code(look("/tickets").await).await, "not-signed-in");
    world.end().await;
}
