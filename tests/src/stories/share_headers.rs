//! What every answer of the share host says beside its body: run nothing of others, tell nobody
//! where one comes from, keep nothing that lives, and name no program.

use reqwest::header::{CACHE_CONTROL, HeaderMap};
use reqwest::{Client, Method};
use serde_json::json;

use super::reveal_brand::{brightline, say};
use super::reveal_page::Sent;
use crate::desk::client;
use crate::person::Person;
use crate::world::{EMAIL, World};

const NO_STORE: &str = "no-store";
/// A name with a hash in it.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// A name without one.
const ASK_AGAIN: &str = "no-cache";

/// A share host, as it is asked.
struct Host {
    client: Client,
    /// Over plain HTTP, as a proxy asks it.
    origin: String,
    https: bool,
}

impl Host {
    /// Asks for this, and looks at every header; gives the body.
    async fn says(
        &self,
        (method, path): (Method, &str),
        body: &str,
        status: u16,
        caching: &str,
    ) -> String {
        let what = format!("{method} {path} ({status})");
        let asked = self.client.request(method.clone(), format!("{}{path}", self.origin));
        let asked = asked.header("content-type", "application/json").body(body.to_owned());
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{what}");
        self.covered(answer.headers(), &what);
        assert_eq!(answer.headers()[CACHE_CONTROL], caching, "{what}");
        let text = answer.bytes().await.unwrap();
        assert!(method != Method::HEAD || text.is_empty(), "{what}");
        String::from_utf8_lossy(&text).into_owned()
    }

    fn covered(&self, headers: &HeaderMap, what: &str) {
        let one = |name: &str| {
            let all: Vec<_> = headers.get_all(name).iter().collect();
            assert_eq!(all.len(), 1, "{what}: {name}: {all:?}");
            all[0].to_str().unwrap().to_owned()
        };
        let csp = one("content-security-policy");
        assert!(csp.starts_with("default-src 'none';"), "{what}: {csp}");
        assert!(csp.contains("frame-ancestors 'none'"), "{what}: {csp}");
        for loose in ["unsafe", "*", "data:", "http"] {
            assert!(!csp.contains(loose), "{what}: {csp}");
        }
        assert_eq!(one("referrer-policy"), "no-referrer", "{what}");
        assert_eq!(one("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(one("x-frame-options"), "DENY", "{what}");
        assert!(one("x-robots-tag").contains("noindex"), "{what}");
        let permissions = one("permissions-policy");
        for denied in ["camera=()", "microphone=()", "geolocation=()", "clipboard-read=()"] {
            assert!(permissions.contains(denied), "{what}: {permissions}");
        }
        for absent in ["set-cookie", "server", "x-powered-by", "via", "access-control-allow-origin"]
        {
            assert!(!headers.contains_key(absent), "{what}: {absent}");
        }
        let hsts = headers.get("strict-transport-security");
        assert_eq!(hsts.is_some(), self.https, "{what}: {hsts:?}");
    }
}

async fn every_answer(https: bool) {
    let world = World::build(true, |settings| {
        if https {
            settings.share.origin = settings.share.origin.replace("http://", "https://");
        }
    })
    .await;
    say(&world, world.account, EMAIL, &brightline()).await;
    let origin = format!("http://s.localhost:{}", world.address.port());
    let host = Host { client: client(world.address), origin: origin.clone(), https };
    let sent = Sent::to_ada(&world).await;
    world.settle_in_time().await;
    let person = Person::with(&world, &sent.text).elsewhere(&origin);
    let look = json!({"id": person.look_id()}).to_string();
    let open = person.ask(Some(&sent.unlock)).to_string();

    let page = host.says((Method::GET, "/s"), "", 200, NO_STORE).await;
    host.says((Method::HEAD, "/s"), "", 200, NO_STORE).await;
    let kept = |folder: &str| -> Vec<&str> {
        page.split('"').filter(|part| part.starts_with(folder)).collect()
    };
    let (assets, logos) = (kept("/s/assets/"), kept("/s/logo/"));
    for kind in [".css", ".js", ".svg"] {
        assert!(assets.iter().any(|path| path.ends_with(kind)), "{kind}: {assets:?}");
    }
    assert!(!logos.is_empty(), "no logo on the page");
    for path in assets.into_iter().chain(logos) {
        for method in [Method::GET, Method::HEAD] {
            host.says((method, path), "", 200, FOREVER).await;
        }
        host.says((Method::POST, path), "", 405, NO_STORE).await;
    }
    host.says((Method::GET, "/s/assets/reveal.js"), "", 200, ASK_AGAIN).await;
    let no_logo = format!("/s/logo/{}", "0".repeat(64));
    for path in [
        no_logo.as_str(),
        "/s/assets/none.0123456789abcdef.js",
        "/s/assets/..%2f..%2fCargo.toml",
        "/s/",
        "/s/nothing",
        "/s/look/",
        "/S",
        "/",
        "/tickets",
        "/api/brand",
        "/assets/app.css",
        "/robots.txt",
    ] {
        for method in [Method::GET, Method::HEAD] {
            host.says((method, path), "", 404, NO_STORE).await;
        }
    }

    // Neither a wrong method nor half a question opens anything, whatever is in it.
    for (path, body) in [("/s/look", &look), ("/s/open", &open)] {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS] {
            host.says((method, path), body, 405, NO_STORE).await;
        }
        for half in ["", "{", "[]", "{}", "null", &body[..body.len() - 1]] {
            let said = host.says((Method::POST, path), half, 400, NO_STORE).await;
            assert!(said.contains("\"bad-request\""), "{path} {half}: {said}");
        }
        let more = body.replacen('{', "{\"more\": 1, ", 1);
        host.says((Method::POST, path), &more, 400, NO_STORE).await;
        let large = format!("{body}{}", " ".repeat(64 * 1024));
        host.says((Method::POST, path), &large, 413, NO_STORE).await;
    }
    host.says((Method::POST, "/s"), "", 405, NO_STORE).await;
    assert_eq!(sent.share().await, "open", "nothing came of all that");

    let wrong = person.ask(Some(&sent.wrong())).to_string();
    let stranger = person.another_device().ask(Some(&sent.unlock)).to_string();
    host.says((Method::POST, "/s/look"), &look, 200, NO_STORE).await;
    let refused = host.says((Method::POST, "/s/open"), &wrong, 422, NO_STORE).await;
    assert!(refused.contains("\"tries_left\":4"), "no try was lost before: {refused}");
    host.says((Method::POST, "/s/open"), &open, 200, NO_STORE).await;
    host.says((Method::POST, "/s/open"), &stranger, 410, NO_STORE).await;
    host.says((Method::POST, "/s/look"), &look, 410, NO_STORE).await;
    world.settle_in_time().await;
    world.end().await;
}

#[tokio::test]
async fn every_answer_says_what_may_be_done_with_it() {
    every_answer(false).await;
}

/// Behind a proxy that ends TLS, where it also says: never without.
#[tokio::test]
async fn over_https_every_answer_asks_to_stay_there() {
    every_answer(true).await;
}
