//! What scanners of sites look at, on every route of the table: nothing runs or is framed but ours, nothing
//! is sniffed, kept, indexed or told to other sites, cookies are for us alone, and TLS is asked for.

use reqwest::Method;
use reqwest::header::HeaderMap;
use server::web::all_routes;

use super::callers::{Caller, requests};
use super::{ask, of_nobody, site};
use crate::desk::client;
use crate::world::{EMAIL, PASSWORD, World};

/// Each that a good answer has once, and what has to be in it.
const NEEDED: [(&str, &[&str]); 8] = [
    (
        "content-security-policy",
        &["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action '"],
    ),
    ("x-content-type-options", &["nosniff"]),
    ("x-frame-options", &["DENY"]),
    ("cross-origin-opener-policy", &["same-origin"]),
    ("cross-origin-resource-policy", &["same-origin"]),
    ("x-robots-tag", &["noindex"]),
    (
        "permissions-policy",
        &["camera=()", "microphone=()", "geolocation=()", "payment=()", "clipboard-read=()"],
    ),
    ("strict-transport-security", &["max-age=63072000"]),
];

/// What takes a good grade away.
fn faults(headers: &HeaderMap) -> Vec<String> {
    let mut faults = Vec::new();
    let all = |name: &str| -> Vec<&str> {
        headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("?")).collect()
    };
    for (name, parts) in NEEDED {
        match all(name).as_slice() {
            [one] if parts.iter().all(|part| one.contains(part)) => {}
            other => faults.push(format!("{name}: {other:?}")),
        }
    }
    for csp in all("content-security-policy") {
        let loose = ["unsafe-inline", "'unsafe-eval'", "*", "http:", "https:", "blob:"];
        faults.extend(loose.iter().filter(|it| csp.contains(**it)).map(|it| format!("CSP: {it}")));
        // Pictures of the style sheet; scripts and styles never.
        let data = csp.split(';').filter(|part| part.contains("data:"));
        faults.extend(data.filter(|part| !part.trim().starts_with("img-src")).map(str::to_owned));
    }
    match all("referrer-policy").as_slice() {
        ["same-origin" | "no-referrer"] => {}
        other => faults.push(format!("referrer-policy: {other:?}")),
    }
    match all("cache-control").as_slice() {
        ["no-store" | "no-cache" | "public, max-age=31536000, immutable"] => {}
        other => faults.push(format!("cache-control: {other:?}")),
    }
    for told in ["server", "x-powered-by", "via", "access-control-allow-origin"] {
        faults.extend(all(told).iter().map(|value| format!("{told}: {value}")));
    }
    for cookie in all("set-cookie") {
        let good = cookie.starts_with("__Host-")
            && ["; HttpOnly", "; Secure", "; Path=/"].iter().all(|flag| cookie.contains(flag))
            && (cookie.contains("; SameSite=Lax") || cookie.contains("; Partitioned"));
        if !good {
            faults.push(format!("set-cookie: {cookie}"));
        }
    }
    faults
}

#[tokio::test]
async fn every_answer_earns_the_top_grade() {
    // As behind a proxy that ends TLS.
    let world = World::build(true, |settings| {
        settings.share.origin = settings.share.origin.replace("http://", "https://");
        settings.server.origin = settings.server.origin.replace("http://", "https://");
    })
    .await;
    let client = client(world.address);
    let mut wrong = Vec::new();
    for caller in [Caller::Nobody, Caller::Technician, Caller::Admin, Caller::Pod] {
        let as_ = requests(&world, world.account, caller).await;
        for route in all_routes() {
            let (at, path) = (site(&world, &route), of_nobody(&route.path));
            // The wrong method, too, is an answer of ours.
            for method in [route.method.clone(), Method::PATCH, Method::OPTIONS] {
                let answer = ask(&client, &at, &method, &path, &as_).await;
                let (status, faults) = (answer.status(), faults(answer.headers()));
                if !faults.is_empty() || status.is_server_error() {
                    wrong.push(format!("{method} {path} ({status}): {}", faults.join("; ")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let at = format!("http://app.localhost:{}", world.address.port());
    let origin = world.app.settings.server.origin.clone();
    let fields = [("email", EMAIL), ("password", PASSWORD)];
    let signing = client.post(format!("{at}/sign-in")).header("origin", origin).form(&fields);
    let half = signing.send().await.unwrap();
    assert!(half.headers().contains_key("set-cookie"), "{}", half.status());
    assert_eq!(faults(half.headers()), Vec::<String>::new());
    let nowhere = client.get(format!("{at}/nowhere/at/all")).send().await.unwrap();
    assert_eq!(faults(nowhere.headers()), Vec::<String>::new());
    world.end().await;
}

/// What looks at the headers sees a loose one.
#[test]
fn a_loose_answer_is_seen() {
    assert!(faults(&HeaderMap::new()).len() > 8);
    let mut headers = HeaderMap::new();
    headers.insert("content-security-policy", "script-src 'unsafe-inline' *".parse().unwrap());
    headers.insert("set-cookie", "session=1; Path=/".parse().unwrap());
    let faults = faults(&headers);
    for part in ["unsafe-inline", "CSP: *", "set-cookie: session=1"] {
        assert!(faults.iter().any(|fault| fault.contains(part)), "{part}: {faults:?}");
    }
}
