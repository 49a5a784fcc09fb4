//! A browser without a screen: it keeps cookies, sends our forms, follows what it is told, and picks somebody
//! at the issuer.

use std::collections::BTreeMap;

use reqwest::{Client, Response, header};
use server::sign_in::Typed;
use server::sign_in::sso::SsoAsk;
use url::Url;

use crate::desk::client;
use crate::world::{EMAIL, PASSWORD, World};

pub(super) const TENANT: &str = "brightline.example";
pub(super) const CLIENT: &str = "a1b2c3d4-0007-4000-8000-000000000007";
const SECRET: &str = "brightline~simulated-secret-value";

/// An answer.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) status: u16,
    /// Where it leads, if anywhere.
    pub(super) to: String,
    pub(super) body: String,
}

/// Somebody's browser.
pub(super) struct Visitor {
    client: Client,
    origin: String,
    pub(super) cookies: BTreeMap<String, String>,
}

impl Visitor {
    pub(super) fn new(world: &World) -> Self {
        let origin = world.app.settings.server.origin.clone();
        Self { client: client(world.address), origin, cookies: BTreeMap::new() }
    }

    /// The same network, and nothing else in common.
    pub(super) fn stranger(&self) -> Self {
        let (client, origin) = (self.client.clone(), self.origin.clone());
        Self { client, origin, cookies: BTreeMap::new() }
    }

    async fn seen(&mut self, response: Response) -> Seen {
        for line in response.headers().get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let to = response.headers().get(header::LOCATION);
        let to = to.map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        Seen { status: response.status().as_u16(), to, body: response.text().await.unwrap() }
    }

    fn jar(&self) -> String {
        let all: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        all.join("; ")
    }

    fn at(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.origin) }
    }

    /// A page of ours, as a browser asks for it.
    pub(super) async fn get(&mut self, path: &str) -> Seen {
        let request = self.client.get(self.at(path)).header("accept", "text/html");
        let response = request.header("cookie", self.jar()).send().await.unwrap();
        self.seen(response).await
    }

    /// A form of ours.
    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let own = self.origin.clone();
        self.post_from(&own, path, fields).await
    }

    /// The same fields, sent from a page of this origin.
    pub(super) async fn post_from(
        &mut self,
        origin: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Seen {
        let request = self.client.post(self.at(path)).header("accept", "text/html");
        let request = request.header("origin", origin).header("cookie", self.jar());
        let response = request.form(fields).send().await.unwrap();
        self.seen(response).await
    }

    /// The form token on a page of ours.
    pub(super) async fn form_of(&mut self, path: &str) -> String {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.to);
        let (_, rest) = page.body.split_once("name=\"form\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    /// Signs in by password and authenticator.
    pub(super) async fn sign_in(&mut self, world: &World, email: &str) {
        self.post("/sign-in", &[("email", email), ("password", PASSWORD)]).await;
        self.enter_code(world).await;
    }

    /// Types the authenticator's code; where that leads.
    pub(super) async fn enter_code(&mut self, world: &World) -> String {
        let form = self.form_of("/sign-in/code").await;
        let code = world.authenticator();
        let next = "/tickets";
        let fields = [("form", form.as_str()), ("code", &code), ("next", next)];
        let seen = self.post("/sign-in/code", &fields).await;
        assert_eq!(seen.status, 303, "{}", seen.body);
        seen.to
    }

    /// Types an address for single sign-on; where the page leads then.
    pub(super) async fn begin(&mut self, email: &str, more: &[(&str, &str)]) -> Url {
        let mut fields = vec![("email", email)];
        fields.extend_from_slice(more);
        let seen = self.post("/sign-in/sso", &fields).await;
        assert_eq!(seen.status, 200, "{}", seen.body);
        led_to(&seen)
    }

    /// Picks somebody at the issuer; where that sends the browser.
    pub(super) async fn pick(&self, world: &World, to: &Url, person: &str) -> String {
        let id = world.outside.directory_user(person).map(|user| user.id).unwrap_or_default();
        let request = self.client.post(to.clone()).form(&[("person", id.as_str())]);
        let response = request.send().await.unwrap();
        let to = response.headers().get(header::LOCATION);
        let to = to.map(|to| to.to_str().unwrap().to_owned());
        to.unwrap_or_else(|| panic!("the issuer answered {}", response.status()))
    }

    /// All of it: types the address, picks the person, comes back.
    pub(super) async fn through(&mut self, world: &World, person: &str) -> Seen {
        let to = self.begin(EMAIL, &[]).await;
        let back = self.pick(world, &to, person).await;
        self.get(&back).await
    }

    /// Connects whoever is signed in here with a person at the issuer.
    pub(super) async fn connect(&mut self, world: &World, person: &str) -> Seen {
        let form = self.form_of("/account/sso").await;
        let seen = self.post("/account/sso", &[("form", &form)]).await;
        let back = self.pick(world, &led_to(&seen), person).await;
        self.get(&back).await
    }

    /// Whether this browser is signed in with a second factor.
    pub(super) async fn is_in(&mut self) -> bool {
        self.get("/tickets").await.status == 200
    }
}

/// Where a page that goes on by itself leads.
pub(super) fn led_to(seen: &Seen) -> Url {
    let (_, rest) = seen.body.split_once("content=\"0;url=").unwrap_or_else(|| {
        panic!("the page leads nowhere: {}", seen.body);
    });
    let to = rest.split('"').next().unwrap();
    Url::parse(&to.replace("&amp;", "&").replace("&#38;", "&")).unwrap()
}

/// What an admin enters for the simulated tenant.
pub(super) fn ask(world: &World) -> SsoAsk {
    SsoAsk {
        version: None,
        issuer: world.outside.oidc_issuer(TENANT).unwrap(),
        client_id: CLIENT.into(),
        client_secret: Typed::new(SECRET.into()),
        domains: TENANT.into(),
        label: "Microsoft".into(),
        trust_mfa: false,
        mfa_values: String::new(),
        only_sso: false,
    }
}

/// A world whose account has its issuer.
pub(super) async fn connected() -> World {
    let world = World::new().await;
    connect(&world).await;
    world
}

pub(in crate::stories) async fn connect(world: &World) {
    world.outside.add_redirect_uri(TENANT, &world.app.sso.redirect_uri());
    let admin = world.session(EMAIL).await;
    assert!(world.app.sso.save(&admin, &ask(world)).await.is_ok());
}

/// Changes what is entered.
pub(in crate::stories) async fn change(world: &World, change: impl FnOnce(&mut SsoAsk)) {
    let view = world.app.sso.one(world.account).await.unwrap().unwrap();
    let mut ask = SsoAsk {
        version: Some(view.version.0),
        label: view.settings.label.clone(),
        client_secret: Typed::new(String::new()),
        trust_mfa: view.settings.trust_mfa,
        mfa_values: view.settings.mfa_values.join(" "),
        only_sso: view.settings.only_sso,
        domains: view.domains.join(" "),
        ..ask(world)
    };
    change(&mut ask);
    let admin = world.session(EMAIL).await;
    assert!(world.app.sso.save(&admin, &ask).await.is_ok());
}

/// A world with its issuer, and Tess connected with who she is there.
pub(super) async fn linked() -> World {
    let world = connected().await;
    let mut tess = Visitor::new(&world);
    tess.sign_in(&world, EMAIL).await;
    let seen = tess.connect(&world, EMAIL).await;
    assert_eq!(seen.to, "/account/sso?done=linked", "{}", seen.body);
    world
}

/// What the audit tells of this act, as JSON.
pub(super) async fn told(world: &World, act: &str) -> Vec<serde_json::Value> {
    let all = world.app.store.audit(world.account).await.unwrap();
    let bodies = all.into_iter().map(|(_, _, body)| serde_json::from_str(&body).unwrap());
    bodies.filter(|body: &serde_json::Value| body["act"] == act).collect()
}
